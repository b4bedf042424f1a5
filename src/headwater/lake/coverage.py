"""How many flows start on each day? Told by the table's log where whole days are asked for, without reading.

Statistics of a file are exact in the lakes that headwater writes: every file holds the flows of one day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.lake.snapshot import Snapshot
from headwater.lake.tables import Lake, flow_table
from headwater.model.window import Window

Int64s = npt.NDArray[np.int64]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LoggedDays:
    """Days with flows, as the log tells them, d of them in order of time.

    Attributes:
        day_us: UTC midnight, microseconds since 1970, shape (d,).
        flows: flows that start on it, shape (d,).
        first_us, last_us: start of its first and of its last flow, shape (d,).
        cut: the window holds only a part of that day, so its flows must be counted, shape (d,).
    """

    day_us: Int64s
    flows: Int64s
    first_us: Int64s
    last_us: Int64s
    cut: npt.NDArray[np.bool_]


def logged_days(lake: Lake, found: Snapshot, *, window: Window | None = None) -> LoggedDays:
    """The days of a snapshot that a window touches.

    Args:
        lake: the lake.
        found: which version.
        window: only days that it touches.

    Raises:
        LakeError: as `headwater.lake.snapshot.snapshot`.
    """
    table = flow_table(lake, version=found.version)
    actions = pa.table(table.get_add_actions(flatten=True))
    files = pa.table(
        {
            "day": actions["partition.day"],
            "flows": actions["num_records"],
            "first": actions["min.start"].cast(pa.int64()),
            "last": actions["max.start"].cast(pa.int64()),
        }
    )
    by_day = files.group_by("day").aggregate([("flows", "sum"), ("first", "min"), ("last", "max")])
    by_day = by_day.filter(pa.compute.greater(by_day["flows_sum"], 0)).sort_by("day")
    wanted = window or Window()
    days: list[date] = by_day["day"].to_pylist()
    spans = [(midnight, midnight + _DAY) for midnight in map(_midnight, days)]
    touched = np.array([wanted.overlaps(Window(*span)) for span in spans], np.bool_)
    cut = np.array([not _holds(wanted, *span) for span in spans], np.bool_)
    chosen = by_day.filter(pa.array(touched))
    return LoggedDays(
        day_us=np.asarray(chosen["day"].cast(pa.timestamp("us")).cast(pa.int64()), np.int64),
        flows=np.asarray(chosen["flows_sum"], np.int64),
        first_us=np.asarray(chosen["first_min"], np.int64),
        last_us=np.asarray(chosen["last_max"], np.int64),
        cut=cut[touched],
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _holds(window: Window, start: datetime, end: datetime) -> bool:
    """Whether the window holds all of [start, end)."""
    return (window.start is None or window.start <= start) and (window.end is None or window.end >= end)
