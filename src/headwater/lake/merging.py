"""How do many small files of a day become few? Rewritten in one commit; older versions keep the old ones.

Delta calls it optimizing: the commit takes small files out and puts their records, in the same order, into
larger ones, and says that no data changed. A run that adds flows at the same time is no conflict.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import ColumnProperties, WriterProperties
from deltalake.exceptions import DeltaError

from headwater.errors import LakeError
from headwater.lake.parquet_files import DELTA_ENCODED, NO_DICTIONARY, ROW_GROUP_ROWS
from headwater.lake.tables import FLOWS, Lake, flow_table

FILE_BYTES = 100_000_000  # about what one full file of an ingest takes
_TWO = 2  # fewer cannot be merged


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
        LakeError: there are no flows, or a day could not be rewritten: earlier days are merged then, this one
            is as it was, and nothing is lost.
    """
    table = flow_table(lake)
    small = _small_files(pa.table(table.get_add_actions(flatten=True)), limit=limit)
    chosen = sorted(day for day, files in small.items() if files >= fewest and (days is None or day in days))
    merged: list[date] = []
    before = after = 0
    for day in chosen:
        try:
            told = table.optimize.compact(
                partition_filters=[("day", "=", day.isoformat())],
                target_size=limit,
                max_concurrent_tasks=1,
                writer_properties=_as_written(),
            )
        except (DeltaError, OSError) as why:
            cause = str(why).partition("\n")[0][:200]
            raise LakeError(
                f"{lake.path(FLOWS)}: the files of {day} could not be merged ({cause}); they are as they "
                "were: check permissions and free space, then repeat"
            ) from None
        if told["numFilesRemoved"]:
            merged.append(day)
            before += told["numFilesRemoved"]
            after += told["numFilesAdded"]
    return Merged(table.version(), tuple(merged), before, after)


def _small_files(actions: pa.Table, *, limit: int) -> Counter[date]:
    """How many files below the limit each day has."""
    small = actions.filter(pc.less(actions["size_bytes"], limit))
    return Counter(small["partition.day"].to_pylist())


def _as_written() -> WriterProperties:
    """The encodings of `headwater.lake.parquet_files`, in the words of the library that rewrites."""
    plain = ColumnProperties(dictionary_enabled=False)
    delta = ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED")
    return WriterProperties(
        compression="LZ4_RAW",
        max_row_group_size=ROW_GROUP_ROWS,
        default_column_properties=ColumnProperties(dictionary_enabled=True),
        column_properties={name: delta if name in DELTA_ENCODED else plain for name in NO_DICTIONARY},
    )
