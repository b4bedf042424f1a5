"""How right are timelines? Relations, bounds and stories against the truth of simulated services.

Every C2 is judged as it comes, those that the rule fixed beforehand leaves out among them (marked). The truth
is the whole contact and the whole life, also where they reach beyond the records.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.intervals import Draws
from headwater.investigate.reckoned import Reckoned, reckoned
from headwater.investigate.relation import codes, shares
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.investigate.timing import capped, stories, weights
from headwater.simulate.evaluate.counted_split import dirichlet_multinomials
from headwater.simulate.evaluate.lives import STORIES, Life, Service
from headwater.simulate.evaluate.lives_measured import measurements_of
from headwater.simulate.randomness import Bools, Floats, Ints

CLASSES = ("begins before", "begins within", "begins at the end or after")
CLASS_OF = np.array([0, 0, 1, 1, 2])  # before, overlaps_start | during, overlaps_end | after


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out for the C2s of one service that were seen in contact; arrays by C2.

    Attributes:
        story: index into STORIES; -1 where each C2 has its own.
        sampling: N of 1:N.
        process, burstiness: how contact was spread.
        sessions: seen, shape (c,).
        included: by the rule fixed beforehand.
        truth: true relation, index into relation.NAMES.
        both_before: contact and life began before the records, so that nothing can tell which was first.
        told: probabilities of the relations, shape (c, 5), from the own records of each C2.
        with_others: the same where the other C2s of the service are heard.
        life_known: the same where the life is known for certain: what is left is contact not seen.
        plain: relation of first and last seen to the dates of the lists, index into relation.NAMES.
        start_inside, end_inside: whether the true edge of the contact lies within the records.
        start_held, end_held: whether the bounds hold it; cut at the records' edge if it lies beyond.
        start_width, end_width: width of the bounds, days.
        life_held: the same for start and end of the life, shape (c, 2).
        log_bayes: for STORIES, shape (c, 3).
        plain_log_bayes: the same from counts of sessions before, within and behind the life.
    """

    story: int
    sampling: int
    process: str
    burstiness: float
    sessions: Ints
    included: Bools
    truth: Ints
    both_before: Bools
    told: Floats
    with_others: Floats
    life_known: Floats
    plain: Ints
    start_inside: Bools
    end_inside: Bools
    start_held: Bools
    end_held: Bools
    start_width: Floats
    end_width: Floats
    life_held: Bools
    log_bayes: Floats
    plain_log_bayes: Floats


def classes_of(told: Floats) -> Floats:
    """Probabilities of the three classes from those of the five relations."""
    return np.stack([told[:, 0] + told[:, 1], told[:, 2] + told[:, 3], told[:, 4]], axis=1)


def judged(service: Service, *, settings: TimelineSettings) -> Judged | None:
    """What timelines make of one service.

    Args:
        service: with its truth.
        settings: of timelines.

    Returns:
        None where no C2 was seen in contact.
    """
    measurements = measurements_of(service)
    if not len(measurements.contact.owner):
        return None
    found = reckoned(measurements, settings=settings)
    lives = [service.lives[c2] for c2 in found.who.tolist()]
    start, end, begin, finish = (
        np.array([getattr(life, name) for life in lives]) for name in ("start", "end", "begin", "finish")
    )
    shown, last = found.contact_bounds, found.clock.end
    tolerance = settings.tolerance_days
    inside = np.clip(start, 0.0, last), np.clip(end, 0.0, last)
    life = found.activity_bounds
    return Judged(
        STORIES.index(service.story) if service.story in STORIES else -1,
        service.sampling, service.settings.process, service.settings.burstiness,
        found.met.sessions[found.who], found.included(settings),
        codes(start=start, end=end, begin=begin, finish=finish, tolerance=tolerance),
        (start < 0.0) & (begin < 0.0),
        shares(found.contact, found.activity, weights=found.weights, tolerance=tolerance),
        shares(found.contact, found.activity, weights=found.with_others, tolerance=tolerance),
        _life_known(found, begin, finish, settings=settings),
        _plain(lives, found, tolerance=tolerance),
        start >= 0.0, end <= last,
        _holds(shown.start_low, inside[0], shown.start_high),
        _holds(shown.end_low, inside[1], shown.end_high),
        shown.start_high - shown.start_low, shown.end_high - shown.end_low,
        np.stack(
            [_holds(life.start_low, begin, life.start_high), _holds(life.end_low, finish, life.end_high)], 1
        ),
        found.log_bayes,
        capped(dirichlet_multinomials(found.split), factor=settings.bayes_cap),
    )  # fmt: skip


def _life_known(found: Reckoned, begin: Floats, finish: Floats, *, settings: TimelineSettings) -> Floats:
    shape = found.contact.start.shape
    life = Draws(
        np.broadcast_to(begin[:, None], shape),
        np.broadcast_to(finish[:, None], shape),
        np.ones(len(begin), bool),
    )
    told = stories(found.contact, life, found.presence, clock=found.clock, settings=settings)
    return shares(found.contact, life, weights=weights(told), tolerance=settings.tolerance_days)


def _holds(low: Floats, value: Floats, high: Floats) -> Bools:
    slack = 1e-6  # days: medians and bounds went through microseconds
    return np.asarray((low - slack <= value) & (value <= high + slack), bool)


def _plain(lives: list[Life], found: Reckoned, *, tolerance: float) -> Ints:
    """The relation of first and last record to the first and last date of the lists."""
    begin = np.array([np.nanmin(life.labels[:, 0]) for life in lives])
    until = [np.nan if np.isnan(life.labels[:, 1]).any() else life.labels[:, 1].max() for life in lives]
    finish = np.where(np.isnan(until), found.clock.end, until)
    first, last = found.met.first[found.who], found.met.last[found.who]
    return codes(start=first, end=last, begin=begin, finish=finish, tolerance=tolerance)
