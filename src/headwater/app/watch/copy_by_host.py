"""What makes the next hunt read only what is new, and what the C2s touched? The copy by host, day after day.

A hunt's verdicts rest on all flows of the window, and one new label can move them all, so no verdict is
carried over. What is carried over is the reading: flows of days that are over lie by host in the copy, with
the sample drawn from them, and the sensors' hours are kept. A cycle then reads the files since, and a few row
groups.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

from headwater.app.compact import SAMPLE_SHARE, Progress, compact
from headwater.app.compact_settings import CompactSettings
from headwater.app.hunt_settings import MeasureSettings
from headwater.app.watch.look import newest_flow
from headwater.app.watch.settings import WatchSettings
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.model.window import Window

Say = Callable[[str], None]

PAYS_FROM = (
    SAMPLE_SHARE * MeasureSettings().sample_flows
)  # flows in the window; in fewer the copy is not read


def renew_copy(
    lake_root: Path, settings: WatchSettings, *, now: datetime, stop: threading.Event, say: Say
) -> int:
    """Copies the days of the window that are over and were not copied, where hunts will read the copy.

    Args:
        lake_root: the lake's folder.
        settings: the window, and whether the watch keeps the copy.
        now: the cycle's "now".
        stop: set it to end; what was copied stays.
        say: told before it begins.

    Returns:
        How many parts of the copy were made.

    Raises:
        LakeError: another run writes the copy, the disk is full, or a file is damaged.
    """
    if not settings.schedule.copy:
        return 0
    lake, window = open_lake(lake_root), Window(now - settings.schedule.window, now)
    found = snapshot(lake, window=window)
    newest = newest_flow(lake_root, found.version, window)
    if found.rows < PAYS_FROM or newest is None:
        return 0
    midnight = datetime.combine(newest.date(), time(), UTC)
    if window.start is None or midnight <= window.start:
        return 0
    said = False

    def begun(progress: Progress) -> None:
        nonlocal said
        if progress.parts and not said:
            many = "s" * (progress.parts != 1)
            say(f"copying by host what is over and not copied yet: {progress.parts} part{many}")
            said = True

    wanted = CompactSettings(window.start, midnight)
    return len(compact(lake_root, settings=wanted, on_progress=begun, stop=stop).made)
