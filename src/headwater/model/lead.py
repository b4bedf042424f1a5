"""Which other clients of a confirmed service may be C2s? Leads for an analyst, and what was set aside."""

from dataclasses import dataclass
from datetime import datetime

from headwater.model.candidate import PeerRole
from headwater.model.service import Service

PIVOT_SOURCE = "headwater pivot"  # source of labels that come from leads
CREDIBILITY = ((0.95, 2), (0.80, 3), (0.45, 4))  # Admiralty code: probably, possibly true, doubtful


def lead_grade(posterior: float) -> str:
    """Admiralty grade of a lead with that posterior; F: the source's reliability cannot be judged."""
    return f"F{next((digit for least, digit in CREDIBILITY if posterior >= least), 5)}"


def lead_weight(grade: str) -> float:
    """What an accepted lead of that grade is worth beside a listed C2, in [0, 1).

    Returns:
        The least posterior with which a lead has that credibility; 0 for one that is improbable, or that
        nobody graded. A better credibility than a pivot gives counts as the best that it gives.
    """
    digit = int(grade[1]) if len(grade) == 2 and grade[1].isdigit() else 0
    return next((least for least, given in CREDIBILITY if 0 < digit <= given), 0.0)


@dataclass(frozen=True, slots=True)
class Lead:
    """One unlisted client of a confirmed service.

    Attributes:
        address: IPv4 or IPv6 text.
        port: its own service that looks most like a C2's; 0 where it has none.
        proto: IP protocol number of that port; 0 where it has none.
        posterior: calibrated probability of being a C2, in [0, 1]; for calibration see docs/how-to/pivot.md.
        words: the word of ICD 203 for it.
        family: family of the listed C2s at which most of its clients check in; "" where none does.
        sessions: with the service; a session ends after 6 h of silence.
        days: distinct days with contact.
        first_seen, last_seen: of the contact with the service.
        fan_in: distinct hosts that come to `port`.
        bots: expected number of hosts among `fan_in` (300 of them at most are looked at) that check in at
            listed C2s of `family`.
        bots_by_chance: as many would at an ordinary host.
        upstreams: other confirmed upstreams that it is in contact with.
        before: listed C2s in contact with the service that were first seen there later than the lead.
        accepted: an analyst took it for a C2 already, after an earlier pivot.
        evidence: kind of evidence to natural log likelihood ratio; positive speaks for a C2.
        reasons: what speaks for it and against it, each a sentence without its full stop.
    """

    address: str
    port: int
    proto: int
    posterior: float
    words: str
    family: str
    sessions: int
    days: int
    first_seen: datetime
    last_seen: datetime
    fan_in: int
    bots: float
    bots_by_chance: float
    upstreams: int
    before: int
    accepted: bool
    evidence: dict[str, float]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """One unlisted client that something else explains.

    Attributes:
        address: IPv4 or IPv6 text.
        reason: why it is no lead.
    """

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Leads:
    """What a pivot found.

    Attributes:
        service: what was pivoted on.
        role: which side of the contact it is.
        lake_version: version of the flow table.
        listed: listed C2s in contact with it.
        clients: hosts of any kind in contact with it.
        leads: unlisted clients, the likeliest first; all of them, however unlikely.
        aside: unlisted clients that something else explains, by address.
        not_read: unlisted clients of which nothing is said, because their own flows were not read.
        confirmed: other confirmed upstreams that labels name.
        warnings: what stands against the whole answer, each a sentence without its full stop.
    """

    service: Service
    role: PeerRole
    lake_version: int
    listed: int
    clients: int
    leads: tuple[Lead, ...]
    aside: tuple[SetAside, ...]
    not_read: int
    confirmed: int
    warnings: tuple[str, ...]
