"""In which order are the candidates shown, and why? By the lower bound of exclusivity, doubtful ones below.

A rank says which candidate to look at first; it is no probability. A candidate that something speaks
against (a warning list, a label, a reserved range, scanning) is put below the others with its reason, and
never left out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from headwater.model.address import text_of
from headwater.model.candidate import Candidate, PeerRole, Share, Verdict
from headwater.model.special_use import special_use
from headwater.score.exclusivity import exclusivity
from headwater.score.statistics import CLIENT, SERVER, Statistics
from headwater.score.tallies import tallies

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OF_ROLE = {
    "sinkhole": Verdict.SINKHOLE,
    "scanner": Verdict.SCANNER,
    "research": Verdict.TRACKER,
    "benign": Verdict.SHARED_SERVICE,
}


@dataclass(frozen=True, slots=True)
class RankSettings:
    """What the order stands on.

    Attributes:
        least_c2s: fewest distinct C2s of a candidate.
        scanner_hosts: a client that tries more hosts is taken for a scanner.
        allow_reserved: peers in private or reserved ranges are ranked like others.
        coverage: of the exclusivity's interval, in (0, 1).
    """

    least_c2s: int = 2
    scanner_hosts: int = 1_000
    allow_reserved: bool = False
    coverage: float = 0.90


def rank(statistics: Statistics, *, settings: RankSettings | None = None) -> tuple[Candidate, ...]:
    """The candidates, best first.

    Args:
        statistics: measured tables.
        settings: what the order stands on.

    Returns:
        Every key that met `least_c2s` C2s off their listening ports, ordered by the lower Jeffreys bound of
        c2s / clients; those that something speaks against come below, in the same order.
    """
    settings = settings or RankSettings()
    counts = tallies(statistics)
    shares = exclusivity(
        counts.c2s, hosts=np.maximum(statistics.candidates.hosts, counts.c2s), coverage=settings.coverage
    )
    able = np.flatnonzero(counts.c2s >= settings.least_c2s)
    against = {int(row): _against(statistics, int(row), settings) for row in able}
    order = sorted(
        against,
        key=lambda row: (against[row] is not None, -shares.low[row], -counts.c2s[row], row),
    )
    groups = _by_group(statistics)
    return tuple(
        _candidate(
            statistics,
            row,
            place=place,
            c2s=int(counts.c2s[row]),
            clusters=int(counts.k[row]),
            share=Share(float(shares.estimate[row]), float(shares.low[row]), float(shares.high[row])),
            by_group=groups.get(row, {}),
            against=against[row],
        )
        for place, row in enumerate(order, start=1)
    )


def _against(statistics: Statistics, row: int, settings: RankSettings) -> tuple[Verdict, str] | None:
    """The verdict and the reason that put a candidate down, or None."""
    candidates = statistics.candidates
    if candidates.known_role is not None and candidates.known_role[row] >= 0:
        name = candidates.known_roles[candidates.known_role[row]]
        if name in _OF_ROLE:
            return _OF_ROLE[name], f"a label calls it {name}"
    if candidates.warning[row] >= 0:
        name = candidates.warnings[candidates.warning[row]]
        return _of_list(name), f"on the warning list {name!r}"
    reserved = special_use(text_of(int(candidates.hi[row]), int(candidates.lo[row])))
    if reserved and not settings.allow_reserved:
        return Verdict.UNDECIDED, f"in a range that is no part of the Internet ({reserved})"
    fan_out = int(candidates.fan_out[row])
    if candidates.role[row] == CLIENT and fan_out > settings.scanner_hosts:
        return Verdict.SCANNER, f"tries {fan_out:,} hosts as a client, as scanners do"
    return None


def _of_list(name: str) -> Verdict:
    told = name.lower()
    if "sinkhole" in told:
        return Verdict.SINKHOLE
    return Verdict.SCANNER if "scan" in told else Verdict.SHARED_SERVICE


def _by_group(statistics: Statistics) -> dict[int, dict[str, int]]:
    """Distinct C2s by group, for each candidate."""
    contacts, c2s = statistics.contacts, statistics.c2s
    met = ~contacts.on_c2_port
    pairs = np.unique(np.column_stack([contacts.candidate[met], contacts.c2[met]]), axis=0)
    found: dict[int, dict[str, int]] = {}
    for row, c2 in pairs.tolist():
        name = c2s.groups[c2s.group[c2]]
        groups = found.setdefault(row, {})
        groups[name] = groups.get(name, 0) + 1
    return found


def _candidate(
    statistics: Statistics,
    row: int,
    *,
    place: int,
    c2s: int,
    clusters: int,
    share: Share,
    by_group: dict[str, int],
    against: tuple[Verdict, str] | None,
) -> Candidate:
    candidates = statistics.candidates
    clients = max(int(candidates.hosts[row]), c2s)
    about = "about " if candidates.hosts_estimated[row] else ""
    reasons = [f"{c2s} of its {about}{clients:,} contacts are listed C2s, of {len(by_group)} groups"]
    if clusters < c2s:
        reasons.append(f"they lie in {clusters} network blocks, so they are no {c2s} independent witnesses")
    if against is not None:
        reasons.insert(0, against[1])
    return Candidate(
        rank=place, address=text_of(int(candidates.hi[row]), int(candidates.lo[row])),
        port=int(candidates.port[row]), proto=int(candidates.proto[row]),
        role=PeerRole.SERVER if candidates.role[row] == SERVER else PeerRole.CLIENT,
        verdict=Verdict.UNDECIDED if against is None else against[0],
        score=None, posterior=None, c2s=c2s, clients=clients, by_group=dict(sorted(by_group.items())),
        expected=None, p_value=None, q_value=None, exclusivity=share,
        first_seen=_moment(int(candidates.first_us[row])), last_seen=_moment(int(candidates.last_us[row])),
        flows=int(candidates.flows[row]), sessions=int(candidates.sessions[row]), reasons=tuple(reasons),
    )  # fmt: skip


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
