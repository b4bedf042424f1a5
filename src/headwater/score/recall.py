"""Which share of all C2s do the lists know? Capture-recapture of the feeds, else a stated prior.

Read it so: 0.3 means that of ten C2s, seven are on no list. Feeds copy each other and look at the same
families; both make the estimate too high, and the truth lower than `estimate` rather than higher.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainccinv, betaincinv, ndtri

Bools = npt.NDArray[np.bool_]

_OBSERVATIONS = (2.0, 200.0)  # what an estimate may be worth, so that feeds that copy never silence the data


@dataclass(frozen=True, slots=True)
class Recall:
    """List recall in (0, 1].

    Attributes:
        estimate, low, high: the share and the bounds of its interval.
        how: the method, in words.
        observations: what the estimate is worth, the size a + b of the Beta(a, b) that stands for it.
    """

    estimate: float
    low: float
    high: float
    how: str
    observations: float

    @property
    def shapes(self) -> tuple[float, float]:
        """The Beta(a, b) that stands for the recall in the posterior."""
        share = min(self.estimate, 0.98)
        return share * self.observations, (1.0 - share) * self.observations


def assumed(estimate: float, *, observations: float, coverage: float = 0.90) -> Recall:
    """A recall that nobody measured.

    Args:
        estimate: the share, in (0, 1].
        observations: size of the Beta that stands for it.
        coverage: of the interval.

    Returns:
        The recall, with "assumed" as its method.
    """
    tail = (1.0 - coverage) / 2.0
    a, b = estimate * observations, max(1.0 - estimate, 1e-6) * observations
    return Recall(
        estimate=estimate,
        low=float(betaincinv(a, b, tail)),
        high=float(betainccinv(a, b, tail)),
        how=f"assumed, worth {observations:g} C2s: no two feeds could be compared",
        observations=observations,
    )


def capture_recapture(feeds: Bools, *, coverage: float = 0.90) -> Recall | None:
    """Recall of the union of several feeds.

    Two feeds: Chapman's estimator of the number of C2s with the log-normal interval of Chao. Three and more:
    Chao's lower bound from the C2s on exactly one and exactly two feeds, which allows feeds to differ in what
    they catch; a lower bound of the number, so an upper one of the recall.

    Args:
        feeds: which feed lists which C2, shape (n, F); rows on no feed are ignored.
        coverage: of the interval.

    Returns:
        The recall, or None where it cannot be told: fewer than two feeds with entries, or no overlap.

    Source: Chapman (1951), Univ. Calif. Publ. Stat. 1(7); Seber (1970), Biometrics 26(1) (variance); Chao
    (1987), Biometrics 43(4), equations 8 to 11 (bound, variance, interval).
    """
    table = feeds[feeds.any(axis=1)][:, feeds.any(axis=0)]
    known, sources = table.shape
    if sources < 2:
        return None
    times = table.sum(axis=1)
    if not (times > 1).any():
        return None
    if sources == 2:
        missing, variance = _chapman(table)
        how = "capture-recapture of two feeds (Chapman)"
    else:
        missing, variance = _chao(times, sources)
        how = f"capture-recapture of {sources} feeds (Chao's bound, so recall is at most this)"
    spread = _log_normal_factor(missing, variance, coverage)
    low, high = known / (known + missing * spread), known / (known + missing / spread)
    estimate = known / (known + missing)
    return Recall(estimate, low, high, how, _worth(estimate, low, high, coverage))


def _chapman(table: Bools) -> tuple[float, float]:
    """C2s on neither list, and the variance of their number (Seber 1970)."""
    first, second = (int(count) for count in table.sum(axis=0))
    both = int(table.all(axis=1).sum())
    number = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return max(number - len(table), 0.0), variance


def _chao(times: npt.NDArray[np.int64], sources: int) -> tuple[float, float]:
    """C2s on no list, bias-corrected, and the variance of their number (Chao 1987, for few occasions)."""
    once, twice = int((times == 1).sum()), int((times == 2).sum())
    factor = (sources - 1) / sources
    missing = factor * once * (once - 1) / (2 * (twice + 1))
    ratio = once / (twice + 1)
    return missing, factor * (twice + 1) * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)


def _log_normal_factor(missing: float, variance: float, coverage: float) -> float:
    """Factor C by which the number of missing C2s is uncertain: [missing / C, missing * C]."""
    if missing <= 0.0:
        return 1.0
    z = -float(ndtri((1.0 - coverage) / 2.0))
    return float(np.exp(z * np.sqrt(np.log1p(variance / missing**2))))


def _worth(estimate: float, low: float, high: float, coverage: float) -> float:
    """Size a + b of the Beta whose variance fits the interval's width."""
    z = -float(ndtri((1.0 - coverage) / 2.0))
    variance = max(((high - low) / (2 * z)) ** 2, 1e-9)
    return float(np.clip(estimate * (1 - estimate) / variance - 1, *_OBSERVATIONS))
