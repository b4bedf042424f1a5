"""Not seen is not "not there": what is the chance that contact would have been seen?

Of a session with p packets, packet sampling 1:N leaves a record with chance s(p) = 1 - (1 - 1/N)^p. The
sessions that were seen are not typical, as large ones are seen more often: a session is drawn into the
sample with weight s(p). So p is not estimated session by session (one sampled packet, which is all that low
rates ever show, says little more than "it was sampled") but for all together: true packets are log-normal,
and their median and spread follow by Bayes' rule from the numbers of sampled packets, given that these are
above 0 (a zero-truncated mixture of Poisson distributions). Where all sessions seen have one sampled packet
these numbers say only "small against N", and the estimate is little more than what is assumed beforehand.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from headwater.investigate.measurements import Floats, Int64s

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum())
_MEDIANS = np.geomspace(1.0, 1e6, 49)
_SPREADS = np.array([0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0])
_USUAL_SPREAD = 1.0  # traffic of one application commonly spreads by a factor of e or so; used as a prior
_USUAL_WIDTH = 0.4
_USUAL_PACKETS = (
    30.0  # a short exchange over TCP; nine in ten kinds of traffic within a factor of 12; assumed
)
_PACKETS_WIDTH = 1.5
_MOST_COUNTS = 400  # distinct numbers of packets looked at; more are thinned evenly


@dataclass(frozen=True, slots=True)
class Visibility:
    """How well sessions of one kind can be seen.

    Attributes:
        sampling: N of 1:N.
        packets_median: estimated packets of a session, seen or not, median.
        packets_spread: standard deviation of their natural logarithm.
        chance_median: chance that a session of median packets leaves a record.
        chance_mean: share of all sessions that leave one.
    """

    sampling: int
    packets_median: float
    packets_spread: float
    chance_median: float
    chance_mean: float


def chance_of_record(packets: Floats, *, sampling: int) -> Floats:
    """1 - (1 - 1/N)^packets.

    Args:
        packets: true packets of a session.
        sampling: N of 1:N; 1 sees everything.
    """
    if sampling <= 1:
        return np.where(packets > 0, 1.0, 0.0)
    return np.asarray(-np.expm1(packets * np.log1p(-1.0 / sampling)), np.float64)


def visibility(packets: Int64s, *, sampling: int) -> Visibility | None:
    """How well sessions like these can be seen.

    Args:
        packets: sampled packets of each session seen, as exported; rows of 0 say nothing.
        sampling: N of 1:N that the exporters state; 0 for unknown.

    Returns:
        None where sampling is unknown or no session has packets.
    """
    counted = packets[packets > 0]
    if sampling < 1 or not len(counted):
        return None
    if sampling == 1:
        log = np.log(counted)
        return Visibility(1, float(np.exp(np.median(log))), float(log.std()), 1.0, 1.0)
    sizes, times = np.unique(counted, return_counts=True)
    if len(sizes) > _MOST_COUNTS:
        keep = np.linspace(0, len(sizes) - 1, _MOST_COUNTS).astype(np.int64)
        sizes, times = sizes[keep], times[keep]
    median, spread = (each.ravel() for each in np.meshgrid(_MEDIANS, _SPREADS, indexing="ij"))
    log = np.array([_fit(sizes, times, sampling, *each) for each in zip(median, spread, strict=True)])
    weight = np.exp(log - logsumexp(log))
    true = median[:, None] * np.exp(spread[:, None] * _NODES)
    share = (chance_of_record(true, sampling=sampling) * np.exp(_LOG_WEIGHTS)).sum(axis=1)
    usual = float(np.exp((weight * np.log(median)).sum()))
    typical = float(chance_of_record(np.array([usual]), sampling=sampling)[0])
    return Visibility(sampling, usual, float((weight * spread).sum()), typical, float((weight * share).sum()))


def _fit(sizes: Int64s, times: Int64s, sampling: int, median: float, spread: float) -> float:
    """Log likelihood of sampled packets, given that there is one, with what is assumed beforehand."""
    mean = (median * np.exp(spread * _NODES) / sampling)[None, :]
    x = sizes[:, None]
    log = logsumexp(_LOG_WEIGHTS + x * np.log(mean) - mean - gammaln(x + 1.0), axis=1)
    none = logsumexp(_LOG_WEIGHTS - mean[0])
    prior = -0.5 * ((spread - _USUAL_SPREAD) / _USUAL_WIDTH) ** 2
    prior -= 0.5 * (np.log(median / _USUAL_PACKETS) / _PACKETS_WIDTH) ** 2
    return float((times * (log - np.log(-np.expm1(none)))).sum() + prior)
