"""What is there to look at, is it new, and what does a hunt in it show?"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from headwater.app.changes import changed
from headwater.app.hunt import Hunted, Known, hunt, known_of
from headwater.app.hunt_settings import HuntSettings
from headwater.app.watch.sensors import hours_of
from headwater.app.watch.settings import WatchSettings
from headwater.engine.connect import Engine, connect
from headwater.lake.coverage import logged_days
from headwater.lake.snapshot import Snapshot, snapshot
from headwater.lake.tables import Lake, open_lake
from headwater.model.change import Change
from headwater.model.remembered import Looked
from headwater.model.service import Service
from headwater.model.window import Window, moment_of

Say = Callable[[str], None]

_DIGEST = 16
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Material:
    """What a cycle has before it.

    Attributes:
        lake: the lake's folder.
        now: the cycle's "now".
        newest: start of the newest flow before `now`; None where there is none.
        snapshot: the flows' files that the window touches.
        known: labels and context.
        hunt: what the hunt looks at.
        looked: all of it in short, to be compared with the last cycle's.
    """

    lake: Path
    now: datetime
    newest: datetime | None
    snapshot: Snapshot
    known: Known
    hunt: HuntSettings
    looked: Looked


@dataclass(frozen=True, slots=True)
class Found:
    """What a look in the material found.

    Attributes:
        hunted: the hunt; None where no C2 is labelled any more.
        changes: of known upstreams, as far as they are looked for.
        hours: sensors' hours, see headwater.measure.sensor_hours.
    """

    hunted: Hunted | None
    changes: tuple[Change, ...]
    hours: pa.Table


def material(
    lake_root: Path, settings: WatchSettings, *, now: datetime | None, none_left: bool = False
) -> Material:
    """What there is to look at.

    Args:
        lake_root: the lake's folder.
        settings: window, clock, families.
        now: a "now" that wins over the clock.
        none_left: that all labels of C2s were withdrawn is no error.

    Raises:
        LakeError: there is no lake, it holds no flows, or no labelled C2.
    """
    lake = open_lake(lake_root)
    version = snapshot(lake).version
    if now is None:
        now = _now(lake_root, version) if settings.schedule.clock == "data" else datetime.now(UTC)
    window = Window(now - settings.schedule.window, now)
    found = snapshot(lake, version=version, window=window)
    known = known_of(lake_root, families=settings.alerts.families, none_left=none_left)
    hunt = HuntSettings(
        since=window.start, until=window.end, families=settings.alerts.families,
        allow_reserved=settings.alerts.allow_reserved, engine=settings.engine,
    )  # fmt: skip
    looked = Looked(
        lake_version=version,
        flows=_digest(_by_day(lake, found, window)),
        labels=_digest(str(row) for table in (known.c2s, known.roles) for row in table.to_pylist()),
        settings=_digest([str(sorted(asdict(settings.alerts).items())), str(settings.schedule.window)]),
        at=now,
    )
    return Material(lake_root, now, newest_flow(lake_root, version, window), found, known, hunt, looked)


def is_new(last: Looked | None, looked: Looked) -> bool:
    """Whether a hunt could say anything that the last one did not."""
    if last is None:
        return True
    return (last.flows, last.labels, last.settings) != (looked.flows, looked.labels, looked.settings)


def look(material: Material, *, upstreams: tuple[Service, ...], say: Say) -> Found:
    """Hunts, looks for changes of known upstreams, and counts the sensors' hours.

    Args:
        material: what there is to look at; a lake that grows meanwhile is seen as it is by then.
        upstreams: known ones whose changes are looked for; none: only the hunt.
        say: told each step as it begins.

    Raises:
        LakeError: no flow lies in the window.
        BadSetting: the engine refuses its settings.
    """
    hunted: Hunted | None
    labelled = material.known.c2s.num_rows > 0
    if upstreams and labelled:
        both = changed(
            material.lake,
            settings=material.hunt,
            upstreams=upstreams,
            hours_of=partial(_hours, material),
            say=say,
        )
        hunted, changes = both.hunted, both.changes.changes
    elif not labelled:
        hunted, changes = None, ()
    else:
        hunted, changes = hunt(material.lake, settings=material.hunt, say=say), ()
    with connect(material.hunt.engine) as engine:
        return Found(hunted, changes, _hours(material, engine, material.snapshot))


def _hours(material: Material, engine: Engine, found: Snapshot) -> pa.Table:
    window = Window(material.hunt.since, material.hunt.until)
    return hours_of(engine, open_lake(material.lake), found.files, window=window)


def _now(lake_root: Path, version: int) -> datetime:
    """Just behind the newest flow of a version."""
    newest = newest_flow(lake_root, version, Window())
    return datetime.now(UTC) if newest is None else newest.replace(microsecond=0) + _SECOND


def newest_flow(lake_root: Path, version: int, window: Window) -> datetime | None:
    """Start of the newest flow in a window as the log tells it; at most the window's end.

    Raises:
        LakeError: as `headwater.lake.snapshot.snapshot`.
    """
    lake = open_lake(lake_root)
    days = logged_days(lake, snapshot(lake, version=version), window=window)
    if not len(days.last_us):
        return None
    newest = moment_of(int(np.max(days.last_us)))
    return newest if window.end is None else min(newest, window.end)


def _by_day(lake: Lake, found: Snapshot, window: Window) -> Iterator[str]:
    """Days that the window touches with their flows: more with new ones, as many where files are merged."""
    days = logged_days(lake, found, window=window)
    for day_us, flows in zip(days.day_us.tolist(), days.flows.tolist(), strict=True):
        yield f"{day_us} {flows}"


def _digest(texts: Iterable[str]) -> str:
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode("utf-8", "surrogateescape") + b"\0")
    return found.hexdigest()[:_DIGEST]
