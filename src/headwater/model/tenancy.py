"""Who held an address when? Dated observations of a host, and the tenancies that they suggest."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Placing(StrEnum):
    """Where something lies against the boundary of a tenancy."""

    BEFORE = "before"
    AFTER = "after"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True, slots=True)
class HostKey:
    """One observation of something by which a host is recognised; text from outside, hostile.

    Attributes:
        address: the host.
        port: where it was seen; 0 where the source names none.
        kind: "ssh", "tls", "banner", ...; what kind of key behind a slash where known ("ssh/ssh-ed25519"):
            a host has one of each, and only like is compared with like.
        fingerprint: what was seen, as the source writes it.
        seen_at: when, UTC; midnight exactly stands for its whole day.
        source: who saw it.
        dated: whether the address itself showed it at `seen_at`; False where the source dates a key over all
            of its hosts together, which tells who shares it and not when.
        place: file and place in it that say so; "" where nothing tells. What two files say alike is one
            observation.
    """

    address: str
    port: int
    kind: str
    fingerprint: str
    seen_at: datetime
    source: str = ""
    dated: bool = True
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class KeyBracket:
    """When a key was set and last seen on the address, as far as observations tell.

    Attributes:
        id: "K1", "K2", ...: stable within a case, in order of time.
        kind, fingerprint: the key.
        set_low: last observation of the same kind without it; None where there is none before it.
        set_high: first observation of it.
        gone_low: last observation of it.
        gone_high: first observation of the same kind without it afterwards; None where there is none.
        seen: how many observations show it.
        elsewhere: other addresses that show the same key (images share keys), as observed.
        port: where it was seen; 0 where the source names none.
        places: file and place of its first and of its last observation; none where nothing tells.
    """

    id: str
    kind: str
    fingerprint: str
    set_low: datetime | None
    set_high: datetime
    gone_low: datetime
    gone_high: datetime | None
    seen: int
    elsewhere: tuple[str, ...] = ()
    port: int = 0
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenancy:
    """A span in which, as far as is known, one tenant held the address.

    Attributes:
        id: "T1", "T2", ... in order of time.
        start_low, start_high: bounds of its start; `start_low` None: nothing tells when it began.
        end_low, end_high: bounds of its end; `end_high` None: nothing tells of an end.
        evidence: ids of the key brackets that suggest it.
        note: why it is taken for one tenancy, in words; says how sure a boundary is.
        start_probability: that its start is a change of hands and not the same tenant's doing, in [0, 1];
            None where nothing marks a start.
        end_probability: the same for its end.
    """

    id: str
    start_low: datetime | None
    start_high: datetime
    end_low: datetime
    end_high: datetime | None
    evidence: tuple[str, ...]
    note: str = ""
    start_probability: float | None = None
    end_probability: float | None = None


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """Where a claim lies against the tenancy in which the C2s talked to the service.

    Attributes:
        claim: number of the claim in the case's list, from 0.
        tenancy: id of the tenancy that it is held against.
        placing: before it, in it (after its start), or undecidable.
        probability: that the claim is from before that tenancy's start, in [0, 1].
        assumption: what this probability stands on, in words.
        after_end: probability that it is from behind that tenancy's end, in [0, 1].
    """

    claim: int
    tenancy: str
    placing: Placing
    probability: float
    assumption: str
    after_end: float = 0.0
