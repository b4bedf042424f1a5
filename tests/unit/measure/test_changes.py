"""Who met which key through which sensor, and when C2s were at work."""

import pytest

from hand_made_flows import Flow, flow_table, label_table
from headwater.app.changes_measuring import sensor_days
from headwater.app.hunt import Known, hunt_flows
from headwater.app.hunt_settings import HuntSettings
from headwater.engine.connect import Engine
from headwater.engine.primitives import DAY_US
from headwater.intel.context.networks import Networks
from headwater.intel.context.warninglists import WarningLists
from headwater.measure import changes, contacts
from headwater.measure.scan import Span
from headwater.measure.sensor_hours import sensor_hours

DAY = 86_400.0
C2, BOT, SERVICE = "5.0.0.1", "7.0.0.1", "9.9.9.9"
FLOWS = [
    Flow(C2, 50_000, SERVICE, 8443, at=0.0, sensor="north"),
    Flow(C2, 50_001, SERVICE, 8443, at=3_600.0, sensor="north"),
    Flow(C2, 50_002, SERVICE, 8443, at=DAY, sensor="south"),
    Flow("5.0.1.1", 50_002, SERVICE, 8443, at=DAY, sensor="south"),
    Flow(BOT, 40_000, C2, 447, at=0.5 * DAY, sensor="north"),
    Flow(C2, 447, BOT, 40_000, at=0.5 * DAY + 1, sensor="north"),
    Flow(BOT, 40_001, C2, 447, at=3 * DAY, sensor="north", flags=None),
]


@pytest.fixture
def hunted(engine: Engine) -> Engine:
    """The engine of a hunt in these flows."""
    known = Known(
        label_table([C2, "5.0.1.1"], port=447), label_table([]), Networks(), WarningLists()
    )  # fmt: skip
    hunt_flows(
        engine,
        engine.bring("flows", flow_table(FLOWS)),
        known=known,
        settings=HuntSettings(allow_reserved=True),
    )
    return engine


def test_sessions_of_a_pair_are_cut_by_six_hours(hunted: Engine) -> None:
    """Two records within an hour are one session, the next day is another."""
    met = changes.meetings(hunted.kept("oriented"), hunted.kept("candidates"))
    found = hunted.fetch(changes.meeting_sessions(met, c2s=2), purpose="test").to_pylist()
    assert sorted(row["c2"] for row in found) == [0, 0, 1]


def test_sensors_of_a_pair_are_counted(hunted: Engine) -> None:
    """Two records of the first C2 by north, one by south."""
    met = changes.meetings(hunted.kept("oriented"), hunted.kept("candidates"))
    found = hunted.fetch(changes.meetings_by_sensor(met), purpose="test").to_pylist()
    assert sorted((row["c2"], row["sensor"], row["flows"]) for row in found) == [
        (0, "north", 2), (0, "south", 1), (1, "south", 1),
    ]  # fmt: skip


def test_only_an_answer_shows_a_c2_at_work(hunted: Engine) -> None:
    """Somebody knocks on day 3, and nothing comes back: it worked on day 0 alone."""
    on_port = contacts.at_own_port(hunted.kept("touches"), hunted.kept("own_ports"))
    found = hunted.fetch(changes.at_work(on_port), purpose="test").to_pylist()
    assert [(row["c2"], row["day_us"] % DAY_US, row["first_us"]) for row in found] == [
        (0, 0, found[0]["day_us"] + DAY_US // 2 + 1_000_000)
    ]


def test_records_are_counted_by_sensor_and_day(hunted: Engine) -> None:
    """North: four on day 0 and one on day 3; south: two on day 1."""
    hours = hunted.fetch(sensor_hours(hunted.kept("flows"), span=Span()), purpose="test")
    found = sensor_days(hours).to_pylist()
    first = min(row["day_us"] for row in found)
    assert sorted((row["sensor"], (row["day_us"] - first) // DAY_US, row["flows"]) for row in found) == [
        ("north", 0, 4), ("north", 3, 1), ("south", 1, 2),
    ]  # fmt: skip
