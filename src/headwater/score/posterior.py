"""Is it an upstream, a service that C2s merely favour, or chance? The three-way posterior.

    U  exclusive upstream          prior_upstream * L(e ~ Beta(3, 2))
    A  associated shared service   prior_shared   * L(e ~ Beta(0.5, 4))
    N  chance                      rest * [(1 - w) NB(k; mu, s) + w NB(k; 3 mu, 1)] * prod (v x_h + 1 - v)

    L  = integral over e and the list recall r ~ Beta of
         C(d, k) (e r)^k * prod over the d - k unlisted clients of (e (1 - r) x_h + 1 - e)
    x_h = exp(lr_h), how C2-like the unlisted client looks (strangers.py); 1 where nobody looked

With x = 1 everywhere and r = 1, L is the beta-binomial. The sum runs over a grid, even in the logarithm
of the odds of e, so that a hub with a million clients is as exact as a peer with ten.

Read the log odds so: 0 is even, 2 says 100 to 1 for an upstream, under the priors of the settings. They are
no calibrated probability: calibration.py makes one of them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, logsumexp, roots_jacobi

from headwater.score.distributions import log_choose, log_negative_binomial
from headwater.score.settings import Settings
from headwater.score.statistics import Floats

_SHARE_STEP = 0.08  # in ln(e / (1 - e)); a peak of 300 C2s is wider than that
_SHARE_RANGE = (-18.0, 12.0)  # e from 1.5e-8 to 1 - 6e-6
_RECALL_NODES = 6  # Gauss-Jacobi: exact for polynomials of r up to degree 11
_CHUNK = 512  # candidates at a time: 512 * 375 * 6 cells * 8 bytes = 9 MiB
LR_EDGES = np.linspace(-9.0, 9.0, 73)  # bins of lr_h, natural log, 0.25 wide


@dataclass(frozen=True, slots=True)
class Posterior:
    """Three-way posterior, each of shape (m,).

    Attributes:
        upstream, shared, chance: probabilities that sum to 1.
        log_upstream, log_shared, log_chance: natural logarithms of prior times likelihood.
        log_odds: log10 of upstream against the other two.
    """

    upstream: Floats
    shared: Floats
    chance: Floats
    log_upstream: Floats
    log_shared: Floats
    log_chance: Floats
    log_odds: Floats


@dataclass(frozen=True, slots=True)
class _Grid:
    """Points of (e, r) with their weights under U and A; all of shape (cells,)."""

    share: Floats
    recall: Floats
    upstream: Floats
    shared: Floats


def _grid(settings: Settings, recall: tuple[float, float] | None) -> _Grid:
    odds = np.arange(*_SHARE_RANGE, _SHARE_STEP)
    share = 1.0 / (1.0 + np.exp(-odds))
    rest = 1.0 / (1.0 + np.exp(odds))
    weights = []
    for a, b in (settings.upstream_share, settings.shared_share):
        density = np.exp(a * np.log(share) + b * np.log(rest) - betaln(a, b))  # of ln(e / (1 - e))
        weights.append(density / density.sum())
    if recall is None:
        nodes, masses = np.array([1.0]), np.array([1.0])
    else:
        a, b = recall
        points, raw = roots_jacobi(_RECALL_NODES, b - 1.0, a - 1.0)
        nodes, masses = (points + 1.0) / 2.0, raw / raw.sum()
    return _Grid(
        share=np.repeat(share, len(nodes)),
        recall=np.tile(nodes, len(share)),
        upstream=np.outer(weights[0], masses).reshape(-1),
        shared=np.outer(weights[1], masses).reshape(-1),
    )


def looks(candidate: npt.ArrayLike, ratio: npt.ArrayLike, *, candidates: int) -> Floats:
    """How many unlisted clients of each candidate fall into each bin of lr.

    Args:
        candidate: row of the candidate of each contact with a stranger.
        ratio: lr_h of that stranger, natural logarithm; clipped to the outer bins.
        candidates: number of rows of the answer.

    Returns:
        Counts, shape (candidates, 72).
    """
    bins = np.clip(np.searchsorted(LR_EDGES, np.asarray(ratio), side="right") - 1, 0, len(LR_EDGES) - 2)
    counts = np.zeros((candidates, len(LR_EDGES) - 1))
    np.add.at(counts, (np.asarray(candidate), bins), 1.0)
    return counts


def posterior(
    k: npt.ArrayLike,
    *,
    hosts: npt.ArrayLike,
    expected: npt.ArrayLike,
    settings: Settings,
    recall: tuple[float, float] | None = None,
    looked_at: Floats | None = None,
) -> Posterior:
    """The posterior of every candidate.

    Args:
        k: distinct groups of labelled C2s in contact, shape (m,); a fraction where a lead counts in part.
        hosts: distinct hosts of any kind in contact, d, shape (m,); raised to k where smaller.
        expected: mu, what chance would give, shape (m,).
        settings: priors.
        recall: Beta(a, b) of the list recall; None: the lists know everything.
        looked_at: unlisted clients by bin of lr as from `looks`, shape (m, 72); None: nobody looked.
            The answer uses at most d - k of them.

    Returns:
        Probabilities and their parts.
    """
    hits = np.asarray(k, dtype=np.float64)
    total = np.maximum(np.asarray(hosts, dtype=np.float64), hits)
    counts = np.zeros((len(hits), len(LR_EDGES) - 1)) if looked_at is None else looked_at
    room = np.minimum(1.0, (total - hits) / np.maximum(counts.sum(axis=1), 1.0))
    counts = counts * room[:, None]
    middles = (LR_EDGES[1:] + LR_EDGES[:-1]) / 2
    # A stranger whose ratio is within the middle bins said nothing worth the rounding to a bin's middle.
    seen = np.exp(np.where(np.abs(middles) < LR_EDGES[1] - LR_EDGES[0], 0.0, middles))
    upstream, shared = _log_evidence(hits, total, counts, seen, _grid(settings, recall))
    favoured = log_negative_binomial(
        hits, mean=settings.tail_factor * np.asarray(expected), size=settings.tail_dispersion
    )
    usual = log_negative_binomial(hits, mean=expected, size=settings.chance_dispersion)
    by_chance = np.logaddexp(np.log1p(-settings.tail_weight) + usual, np.log(settings.tail_weight) + favoured)
    by_chance = by_chance + counts @ np.log(settings.ordinary_peer * (seen - 1.0) + 1.0)
    rest = 1.0 - settings.prior_upstream - settings.prior_shared
    logs = np.stack(
        [
            upstream + np.log(settings.prior_upstream),
            shared + np.log(settings.prior_shared),
            by_chance + np.log(rest),
        ]
    )
    share = np.exp(logs - logsumexp(logs, axis=0))
    return Posterior(
        upstream=share[0],
        shared=share[1],
        chance=share[2],
        log_upstream=logs[0],
        log_shared=logs[1],
        log_chance=logs[2],
        log_odds=(logs[0] - np.logaddexp(logs[1], logs[2])) / np.log(10.0),
    )


def log_by_chance(k: npt.ArrayLike, *, expected: npt.ArrayLike, settings: Settings) -> Floats:
    """Natural logarithm of the chance of k C2s under the null, with its tail of mistaken expectations.

    Args:
        k: distinct groups of C2s, shape (m,).
        expected: mu, shape (m,).
        settings: dispersion and tail.

    Returns:
        Shape (m,).
    """
    wide = settings.tail_factor * np.asarray(expected, dtype=np.float64)
    usual = log_negative_binomial(k, mean=expected, size=settings.chance_dispersion)
    favoured = log_negative_binomial(k, mean=wide, size=settings.tail_dispersion)
    weight = settings.tail_weight
    return np.asarray(np.logaddexp(np.log1p(-weight) + usual, np.log(weight) + favoured))


def _log_evidence(
    hits: Floats, total: Floats, counts: Floats, seen: Floats, grid: _Grid
) -> tuple[Floats, Floats]:
    """Logarithms of L under U and under A, each of shape (m,)."""
    used = counts.any(axis=0)
    # Thousands of candidates met two C2s and few others: those that are alike are reckoned once.
    alike, back = np.unique(np.column_stack([hits, total, counts[:, used]]), axis=0, return_inverse=True)
    hit, every, looks = alike[:, 0], alike[:, 1], alike[:, 2:]
    unknown = every - hit - looks.sum(axis=1)
    known_c2 = np.log(grid.share * grid.recall)
    unlooked = np.log1p(-np.minimum(grid.share * grid.recall, 1 - 1e-12))
    gain = grid.share * (1.0 - grid.recall)
    looked = np.log(np.outer(seen[used], gain) + np.maximum(1.0 - grid.share, 1e-12))
    upstream, shared = np.empty(len(hit)), np.empty(len(hit))
    for start in range(0, len(hit), _CHUNK):
        rows = slice(start, start + _CHUNK)
        core = np.outer(hit[rows], known_c2) + np.outer(unknown[rows], unlooked)
        core += looks[rows] @ looked
        top = core.max(axis=1, keepdims=True)
        core = np.exp(core - top)
        upstream[rows] = np.log(core @ grid.upstream) + top[:, 0]
        shared[rows] = np.log(core @ grid.shared) + top[:, 0]
    upstream, shared = upstream[back.reshape(-1)], shared[back.reshape(-1)]
    ways = log_choose(total, hits)
    return upstream + ways, shared + ways
