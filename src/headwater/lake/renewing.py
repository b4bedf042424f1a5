"""How does a day that was stored in an earlier form come into the present one? Whole, in one commit.

Its files are read in the order of their times and written as `headwater.lake.parquet_files` has it, in a
hidden folder; the new ones are renamed into their place and named by a commit, which takes the old ones out.
Every record and the order of each file's records stay; older versions keep the old files. The log calls it an
overwriting of that day. A run that adds flows to the day meanwhile is no conflict: they are not taken out.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import DeltaError

from headwater.errors import LakeError
from headwater.lake.by_host_store import new_part
from headwater.lake.covered import day_of
from headwater.lake.merging import Merged, refuse_full, unmerged
from headwater.lake.parquet_files import FILE_SCHEMA, ROW_GROUP_ROWS, SUFFIX, StagedFile
from headwater.lake.snapshot import refuse_damaged
from headwater.lake.staging import Staging
from headwater.lake.tables import FLOWS, Lake, flow_table, writable

_RETRIES = 100  # of the commit against others; each takes some milliseconds


def days_of_earlier_form(names: Iterable[str]) -> frozenset[date]:
    """The days that have files in an earlier form, which their names tell.

    Args:
        names: files of the flow table, as its log names them.
    """
    days = {day_of(name) for name in names if not name.endswith(SUFFIX)}
    return frozenset(day for day in days if day is not None)


def store_anew(lake: Lake, day: date) -> Merged:
    """Stores all flows of a day in the present form, in files of full size.

    Args:
        lake: the lake; `headwater.lake.by_host_store.only_writer` is held.
        day: which day; it has flows.

    Raises:
        LakeError: a file is damaged, the disk is full, a newer program wrote the table, or the commit is
            refused; the day is as it was then.
    """
    table = writable(flow_table(lake), lake.path(FLOWS))
    actions = pa.table(table.get_add_actions(flatten=True))
    of_day = actions.filter(pc.equal(actions["partition.day"], day)).sort_by(
        [("min.start", "ascending"), ("path", "ascending")]
    )
    refuse_damaged(lake, of_day, version=table.version())
    refuse_full(lake, day, needed=pc.sum(of_day["size_bytes"]).as_py())
    names = [str(lake.path(FLOWS) / name) for name in of_day["path"].to_pylist()]
    with new_part(lake, day) as folder:
        try:
            staged = _written(names, folder)
            if {one.day for one in staged} != {day} or sum(one.rows for one in staged) != pc.sum(
                of_day["num_records"]
            ).as_py():
                raise unmerged(lake, day, [], "its files do not hold what the log says")
            placed = _placed(staged, lake.path(FLOWS))
        except (OSError, pa.ArrowException) as why:
            raise unmerged(lake, day, names, str(why).partition("\n")[0]) from None
        version = _committed(lake, table, day, placed)
    return Merged(version, (day,), len(names), len(placed))


def _written(names: Collection[str], folder: Path) -> list[StagedFile]:
    """The records of all files, in order, as files in a folder that no log names."""
    staging = Staging(folder)
    try:
        for name in names:
            with pq.ParquetFile(name, read_dictionary=["source"]) as parquet:
                for batch in parquet.iter_batches(ROW_GROUP_ROWS):
                    rows = pa.Table.from_batches([batch]).select(FILE_SCHEMA.names).cast(FILE_SCHEMA)
                    for piece in rows.combine_chunks().to_batches():
                        staging.add(piece, source="")
        return staging.take()
    finally:
        staging.abandon()


def _placed(staged: Iterable[StagedFile], flows: Path) -> list[StagedFile]:
    """The files where the table has them."""
    placed = []
    for one in staged:
        target = flows / one.table_path
        one.path.rename(target)
        placed.append(replace(one, path=target))
    return placed


def _committed(lake: Lake, table: DeltaTable, day: date, placed: list[StagedFile]) -> int:
    """Names the new files in place of those that the table has; the version that does so."""
    try:
        table.create_write_transaction(
            [one.add_action(data_change=False) for one in placed],
            "overwrite",
            table.schema(),
            partition_by=["day"],
            partition_filters=[("day", "=", day.isoformat())],
            commit_properties=CommitProperties(max_commit_retries=_RETRIES),
        )
    except BaseException as why:
        if not _named(lake, placed[0]):
            for one in placed:
                one.path.unlink(missing_ok=True)
            if isinstance(why, DeltaError | OSError):
                raise unmerged(lake, day, [], str(why).partition("\n")[0]) from None
            raise
        if not isinstance(why, DeltaError):  # else what failed came after the commit, such as a checkpoint
            raise
    table.update_incremental()
    return int(table.version())


def _named(lake: Lake, placed: StagedFile) -> bool:
    """Whether the log names a file; where that cannot be read it may."""
    try:
        return placed.table_path in flow_table(lake).get_add_actions(flatten=True)["path"].to_pylist()
    except (LakeError, DeltaError, OSError):
        return True
