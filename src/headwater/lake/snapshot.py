"""Which files hold the flows of one version of the lake? The list that an engine reads, pruned by time.

The files are plain Parquet without the column `day`, which stands in the folder's name (Hive partitioning).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.errors import LakeError
from headwater.lake.readers import Reading
from headwater.lake.tables import FLOWS, Lake, flow_table
from headwater.model.window import Window

# Delta allows writers to cut times in statistics to milliseconds ("Per-file statistics"), so a file's last
# flow may end just after what its statistics say.
_STATISTICS_SLACK = timedelta(milliseconds=1)

RESTORE = "restore the file from a backup, or ingest the sources into a new lake"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The flow table at one version.

    Attributes:
        version: the version, by which the same data can be read again.
        files: absolute paths of Parquet files, oldest day first.
        rows: flows in these files.
        table_files: how many files the whole version has; more than `files` where a window pruned some.
        table_rows: flows in the whole version.
        reading: while the snapshot lives, nobody removes its files.
    """

    version: int
    files: tuple[str, ...]
    rows: int
    table_files: int
    table_rows: int
    reading: Reading | None = field(default=None, repr=False, compare=False)


def snapshot(lake: Lake, *, version: int | None = None, window: Window | None = None) -> Snapshot:
    """The flow table's files, at a version and for a window.

    Args:
        lake: the lake.
        version: the version to read; the newest unless set.
        window: leave out files without any flow that overlaps it. The files left hold other flows too.

    Returns:
        The snapshot; without flows its list of files is empty.

    Raises:
        LakeError: there are no flows yet, the version does not exist, or a file of it is gone or cut off.
    """
    reading = Reading(lake)
    table = flow_table(lake, version=version)
    actions = pa.table(table.get_add_actions(flatten=True)).sort_by("path")
    rows = np.asarray(actions["num_records"].fill_null(0))
    chosen = _overlapping(actions, window or Window())
    wanted = actions.filter(pa.array(chosen))
    refuse_damaged(lake, wanted, version=table.version())
    root = lake.path(FLOWS).resolve()
    files = tuple(str(root / path) for path in wanted["path"].to_pylist())
    return Snapshot(table.version(), files, int(rows[chosen].sum()), len(rows), int(rows.sum()), reading)


def refuse_damaged(lake: Lake, actions: pa.Table, *, version: int) -> None:
    """Makes sure that files of the flow table are there, and as long as the log says.

    Args:
        lake: the lake.
        actions: of these files, as `get_add_actions(flatten=True)` gives them.
        version: of the table, for the message.

    Raises:
        LakeError: a file is gone or cut off; the message names the first one.
    """
    root = lake.path(FLOWS).resolve()
    for name, size in zip(actions["path"].to_pylist(), actions["size_bytes"].to_pylist(), strict=True):
        path = root / name
        try:
            found = path.stat().st_size
        except OSError:
            raise LakeError(
                f"{path}: version {version} of the flows names this file and it is gone; if a vacuum removed "
                f"that version, use the newest one; else {RESTORE}"
            ) from None
        if found != size:
            raise LakeError(
                f"{path}: this file of the flows has {found:,} bytes and had {size:,} when it was written; "
                f"{RESTORE}"
            )


def refuse_damaged_files(lake: Lake, names: Collection[str], *, version: int) -> None:
    """As `refuse_damaged`, for files that a version has by these names."""
    actions = pa.table(flow_table(lake, version=version).get_add_actions(flatten=True))
    named = actions.filter(pc.is_in(actions["path"], pa.array(sorted(names), pa.string())))
    refuse_damaged(lake, named, version=version)


def _overlapping(actions: pa.Table, window: Window) -> npt.NDArray[np.bool_]:
    """Which files may hold a flow with start < window.end and end >= window.start."""
    chosen = np.ones(actions.num_rows, np.bool_)
    if window.start is not None:
        since = np.datetime64((window.start - _STATISTICS_SLACK).replace(tzinfo=None), "us")
        last = np.asarray(actions["max.end"]).astype("datetime64[us]")
        chosen &= ~(last < since)  # a missing statistic compares false: the file stays
    if window.end is not None:
        until = np.datetime64(window.end.replace(tzinfo=None), "us")
        first = np.asarray(actions["min.start"]).astype("datetime64[us]")
        chosen &= ~(first >= until)
    return chosen
