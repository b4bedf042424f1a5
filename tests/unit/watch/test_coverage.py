"""Tests of headwater.app.watch.coverage and measure.sensor_hours: each sensor against its own habit."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from hand_made_flows import BEGIN, Flow, lake_of
from headwater.app.watch.coverage import ALL_SENSORS, UNNAMED, Habit, all_lost, arrived, habits, lost
from headwater.app.watch.settings import CoverageSettings
from headwater.engine.connect import connect
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.measure.scan import Span
from headwater.measure.sensor_hours import sensor_hours
from headwater.model.event import Basis, Event
from headwater.model.window import micros_of

HOUR = timedelta(hours=1)
SETTINGS = CoverageSettings()  # six hours, twice the longest pause, 48 hours
BASIS = Basis(7, None, None)


def _habit(*, hours: int = 100, pause_h: float = 0, last: datetime = BEGIN) -> Habit:
    return Habit("edge", hours, pause_h * HOUR, last)


def _lost(habit: Habit, silent_h: float, told: dict[str, datetime] | None = None) -> list[Event]:
    return lost([habit], told or {}, now=habit.last + silent_h * HOUR, basis=BASIS, settings=SETTINGS)[1]


def test_hours_are_counted_sensor_by_sensor(tmp_path: Path) -> None:
    """Two flows of `a` in the first hour and one in the third; one of a nameless sensor."""
    flows = [
        Flow("1.0.0.1", 1, "2.0.0.1", 80, at=at, sensor=sensor)
        for at, sensor in ((10.0, "a"), (20.0, "a"), (7_300.0, "a"), (30.0, None))
    ]
    lake = lake_of(tmp_path, flows, labels="address,family\n5.0.0.1,emotet\n")
    files = snapshot(open_lake(lake)).files
    with connect("duckdb://") as engine:
        table = engine.fetch(sensor_hours(engine.flows(files), span=Span(None, None)), purpose="test")
    rows = sorted((row["sensor"], row["hour_us"], row["flows"], row["last_us"]) for row in table.to_pylist())
    first, us = micros_of(BEGIN), 1_000_000
    assert rows == [
        ("", first, 1, first + 30 * us),
        ("a", first, 2, first + 20 * us),
        ("a", first + 7_200 * us, 1, first + 7_300 * us),
    ]


def test_a_habit_is_the_longest_pause_between_hours_with_flows() -> None:
    """Hours 0, 1 and 5: the pause is three hours long."""
    hours = [micros_of(BEGIN + at * HOUR) for at in (5, 0, 1)]
    table = pa.table({"sensor": ["", "", ""], "hour_us": hours, "last_us": hours})
    assert habits(table) == [Habit(UNNAMED, 3, 3 * HOUR, BEGIN + 5 * HOUR)]


def test_a_sensor_that_never_paused_is_lost_after_six_hours() -> None:
    """Not after five."""
    assert [len(_lost(_habit(), silent)) for silent in (5.9, 6.0)] == [0, 1]


def test_a_sensor_that_rests_is_lost_after_twice_its_longest_rest() -> None:
    """One that sleeps ten hours a night is not missed for nineteen."""
    assert [len(_lost(_habit(pause_h=10), silent)) for silent in (19.0, 20.0)] == [0, 1]


def test_a_sensor_without_a_habit_is_not_missed() -> None:
    """Seen in 47 hours."""
    assert _lost(_habit(hours=47), 100.0) == []


def test_a_lost_sensor_is_told_once_until_it_sends_again() -> None:
    """And again when it stops again: under another name, because its last flow is another."""
    first = _lost(_habit(), 7)
    again = _lost(_habit(last=BEGIN + 50 * HOUR), 7, {"edge": BEGIN})
    assert (_lost(_habit(), 30, {"edge": BEGIN}), len(first), len(again)) == ([], 1, 1)
    assert first[0].id != again[0].id


def test_a_lost_sensor_that_left_the_window_stays_told() -> None:
    """Nothing of it is left to be seen, and it is not forgotten."""
    told, events = lost([], {"edge": BEGIN}, now=BEGIN, basis=BASIS, settings=SETTINGS)
    assert (told, events) == ({"edge": BEGIN}, [])


def test_when_nothing_comes_at_all_it_is_told_once() -> None:
    """After 48 arrivals a quarter of an hour apart, six hours of nothing; and not while all is well."""
    arrivals = tuple(BEGIN + n * HOUR / 4 for n in range(48))
    now = arrivals[-1] + 6 * HOUR
    told, events = all_lost(arrivals, {}, now=now, basis=BASIS, settings=SETTINGS)
    assert ([event.subject for event in events], list(told)) == ([ALL_SENSORS], [ALL_SENSORS])
    assert all_lost(arrivals, told, now=now + HOUR, basis=BASIS, settings=SETTINGS)[1] == []
    assert all_lost(arrivals, {}, now=now - HOUR, basis=BASIS, settings=SETTINGS) == ({}, [])


def test_arrivals_are_bounded() -> None:
    """The newest 500 are kept."""
    found: tuple[datetime, ...] = ()
    for n in range(600):
        found = arrived(found, BEGIN + n * HOUR)
    assert (len(found), found[-1]) == (500, BEGIN + 599 * HOUR)
