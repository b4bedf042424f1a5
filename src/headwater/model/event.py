"""What does a watch tell? Event: one change, with what it rests on and a name that it has for ever."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from headwater.model.label import Tlp

_ID_DIGITS = 32  # 128 bits of SHA-256 in hex


class EventKind(StrEnum):
    """What an event is about, the most urgent first."""

    NEW_UPSTREAM = "new-upstream"  # the hunt's verdict on a service became "upstream"
    UPSTREAM_MOVED = "upstream-moved"  # its clients went to another address
    LEAD_CONFIRMED = "lead-confirmed"  # a list now names what a pivot had found
    NEW_C2 = "new-c2"  # a listed C2 met a known upstream for the first time
    UPSTREAM_CHANGED = "upstream-changed"  # another port, tenant or operator
    LABELS_WITHDRAWN = "labels-withdrawn"  # a known upstream rested on labels that no longer hold
    UPSTREAM_SILENT = "upstream-silent"
    COVERAGE_LOST = "coverage-lost"  # a sensor stopped sending
    NEW_CANDIDATE = (
        "new-candidate"  # the hunt's verdict is "upstream", and more must speak for it before an alert
    )
    CANDIDATE_DROPPED = "candidate-dropped"  # the hunt does not take a candidate for an upstream any more
    DIGEST = "digest"  # what exceeded the budget of a day


NOTICES = (
    EventKind.NEW_CANDIDATE,
    EventKind.CANDIDATE_DROPPED,
)  # to be read at leisure; all others are alerts


@dataclass(frozen=True, slots=True)
class EventHost:
    """A host that an event names because a label or a pivot does.

    Attributes:
        address: IPv4 or IPv6 text.
        family, group: of its label; hostile until escaped.
        tlp: how far that label may be shared.
        sources: who lists it; hostile until escaped.
        why: what became of it, as a sentence without full stop; "" where nothing needs to be said.
    """

    address: str
    family: str = ""
    group: str = ""
    tlp: Tlp = Tlp.AMBER
    sources: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """The hunt's numbers of the service, as in headwater.model.candidate.Candidate; None: not ranked."""

    verdict: str = ""
    posterior: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    expected: float | None = None
    c2s: int = 0
    clients: int = 0
    flows: int = 0
    sessions: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """On which data an event stands.

    Attributes:
        lake_version: version of the flow table.
        since, until: the window that was looked at, half-open; None: no bound.
    """

    lake_version: int
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """One change.

    Attributes:
        id: made from what it says (`event_id`), so that a receiver can tell a repetition.
        kind: what it is about.
        at: the cycle's "now".
        subject: a service as text, a sensor, or a day; hostile where it is a sensor.
        basis: the data it stands on.
        weight: for ranking within a kind, in [0, 1]; more is more urgent.
        role: "server" or "client" of the service; "" for other subjects.
        hosts: the hosts it is about: C2s in contact, new ones, withdrawn ones, the lead.
        measured: the hunt's numbers of the service now; None for other subjects.
        facts: what else it says, by name: texts and numbers.
        reasons: why the service ranks where it does; hostile until escaped.
        command: the command that prints the records behind it, as a shell takes it.
        tlp: how far an event without hosts may be shared; with hosts, theirs count.
        events: of a digest: what exceeded the budget, best first.
        mark: put before everything that is said of it, such as "SYNTHETIC"; "" for none.
    """

    id: str
    kind: EventKind
    at: datetime
    subject: str
    basis: Basis
    weight: float = 0.0
    role: str = ""
    hosts: tuple[EventHost, ...] = ()
    measured: Measured | None = None
    facts: dict[str, str | int | float | None] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    command: str = ""
    tlp: Tlp = Tlp.AMBER
    events: tuple["Event", ...] = ()
    mark: str = ""

    @property
    def is_notice(self) -> bool:
        """Whether it calls nobody: a notice, or a digest of notices."""
        if self.kind is EventKind.DIGEST:
            return bool(self.events) and all(each.is_notice for each in self.events)
        return self.kind in NOTICES

    @property
    def urgency(self) -> tuple[int, float, str]:
        """A key that sorts the most urgent event first."""
        return list(EventKind).index(self.kind), -self.weight, self.id


def event_id(kind: EventKind, subject: str, parts: Iterable[str] = ()) -> str:
    """The name of an event: the same whenever and wherever the same is said.

    Args:
        kind: its kind.
        subject: its subject.
        parts: what tells it from others of the same kind and subject; order does not matter.
    """
    said = json.dumps([kind.value, subject, sorted(parts)], ensure_ascii=True)
    return hashlib.sha256(said.encode("ascii")).hexdigest()[:_ID_DIGITS]
