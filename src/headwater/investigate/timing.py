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
from scipy.special import logsumexp

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
    """

    sessions: Floats
    exposure: Floats

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
    return Split(counts.mean(axis=1), exposures.mean(axis=1))


def stories(
    contact: Draws, activity: Draws, presence: Draws, *, clock: Clock, settings: TimelineSettings
) -> Floats:
    """Log density of the contact's edges under each story, against an even one.

    Args:
        contact: draws of S and E.
        activity: draws of A and B.
        presence: draws of P and Q.
        clock: where the data begin and end.
        settings: what is assumed.

    Returns:
        One for each draw, shape (3, c, n), in the order of STORIES.
    """
    s, e, a, b = contact.start, contact.end, activity.start, activity.end
    p = np.where(presence.known[:, None], presence.start, 0.0)
    q = np.where(presence.known[:, None], presence.end, clock.end)
    absent = np.log(settings.silent_presence) * ((s < p) | (e > q))
    near, life = settings.near_median_days, settings.life_median_days
    control = _lasting(s, e, a, b, near=near, far=life)
    stops = 0.9 * _around(e - a, near) + 0.1 * _around(e - a, life)
    handoff = stops * _lomax(e - s, settings.handoff_median_days)
    coincidence = _lasting(s, e, p, q, near=near, far=life)
    # outside the data the draws did not come from an even prior
    even = -2.0 * (np.log1p(np.maximum(-s, 0.0) / life) + np.log1p(np.maximum(e - clock.end, 0.0) / life))
    return np.asarray(np.log(np.stack([control, handoff, coincidence])) - even + absent, np.float64)


def _lasting(start: Floats, end: Floats, low: Floats, high: Floats, *, near: float, far: float) -> Floats:
    """Density of contact that lasts about from `low` to `high`, or lies anywhere in that time.

    The same for control (the life) and coincidence (the time the host is there): where the two times are
    alike, timing must not tell one from the other.
    """
    begins = (
        0.5 * _around(start - low, near) + 0.4 * _within(start, low, high) + 0.1 * _around(start - low, far)
    )
    goes = (
        0.5 * _around(end - high, near)
        + 0.4 * _within(end, np.maximum(start, low), high)
        + 0.1 * _around(end - high, far)
    )
    return begins * goes


def _around(distance: Floats, median: float) -> Floats:
    """Density of a distance to either side, half of them within `median`."""
    return _lomax(np.abs(distance), median) / 2.0


def _lomax(distance: Floats, median: float) -> Floats:
    """Density of a distance to one side, half of them within `median`; Lomax of tail 2."""
    scale = median / (2.0**0.5 - 1.0)
    return np.asarray(2.0 / scale * (1.0 + np.maximum(distance, 0.0) / scale) ** -3.0, np.float64)


def _within(at: Floats, low: Floats, high: Floats) -> Floats:
    """Even density between two moments, 0 elsewhere; spans below 6 h count as 6 h."""
    length = np.maximum(high - low, 0.25)
    return np.where((at >= low) & (at <= low + length), 1.0 / length, 0.0)


def likelihoods(told: Floats) -> Floats:
    """Log likelihood of each C2's contact under each story, shape (c, 3): the mean over the draws."""
    return np.asarray(logsumexp(told, axis=2).T - np.log(told.shape[2]), np.float64)


def weights(told: Floats, shares: Floats | None = None) -> Floats:
    """How much each draw counts, shape (c, n), rows add up to 1.

    Args:
        told: as from `stories`.
        shares: how likely each story is beforehand, shape (c, 3); None for all alike.
    """
    log = logsumexp(told if shares is None else told + np.log(shares).T[:, :, None], axis=0)
    return np.asarray(np.exp(log - logsumexp(log, axis=1, keepdims=True)), np.float64)


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
