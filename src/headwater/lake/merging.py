"""How do many small files of a day become few? Rewritten in one commit; older versions keep the old ones.

Delta calls it optimizing: the commit takes small files out and puts their records, in the same order, into
larger ones, and says that no data changed. A run that adds flows at the same time is no conflict.
"""

import shutil
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import ColumnProperties, WriterProperties
from deltalake.exceptions import DeltaError

from headwater.errors import LakeError
from headwater.lake.parquet_files import ENCODINGS, LEVEL, ROW_GROUP_ROWS
from headwater.lake.snapshot import RESTORE, refuse_damaged
from headwater.lake.tables import FLOWS, Lake, flow_table, writable

FILE_BYTES = 60_000_000  # less than what a full file of an ingest takes, whatever the flows
_TWO = 2  # fewer cannot be merged
_MARGIN_BYTES = 1_000_000  # for the commit, and for files that come out a little larger
_CAUSE = 200  # characters of a library's reason


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did.

    Attributes:
        version: the flow table's version after it.
        days: days whose files were merged, oldest first.
        before: how many files those days had.
        after: how many they have now.
    """

    version: int
    days: tuple[date, ...]
    before: int
    after: int


def days_with_small_files(lake: Lake, *, fewest: int = _TWO, limit: int = FILE_BYTES) -> frozenset[date]:
    """The days that `merge_small_files` would merge; arguments as there.

    Raises:
        LakeError: there are no flows.
    """
    small = _small(pa.table(flow_table(lake).get_add_actions(flatten=True)), limit=limit)
    return _days(small, fewest=fewest)


def merge_small_files(
    lake: Lake, *, days: Collection[date] | None = None, fewest: int = _TWO, limit: int = FILE_BYTES
) -> Merged:
    """Rewrites small files of a day as few larger ones, a day at a time; every record and its order stay.

    Args:
        lake: the lake.
        days: only these days; all unless given.
        fewest: a day with fewer small files stays as it is.
        limit: bytes of a file that is large enough to stay as it is.

    Raises:
        LakeError: there are no flows, or a day could not be rewritten (a file is damaged, the disk is full, a
            newer program wrote the table): earlier days are merged then, this one is as it was, and nothing
            is lost.
    """
    table = flow_table(lake)
    small = _small(pa.table(table.get_add_actions(flatten=True)), limit=limit)
    chosen = sorted(day for day in _days(small, fewest=fewest) if days is None or day in days)
    if chosen:
        writable(table, lake.path(FLOWS))
    merged: list[date] = []
    before = after = 0
    for day in chosen:
        of_day = small.filter(pc.equal(small["partition.day"], day))
        refuse_damaged(lake, of_day, version=table.version())
        refuse_full(lake, day, needed=pc.sum(of_day["size_bytes"]).as_py())
        try:
            told = table.optimize.compact(
                partition_filters=[("day", "=", day.isoformat())],
                target_size=limit,
                max_concurrent_tasks=1,
                writer_properties=_as_written(),
            )
        except (DeltaError, OSError) as why:
            names = [str(lake.path(FLOWS) / name) for name in of_day["path"].to_pylist()]
            raise unmerged(lake, day, names, str(why).partition("\n")[0]) from None
        if told["numFilesRemoved"]:
            merged.append(day)
            before += told["numFilesRemoved"]
            after += told["numFilesAdded"]
    return Merged(table.version(), tuple(merged), before, after)


def _small(actions: pa.Table, *, limit: int) -> pa.Table:
    return actions.filter(pc.less(actions["size_bytes"], limit))


def _days(small: pa.Table, *, fewest: int) -> frozenset[date]:
    count = Counter(small["partition.day"].to_pylist())
    return frozenset(day for day, files in count.items() if files >= fewest)


def refuse_full(lake: Lake, day: date, *, needed: int) -> None:
    """Where the disk has no room for the new files of a day, which take about as much as the old ones.

    The library that rewrites would write half of them, and end with a trace of its own on stderr.

    Raises:
        LakeError: there is none.
    """
    free = shutil.disk_usage(lake.path(FLOWS)).free
    if free < needed + _MARGIN_BYTES:
        raise LakeError(
            f"{lake.path(FLOWS)}: no space left to merge the files of {day}: that takes "
            f"{needed / 1e6:,.1f} MB, and {free / 1e6:,.1f} MB are free; they are as they were: free some "
            "and repeat"
        )


def unmerged(lake: Lake, day: date, files: Sequence[str], cause: str) -> LakeError:
    """What to say where a day could not be rewritten."""
    damaged = next((file for file in files if not _readable(file)), None)
    if damaged is not None:
        return LakeError(
            f"{damaged}: this file of the flows cannot be read ({cause[:_CAUSE]}); the files of {day} are as "
            f"they were: {RESTORE}"
        )
    return LakeError(
        f"{lake.path(FLOWS)}: the files of {day} could not be merged ({cause[:_CAUSE]}); they are as they "
        "were: check permissions and free space, then repeat"
    )


def _readable(file: str) -> bool:
    """Whether a file, which is small, can be read from end to end."""
    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(ROW_GROUP_ROWS):
                batch.validate()
    except (OSError, pa.ArrowException):
        return False
    return True


def _as_written() -> WriterProperties:
    """The encodings of `headwater.lake.parquet_files`, in the words of the library that rewrites."""
    return WriterProperties(
        compression="ZSTD",
        compression_level=LEVEL,
        max_row_group_size=ROW_GROUP_ROWS,
        default_column_properties=ColumnProperties(dictionary_enabled=True),
        column_properties={
            name: ColumnProperties(dictionary_enabled=False, encoding=encoding)
            for name, encoding in ENCODINGS.items()
        },
    )
