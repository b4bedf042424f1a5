"""What do lists of C2s say about when a C2 began and ended? Dates of several feeds, each late in its way.

A feed dates a C2's start when it first heard of it, and its end when it last did or gave up. So each label is
an observation of both edges with an error of its own:

    start: listing date minus start ~ Lomax(tail, median): most within days, some weeks late. Up to
        `early_days` too early is rounding.
    end: last date minus end, late by Lomax(tail, median) with chance 1 - `missed_end`, early by as much else.

Feeds count as independent; one feed's several windows for one C2 count as one, from the first to the last
date. A label that an analyst has overridden is taken at its word, to within `early_days`. Where no feed dates
an edge, it lies at a heavy-tailed distance from what is known (`life_median_days`).
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.coverage import Clock
from headwater.investigate.measurements import Bools, Floats, Int64s, Listed
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.model.window import OPEN_US

_NEVER = -20.0  # natural log: a feed that lists a dead C2, or one that began after its listing


@dataclass(frozen=True, slots=True)
class Listings:
    """What each feed says about each C2, f rows; days from the first record.

    Attributes:
        c2: row in Listed, shape (f,).
        source: index into Listed.sources, shape (f,).
        start, end: first and last date, nan where open, shape (f,).
        exact: an analyst's word, shape (f,).
        windows: windows put together, shape (f,).
    """

    c2: Int64s
    source: Int64s
    start: Floats
    end: Floats
    exact: Bools
    windows: Int64s

    def extreme(self, size: int, *, latest: bool, of_end: bool) -> Floats:
        """The earliest or latest start or end of each C2, shape (size,), nan where every one is open."""
        found, values = np.full(size, np.nan), self.end if of_end else self.start
        (np.fmax if latest else np.fmin).at(found, self.c2, values)
        return found

    def span(self, size: int) -> tuple[Floats, Floats]:
        """From the first to the last date of each C2, shape (size,) each, without end where it is open."""
        first, last = (
            self.extreme(size, latest=False, of_end=False),
            self.extreme(size, latest=True, of_end=True),
        )
        return np.where(np.isnan(first), -np.inf, first), np.where(np.isnan(last), np.inf, last)


def listings_of(listed: Listed, *, clock: Clock) -> Listings:
    """The labels, one row for each C2 and feed.

    Args:
        listed: the C2s and their labels.
        clock: which gives days.
    """
    c2, source = listed.label_c2.astype(np.int64), listed.label_source.astype(np.int64)
    exact = listed.label_overridden
    analysed = np.zeros(len(listed.hi), bool)
    analysed[c2[exact]] = True
    counts = exact | ~analysed[c2]  # an analyst's window takes the place of all feeds'
    key = np.stack([c2, np.where(exact, -1, source)], axis=1)[counts]
    rows, place = np.unique(key, axis=0, return_inverse=True)
    place = place.reshape(-1)
    begin = np.where(listed.label_from_us <= -OPEN_US, np.nan, clock.days(listed.label_from_us))[counts]
    until = np.where(listed.label_until_us >= OPEN_US, np.nan, clock.days(listed.label_until_us))[counts]
    start, end = np.full(len(rows), np.inf), np.full(len(rows), -np.inf)
    np.minimum.at(start, place, np.where(np.isnan(begin), -np.inf, begin))
    np.maximum.at(end, place, np.where(np.isnan(until), np.inf, until))
    return Listings(
        rows[:, 0], rows[:, 1],
        np.where(np.isinf(start), np.nan, start), np.where(np.isinf(end), np.nan, end),
        rows[:, 1] < 0, np.bincount(place, minlength=len(rows)),
    )  # fmt: skip


def starts(grid: Floats, listings: Listings, *, settings: TimelineSettings) -> Floats:
    """Log density of each C2's start that the labels give, shape (m, k); 0 where none dates it."""
    found = np.zeros(grid.shape)
    for rows in _layers(listings, ~np.isnan(listings.start)):
        at, exact = listings.start[rows][:, None], listings.exact[rows][:, None]
        lag = at - grid[listings.c2[rows]]
        late = _late(lag, median=settings.listing_median_days, settings=settings)
        found[listings.c2[rows]] += np.where(exact, _exact(lag, settings), late)
    return found


def ends(grid: Floats, listings: Listings, *, settings: TimelineSettings) -> Floats:
    """Log density of each C2's end that the labels give, shape (m, k).

    Args:
        grid: times as they are, in any order, shape (m, k).
        listings: what feeds say.
        settings: what is assumed.
    """
    found = np.zeros(grid.shape)
    for rows in _layers(listings, ~np.isnan(listings.end)):
        at, exact = listings.end[rows][:, None], listings.exact[rows][:, None]
        lag = at - grid[listings.c2[rows]]
        median, missed = settings.stale_median_days, settings.missed_end
        sides = np.where(
            lag >= 0,
            np.log(1 - missed) + _lomax(lag, median=median, tail=settings.listing_tail),
            np.log(missed) + _lomax(-lag, median=median, tail=settings.listing_tail),
        )
        found[listings.c2[rows]] += np.where(exact, _exact(lag, settings), sides)
    for rows in _layers(listings, ~np.isnan(listings.start)):  # what is listed was met alive
        dead = grid[listings.c2[rows]] < listings.start[rows][:, None] - settings.early_days
        found[listings.c2[rows]] += np.where(dead, _NEVER, 0.0)
    return found


def _layers(listings: Listings, wanted: Bools) -> list[Int64s]:
    """Rows of which no two are of one C2."""
    rows = np.flatnonzero(wanted)
    order = rows[np.argsort(listings.c2[rows], kind="stable")]
    c2 = listings.c2[order]
    rank = np.arange(len(c2)) - np.searchsorted(c2, c2)
    return [order[rank == layer] for layer in range(int(rank.max()) + 1 if len(rank) else 0)]


def _lomax(distance: Floats, *, median: float, tail: float) -> Floats:
    scale = median / (2.0 ** (1.0 / tail) - 1.0)
    log = np.log(tail / scale) - (tail + 1.0) * np.log1p(np.maximum(distance, 0.0) / scale)
    return np.asarray(log, np.float64)


def _late(lag: Floats, *, median: float, settings: TimelineSettings) -> Floats:
    """Late by Lomax, or early by no more than rounding; anything else only just possible."""
    early = np.where(lag >= -settings.early_days, 4.0 * lag / settings.early_days, _NEVER)
    return _lomax(lag, median=median, tail=settings.listing_tail) + np.where(lag < 0, early, 0.0)


def _exact(lag: Floats, settings: TimelineSettings) -> Floats:
    return -3.0 * np.abs(lag) / settings.early_days  # 95% within that time
