"""How is contact spread over its time? Processes that differ on purpose from what timelines assume.

Timelines reckon with sessions at random moments at one rate (Poisson); only the first process is that. All
have the same mean rate. None begins or ends with a session but "anchored", where somebody's first and last
visit *are* the edges.
"""

from collections.abc import Callable
from math import gamma as gamma_function

import numpy as np

from headwater.simulate.randomness import Floats

Process = Callable[[np.random.Generator, float, float, float, float], Floats]
_BLOCK = 0.25  # days


def poisson(rng: np.random.Generator, rate: float, start: float, end: float, _: float) -> Floats:
    """Sessions at random moments.

    Args:
        rng: where chance comes from.
        rate: mean sessions per day.
        start: first moment, days.
        end: last moment.
    """
    return np.sort(rng.uniform(start, end, rng.poisson(rate * (end - start))))


def gamma(rng: np.random.Generator, rate: float, start: float, end: float, steadiness: float) -> Floats:
    """Each quarter of a day has a rate of its own, Gamma with this shape: 1 mild, 0.4 usual, 0.2 very bursty.

    Args:
        rng: where chance comes from.
        rate: mean sessions per day.
        start: first moment, days.
        end: last moment.
        steadiness: shape of the Gamma distribution.
    """
    first = np.floor(start / _BLOCK)
    edges = np.clip((first + np.arange(int(np.ceil(end / _BLOCK) - first) + 1)) * _BLOCK, start, end)
    length = np.diff(edges)
    burst = rng.gamma(steadiness, 1.0 / steadiness, len(length))
    count = rng.poisson(rate * burst * length)
    return np.sort(np.repeat(edges[:-1], count) + np.repeat(length, count) * rng.random(int(count.sum())))


def weibull(rng: np.random.Generator, rate: float, start: float, end: float, shape: float) -> Floats:
    """Renewals: gaps between sessions are Weibull of this shape; 1 is Poisson, 0.5 has CV 2.2.

    Args:
        rng: where chance comes from.
        rate: sessions per day in the long run.
        start: first moment, days.
        end: last moment.
        shape: of the Weibull distribution.
    """
    mean = gamma_function(1.0 + 1.0 / shape)
    number = int(3 * rate * (end - start) + 30 / shape)
    at = start + np.cumsum(rng.weibull(shape, number) / (mean * rate))
    while at[-1] < end:
        at = np.concatenate([at, at[-1] + np.cumsum(rng.weibull(shape, number) / (mean * rate))])
    return at[at < end]


def on_off(rng: np.random.Generator, rate: float, start: float, end: float, duty: float) -> Floats:
    """Bursts: contact only in spells, exponential with mean 1/2 day, which take this share of the time.

    Args:
        rng: where chance comes from.
        rate: mean sessions per day, silence counted.
        start: first moment, days.
        end: last moment.
        duty: share of the time in (0, 1).
    """
    on, off = 0.5, 0.5 * (1.0 - duty) / duty
    found, at, is_on = [], start, rng.random() < duty
    while at < end:
        stop = min(at + rng.exponential(on if is_on else off), end)
        if is_on:
            found.append(rng.uniform(at, stop, rng.poisson(rate / duty * (stop - at))))
        at, is_on = stop, not is_on
    return np.sort(np.concatenate([np.empty(0), *found]))


def anchored(rng: np.random.Generator, rate: float, start: float, end: float, steadiness: float) -> Floats:
    """As "gamma", with one session at the very start and one at the very end.

    Args:
        rng: where chance comes from.
        rate: mean sessions per day between.
        start: moment of the first session, days.
        end: moment of the last.
        steadiness: as in "gamma".
    """
    return np.concatenate([[start], gamma(rng, rate, start, end, steadiness), [end]])


PROCESSES: dict[str, Process] = {
    "poisson": poisson,
    "gamma": gamma,
    "weibull": weibull,
    "on-off": on_off,
    "anchored": anchored,
}
