"""Tests of headwater.app.watch.compare: what is told, and that it is told once."""

from datetime import timedelta
from pathlib import Path

from headwater.app.watch.compare import Compared, compared
from headwater.app.watch.settings import Alerts
from headwater.app.watch.sight import Sight
from headwater.model.event import EventKind
from headwater.model.remembered import KnownLead, Memory
from watching import NOW, SERVICE, UPSTREAM, labelled, seen, sight

LAKE = Path("the lake")
C2S = ("5.0.0.1", "5.0.1.1", "5.0.2.1")


def _compared(memory: Memory, shown: Sight, **others: bool) -> Compared:
    return compared(memory, shown, alerts=Alerts(), lake=LAKE, **others)


def _kinds(found: Compared) -> list[EventKind]:
    return [event.kind for event in found.events]


def _after(*sights: Sight) -> Memory:
    memory = Memory()
    for shown in sights:
        memory = _compared(memory, shown).memory
    return memory


def test_a_sure_upstream_is_told_at_once() -> None:
    """With its C2s, its numbers and the command for its records."""
    (event,) = _compared(Memory(), sight(seen())).events
    assert (event.kind, event.subject) == (EventKind.NEW_UPSTREAM, SERVICE)
    assert [host.address for host in event.hosts] == sorted(C2S)
    assert event.command == f"headwater --lake 'the lake' flows {SERVICE}"
    assert event.measured is not None
    assert event.measured.posterior == 0.97
    assert event.facts == {"c2s_apart": 3, "clients_like_c2s": 0}


def test_nothing_is_told_twice() -> None:
    """The same sight again gives no event, nor does one without the service, nor its coming back."""
    memory = _after(sight(seen()), sight())
    assert _kinds(_compared(memory, sight(seen()))) == []


def test_another_port_of_a_known_upstream_is_no_second_one() -> None:
    """An upstream is known by its address."""
    memory = _after(sight(seen()))
    assert _kinds(_compared(memory, sight(seen(), seen(port=9_443)))) == []


def test_two_ports_at_once_are_one_upstream() -> None:
    """The one that the hunt ranks first is told."""
    (event,) = _compared(Memory(), sight(seen(), seen(port=9_443))).events
    assert event.subject == SERVICE


def test_what_does_not_pass_waits_until_it_does() -> None:
    """Two C2s at .85 say too little, again and again; with a third one it is told, in that cycle."""
    weak, day = seen(c2s=C2S[:2], posterior=0.85), timedelta(days=1)
    memory = _after(sight(weak), sight(weak, now=NOW + day))
    assert list(memory.upstreams) == []
    found = _compared(memory, sight(seen(posterior=0.85), now=NOW + 2 * day))
    assert _kinds(found) == [EventKind.NEW_UPSTREAM]


def test_other_verdicts_are_not_told() -> None:
    """Whatever the posterior, what the hunt takes for something else is no upstream."""
    assert _kinds(_compared(Memory(), sight(seen(verdict="tracker", posterior=0.99)))) == []


def test_upstreams_that_are_there_at_the_first_cycle_may_be_remembered_silently() -> None:
    """Then they are known and never told."""
    found = _compared(Memory(), sight(seen()), silently=True)
    assert (_kinds(found), list(found.memory.upstreams)) == ([], [UPSTREAM])


def test_a_new_c2_on_a_known_upstream_is_told_once() -> None:
    """By itself, with the command for the records of both."""
    memory = _after(sight(seen()))
    more = sight(seen(c2s=(*C2S, "5.0.3.1")))
    found = _compared(memory, more)
    (event,) = found.events
    assert (event.kind, [host.address for host in event.hosts]) == (EventKind.NEW_C2, ["5.0.3.1"])
    assert event.command.endswith(f"flows {SERVICE} --peer 5.0.3.1")
    assert _kinds(_compared(found.memory, more)) == []


def test_a_c2_that_the_window_lost_and_found_again_is_not_new() -> None:
    """Known stays known."""
    memory = _after(sight(seen(c2s=(*C2S, "5.0.3.1"))), sight(seen()))
    assert _kinds(_compared(memory, sight(seen(c2s=(*C2S, "5.0.3.1"))))) == []


def test_a_withdrawn_label_is_told_with_what_rested_on_it() -> None:
    """Which C2, how many are left, and what the hunt says now."""
    memory = _after(sight(seen()))
    now = sight(
        seen(c2s=C2S[:2], posterior=0.4, verdict="undecided"), labels={a: labelled(a) for a in C2S[:2]}
    )
    found = _compared(memory, now)
    (event,) = found.events
    assert (event.kind, event.facts["c2s_left"], event.facts["posterior_before"]) == (
        EventKind.LABELS_WITHDRAWN, 2, 0.97,
    )  # fmt: skip
    assert [(host.address, host.why) for host in event.hosts] == [
        (C2S[2], "(no label calls it a C2 any more)")
    ]
    assert _kinds(_compared(found.memory, now)) == []


def test_a_label_that_became_a_sinkhole_is_said_to_be_one() -> None:
    """The new role is named."""
    memory = _after(sight(seen()))
    now = sight(seen(c2s=C2S[:2]), labels={a: labelled(a) for a in C2S[:2]}, doubts={C2S[2]: "sinkhole"})
    (event,) = _compared(memory, now).events
    assert event.hosts[0].why == "(now labelled sinkhole)"


def test_dates_that_no_longer_hold_the_contact_are_told() -> None:
    """The label is there and says something else, and the contact is not counted any more."""
    memory = _after(sight(seen()))
    labels = {a: labelled(a) for a in C2S[:2]} | {C2S[2]: labelled(C2S[2], says="b")}
    (event,) = _compared(memory, sight(seen(c2s=C2S[:2]), labels=labels)).events
    assert (event.kind, "dates" in event.hosts[0].why) == (EventKind.LABELS_WITHDRAWN, True)


def test_contact_that_slid_out_of_the_window_is_no_withdrawal() -> None:
    """Its label changed later, when its contact lay outside anyway."""
    memory = _after(sight(seen(last=NOW - timedelta(days=27))))
    later = NOW + timedelta(days=10)
    labels = {a: labelled(a, says="b") for a in C2S}
    assert _kinds(_compared(memory, sight(labels=labels, now=later))) == []


def test_a_label_that_comes_back_is_told_under_a_new_name() -> None:
    """Withdrawn and listed again: a new C2 once more, and no repetition of an older event's id."""
    four = (*C2S, "5.0.3.1")
    without = {a: labelled(a) for a in C2S}
    first = _compared(_after(sight(seen())), sight(seen(c2s=four)))
    gone = _compared(first.memory, sight(seen(), labels=without))
    back = _compared(gone.memory, sight(seen(c2s=four)))
    assert _kinds(back) == [EventKind.NEW_C2]
    assert back.events[0].id != first.events[0].id


def test_a_lead_that_a_list_names_is_told_with_its_head_start() -> None:
    """Three and a half days after the pivot; not also as a new C2."""
    memory = _after(sight(seen()))
    known = memory.upstreams[UPSTREAM]
    known.leads["5.0.3.1"] = KnownLead(447, 0.93, NOW - timedelta(days=3.5))
    more = sight(seen(c2s=(*C2S, "5.0.3.1")))
    found = _compared(memory, more)
    (event,) = found.events
    assert (event.kind, event.facts["head_start_days"]) == (EventKind.LEAD_CONFIRMED, 3.5)
    assert _kinds(_compared(found.memory, more)) == []


def test_an_accepted_lead_confirms_nothing() -> None:
    """A label that a pivot made itself is no list's word: it is a new C2, and the lead stays one."""
    memory = _after(sight(seen()))
    memory.upstreams[UPSTREAM].leads["5.0.3.1"] = KnownLead(447, 0.93, NOW)
    labels = {a: labelled(a) for a in C2S} | {"5.0.3.1": labelled("5.0.3.1", source="headwater pivot")}
    found = _compared(memory, sight(seen(c2s=(*C2S, "5.0.3.1")), labels=labels))
    assert _kinds(found) == [EventKind.NEW_C2]
    assert list(found.memory.upstreams[UPSTREAM].leads) == ["5.0.3.1"]
