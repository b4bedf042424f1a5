"""When was each C2 in contact with the service, and when was it a C2? Draws of the edges, and intervals.

Contact comes from sessions alone (recurrence.py). Activity puts together what lists say (listings.py) and
sessions of other hosts on the C2's own port: either those sessions are of its life, then it began before the
first and ended after the last; or (chance `port_shared`) they are of something else and the labels alone
tell. Bayes' rule weighs the two by how well they agree.

Before the first record and after the last nothing was covered, so nothing speaks against contact there: an
edge falls outside the data as often as contact that began at random would. What is shown is cut at the edge
of the data and marked as censored; a date of a label stands, in the data or outside.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.coverage import Clock
from headwater.investigate.edges import Side, drawn, faded, grid_of, shortest, unseen_before
from headwater.investigate.listings import Listings, ends, starts
from headwater.investigate.measurements import Bools, Floats, Int64s
from headwater.investigate.recurrence import Recurrence
from headwater.investigate.timeline_settings import TimelineSettings

_CENSORED = 0.05  # chance that the edge lies outside the data from which it is called censored
_LEAST_LIFE = 1e-3  # days


@dataclass(frozen=True, slots=True)
class Draws:
    """Joint draws of the two edges of intervals; days from the first record, not cut at the data's edges.

    Attributes:
        start, end: shape (c, n).
        known: whether anything tells them at all, shape (c,); where not, the draws mean nothing.
    """

    start: Floats
    end: Floats
    known: Bools


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is shown of draws, shape (c,); days from the first record.

    Attributes:
        start, start_low, start_high, end, end_low, end_high: medians and bounds, cut.
        start_censored, end_censored: the edge may well lie outside the data.
    """

    start: Floats
    start_low: Floats
    start_high: Floats
    end: Floats
    end_low: Floats
    end_high: Floats
    start_censored: Bools
    end_censored: Bools


def contact_draws(
    seen: Recurrence, who: Int64s, *, clock: Clock, settings: TimelineSettings, order: tuple[Floats, Floats]
) -> Draws:
    """Draws of when the contact of C2s began and ended.

    Args:
        seen: what the sessions with the service amount to.
        who: rows of `seen` to draw for, shape (c,).
        clock: which time is covered.
        settings: what is assumed.
        order: as from `headwater.investigate.edges.orders`, for starts and ends.
    """
    edges = []
    for sign, first, probabilities in ((1, seen.first, order[0]), (-1, -seen.last, order[1])):
        side = Side(sign, clock)
        anchor = first[who]
        grid = grid_of(np.stack([anchor, np.full(len(who), side.edge)], axis=1))
        log = unseen_before(grid, side=side, first=anchor, shape=seen.shape[who], scale=seen.scale[who])
        outside = faded(side.edge - grid, median=settings.life_median_days)
        log += outside - faded(np.zeros(1), median=settings.life_median_days)
        edges.append(sign * drawn(grid, log, order=probabilities))
    return Draws(edges[0], edges[1], seen.stretches[who] >= 2)


def activity_draws(
    seen: Recurrence,
    listings: Listings,
    who: Int64s,
    *,
    clock: Clock,
    settings: TimelineSettings,
    order: tuple[Floats, Floats],
) -> Draws:
    """Draws of when C2s began and ended as C2s.

    Args:
        seen: what the sessions on their own ports amount to, shape (m,).
        listings: what feeds say.
        who: rows of Listed to draw for, shape (c,).
        clock: which time is covered.
        settings: what is assumed.
        order: for starts and ends.
    """
    size = len(seen.first)
    earliest, last_start = (listings.extreme(size, latest=late, of_end=False) for late in (False, True))
    first_end, latest = (listings.extreme(size, latest=late, of_end=True) for late in (False, True))
    # an undated edge hangs on the nearest thing known
    start_from = np.fmin(np.fmin(seen.first, last_start), np.where(np.isnan(last_start), first_end, np.nan))
    end_from = np.fmax(np.fmax(seen.last, last_start), np.where(np.isnan(last_start), latest, np.nan))
    known = ~np.isnan(start_from) & ~np.isnan(end_from)
    edges = []
    for sign, first, dated, hung, probabilities in (
        (1, seen.first, earliest, start_from, order[0]),
        (-1, -seen.last, -latest, -end_from, order[1]),
    ):
        side, rows = Side(sign, clock), who
        anchors = np.stack([first[rows], dated[rows], np.where(known, hung, 0.0)[rows]], axis=1)
        grid = grid_of(anchors)
        listed = _of_labels(grid, sign, listings, who=rows, size=size, settings=settings)
        undated = np.isnan(dated[rows])[:, None]
        hanging = np.where(known, hung, 0.0)[rows][:, None] - grid
        open_ = np.where(hanging >= 0, faded(hanging, median=settings.life_median_days), -np.inf)
        prior = np.where(undated, listed + open_, listed)
        log = _with_port(grid, prior, seen, rows, first=first[rows], side=side, settings=settings)
        edges.append(sign * drawn(grid, log, order=probabilities))
    return Draws(edges[0], np.maximum(edges[1], edges[0] + _LEAST_LIFE), known[who])


def _of_labels(
    grid: Floats, sign: int, listings: Listings, *, who: Int64s, size: int, settings: TimelineSettings
) -> Floats:
    place = np.full(size, -1)
    place[who] = np.arange(len(who))
    mine = place[listings.c2] >= 0
    of_these = Listings(
        place[listings.c2[mine]], listings.source[mine], listings.start[mine], listings.end[mine],
        listings.exact[mine], listings.windows[mine],
    )  # fmt: skip
    if sign > 0:
        return starts(grid, of_these, settings=settings)
    return ends(-grid, of_these, settings=settings)


def _with_port(
    grid: Floats,
    prior: Floats,
    seen: Recurrence,
    rows: Int64s,
    *,
    first: Floats,
    side: Side,
    settings: TimelineSettings,
) -> Floats:
    """The labels' density once the sessions on the own port are taken into account."""
    shape, scale = seen.shape[rows], seen.scale[rows]
    span = max(float(side.clock.covered_at[-1]), 1.0)
    once = seen.stretches[rows] < 2  # one session tells that it lived then, and no rate
    port = unseen_before(
        grid, side=side, first=first, shape=np.where(once, 0.0, shape), scale=np.where(once, 1.0, scale)
    )
    flat = np.where(grid <= first[:, None], -np.log(span), -np.inf)
    port = np.where(once[:, None], flat, port)
    share = settings.port_shared
    both = np.logaddexp(np.log1p(-share) + port, np.log(share) - np.log(span)) + prior
    return np.where(np.isnan(first)[:, None], prior, both)


def bounds_of(
    draws: Draws, *, clock: Clock, dated: tuple[Bools, Bools], settings: TimelineSettings
) -> Bounds:
    """Medians and bounds.

    Args:
        draws: of c intervals.
        clock: where the data begin and end.
        dated: whether a label dates the start and the end, shape (c,) each: such an edge is not cut.
        settings: width of the bounds.
    """
    start = np.where(dated[0][:, None], draws.start, np.maximum(draws.start, 0.0))
    end = np.where(dated[1][:, None], draws.end, np.minimum(draws.end, clock.end))
    start_low, start_high = shortest(start, coverage=settings.coverage)
    end_low, end_high = shortest(-end, coverage=settings.coverage)
    return Bounds(
        np.median(start, axis=1), start_low, start_high, np.median(end, axis=1), -end_high, -end_low,
        (draws.start < 0.0).mean(axis=1) >= _CENSORED,
        (draws.end > clock.end).mean(axis=1) >= _CENSORED,
    )  # fmt: skip
