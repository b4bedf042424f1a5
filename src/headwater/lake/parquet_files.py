"""What does a Parquet file of flows look like? Its schema, encodings, and statistics for the table's log.

Settings by measurement, in bytes a flow, core nanoseconds a flow to write it, and core seconds in which
DuckDB scans eight columns of 10 M flows. 2 M flows of the made-up reference world, and made-up flows of
heavy-tailed hosts with random microseconds:

    lz4, addresses and ports plain          27.1 bytes, 230 ns      30.5 bytes, 130 ns, 0.24 s
    lz4, them split into streams of bytes                           26.3 bytes,         0.22 s
    zstd 1, the same                        22.2 bytes, 205 ns      24.1 bytes, 120 ns, 0.29 s
    zstd 4, the same                        21.3 bytes, 270 ns      24.1 bytes, 155 ns

A hunt in these 10 M flows took about as long with each (10 to 13 core seconds on a busy machine). Streams of
bytes serve addresses, ports and counts, whose upper bytes are few and whose lower bytes are noise;
dictionaries serve what has few values. Times are delta encoded; plain they take 6 bytes a flow more.
edge_hash is noise, but pairs that met before repeat it, which zstd finds from level 4 on. Sorting within a
row group by host or edge costs the times more than it saves the hosts.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from headwater.ingest.columns import LAKE_SCHEMA

ROW_GROUP_ROWS = 122_880  # DuckDB's own size: one unit of its parallel scan
LEVEL = 4  # of zstd
_Encoding = Literal["DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT", "PLAIN"]  # as Parquet calls them
ENCODINGS: Mapping[str, _Encoding] = {  # all other columns have a dictionary
    "start": "DELTA_BINARY_PACKED",
    "end": "DELTA_BINARY_PACKED",
    "src_lo": "BYTE_STREAM_SPLIT",
    "dst_lo": "BYTE_STREAM_SPLIT",
    "src_port": "BYTE_STREAM_SPLIT",
    "dst_port": "BYTE_STREAM_SPLIT",
    "packets": "BYTE_STREAM_SPLIT",
    "bytes": "BYTE_STREAM_SPLIT",
    "edge_hash": "PLAIN",
}
SUFFIX = ".zstd.parquet"  # of a file that is stored so; earlier ones, with lz4, have other names
_NO_RANGE = ("sensor", "source")  # ranges of text would be copied into the log and prune nothing


def _file_schema() -> pa.Schema:
    """FLOW without its partition, which is in the folder's name.

    A digest a row would take 64 bytes, so `source` is a dictionary on its way; in Parquet it is plain text.
    """
    schema = LAKE_SCHEMA.remove(LAKE_SCHEMA.get_field_index("day"))
    source = pa.field("source", pa.dictionary(pa.int32(), pa.string()), nullable=False)
    return schema.set(schema.get_field_index("source"), source)


FILE_SCHEMA: pa.Schema = _file_schema()


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A Parquet file that no commit names yet.

    Attributes:
        path: where it is.
        day: its partition.
        rows: records in it.
        sources: digests of the files whose records it holds.
    """

    path: Path
    day: date
    rows: int
    sources: frozenset[str]

    @property
    def table_path(self) -> str:
        """Its path from the table's folder."""
        return f"{self.path.parent.name}/{self.path.name}"

    def add_action(self, *, data_change: bool = True) -> AddAction:
        """The file as the table's log names it, with statistics for pruning.

        Args:
            data_change: whether it holds records that other files did not hold before.
        """
        return AddAction(
            path=self.table_path,
            size=self.path.stat().st_size,
            partition_values={"day": self.day.isoformat()},
            modification_time=int(time.time() * 1000),
            data_change=data_change,
            stats=json.dumps(_statistics(pq.read_metadata(self.path))),
        )


class OpenFile:
    """One Parquet file being written.

    Args:
        folder: the table's folder.
        day: the partition that the file belongs to.
    """

    def __init__(self, folder: Path, day: date) -> None:
        parent = folder / f"day={day.isoformat()}"
        parent.mkdir(parents=True, exist_ok=True)
        self.path, self.day, self.rows = parent / f"part-{uuid4().hex}{SUFFIX}", day, 0
        self.sources: set[str] = set()
        self._writer: Any = pq.ParquetWriter(  # Any: pyarrow ships no types
            self.path,
            FILE_SCHEMA,
            compression="zstd",
            compression_level=LEVEL,
            use_dictionary=[name for name in FILE_SCHEMA.names if name not in ENCODINGS],
            column_encoding=dict(ENCODINGS),
            store_schema=False,
        )

    def write(self, table: pa.Table, *, sources: Iterable[str]) -> None:
        """Writes records of some source files, in FILE_SCHEMA."""
        self._writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
        self.rows += table.num_rows
        self.sources.update(sources)

    def close(self) -> StagedFile:
        """Completes the file, on the disk too: a log that survives a power cut must not name a torn file."""
        self._writer.close()
        with self.path.open("rb") as written:
            os.fsync(written.fileno())
        return StagedFile(self.path, self.day, self.rows, frozenset(self.sources))

    def abandon(self) -> None:
        """Removes the file, also where its last bytes cannot be written."""
        with suppress(OSError):
            self._writer.close()
        self.path.unlink(missing_ok=True)


def without_sources(staged: StagedFile, *, sources: frozenset[str]) -> StagedFile | None:
    """The staged file less the records of some sources, or None where nothing is left.

    Where something is left out the given file is removed and another takes its place.
    """
    kept = staged.sources - sources
    if kept == staged.sources:
        return staged
    smaller: StagedFile | None = None
    if kept:
        target = OpenFile(staged.path.parent.parent, staged.day)
        unwanted = pa.array(sorted(sources))
        with pq.ParquetFile(staged.path, read_dictionary=["source"]) as parquet:
            for batch in parquet.iter_batches(ROW_GROUP_ROWS):
                good = batch.filter(pc.invert(pc.is_in(batch["source"].cast(pa.string()), unwanted)))
                if good.num_rows:
                    target.write(pa.Table.from_batches([good]).cast(FILE_SCHEMA), sources=kept)
        if target.rows:
            smaller = target.close()
        else:
            target.abandon()
    staged.path.unlink(missing_ok=True)
    return smaller


def _statistics(metadata: Any) -> dict[str, Any]:  # Any: pyarrow ships no types; values are JSON
    """Delta's per-file statistics (Delta protocol, "Per-file statistics") from Parquet's row groups."""
    lowest: dict[str, Any] = {}
    highest: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(index)
            name, found = chunk.path_in_schema, chunk.statistics
            nulls[name] = nulls.get(name, 0) + found.null_count
            if found.has_min_max and name not in _NO_RANGE:
                lowest[name] = min(lowest.get(name, found.min), found.min)
                highest[name] = max(highest.get(name, found.max), found.max)
    return {
        "numRecords": metadata.num_rows,
        "minValues": {name: _json(value) for name, value in lowest.items()},
        "maxValues": {name: _json(value) for name, value in highest.items()},
        "nullCount": nulls,
    }


def _json(value: Any) -> Any:  # Any: as above
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value
