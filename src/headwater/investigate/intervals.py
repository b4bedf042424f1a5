"""When was each C2 in contact with the service, and when was it a C2? Draws of the edges, and intervals.

Contact comes from sessions alone (recurrence.py). Activity puts together what lists say (listings.py) and
sessions of other hosts on the C2's own port (changes.py): many while it lives, few before and after.

Before the first record and after the last nothing was covered, so nothing speaks against contact there: an
edge falls outside the data as often as contact that began at random would. What is shown is cut at the edge
of the data and marked as censored; a date of a label stands, in the data or outside.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.changes import change, knocked
from headwater.investigate.coverage import Clock
from headwater.investigate.edges import Side, drawn, faded, grid_of, shortest, unseen_before
from headwater.investigate.listings import Listings, ends, starts
from headwater.investigate.measurements import Bools, Floats, Int64s
from headwater.investigate.recurrence import Recurrence
from headwater.investigate.timeline_settings import TimelineSettings

_CENSORED = 0.05  # chance that the edge lies outside the data from which it is called censored
_LEAST_LIFE = 1e-3  # days
_ROUNDS = 2  # of start given end and end given start


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
    # an undated edge hangs on the other date of the lists, else on the sessions
    start_from = np.where(np.isnan(first_end), seen.first, first_end)
    end_from = np.where(np.isnan(last_start), seen.last, last_start)
    known = ~(np.isnan(earliest) & np.isnan(start_from)) & ~(np.isnan(latest) & np.isnan(end_from))
    starts_ = _LifeEdge(Side(1, clock), seen.first, earliest, start_from, np.isnan(first_end))
    ends_ = _LifeEdge(Side(-1, clock), -seen.last, -latest, -end_from, np.isnan(last_start))
    finish: Floats | None = None
    for _ in range(_ROUNDS):
        start = _life_edge(starts_, seen, listings, who, other=finish, order=order[0], settings=settings)
        begin = np.median(start, axis=1)
        end = -_life_edge(ends_, seen, listings, who, other=-begin, order=order[1], settings=settings)
        finish = np.median(end, axis=1)
    return Draws(start, np.maximum(end, start + _LEAST_LIFE), known[who])


@dataclass(frozen=True, slots=True)
class _LifeEdge:
    """What is known of one edge of all lives, shape (m,); mirrored for ends.

    Attributes:
        side: which side.
        first: outermost session on the own port, nan for none.
        dated: outermost date of a list, nan for none.
        hung: what an undated edge is reckoned from, nan for nothing.
        loose: that is a session, which may lie on either side of the edge.
    """

    side: Side
    first: Floats
    dated: Floats
    hung: Floats
    loose: Bools


def _life_edge(
    edge: _LifeEdge,
    seen: Recurrence,
    listings: Listings,
    who: Int64s,
    *,
    other: Floats | None,
    order: Floats,
    settings: TimelineSettings,
) -> Floats:
    """Draws of one edge, mirrored for ends, where the other edge is about there, shape (c, n)."""
    sign, dated = edge.side.sign, edge.dated[who]
    hung = np.where(np.isnan(edge.hung), np.where(np.isnan(edge.dated), 0.0, edge.dated), edge.hung)[who]
    grid = grid_of(np.stack([edge.first[who], dated, hung], axis=1))
    log = _of_labels(grid, sign, listings, who=who, size=len(seen.first), settings=settings)
    hanging = hung[:, None] - grid
    inside = np.where(edge.loose[who][:, None], faded(-hanging, median=settings.life_median_days), -np.inf)
    undated = np.where(hanging >= 0, faded(hanging, median=settings.life_median_days), inside)
    log += np.where(np.isnan(dated)[:, None], undated, 0.0)
    port = change(grid, seen, who, side=edge.side, other=other)
    log += port if sign > 0 else knocked(grid, port, settings=settings)
    return drawn(grid, log, order=order)


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


def bounds_of(
    draws: Draws,
    *,
    clock: Clock,
    dated: tuple[Bools, Bools],
    seen: tuple[Floats, Floats] | None = None,
    settings: TimelineSettings,
) -> Bounds:
    """Medians and bounds.

    Args:
        draws: of c intervals.
        clock: where the data begin and end.
        dated: whether a label dates the start and the end, shape (c,) each: such an edge is not cut.
        seen: first and last record, shape (c,) each, where the interval holds them for certain: bounds that
            reach up to them then hold them, as somebody's first visit may be the edge itself.
        settings: width of the bounds.
    """
    start = np.where(dated[0][:, None], draws.start, np.maximum(draws.start, 0.0))
    end = np.where(dated[1][:, None], draws.end, np.minimum(draws.end, clock.end))
    start_low, start_high = shortest(start, coverage=settings.coverage)
    end_low, end_high = shortest(-end, coverage=settings.coverage)
    if seen is not None:
        start_high = np.where(start_high >= start.max(axis=1), seen[0], start_high)
        end_high = np.where(end_high >= (-end).max(axis=1), -seen[1], end_high)
    return Bounds(
        np.median(start, axis=1), start_low, start_high, np.median(end, axis=1), -end_high, -end_low,
        (draws.start < 0.0).mean(axis=1) >= _CENSORED,
        (draws.end > clock.end).mean(axis=1) >= _CENSORED,
    )  # fmt: skip
