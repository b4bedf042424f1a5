"""What do the sessions of each C2 say about control, handoff and coincidence?

Three stories of how contact [S, E] lies to a life [A, B] and to the time [P, Q] in which the host could be
seen at all:

    control      contact begins about when the life does and ends about when it does, or lies anywhere in it
    handoff      contact ends about when the life begins, after days to weeks
    coincidence  contact does not care about the life: it lasts as long as the host is there, or begins and
                 ends anywhere in that time

Each story is a density of S and E, given A, B, P and Q. As the draws of S and E come from an even prior, the
likelihood of a C2's sessions under a story is the mean of that density over joint draws of all six edges:
what is uncertain (few sessions, bursts, late lists, edges outside the data) weakens it by itself. Timing
cannot show a sale, nor who held the other end: it weighs these three stories and nothing else.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from headwater.investigate.coverage import Clock
from headwater.investigate.intervals import Draws
from headwater.investigate.measurements import Floats
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.model.timeline import SessionSplit

STORIES = ("control", "handoff", "coincidence")


@dataclass(frozen=True, slots=True)
class Split:
    """Sessions and exposure before, within and behind each life.

    Attributes:
        sessions: means over the draws, shape (c, 3).
        exposure: shares of the covered time in which the host could be seen, shape (c, 3), rows add up to 1.
        counts: sessions for each draw, shape (c, n, 3).
        exposures: shares for each draw, shape (c, n, 3).
    """

    sessions: Floats
    exposure: Floats
    counts: Floats
    exposures: Floats

    def models(self) -> list[SessionSplit]:
        """As the words of the model."""
        both = zip(self.sessions.tolist(), self.exposure.tolist(), strict=True)
        return [SessionSplit(*sessions, *exposure) for sessions, exposure in both]


def split_of(at: list[Floats], activity: Draws, presence: Draws, *, clock: Clock) -> Split:
    """Sessions and exposure before, within and behind each life.

    Args:
        at: start of each session of each C2, ascending, days from the first record; c arrays.
        activity: draws of the lives.
        presence: draws of when the hosts could be seen.
        clock: which time is covered.
    """
    before = np.stack([np.searchsorted(t, a, "left") for t, a in zip(at, activity.start, strict=True)])
    until = np.stack([np.searchsorted(t, b, "left") for t, b in zip(at, activity.end, strict=True)])
    total = np.array([len(t) for t in at])[:, None]
    counts = np.stack([before, until - before, total - until], axis=2).astype(np.float64)
    low = clock.covered(np.where(presence.known[:, None], presence.start, 0.0))
    high = clock.covered(np.where(presence.known[:, None], presence.end, clock.end))
    begin = np.clip(clock.covered(activity.start), low, high)
    finish = np.clip(clock.covered(activity.end), low, high)
    lengths = np.stack([begin - low, finish - begin, high - finish], axis=2)
    whole = lengths.sum(axis=2, keepdims=True)
    exposures = np.where(whole > 0, lengths / np.where(whole > 0, whole, 1.0), 1.0 / 3.0)
    return Split(counts.mean(axis=1), exposures.mean(axis=1), counts, exposures)


_CONTROL, _HANDOFF = np.array([1.5, 8.0, 0.7]), np.array([8.0, 1.2, 0.3])
_CONCENTRATION = 10.0  # of coincidence: as much as of the other two together with its exposure
_FLOOR = 0.01  # smallest share of exposure: the life's edges are never that sure


def counts_part(split: Split, *, burst: Floats) -> Floats:
    """Log likelihood of the sessions' split under each story, shape (c, 3).

    Args:
        split: sessions and exposures, draw by draw.
        burst: how many sessions count as one, shape (c,): those of one burst are not independent.
    """
    counts = split.counts / np.maximum(burst, 1.0)[:, None, None]
    shares = np.maximum(split.exposures, _FLOOR)
    shares = _CONCENTRATION * shares / shares.sum(axis=2, keepdims=True)
    parts = [_dirichlet(counts, weights) for weights in (_CONTROL, _HANDOFF, shares)]
    return np.stack([logsumexp(part, axis=1) - np.log(part.shape[1]) for part in parts], axis=1)


def _dirichlet(counts: Floats, weights: Floats) -> Floats:
    """Log Dirichlet-multinomial without the multinomial coefficient, over the last axis."""
    total, mass = counts.sum(axis=-1), weights.sum(axis=-1)
    each = (gammaln(counts + weights) - gammaln(weights)).sum(axis=-1)
    return np.asarray(each + gammaln(mass) - gammaln(mass + total), np.float64)


def edges_part(
    contact: Draws, activity: Draws, presence: Draws, *, clock: Clock, settings: TimelineSettings
) -> Floats:
    """Log likelihood of where contact begins and ends under each story, shape (c, 3)."""
    s, e, a, b = contact.start, contact.end, activity.start, activity.end
    p = np.where(presence.known[:, None], presence.start, 0.0)
    q = np.where(presence.known[:, None], presence.end, clock.end)
    p, q = np.minimum(p, s), np.maximum(q, e)
    near, life = settings.near_median_days, settings.life_median_days
    begins = _mixed((0.5, _around(s - a, near)), (0.4, _within(s, a, b)), (0.1, _around(s - a, life)))
    goes = _mixed(
        (0.5, _around(e - b, near)), (0.4, _within(e, np.maximum(s, a), b)), (0.1, _around(e - b, life))
    )
    control = begins + goes
    stops = _mixed((0.9, _around(e - a, near)), (0.1, _around(e - a, life)))
    lasts = _lomax(e - s, settings.handoff_median_days)
    handoff = stops + lasts
    there = _mixed((0.5, _around(s - p, near)), (0.5, _within(s, p, q)))
    gone = _mixed((0.5, _around(e - q, near)), (0.5, _within(e, s, q)))
    coincidence = there + gone
    # outside the data the draws did not come from an even prior
    even = -2.0 * (np.log1p(np.maximum(-s, 0.0) / life) + np.log1p(np.maximum(e - clock.end, 0.0) / life))
    parts = [logsumexp(story - even, axis=1) for story in (control, handoff, coincidence)]
    return np.stack(parts, axis=1)


def _mixed(*parts: tuple[float, Floats]) -> Floats:
    return np.asarray(np.logaddexp.reduce([np.log(weight) + log for weight, log in parts]), np.float64)


def _around(distance: Floats, median: float) -> Floats:
    """Log density of a distance to either side, half of them within `median`; Lomax of tail 2."""
    scale = median / (2.0**0.5 - 1.0)
    return np.asarray(-np.log(scale) - 3.0 * np.log1p(np.abs(distance) / scale), np.float64)


def _lomax(distance: Floats, median: float) -> Floats:
    scale = median / (2.0**0.5 - 1.0)
    return np.asarray(np.log(2.0 / scale) - 3.0 * np.log1p(np.maximum(distance, 0.0) / scale), np.float64)


def _within(at: Floats, low: Floats, high: Floats) -> Floats:
    length = np.maximum(high - low, 0.25)
    return np.where((at >= low) & (at <= low + length), -np.log(length), -30.0)


def log_bayes_of(
    contact: Draws,
    activity: Draws,
    presence: Draws,
    *,
    clock: Clock,
    settings: TimelineSettings,
) -> Floats:
    """What each C2 says about the three stories, capped, shape (c, 3)."""
    log = edges_part(contact, activity, presence, clock=clock, settings=settings)
    return capped(log, factor=settings.bayes_cap)


def capped(log: Floats, *, factor: float) -> Floats:
    """Log likelihoods of one C2 as differences to the best, none worse than -ln factor; rows of three."""
    return np.asarray(np.maximum(log - log.max(axis=1, keepdims=True), -np.log(factor)), np.float64)


def timing_posterior(
    log_bayes: Floats, *, prior: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)
) -> Floats:
    """Posterior of control, handoff and coincidence from several C2s, which count as independent.

    Args:
        log_bayes: of each C2, capped, shape (c, 3).
        prior: of the three.

    Returns:
        Shape (3,); adds up to 1.
    """
    log = log_bayes.sum(axis=0) + np.log(np.array(prior))
    return np.asarray(np.exp(log - logsumexp(log)), np.float64)
