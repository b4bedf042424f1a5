"""Changes of a known upstream, from hand-made flows in a lake to findings."""

from datetime import timedelta
from pathlib import Path

import pytest

from change_records import LABELS, NEW, OLD, Who, moves, records
from hand_made_flows import BEGIN, Flow, lake_of
from headwater.app.changes import changes
from headwater.model.change import Change, ChangeKind, Changes
from headwater.model.service import Service

UPSTREAM = Service(OLD, 8443, 6)


def _found(folder: Path, where: Who, *, dark: tuple[int, int] = (0, 0)) -> Changes:
    sensors = ("south", "north") if dark[1] else ("north", "north")
    lake = lake_of(folder, records(where, sensors=sensors, dark=dark), labels=LABELS)
    return changes(lake, upstreams=(UPSTREAM,))


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
    """The only sensor that sees the upstream records nothing from day 20 on; bots go on, through another."""
    found = _found(tmp_path, moves(99.0, to=None), dark=(20, 28))
    assert not _ends(found)
    assert [(one.sensor, one.since) for one in found.outages] == [("north", BEGIN + timedelta(days=20))]


def test_two_records_are_no_history(tmp_path: Path) -> None:
    """One C2, one contact, one bot: nothing is told, and an upstream that nobody met is named."""
    flows = [Flow("5.0.0.1", 50_000, OLD, 8443), Flow("7.0.0.1", 40_000, "5.0.0.1", 447, at=9.0)]
    lake = lake_of(tmp_path, flows, labels="address,family,port\n5.0.0.1,emotet,447\n")
    found = changes(lake, upstreams=(UPSTREAM, Service(NEW)))
    assert (found.upstreams, found.changes, found.outages) == ((UPSTREAM,), (), ())
    assert any(NEW in text for text in found.warnings)
