"""What share of a candidate's contacts are C2s? k / d with an interval, also corrected for list recall.

Read it so: 1 means that everybody who talks to the peer is a listed C2, 0.01 that one in a hundred is. A
low value does not clear a peer: lists are incomplete, and an upstream may share its port with others.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainccinv, betaincinv

Floats = npt.NDArray[np.float64]

_ANGLES = 2048  # grid points for the diluted interval; its error stays below 0.001 for d up to 10,000
_CHUNK = 1024  # candidates at a time: 2048 angles * 1024 rows * 8 bytes = 16 MiB a temporary


@dataclass(frozen=True, slots=True)
class Exclusivity:
    """Shares in [0, 1], each of shape (m,): the estimate and the bounds of its credible interval."""

    estimate: Floats
    low: Floats
    high: Floats


def _counts(k: npt.ArrayLike, hosts: npt.ArrayLike) -> tuple[Floats, Floats]:
    hits = np.asarray(k, dtype=np.float64)
    total = np.maximum(
        np.asarray(hosts, dtype=np.float64), hits
    )  # hosts of hubs are estimates, may fall short
    return hits, total


def exclusivity(k: npt.ArrayLike, *, hosts: npt.ArrayLike, coverage: float = 0.90) -> Exclusivity:
    """The share k / d with its equal-tailed Jeffreys interval.

    Args:
        k: distinct labelled C2s in contact with each candidate, shape (m,).
        hosts: distinct hosts of any kind in contact with it, d, shape (m,); raised to k where smaller.
        coverage: probability that the interval covers, in (0, 1).

    Returns:
        The shares; the lower bound is 0 where k = 0, the upper 1 where k = d; nan, 0, 1 where d = 0.

    Source: Brown, Cai, DasGupta (2001), Interval estimation for a binomial proportion, Statistical
    Science 16(2), section 3.1.3.
    """
    hits, total = _counts(k, hosts)
    tail = (1.0 - coverage) / 2.0
    low = np.where(hits == 0, 0.0, betaincinv(hits + 0.5, total - hits + 0.5, tail))
    high = np.where(hits == total, 1.0, betainccinv(hits + 0.5, total - hits + 0.5, tail))
    estimate = np.divide(hits, total, out=np.full_like(hits, np.nan), where=total > 0)
    return Exclusivity(estimate=estimate, low=low, high=high)


def diluted(k: npt.ArrayLike, *, hosts: npt.ArrayLike, recall: float, coverage: float = 0.90) -> Exclusivity:
    """The share of C2s listed or not, where the lists know only a part of them.

    With true share e and list recall c, k is binomial with d trials and probability c e. The prior of e is
    Jeffreys' Beta(1/2, 1/2), which is uniform in the angle a of e = sin^2 a; the posterior is
    summed on a grid.

    Args:
        k: as in `exclusivity`.
        hosts: as in `exclusivity`.
        recall: share of all C2s that the lists know, c in (0, 1].
        coverage: as in `exclusivity`.

    Returns:
        Posterior medians of e with the bounds of the equal-tailed interval, each of shape (m,).

    Raises:
        ValueError: recall outside (0, 1].
    """
    if not 0.0 < recall <= 1.0:
        raise ValueError(f"list recall must lie in (0, 1], not {recall}")
    hits, total = np.atleast_1d(*_counts(k, hosts))
    angles = (np.arange(_ANGLES) + 0.5) * (np.pi / 2 / _ANGLES)
    share = np.sin(angles) ** 2
    log_hit, log_miss = np.log(recall * share), np.log1p(-recall * share)
    tail = (1.0 - coverage) / 2.0
    bounds = np.empty((3, len(hits)))
    for start in range(0, len(hits), _CHUNK):
        rows = slice(start, start + _CHUNK)
        weight = hits[rows, None] * log_hit + (total - hits)[rows, None] * log_miss
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        below = np.cumsum(weight, axis=1)
        below /= below[:, -1:]
        for row, level in enumerate((tail, 0.5, 1.0 - tail)):
            bounds[row, rows] = share[(below < level).sum(axis=1)]
    return Exclusivity(estimate=bounds[1], low=bounds[0], high=bounds[2])
