"""How do a world's records become files? By the day or by the month, as Parquet or CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from headwater.ingest.addresses import text_from_keys
from headwater.ingest.columns import PARQUET_MARK
from headwater.simulate.world import World

Form = Literal["parquet", "csv"]
_CANONICAL = ("src_port", "dst_port", "proto", "packets", "bytes", "tcp_flags", "sensor", "sampling")
_KEYS = ("src_hi", "src_lo", "dst_hi", "dst_lo")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written so far.

    Attributes:
        day: days done.
        days: days in all.
        files: flow files so far.
        records: records so far.
    """

    day: int
    days: int
    files: int
    records: int


@dataclass(frozen=True, slots=True)
class FlowFiles:
    """How flow files look.

    Attributes:
        form: parquet, or csv for people and other tools.
        part_rows: a file is closed after this many records and its day goes on in another.
        text_addresses: addresses as text in columns src and dst; else, in parquet, as the lake's key columns.
        stamp: what a file is named after, as strftime writes it; a new stamp begins a new file.
    """

    form: Form
    part_rows: int
    text_addresses: bool
    stamp: str = "%Y-%m-%d"

    def table(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with canonical names, without the columns that say nothing."""
        columns = {"start": batch["start"], "end": batch["end"]}
        if self.text_addresses or self.form == "csv":
            columns["src"] = text_from_keys(batch["src_hi"], batch["src_lo"])
            columns["dst"] = text_from_keys(batch["dst_hi"], batch["dst_lo"])
        else:
            columns |= {name: batch[name] for name in _KEYS}
        columns |= {name: batch[name] for name in _CANONICAL}
        if self.form == "csv":
            columns["start"], columns["end"] = _iso(batch["start"]), _iso(batch["end"])
        return pa.record_batch(columns).replace_schema_metadata({PARQUET_MARK: b"simulated"})

    def writer(self, path: Path, schema: pa.Schema) -> Any:  # Any: two writers of Arrow without types
        """An open writer."""
        if self.form == "csv":
            options = pyarrow.csv.WriteOptions(quoting_style="needed")
            return pyarrow.csv.CSVWriter(path, schema, write_options=options)
        # Dictionaries pay for columns with few values; for addresses and ports they only cost time
        few = ["proto", "tcp_flags", "sensor", "sampling", "packets"]
        return pyarrow.parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=few)


def _iso(times: pa.Array) -> pa.Array:
    return pc.strftime(times.cast(pa.timestamp("ms", tz="UTC")), format="%Y-%m-%dT%H:%M:%SZ")


def write_flows(
    world: World, folder: Path, sampling: int, files: FlowFiles, told: Callable[[Written], None]
) -> Written:
    """Writes all records of a world.

    Args:
        world: what to write.
        folder: there already.
        sampling: N of packet sampling 1:N.
        files: how files look.
        told: called after each part.
    """
    days, count, records = world.settings.days, 0, 0
    several = world.parts_per_day(sampling) > 1
    writer: Any = None  # Any: as FlowFiles.writer
    stamp, number, rows = "", 0, 0
    try:
        for part in world.parts(sampling):
            batch = files.table(part.batch)
            name = (world.settings.start + timedelta(days=part.day)).strftime(files.stamp)
            if writer is None or name != stamp or rows >= files.part_rows:
                if writer is not None:
                    writer.close()
                number = number + 1 if name == stamp else 0
                stamp, rows = name, 0
                suffix = f"-{number:03d}" if several or number else ""
                writer = files.writer(folder / f"{name}{suffix}.{files.form}", batch.schema)
                count += 1
            writer.write_batch(batch)
            rows += batch.num_rows
            records += batch.num_rows
            told(Written(part.day + 1, days, count, records))
    finally:
        if writer is not None:
            writer.close()
    return Written(days, days, count, records)
