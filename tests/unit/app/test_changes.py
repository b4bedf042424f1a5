"""Changes of a known upstream, from hand-made flows in a lake to findings."""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from change_records import LABELS, NEW, OLD, Who, moves, records
from hand_made_flows import BEGIN, Flow, lake_of
from headwater.app.changes import changed, changes
from headwater.app.context import add_context
from headwater.app.watch.sensors import hours_of
from headwater.engine.connect import Engine
from headwater.engine.trace import Trace
from headwater.lake.snapshot import Snapshot
from headwater.lake.tables import open_lake
from headwater.model.change import Change, ChangeKind, Changes
from headwater.model.lead import PIVOT_SOURCE
from headwater.model.service import Service
from headwater.model.window import Window

UPSTREAM = Service(OLD, 8443, 6)
OPERATORS = (ChangeKind.NEW_OPERATOR, ChangeKind.OPEN_POINT)


def _found(folder: Path, where: Who, *, dark: tuple[int, int] = (0, 0)) -> Changes:
    sensors = ("south", "north") if dark[1] else ("north", "north")
    lake = lake_of(folder, records(where, sensors=sensors, dark=dark), labels=LABELS)
    return changes(lake, upstreams=(UPSTREAM,))


def _counts_hours(trace: Trace) -> int:
    return sum(one.purpose == "hours in which each sensor sent" for one in trace.queries)


def _ends(found: Changes) -> list[Change]:
    kinds = {ChangeKind.MOVED, ChangeKind.NEW_PORT, ChangeKind.SILENT}
    return [one for one in found.changes if one.kind in kinds]


@pytest.mark.parametrize(
    ("to", "kind"),
    [
        ((NEW, 8443), ChangeKind.MOVED),
        ((OLD, 9001), ChangeKind.NEW_PORT),
        (None, ChangeKind.SILENT),
    ],
)
def test_an_end_on_day_14_is_told(tmp_path: Path, to: tuple[str, int] | None, kind: ChangeKind) -> None:
    """With the successor, and day 14 within its bounds."""
    (one,) = _ends(_found(tmp_path, moves(14.0, to=to)))
    assert (one.kind, one.service) == (kind, UPSTREAM)
    assert one.other == (None if to is None else Service(to[0], to[1], 6))
    assert one.since <= BEGIN + timedelta(days=14, hours=1)
    assert one.until >= BEGIN + timedelta(days=13, hours=12)


def test_an_upstream_that_goes_on_is_not_told(tmp_path: Path) -> None:
    """Nothing ends."""
    assert not _ends(_found(tmp_path, moves(99.0, to=None)))


def test_a_sensor_that_fails_explains_silence(tmp_path: Path) -> None:
    """The only sensor that sees the upstream records nothing from day 20 on; bots go on, through another.

    Where the sensors' hours are known the answer is the same, and nothing is counted.
    """
    found = _found(tmp_path, moves(99.0, to=None), dark=(20, 28))
    assert not _ends(found)
    assert [(one.sensor, one.since) for one in found.outages] == [("north", BEGIN + timedelta(days=20))]
    lake = tmp_path / "lake"

    def hours(engine: Engine, flows: Snapshot) -> pa.Table:
        return hours_of(engine, open_lake(lake), flows.files, window=Window())

    once = changed(lake, upstreams=(UPSTREAM,), hours_of=hours)
    again = changed(lake, upstreams=(UPSTREAM,), hours_of=hours)
    assert (once.changes, again.changes) == (found, found)
    assert [_counts_hours(each.trace) for each in (once, again)] == [1, 0]


def test_what_the_c2s_of_a_family_come_to_together_is_new_to_it(tmp_path: Path) -> None:
    """On day 14 all eight meet 9.9.8.8 for the first time, after two weeks without it; whether that is
    unusual a history of a week cannot say, and it says so.
    """
    found = _found(tmp_path, moves(14.0, to=(NEW, 8_443)))
    (one,) = [each for each in found.changes if each.kind is ChangeKind.FIRST_CONTACT]
    assert (one.service, one.family) == (Service(NEW, 8_443, 6), ("emotet",))
    assert one.probability == pytest.approx(0.97, abs=0.01)
    assert one.words == "almost certain"
    assert one.reasons[0].startswith("new to emotet: had it been in use before")
    assert one.reasons[1].startswith(
        "8 of the 8 C2s of emotet at work after the first contact met it, none of the 8"
    )
    assert one.reasons[3].startswith("history too short: emotet came to 0 such services")


@pytest.mark.parametrize(
    ("stays", "kind"),
    [(False, ChangeKind.NEW_OPERATOR), (True, ChangeKind.OPEN_POINT)],
    ids=["left", "stayed"],
)
def test_a_new_key_is_a_new_operator_only_where_the_c2s_left(
    tmp_path: Path, *, stays: bool, kind: ChangeKind
) -> None:
    """An SSH host key scanned every other day is another one from day 14 on, when the C2s leave, or stay."""
    where = moves(99.0 if stays else 14.0, to=None)
    lake = lake_of(tmp_path, records(where), labels=LABELS)
    keys = tmp_path / "keys.csv"
    rows = [f"{OLD},22,ssh,{'aa' if day < 14 else 'bb'},{_day(day)},scan\n" for day in range(0, 28, 2)]
    keys.write_text("address,port,kind,fingerprint,seen_at,source\n" + "".join(rows))
    add_context([str(keys)], lake=lake)
    told = [one for one in changes(lake, upstreams=(UPSTREAM,)).changes if one.kind in OPERATORS]
    assert [(one.kind, one.service) for one in told] == [(kind, UPSTREAM)]


def _day(day: int) -> str:
    return (BEGIN + timedelta(days=day, hours=1)).isoformat()


def test_two_records_are_no_history(tmp_path: Path) -> None:
    """One C2, one contact, one bot: nothing is told, and an upstream that nobody met is named."""
    flows = [Flow("5.0.0.1", 50_000, OLD, 8443), Flow("7.0.0.1", 40_000, "5.0.0.1", 447, at=9.0)]
    lake = lake_of(tmp_path, flows, labels="address,family,port\n5.0.0.1,emotet,447\n")
    found = changes(lake, upstreams=(UPSTREAM, Service(NEW)))
    assert (found.upstreams, found.changes, found.outages) == ((UPSTREAM,), (), ())
    assert any(NEW in text for text in found.warnings)


def test_accepted_leads_show_no_change(tmp_path: Path) -> None:
    """All eight leave on day 14. Seven of them are leads, whose time as C2s was taken from such contact."""
    flows, rows = records(moves(14.0, to=(NEW, 8_443))), LABELS.splitlines(keepends=True)
    leads = "".join([*rows[:2], *(row.replace(",feed", f",{PIVOT_SOURCE}") for row in rows[2:])])
    told = []
    for number, labels in enumerate((LABELS, leads, "".join(rows[:2]))):
        folder = tmp_path / str(number)
        folder.mkdir()
        told.append(changes(lake_of(folder, flows, labels=labels), upstreams=(UPSTREAM,)).changes)
    assert told[0]
    assert told[1] == told[2] != told[0]
