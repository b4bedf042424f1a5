"""Tests of headwater.app.watch.changes: changes of known upstreams are told once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from headwater.app.watch.changes import told_changes
from headwater.app.watch.compare import compared
from headwater.app.watch.settings import Alerts
from headwater.model.candidate import PeerRole
from headwater.model.change import Change, ChangeKind, Successor
from headwater.model.event import Event, EventKind
from headwater.model.label import Tlp
from headwater.model.remembered import Memory
from headwater.model.service import Service
from headwater.present.events.sharing import shared
from headwater.present.events.words import said
from watching import NOW, SERVICE, seen, sight

LAKE = Path("lake")
OTHER = Service("8.8.4.4", 8443, 6)
DAY = timedelta(days=1)


def _change(kind: ChangeKind, probability: float | None = 0.95, other: Service | None = None) -> Change:
    return Change(
        kind, Service.parse(SERVICE), PeerRole.SERVER, other, ("emotet",), NOW - DAY, NOW, probability, "",
        ("they stopped together",), (), {},
    )  # fmt: skip


def _memory() -> Memory:
    return compared(Memory(), sight(seen()), alerts=Alerts(), lake=LAKE).memory


def _told(memory: Memory, *found: Change) -> tuple[Memory, list[Event]]:
    return told_changes(memory, found, sight(seen()), alerts=Alerts(), lake=LAKE)


def test_a_move_is_told_once_with_where_to() -> None:
    """With its C2s, by whose marking it may leave."""
    memory, (event,) = _told(_memory(), _change(ChangeKind.MOVED, other=OTHER))
    assert (event.kind, event.facts["to"], len(event.hosts)) == (EventKind.UPSTREAM_MOVED, str(OTHER), 3)
    assert _told(memory, _change(ChangeKind.MOVED, other=OTHER))[1] == []


def test_a_move_names_its_probability_and_the_alternatives() -> None:
    """In what is said, what the number rests on; among the reasons, where else it may have gone."""
    rival = Successor(Service("8.8.8.8", 443, 6), 0.07, 4)
    change = replace(_change(ChangeKind.MOVED, 0.84, other=OTHER), alternatives=(rival,))
    _, (event,) = _told(_memory(), change)
    left = "its C2s left together, likeliest for 8.8.4.4:8443/tcp (probability 0.84, from simulated moves)"
    assert left in said(shared(event, Tlp.RED))
    assert event.reasons == ("they stopped together", "or it went on at 8.8.8.8:443/tcp: probability 0.07")


def test_silence_is_told_again_only_after_it_ended() -> None:
    """A C2 came back in between; the second event has another name."""
    memory, first = _told(_memory(), _change(ChangeKind.SILENT))
    still, none = _told(memory, _change(ChangeKind.SILENT))
    back = compared(still, sight(seen(last=NOW + DAY), now=NOW + DAY), alerts=Alerts(), lake=LAKE).memory
    _, second = _told(back, _change(ChangeKind.SILENT))
    assert (len(first), none, len(second)) == (1, [], 1)
    assert first[0].id != second[0].id


def test_an_end_that_was_told_as_a_move_is_not_told_as_silence() -> None:
    """The successor has become unlikely; where C2s came back and stop again, it is another end."""
    memory, _ = _told(_memory(), _change(ChangeKind.MOVED, other=OTHER))
    back = compared(memory, sight(seen(last=NOW + DAY), now=NOW + DAY), alerts=Alerts(), lake=LAKE).memory
    assert [len(_told(each, _change(ChangeKind.SILENT))[1]) for each in (memory, back)] == [0, 1]


def test_what_is_unlikely_unknown_or_another_question_is_not_told() -> None:
    """Below the bound, of a service that is no known upstream, and kinds that are no change of one."""
    stranger = replace(_change(ChangeKind.SILENT), service=Service("7.7.7.7", 1, 6))
    found = (
        _change(ChangeKind.SILENT, 0.79), _change(ChangeKind.SILENT, None), stranger,
        _change(ChangeKind.FIRST_CONTACT), _change(ChangeKind.OPEN_POINT),
    )  # fmt: skip
    assert _told(_memory(), *found)[1] == []


def test_another_operator_and_another_port_are_changes() -> None:
    """Both of one kind, each with its words."""
    _, found = _told(_memory(), _change(ChangeKind.NEW_OPERATOR), _change(ChangeKind.NEW_PORT, other=OTHER))
    assert [(event.kind, event.facts["change"]) for event in found] == [
        (EventKind.UPSTREAM_CHANGED, "new-operator"), (EventKind.UPSTREAM_CHANGED, "new-port"),
    ]  # fmt: skip
