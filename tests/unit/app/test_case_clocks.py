"""Clocks of sensors that disagree are told, from flows that two of them saw."""

from collections.abc import Iterator

import pytest

from hand_made_flows import Flow, flow_table
from headwater.app.case_clocks import clocks_apart
from headwater.engine.connect import Engine, connect
from headwater.measure.scan import Span, narrow

HOUR = 3_600.0


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine of its own."""
    with connect() as opened:
        yield opened


def _told(engine: Engine, flows: list[Flow]) -> tuple[str, ...]:
    return clocks_apart(engine, narrow(engine.bring("flows", flow_table(flows)), Span()))


def _twice(count: int, *, apart_s: float, jitter_s: float = 0.0) -> list[Flow]:
    """Flows an hour apart, each seen by north and, so much later by its clock, by south."""
    return [
        Flow(
            "7.0.0.1",
            50_000 + number,
            "9.9.9.9",
            443,
            at=number * HOUR + (apart_s + number % 3 * jitter_s if sensor == "south" else 0.0),
            sensor=sensor,
        )
        for number in range(count)
        for sensor in ("north", "south")
    ]


def test_clocks_that_agree_are_not_told(engine: Engine) -> None:
    """A few seconds between two exporters are what sampling and the way make."""
    assert _told(engine, _twice(40, apart_s=4.0, jitter_s=2.0)) == ()


def test_a_clock_that_is_eleven_hours_off_is_told(engine: Engine) -> None:
    """With its length, both names, and how many flows say so."""
    (told,) = _told(engine, _twice(40, apart_s=11 * HOUR))
    assert told.startswith(
        'the clocks of sensors "north" and "south" disagree by about 11.0 h (median of 40 flows that both'
    )


def test_a_few_flows_say_nothing(engine: Engine) -> None:
    """Ports are used again: nineteen pairs may be an accident."""
    assert _told(engine, _twice(19, apart_s=11 * HOUR)) == ()


def test_flows_that_share_ports_by_accident_say_nothing(engine: Engine) -> None:
    """Differences without a common value are no clock's."""
    assert _told(engine, _twice(60, apart_s=-20 * HOUR, jitter_s=20 * HOUR)) == ()


def test_records_without_a_sensor_say_nothing(engine: Engine) -> None:
    """Nobody knows whose clock they carry."""
    flows = [Flow("7.0.0.1", 50_000 + number, "9.9.9.9", 443, at=number) for number in range(60)]
    assert _told(engine, flows) == ()
