"""Tests of headwater.app.watch.candidates: first sight is a notice, told once, and taken back."""

from datetime import timedelta
from pathlib import Path

from headwater.app.watch.candidates import candidates
from headwater.app.watch.compare import compared
from headwater.app.watch.settings import Alerts
from headwater.app.watch.sight import Seen, Sight
from headwater.model.event import Event, EventKind
from headwater.model.label import Tlp
from headwater.model.remembered import Memory
from headwater.present.events.sharing import shared
from headwater.present.events.words import said
from watching import NOW, SERVICE, UPSTREAM, seen, sight

LAKE, DAY = Path("lake"), timedelta(days=1)
TWO = ("5.0.0.1", "5.0.1.1")


def _weak(posterior: float = 0.85, verdict: str = "upstream", port: int = 8443) -> Seen:
    return seen(c2s=TWO, posterior=posterior, verdict=verdict, port=port)


def _told(*sights: Sight, alerts: Alerts | None = None) -> list[Event]:
    """What cycles tell of these sights, in order."""
    memory, events = Memory(), []
    for shown in sights:
        chosen = alerts or Alerts()
        first = compared(memory, shown, alerts=chosen, lake=LAKE)
        then = candidates(first.memory, shown, alerts=chosen, lake=LAKE)
        memory = then.memory
        events += [*first.events, *then.events]
    return events


def _kinds(events: list[Event]) -> list[EventKind]:
    return [event.kind for event in events]


def test_what_a_hunt_takes_for_an_upstream_is_told_in_that_cycle() -> None:
    """As a notice, which says so first and what an alert would need."""
    (event,) = _told(sight(_weak()))
    assert (event.kind, event.is_notice, event.subject) == (EventKind.NEW_CANDIDATE, True, SERVICE)
    words = said(shared(event, Tlp.AMBER))
    assert words.startswith(f"new candidate: {SERVICE}; tentative, no alert; ")
    assert words.endswith("an alert needs 3 C2s that stand apart, and has 2")


def test_it_is_told_once() -> None:
    """The same again, another port of it, its absence and its coming back give nothing more."""
    found = _told(sight(_weak()), sight(_weak()), sight(_weak(port=9_443)), sight(), sight(_weak()))
    assert _kinds(found) == [EventKind.NEW_CANDIDATE]


def test_what_passes_becomes_an_alert_that_names_its_first_sight() -> None:
    """In the cycle in which it passes; it is no candidate any more."""
    notice, alert = _told(sight(_weak()), sight(seen(), now=NOW + DAY), sight(_weak(), now=NOW + 2 * DAY))
    assert _kinds([notice, alert]) == [EventKind.NEW_CANDIDATE, EventKind.NEW_UPSTREAM]
    assert alert.facts["candidate_since"] == "2024-05-20T12:00:00Z"


def test_what_passes_at_once_is_no_candidate() -> None:
    """Only the alert is told."""
    assert _kinds(_told(sight(seen()))) == [EventKind.NEW_UPSTREAM]


def test_what_the_hunt_finds_likelier_to_be_none_is_taken_back() -> None:
    """Once; and it is no candidate again, but an upstream where it passes."""
    weak, other = sight(_weak()), sight(_weak(0.3, "shared-service"), now=NOW + DAY)
    found = _told(weak, other, other, weak, sight(seen()))
    assert _kinds(found) == [
        EventKind.NEW_CANDIDATE, EventKind.CANDIDATE_DROPPED, EventKind.NEW_UPSTREAM,
    ]  # fmt: skip
    words = said(shared(found[1], Tlp.AMBER))
    assert words == (
        f"candidate dropped: {SERVICE}; the hunt's verdict is now shared-service, posterior 0.30; "
        "it was 0.85 when told as a candidate on 2024-05-20"
    )


def test_a_posterior_that_swings_is_not_taken_back() -> None:
    """Between a half and the verdict's bound nothing is told."""
    assert _kinds(_told(sight(_weak()), sight(_weak(0.6, "associated")))) == [EventKind.NEW_CANDIDATE]


def test_the_first_cycle_may_remember_them_only() -> None:
    """Then they are known and not told, and so not taken back."""
    first = candidates(Memory(), sight(_weak()), alerts=Alerts(), lake=LAKE, silently=True)
    unlikely = sight(_weak(posterior=0.1, verdict="undecided"))
    then = candidates(first.memory, unlikely, alerts=Alerts(), lake=LAKE)
    assert (first.events, then.events, list(then.memory.candidates)) == ((), (), [UPSTREAM])


def test_they_can_be_switched_off() -> None:
    """What waits is not told then, and what passes is."""
    found = _told(sight(_weak()), sight(seen()), alerts=Alerts(candidates=False))
    assert (_kinds(found), found[0].facts.get("candidate_since")) == ([EventKind.NEW_UPSTREAM], None)


def test_a_known_upstream_is_no_candidate() -> None:
    """Although a later hunt sees less of it."""
    memory = compared(Memory(), sight(seen()), alerts=Alerts(), lake=LAKE).memory
    found = candidates(memory, sight(_weak()), alerts=Alerts(), lake=LAKE)
    assert (found.events, list(found.memory.upstreams)) == ((), [UPSTREAM])
