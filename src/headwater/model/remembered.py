"""What does a watch remember from one cycle to the next? Upstreams it told of, their C2s and leads."""

from dataclasses import dataclass, field
from datetime import datetime

from headwater.model.label import Tlp

Key = str  # "address port proto role", see `key_text`


def key_text(address: str, port: int, proto: int, role: str) -> Key:
    """One text for a candidate's key."""
    return f"{address} {port} {proto} {role}"


@dataclass(frozen=True, slots=True)
class KnownC2:
    """A listed C2 that was seen with a known upstream.

    Attributes:
        family, group, tlp, sources: of its labels, when it was last seen.
        labels: digest of its labels, by which a change shows.
        last_seen: its last contact with the upstream inside its labels' windows.
    """

    family: str
    group: str
    tlp: Tlp
    sources: tuple[str, ...]
    labels: str
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class KnownLead:
    """An unlisted client of a known upstream that a pivot took for a C2.

    Attributes:
        port: its own service, 0 for none.
        posterior: of being a C2, when it was found.
        found_at: the "now" of the cycle that found it.
    """

    port: int
    posterior: float
    found_at: datetime


@dataclass(frozen=True, slots=True)
class KnownUpstream:
    """An upstream that was told.

    Attributes:
        address, port, proto, role: the key under which it was told.
        told_at: the "now" of that cycle.
        lake_version: version of the flow table then.
        verdict, posterior: of the last hunt that ranked it.
        c2s: by address.
        withdrawn: how often each address lost its labels.
        leads: by address.
        pivoted_at: when its other clients were last looked at.
        told: changes that were told ("silent", "moved 192.0.2.1:443/tcp"), with its last contact then.
    """

    address: str
    port: int
    proto: int
    role: str
    told_at: datetime
    lake_version: int
    verdict: str
    posterior: float | None
    c2s: dict[str, KnownC2] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    leads: dict[str, KnownLead] = field(default_factory=dict)
    pivoted_at: datetime | None = None
    told: dict[str, datetime] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Its key as one text."""
        return key_text(self.address, self.port, self.proto, self.role)


@dataclass(frozen=True, slots=True)
class KnownCandidate:
    """What a hunt took for an upstream, on too little for an alert.

    Attributes:
        port, proto, role: with its address, the key under which it was told.
        told_at: the "now" of that cycle.
        posterior: then.
        dropped: whether it was told since that the hunt does not take it for one any more; also where it was
            remembered without being told, and so there is nothing to take back.
    """

    port: int
    proto: int
    role: str
    told_at: datetime
    posterior: float | None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What a hunt was run on: with all of it unchanged, another would say the same.

    Attributes:
        lake_version: version of the flow table.
        flows: digest of the days that the window touches and of how many flows each has.
        labels: digest of the labels that count.
        settings: digest of what the hunt stands on beside them.
        at: the cycle's "now".
    """

    lake_version: int
    flows: str
    labels: str
    settings: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known after a cycle.

    Attributes:
        looked: on what the last hunt was run; None before the first.
        upstreams: those that were told, by address.
        sensors: those that were told lost, with the end of their last flow.
        arrivals: when flows came, by the cycles' clock; the newest last, bounded.
        candidates: by address; those that became upstreams are no longer among them.
    """

    looked: Looked | None = None
    upstreams: dict[str, KnownUpstream] = field(default_factory=dict)
    sensors: dict[str, datetime] = field(default_factory=dict)
    arrivals: tuple[datetime, ...] = ()
    candidates: dict[str, KnownCandidate] = field(default_factory=dict)
