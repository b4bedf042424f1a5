"""How often does each C2 meet the service, and how evenly? What its unseen edges are judged by.

For sessions at times t_1..t_n spread evenly at random over R = t_n - t_1, the time g before t_1 that nothing
was seen in has P(G > g) = (1 + g/R)^-(n-1) (Strauss and Sadler 1989, Mathematical Geology 21(4), for the end
of a stratigraphic range). Three things are added, each of which changes nothing where the formula holds:

- Bursts. Where gaps vary more than at random, the first and last seen lie further inside. For a renewal
  process the mean time from a random moment to the next session is (1 + CV^2)/2 times the mean gap (length
  bias; Feller 1971, An Introduction to Probability Theory II, XI.4), so n - 1 counts as (n - 1) / that.
- Sessions that last hold many contacts but count as one; each stretch of a session gap's length counts.
- Companions. C2s of one service meet it at rates that resemble each other: rate ~ Gamma(a, b), fitted to
  them all by maximum likelihood, a and b bounded so that it is worth few sessions.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from headwater.investigate.coverage import Clock
from headwater.investigate.measurements import Floats, Int64s, Sessions
from headwater.investigate.timeline_settings import TimelineSettings

_SHAPES = np.array([0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0])  # candidates for a
_RATES = np.exp(np.linspace(np.log(0.01), np.log(30.0), 40))  # candidates for a/b, sessions/day
_LEAST_COMPANIONS = 3  # C2s with at least two sessions, below which nothing is borrowed


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What the sessions of each C2 amount to, shape (m,) by owner.

    Attributes:
        sessions: count.
        stretches: sessions, a long one counted once for each session gap that it lasts.
        first, last: start of the first and end of the last, days from the first record; nan where none.
        span: covered days from first to last.
        burst: (1 + CV^2)/2 of its gaps, drawn towards that of all C2s and towards 1.
        shape, scale: of P(G > g) = (1 + g/scale)^-shape, the covered time g before the first session or
            after the last.
    """

    sessions: Int64s
    stretches: Int64s
    first: Floats
    last: Floats
    span: Floats
    burst: Floats
    shape: Floats
    scale: Floats


def recurrence(sessions: Sessions, *, size: int, clock: Clock, settings: TimelineSettings) -> Recurrence:
    """What the sessions of each C2 amount to.

    Args:
        sessions: of all C2s, ordered by owner and start.
        size: number of C2s m.
        clock: which time is covered.
        settings: what is assumed.
    """
    owner = sessions.owner.astype(np.int64)
    start, end = clock.days(sessions.start_us), clock.days(np.maximum(sessions.end_us, sessions.start_us))
    count = np.bincount(owner, minlength=size)
    long = np.maximum(np.ceil((clock.covered(end) - clock.covered(start)) / settings.session_gap_days), 1.0)
    stretches = np.bincount(owner, weights=long, minlength=size).astype(np.int64)
    first, last = np.full(size, np.nan), np.full(size, np.nan)
    np.fmin.at(first, owner, start)
    np.fmax.at(last, owner, end)
    span = np.where(count > 0, clock.covered(last) - clock.covered(first), 0.0)
    burst = _burst(owner, clock.covered(start), size, settings)
    seen = np.maximum(stretches - 1, 0) / burst
    shape, scale = _borrowed(seen, span, settings)
    least = settings.session_gap_days  # two sessions are that far apart; less is records at one moment
    return Recurrence(
        count, stretches, first, last, span, burst, seen + shape, np.maximum(span, least) + scale
    )


def survival(gap: Floats, *, shape: Floats, scale: Floats) -> Floats:
    """P(G > gap): chance that more covered time than `gap` days lies unseen before the first session."""
    return np.asarray((1.0 + gap / scale) ** -shape, np.float64)


def _burst(owner: Int64s, at: Floats, size: int, settings: TimelineSettings) -> Floats:
    """(1 + CV^2)/2 of the gaps of each C2, shape (m,)."""
    same = owner[1:] == owner[:-1]
    gap, who = np.diff(at)[same], owner[1:][same]
    number = np.bincount(who, minlength=size)
    mean = np.bincount(who, weights=gap, minlength=size) / np.maximum(number, 1)
    usable = (number >= 2) & (mean > 0)
    relative = np.where(usable[who], gap / np.where(mean > 0, mean, 1.0)[who] - 1.0, 0.0)
    # with a mean taken from the gaps themselves, exponential gaps give (k - 1)/(k + 1) instead of 1
    spread = np.bincount(who, weights=relative**2, minlength=size) * np.where(
        usable, (number + 1) / np.maximum(number - 1, 1), 0.0
    )
    weight = np.where(usable, number, 0).astype(np.float64)
    steady = settings.steady_gaps
    common = (spread.sum() + steady) / (weight.sum() + steady)
    own = (spread + steady * common) / (weight + steady)
    return np.asarray((1.0 + own) / 2.0, np.float64)


def _borrowed(seen: Floats, span: Floats, settings: TimelineSettings) -> tuple[float, float]:
    """The a and b of the rates' Gamma(a, b); 0 and 0 where there are too few companions."""
    usable = (seen > 0) & (span > 0)
    if usable.sum() < _LEAST_COMPANIONS or settings.pooled_sessions <= 0:
        return 0.0, 0.0
    shapes = _SHAPES[settings.pooled_sessions >= _SHAPES]
    if not len(shapes):
        return 0.0, 0.0
    a = np.repeat(shapes, len(_RATES))[:, None]
    b = a / np.tile(_RATES, len(shapes))[:, None]
    k, r = seen[usable][None, :], span[usable][None, :]
    # R given the rate is Gamma(k, rate); with the rate integrated out a beta prime distribution
    log = gammaln(a + k) - gammaln(a) + a * np.log(b) - (a + k) * np.log(r + b)
    best = int(np.argmax(log.sum(axis=1)))
    return float(a[best, 0]), float(b[best, 0])
