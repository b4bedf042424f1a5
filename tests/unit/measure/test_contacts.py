"""What counts as contact: each confounder in hand-made flows, as the whole hunt tells it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from hand_made_flows import BEGIN, Flow, label_table
from headwater.measure.contacts import HALF_OPEN, NO_SERVICE, ON_C2_PORT, OUT_OF_WINDOW, REFUSED, UNANSWERED

C2S = ["5.0.0.1", "5.0.1.1", "5.0.2.1"]
UPSTREAM = "9.9.9.9"
HOUR, DAY = 3_600.0, 86_400.0
SYN, SYN_ACK, RST_ACK = 0x02, 0x12, 0x14


def _talks(c2s: list[str] = C2S) -> list[Flow]:
    """One connection from each C2 to the upstream's port 8443."""
    return [Flow(c2, 50_000 + number, UPSTREAM, 8443) for number, c2 in enumerate(c2s)]


def _met(found: Any) -> dict[tuple[str, int, str], int]:  # Any: a Hunted
    """C2s of each candidate by service."""
    return {(one.address, one.port, one.role.value): one.c2s for one in found.hunt.candidates}


def test_connections_with_payload_are_contact(hunted: Any) -> None:
    """Three C2s that connected to one service make it a candidate with k = 3 and d = 3."""
    best = hunted(_talks(), label_table(C2S)).hunt.candidates[0]
    assert (best.address, best.port, best.c2s, best.clients, best.flows) == (UPSTREAM, 8443, 3, 3, 3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"flags": SYN}, UNANSWERED),
        ({"flags": SYN_ACK}, HALF_OPEN),
        ({"flags": RST_ACK}, REFUSED),
        ({"flags": SYN | RST_ACK}, REFUSED),
        ({"flags": None, "answered": False}, UNANSWERED),
        ({"proto": 17, "flags": None, "answered": False}, UNANSWERED),
        ({"proto": 1, "flags": None, "src_port": 0, "dst_port": 0}, NO_SERVICE),
    ],
)
def test_failed_connections_are_no_contact(hunted: Any, change: dict[str, Any], reason: str) -> None:
    """A C2 whose only flow failed does not count towards k, and the flow is told with its reason."""
    first, *others = _talks()
    found = hunted([replace(first, **change), *others], label_table(C2S))
    assert _met(found)[UPSTREAM, 8443, "server"] == 2
    assert found.hunt.examined.left_out == {reason: 1}


@pytest.mark.parametrize("change", [{"flags": None}, {"flags": 0}, {"proto": 17, "flags": None}])
def test_what_a_record_cannot_tell_is_contact(hunted: Any, change: dict[str, Any]) -> None:
    """No flags, or UDP without a word on answers: counted, because nothing says otherwise."""
    found = hunted([replace(flow, **change) for flow in _talks()], label_table(C2S))
    assert _met(found)[UPSTREAM, 8443, "server"] == 3


def test_the_answer_to_a_forged_sender_is_no_contact(hunted: Any) -> None:
    """Backscatter: SYN-ACKs and resets that come to C2s from a flooded server leave no candidate."""
    flows = [Flow(UPSTREAM, 80, c2, 50_000, flags=flags) for c2 in C2S for flags in (SYN_ACK, RST_ACK)]
    assert hunted(flows, label_table(C2S)).hunt.candidates == ()


def test_bots_on_the_named_port_are_no_candidates(hunted: Any) -> None:
    """A host that checks in at every C2's own listening port is a bot, whatever its share of C2s."""
    flows = [Flow("7.0.0.7", 41_000 + n, c2, 449) for n, c2 in enumerate(C2S)]
    found = hunted(flows, label_table(C2S, port=449))
    assert (found.hunt.candidates, found.hunt.examined.left_out) == ((), {ON_C2_PORT: 3})


def test_an_unnamed_listening_port_is_found_by_its_visitors(hunted: Any) -> None:
    """Six hosts come to port 8080 of each C2: that is where bots check in, so none of them is a candidate."""
    flows = [Flow(f"7.0.0.{bot}", 41_000, c2, 8080, at=float(bot)) for bot in range(1, 7) for c2 in C2S]
    assert hunted(flows, label_table(C2S)).hunt.candidates == ()


def test_ssh_is_never_taken_for_the_listening_port(hunted: Any) -> None:
    """Brute force throngs at port 22; who works there on several C2s stays visible, as a client."""
    crowd = [Flow(f"7.0.{n}.1", 41_000, c2, 22) for n in range(8) for c2 in C2S[:1]]
    admin = [Flow("9.9.9.7", 42_000, c2, 22) for c2 in C2S]
    assert _met(hunted(crowd + admin, label_table(C2S)))["9.9.9.7", 22, "client"] == 3


def test_contact_on_the_listening_port_is_kept_as_evidence(hunted: Any) -> None:
    """A tracker hits port 449 and port 22 of every C2: both keys are measured, only 22 counts."""
    flows = [Flow("7.0.0.7", 41_000, c2, port) for c2 in C2S for port in (449, 22)]
    found = hunted(flows, label_table(C2S, port=449))
    on_port = found.statistics.contacts.on_c2_port
    assert (int(on_port.sum()), int((~on_port).sum()), len(found.hunt.candidates)) == (3, 3, 1)


def test_contact_outside_the_window_does_not_count(hunted: Any) -> None:
    """The window with its slack is [start - 7 d, end + 2 d): the flow at its very end lies outside."""
    window = (BEGIN + timedelta(days=7), BEGIN + timedelta(days=10))
    flows = [replace(flow, at=at * DAY) for flow in _talks() for at in (-0.001, 0.0, 11.999, 12.0)]
    found = hunted(flows, label_table(C2S, window=window))
    best = found.hunt.candidates[0]
    assert (best.flows, found.hunt.examined.left_out) == (6, {OUT_OF_WINDOW: 6})


def test_a_label_without_overlap_finds_nothing_and_says_so(hunted: Any) -> None:
    """Old flows and new labels: no candidate, and the note tells that the C2s were there at another time."""
    window = (BEGIN + timedelta(days=400), BEGIN + timedelta(days=401))
    found = hunted(_talks(), label_table(C2S, window=window))
    assert found.hunt.candidates == ()
    assert "outside their labels' windows" in found.hunt.warnings[0]


def test_sessions_end_after_six_hours_of_silence(hunted: Any) -> None:
    """Flows at 0 h, 5 h, 10 h, 16.5 h: gaps of 5, 5 and 6.5 hours make two sessions."""
    flows = [replace(flow, at=at * HOUR) for flow in _talks() for at in (0, 5, 10, 16.5)]
    contacts = hunted(flows, label_table(C2S)).statistics.contacts
    assert contacts.sessions.tolist() == [2, 2, 2]


def test_a_long_flow_keeps_its_session_open(hunted: Any) -> None:
    """Silence counts from the latest end so far, not from the previous flow's start or end."""
    one = _talks()[0]
    flows = [
        replace(one, lasts=12 * HOUR),
        replace(one, at=HOUR, lasts=60.0),
        replace(one, at=17 * HOUR),
        *_talks()[1:],
    ]
    contacts = hunted(flows, label_table(C2S)).statistics.contacts
    assert contacts.sessions.tolist() == [1, 1, 1]


def test_hours_days_packets_and_bytes(hunted: Any) -> None:
    """From the C2 is out, to the C2 is in; hours and days are counted once each."""
    there = Flow(C2S[0], 50_000, UPSTREAM, 8443, packets=3, octets=300)
    back = Flow(UPSTREAM, 8443, C2S[0], 50_000, at=60.0, packets=5, octets=5_000)
    later = replace(there, at=26 * HOUR)
    contacts = hunted([there, back, later, _talks()[1]], label_table(C2S)).statistics.contacts
    row = int(np.flatnonzero(contacts.c2 == 0)[0])
    told = (
        contacts.packets_out[row], contacts.packets_in[row], contacts.bytes_out[row],
        contacts.bytes_in[row], contacts.hours[row], contacts.days[row],
    )  # fmt: skip
    assert told == (6, 5, 600, 5_000, 2, 2)


def test_who_opened_it(hunted: Any) -> None:
    """The C2 is the client of an upstream in server role, and the server of one in client role."""
    clients = [Flow("9.9.9.7", 42_000, c2, 22) for c2 in C2S]
    found = hunted(_talks() + clients, label_table(C2S)).statistics
    opened = dict(
        zip(found.candidates.role[found.contacts.candidate], found.contacts.opened_by_c2, strict=True)
    )
    assert opened == {0: 1.0, 1: 0.0}


def test_contact_among_c2s_is_kept_apart(hunted: Any) -> None:
    """A C2 that two others use is no candidate; the contact is shown with its direction."""
    flows = [Flow(c2, 50_000, C2S[2], 8443) for c2 in C2S[:2]]
    found = hunted(flows, label_table(C2S)).hunt
    shown = [(one.client, one.server, one.port) for one in found.c2_to_c2]
    assert (found.candidates, shown) == ((), [(C2S[0], C2S[2], 8443), (C2S[1], C2S[2], 8443)])


def test_two_labels_of_one_address_are_one_c2(hunted: Any) -> None:
    """An address that two families claim counts once."""
    labels = pa.concat_tables([label_table(C2S), label_table(C2S, family="dridex")])
    found = hunted(_talks(), labels).hunt
    assert (found.examined.c2s, found.candidates[0].c2s) == (3, 3)


def test_ipv6_is_hunted_like_ipv4(hunted: Any) -> None:
    """Addresses whose lower halves are equal are told apart by the upper ones."""
    c2s = [f"2a01:{n}::1" for n in range(1, 4)]
    flows = [Flow(c2, 50_000, "2a02::1", 8443) for c2 in c2s] + [Flow("2a03::1", 50_000, "2a02::1", 8443)]
    best = hunted(flows, label_table(c2s)).hunt.candidates[0]
    assert (best.address, best.c2s, best.clients) == ("2a02::1", 3, 4)
