"""In which order are the candidates shown? By the score, explained ones below, each with its reasons.

A rank says which candidate to look at first. One that something else explains (a warning list, a label, a
reserved range, scanning) is put below the others with its reason, and never left out.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from headwater.model.address import text_of
from headwater.model.candidate import Candidate, PeerRole, Share, Verdict
from headwater.model.special_use import special_use
from headwater.score.reasons import reasons_of
from headwater.score.reckoning import Choices, Reckoning, reckon
from headwater.score.settings import Settings
from headwater.score.statistics import SERVER, Statistics

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ASIDE = (Verdict.SCANNER, Verdict.TRACKER, Verdict.SINKHOLE, Verdict.SHARED_SERVICE)


@dataclass(frozen=True, slots=True)
class RankSettings:
    """What the order stands on.

    Attributes:
        least_c2s: fewest distinct C2s of a candidate; replaces the same field of `score`.
        scanner_hosts: a client that tries more hosts is taken for a scanner; replaces that of `score`.
        allow_reserved: peers in private or reserved ranges are ranked like others.
        coverage: of the intervals, in (0, 1); replaces that of `score`.
        score: everything else that the score assumes.
        choices: what an ablation leaves out.
    """

    least_c2s: int = 2
    scanner_hosts: int = 1_000
    allow_reserved: bool = False
    coverage: float = 0.90
    score: Settings = field(default_factory=Settings)
    choices: Choices = field(default_factory=Choices)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates in order with the reckoning behind them.

    Attributes:
        candidates: best first.
        rows: the row of each in the statistics' Candidates, in the same order.
        reckoning: every number.
    """

    candidates: tuple[Candidate, ...]
    rows: tuple[int, ...]
    reckoning: Reckoning


def rank(statistics: Statistics, *, settings: RankSettings | None = None) -> tuple[Candidate, ...]:
    """The candidates, best first: `ranking` without the reckoning."""
    return ranking(statistics, settings=settings).candidates


def ranking(statistics: Statistics, *, settings: RankSettings | None = None) -> Ranking:
    """The candidates, best first, with everything that led to their order.

    Args:
        statistics: measured tables.
        settings: what the order stands on.

    Returns:
        Every key that met enough C2s off their listening ports, or whose unlisted clients speak for it,
        ordered by score; those that a confounder explains come below, in the same order.
    """
    settings = settings or RankSettings()
    reckoning = reckon(statistics, settings=_score_settings(settings), choices=settings.choices)
    place_of = {int(row): place for place, row in enumerate(reckoning.rows)}
    reserved = {} if settings.allow_reserved else _reserved(reckoning)
    aside = {row: row in reserved or _set_aside(reckoning, place) for row, place in place_of.items()}
    shares = reckoning.exclusivity.low
    order = sorted(place_of, key=lambda row: (aside[row], -reckoning.score[row], -shares[row], row))
    groups = by_group(statistics)
    candidates = tuple(
        _candidate(
            reckoning, place_of[row], rank=number, reserved=reserved.get(row, ""), groups=groups.get(row, {})
        )
        for number, row in enumerate(order, start=1)
    )
    return Ranking(candidates, tuple(order), reckoning)


def _score_settings(settings: RankSettings) -> Settings:
    values = {name: getattr(settings.score, name) for name in settings.score.__slots__}
    values |= {name: getattr(settings, name) for name in ("least_c2s", "scanner_hosts", "coverage")}
    return Settings(**values)


def _set_aside(reckoning: Reckoning, place: int) -> bool:
    """Whether a confounder took over the verdict."""
    explained = reckoning.weighed.largest[reckoning.rows[place]] >= reckoning.settings.explained
    return bool(explained) or reckoning.verdicts[place] in _ASIDE


def _reserved(reckoning: Reckoning) -> dict[int, str]:
    """Rows whose address is no part of the Internet, with the name of its range."""
    keys = reckoning.statistics.candidates
    names = {int(row): special_use(text_of(int(keys.hi[row]), int(keys.lo[row]))) for row in reckoning.rows}
    return {row: name for row, name in names.items() if name}


def by_group(statistics: Statistics) -> dict[int, dict[str, int]]:
    """Distinct C2s in contact with each candidate off their listening ports, by name of their group."""
    contacts, c2s = statistics.contacts, statistics.c2s
    met = ~contacts.on_c2_port
    size, names = max(len(c2s.hi), 1), max(len(c2s.groups), 1)
    pairs = np.unique(contacts.candidate[met].astype(np.int64) * size + contacts.c2[met])
    keys, counts = np.unique(pairs // size * names + c2s.group[pairs % size], return_counts=True)
    found: dict[int, dict[str, int]] = {}
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        found.setdefault(key // names, {})[c2s.groups[key % names]] = count
    return {row: dict(sorted(groups.items())) for row, groups in found.items()}


def _candidate(
    reckoning: Reckoning, place: int, *, rank: int, reserved: str, groups: dict[str, int]
) -> Candidate:
    row = int(reckoning.rows[place])
    keys, share, counted = reckoning.statistics.candidates, reckoning.exclusivity, reckoning.tallies
    reasons = reasons_of(reckoning, place)
    verdict = reckoning.verdicts[place]
    if reserved:
        verdict = Verdict.UNDECIDED
        reasons = (f"in a range that is no part of the Internet ({reserved})", *reasons)
    calibrated = bool(reckoning.choices.calibration.fitted_on)
    return Candidate(
        rank=rank, address=text_of(int(keys.hi[row]), int(keys.lo[row])), port=int(keys.port[row]),
        proto=int(keys.proto[row]),
        role=PeerRole.SERVER if keys.role[row] == SERVER else PeerRole.CLIENT,
        verdict=verdict, score=float(reckoning.score[row]),
        posterior=float(reckoning.probability[row]) if calibrated else None,
        c2s=int(counted.c2s[row]), clients=max(int(keys.hosts[row]), int(counted.c2s[row])),
        by_group=groups, expected=float(reckoning.chance.expected[row]),
        p_value=float(reckoning.chance.p_value[row]), q_value=float(reckoning.q.bh[row]),
        exclusivity=Share(float(share.estimate[row]), float(share.low[row]), float(share.high[row])),
        first_seen=_moment(int(keys.first_us[row])), last_seen=_moment(int(keys.last_us[row])),
        flows=int(keys.flows[row]), sessions=int(keys.sessions[row]), reasons=reasons,
    )  # fmt: skip


def _moment(micros: int) -> datetime | None:
    """A time, or None where the key has no contact of its own."""
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return None
