"""What does a hunt answer with? Candidate: a key that several C2s met, with every number behind its rank."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a candidate is taken for."""

    UPSTREAM = "upstream"  # a service that C2s use and hardly anybody else
    ASSOCIATED = "associated"  # C2s meet it beyond chance, but it is no upstream, or shared with others
    SCANNER = "scanner"
    TRACKER = "tracker"  # follows the lists: researchers, emulated bots
    SINKHOLE = "sinkhole"
    SHARED_SERVICE = "shared-service"
    CHANCE = "chance"
    UNDECIDED = "undecided"  # the data cannot carry a verdict


class PeerRole(StrEnum):
    """Which side of the contact the candidate is."""

    SERVER = "server"  # C2s connect to it
    CLIENT = "client"  # it connects to the C2s


@dataclass(frozen=True, slots=True)
class Share:
    """A share in [0, 1] with the bounds of its interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked candidate.

    Attributes:
        rank: 1 is best; demoted candidates come after all others.
        address: IPv4 or IPv6 text.
        port: service port, 0 for "no single port".
        proto: IP protocol number.
        role: which side of the contact it is.
        verdict: what it is taken for.
        score: log10 odds of upstream against everything else, confounders taken off; not calibrated.
        posterior: calibrated probability of upstream in [0, 1]; None before there is a calibration.
        c2s: distinct labelled C2s in contact with it; `reasons` tells where co-located ones count as one.
        clients: distinct hosts of any kind in contact with it.
        by_group: distinct labelled C2s by group ("dridex", "emotet/epoch2").
        expected: C2s that chance would bring.
        p_value: of so many C2s by chance.
        q_value: Benjamini-Hochberg, over all keys observed.
        exclusivity: share of its contacts that are labelled C2s.
        first_seen, last_seen: of contact with labelled C2s inside their windows, UTC.
        flows, sessions: of that contact.
        reasons: what speaks for and against it, most important first.
    """

    rank: int
    address: str
    port: int
    proto: int
    role: PeerRole
    verdict: Verdict
    score: float | None
    posterior: float | None
    c2s: int
    clients: int
    by_group: Mapping[str, int]
    expected: float | None
    p_value: float | None
    q_value: float | None
    exclusivity: Share
    first_seen: datetime | None
    last_seen: datetime | None
    flows: int
    sessions: int
    reasons: tuple[str, ...]
