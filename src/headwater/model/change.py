"""What changed about the servers behind the C2s? Change: one finding, with its time, probability, reasons."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.model.candidate import PeerRole
from headwater.model.service import Service


class ChangeKind(StrEnum):
    """What a finding says."""

    MOVED = "moved"  # the C2s of an upstream stop there and begin at another address
    NEW_PORT = "new-port"  # the same, on another port of the same address
    SILENT = "silent"  # the C2s of an upstream stop there together, and no successor is seen
    FIRST_CONTACT = "first-contact"  # C2s of a family begin to share a service; whether it was new is graded
    NEW_OPERATOR = "new-operator"  # two independent signals that somebody else holds the address
    OPEN_POINT = "open-point"  # one signal of a new operator and no second one: a question, no finding


@dataclass(frozen=True, slots=True)
class Successor:
    """A service that may have taken over from another.

    Attributes:
        service: which.
        probability: that it did, in [0, 1].
        shared: C2s seen at both, at the new one not before the old one's end.
    """

    service: Service
    probability: float
    shared: int


@dataclass(frozen=True, slots=True)
class Change:
    """One finding.

    Attributes:
        kind: what it says.
        service: the service that it is about; for a first contact the new one.
        role: which side of the contact that service is.
        other: the service that took over; None where none did, or where that is no question.
        family: families of the C2s that it rests on, by name.
        since: the change lies after this moment (bounds of 90%).
        until: and before this one.
        probability: that it happened, in [0, 1]; of an open point, that somebody else holds the address; of a
            first contact, that the service was new to the family, None where that is undecided.
        words: the word of ICD 203 for it; "" where the probability was not calibrated, "undecided" for a
            first contact of which nobody can say whether the service was new.
        reasons: what speaks for it and against it, each a sentence without its full stop.
        alternatives: other services that may have taken over, the likeliest first.
        numbers: what it was reckoned from, by name; units are in the names.
    """

    kind: ChangeKind
    service: Service
    role: PeerRole
    other: Service | None
    family: tuple[str, ...]
    since: datetime
    until: datetime
    probability: float | None
    words: str
    reasons: tuple[str, ...]
    alternatives: tuple[Successor, ...]
    numbers: dict[str, float]


@dataclass(frozen=True, slots=True)
class Outage:
    """Days on which a sensor recorded far less than it usually does.

    Attributes:
        sensor: its name, hostile text; "" for records without one.
        since: first day, UTC midnight.
        until: the midnight behind the last day.
        share: of its usual records that there were, in [0, 1).
    """

    sensor: str
    since: datetime
    until: datetime
    share: float


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed.

    Attributes:
        lake_version: version of the flow table; None for flows from outside a lake.
        since: start of the first record.
        until: start of the last one.
        upstreams: services that were taken for known upstreams, and watched.
        changes: findings, in order of time.
        outages: what sensors lost.
        warnings: what stands against the whole answer, each a sentence without its full stop.
    """

    lake_version: int | None
    since: datetime
    until: datetime
    upstreams: tuple[Service, ...]
    changes: tuple[Change, ...]
    outages: tuple[Outage, ...]
    warnings: tuple[str, ...]
