"""Which sensors stopped sending? Each is held against its own habit: the longest pause that it had before.

Of a sensor whose pauses come at random, the longest of n pauses is about ln n times their mean m; a pause of
twice that has a chance of n^-2. Summed over all pauses behind the first 48 that is 1 in 48 for a sensor that
never fails; one that rests at weekends has shown its longest pause within a week.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.watch.settings import CoverageSettings
from headwater.engine.primitives import HOUR_US
from headwater.model.event import Basis, Event, EventKind, event_id
from headwater.model.window import micros_of, moment_of

_HOUR = timedelta(hours=1)
ALL_SENSORS, UNNAMED = "all sensors", "(records without a sensor)"
_MOST_ARRIVALS = 500  # moments at which flows came that are remembered


@dataclass(frozen=True, slots=True)
class Habit:
    """How one sensor sends.

    Attributes:
        sensor: its name; hostile.
        hours: hours with flows.
        longest_pause: between two of them.
        last: start of its last flow.
    """

    sensor: str
    hours: int
    longest_pause: timedelta
    last: datetime


def habits(hours: pa.Table) -> list[Habit]:
    """The habits of sensors.

    Args:
        hours: as from `headwater.measure.sensor_hours.sensor_hours`.
    """
    found = []
    sensors = np.array(hours["sensor"].to_pylist(), dtype=object)
    at = np.asarray(hours["hour_us"], np.int64)
    last = np.asarray(hours["last_us"], np.int64)
    for sensor in sorted(set(sensors.tolist())):
        mine = sensors == sensor
        found.append(
            Habit(
                sensor or UNNAMED,
                int(mine.sum()),
                timedelta(microseconds=_longest_pause(np.sort(at[mine]))),
                moment_of(int(last[mine].max())),
            )
        )
    return found


def lost(
    found: list[Habit],
    told: dict[str, datetime],
    *,
    now: datetime,
    basis: Basis,
    settings: CoverageSettings,
) -> tuple[dict[str, datetime], list[Event]]:
    """Sensors that stopped, each told once until it sends again.

    Args:
        found: habits.
        told: sensors that were told lost, with their last flow then.
        now: up to when silence is counted; not later than the newest flow of all sensors, because flows that
            nobody has stored yet are no silence.
        basis: on which data it stands.
        settings: when a sensor counts as lost.

    Returns:
        What is told lost now, and the new events.
    """
    still: dict[str, datetime] = {}
    events = []
    for habit in found:
        silence = now - habit.last
        if habit.hours < settings.habit_hours or silence < _bound(habit.longest_pause, settings):
            continue
        still[habit.sensor] = habit.last
        if told.get(habit.sensor) != habit.last:
            events.append(_event(habit, silence, now, basis))
    # one that the window has lost sight of stays told
    seen = {habit.sensor for habit in found}
    return still | {sensor: at for sensor, at in told.items() if sensor not in seen}, events


def all_lost(
    arrivals: tuple[datetime, ...],
    told: dict[str, datetime],
    *,
    now: datetime,
    basis: Basis,
    settings: CoverageSettings,
) -> tuple[dict[str, datetime], list[Event]]:
    """Whether nothing at all comes any more, held against the pauses between earlier arrivals.

    Args:
        arrivals: when cycles saw new flows; the newest last.
        told: as for `lost`.
        now: by the cycle's clock.
        basis: as for `lost`.
        settings: as for `lost`.
    """
    rest = {sensor: at for sensor, at in told.items() if sensor != ALL_SENSORS}
    if len(arrivals) < settings.habit_hours:
        return rest, []
    pauses = [later - earlier for earlier, later in pairwise(arrivals)]
    habit = Habit(ALL_SENSORS, len(arrivals), max(pauses), arrivals[-1])
    silence = now - habit.last
    if silence < _bound(habit.longest_pause, settings):
        return rest, []
    events = [] if told.get(ALL_SENSORS) == habit.last else [_event(habit, silence, now, basis)]
    return {**rest, ALL_SENSORS: habit.last}, events


def arrived(arrivals: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    """The arrivals with one more, the oldest left out where they are many; none where time went backwards."""
    before = tuple(at for at in arrivals if at < now)
    return (*before, now)[-_MOST_ARRIVALS:]


def _bound(pause: timedelta, settings: CoverageSettings) -> timedelta:
    return max(settings.silent, settings.factor * pause)


def _longest_pause(hours_us: npt.NDArray[np.int64]) -> int:
    """Between two hours with flows, microseconds; neighbours have none."""
    return int(max(np.diff(hours_us).max(initial=HOUR_US) - HOUR_US, 0))


def _event(habit: Habit, silence: timedelta, now: datetime, basis: Basis) -> Event:
    last = habit.last.isoformat(timespec="seconds").replace("+00:00", "Z")
    return Event(
        id=event_id(EventKind.COVERAGE_LOST, habit.sensor, [str(micros_of(habit.last))]),
        kind=EventKind.COVERAGE_LOST, at=now, subject=habit.sensor, basis=basis,
        weight=min(habit.hours / 1_000, 1.0),
        facts={
            "last_flow": last, "silent_h": round(silence / _HOUR, 1),
            "longest_pause_h": round(habit.longest_pause / _HOUR, 1), "hours_seen": habit.hours,
        },
    )  # fmt: skip
