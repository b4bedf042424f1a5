"""Which files hold the flows of one version of the lake? The list that an engine reads, pruned by time.

The files are plain Parquet without the column `day`, which stands in the folder's name (Hive partitioning).
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.errors import LakeError
from headwater.lake.tables import FLOWS, Lake, flow_table
from headwater.model.window import Window

# Delta allows writers to cut times in statistics to milliseconds ("Per-file statistics"), so a file's last
# flow may end just after what its statistics say.
_STATISTICS_SLACK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The flow table at one version.

    Attributes:
        version: the version, by which the same data can be read again.
        files: absolute paths of Parquet files, oldest day first.
        rows: flows in these files.
        table_files: how many files the whole version has; more than `files` where a window pruned some.
        table_rows: flows in the whole version.
    """

    version: int
    files: tuple[str, ...]
    rows: int
    table_files: int
    table_rows: int


def snapshot(lake: Lake, *, version: int | None = None, window: Window | None = None) -> Snapshot:
    """The flow table's files, at a version and for a window.

    Args:
        lake: the lake.
        version: the version to read; the newest unless set.
        window: leave out files without any flow that overlaps it. The files left hold other flows too.

    Returns:
        The snapshot; without flows its list of files is empty.

    Raises:
        LakeError: there are no flows yet, the version does not exist, or a file of it is gone.
    """
    table = flow_table(lake, version=version)
    actions = pa.table(table.get_add_actions(flatten=True)).sort_by("path")
    rows = np.asarray(actions["num_records"].fill_null(0))
    chosen = _overlapping(actions, window or Window())
    root = lake.path(FLOWS).resolve()
    files = tuple(str(root / path) for path in actions.filter(pa.array(chosen))["path"].to_pylist())
    gone = next((path for path in files if not Path(path).is_file()), None)
    if gone is not None:
        raise LakeError(
            f"{gone}: version {table.version()} of the flows names this file and it is gone; if a vacuum "
            "removed that version, use the newest one; else restore the file from a backup, or ingest the "
            "sources into a new lake"
        )
    return Snapshot(table.version(), files, int(rows[chosen].sum()), len(rows), int(rows.sum()))


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
