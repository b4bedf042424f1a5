"""Did the contact of several C2s with one service end together, or did each end by itself?

For one pair of C2 and service, seen last at l, with the C2 at work until a, and S(s) the chance that no
session is seen from l to s although there are some (headwater.investigate.recurrence, on the covered clock of
the sensors that saw the pair), contact that each C2 gives up by itself at the rate h has the likelihood

    E(a) = exp(-h (l - f)) [ integral from l to a of h exp(-h (s - l)) S(s) ds  +  exp(-h (a - l)) S(a) ]

with f its first contact: a C2 that was in contact for weeks does not give up within days by habit.
exp(-h (s - l)) is the chance K(s) that the C2 has not left by s. A C2 that was wound down within the records
leaves its service some time before (winding_down.py): there K(s) is multiplied by the chance that it had not
begun to, and E is the integral of S over -dK.
Where all contact ends at t the same holds up to min(t, a), so a C2 that had gone before t says nothing, nor
does a sensor that had failed. With a chance q that a C2 follows the others:

    L(t) = q E(min(t, a)) + (1 - q) E(a)    for t >= l,      (1 - q) E(a)    for t < l

Pairs are multiplied, co-located C2s counting once, and h is averaged over. Begins are ends in mirrored time.
No pair moves the odds by more than the cap: what one C2 does may have a reason of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.measurements import Bools, Floats, Int32s, Int64s
from headwater.investigate.recurrence import survival
from headwater.investigate.winding_down import Lags, wound_down

Kept = Callable[[Floats, Floats], Floats]
_TOUCHES = 0.02  # days; contact up to the C2's end says nothing
_CAP = np.log(20.0)  # as `bayes_cap` of the timelines


@dataclass(frozen=True, slots=True)
class CommonEdge:
    """How well one moment for all explains the ends (or begins) of one key.

    Attributes:
        log: natural logarithm of the likelihood of a common edge at each moment of the grid, against none;
            shape (g,).
        rows: the pairs that it was reckoned from.
    """

    log: Floats
    rows: Int64s

    @property
    def log_mean(self) -> float:
        """Against none, for an edge at any moment of the grid alike."""
        return float(logsumexp(self.log) - np.log(len(self.log)))

    def bounds(self, grid: Floats, *, coverage: float) -> tuple[float, float]:
        """Between which moments it lies, given that there is one."""
        return bounds_of(self.log, grid, coverage=coverage)


def bounds_of(log: Floats, grid: Floats, *, coverage: float) -> tuple[float, float]:
    """Equal-tailed bounds of a moment from its log likelihood on a grid."""
    weight = np.exp(log - logsumexp(log))
    total = np.cumsum(weight)
    tail = (1.0 - coverage) / 2
    low = int(np.searchsorted(total, tail))
    high = int(np.searchsorted(total, 1.0 - tail))
    step = float(grid[1] - grid[0]) if len(grid) > 1 else 0.0
    high = min(high, len(grid) - 1)
    return max(float(grid[low]) - step / 2, 0.0), float(grid[high]) + step / 2


def grid_of(tables: ChangeTables, *, settings: ChangeSettings) -> Floats:
    """The moments at which a change is tried, days from the first record."""
    end = tables.coverage.end_days
    return np.linspace(0.0, end, max(int(np.ceil(end / settings.step_days)), 2) + 1)


def common_end(
    tables: ChangeTables, rows: Int64s, grid: Floats, *, settings: ChangeSettings, lags: Lags | None = None
) -> CommonEdge:
    """A common end of some pairs.

    Args:
        tables: what there is.
        rows: of one key.
        grid: as from `grid_of`.
        settings: what is assumed.
        lags: as from `winding_down.ending_lags`; None: C2s stay until their end.
    """
    pairs, c2s = tables.pairs, tables.c2s
    last, until = pairs.last[rows], np.nan_to_num(c2s.works_until[pairs.c2[rows]], nan=-np.inf)
    covered = tables.coverage.clock(pairs.sensors[rows], grid)
    course = _Course(
        grid, covered, np.minimum(last, grid[-1]), np.maximum(until, last), _lasted(tables, rows),
        wound_down(tables, rows), lags,
    )  # fmt: skip
    return CommonEdge(_log(tables, rows, course, settings), rows)


def common_begin(tables: ChangeTables, rows: Int64s, grid: Floats, *, settings: ChangeSettings) -> CommonEdge:
    """A common begin of some pairs; arguments as for `common_end`."""
    pairs, c2s = tables.pairs, tables.c2s
    first, since = pairs.first[rows], np.nan_to_num(c2s.works_from[pairs.c2[rows]], nan=np.inf)
    end = float(grid[-1])
    covered = tables.coverage.clock(pairs.sensors[rows], grid)
    mirrored = (covered[:, -1:] - covered)[:, ::-1]
    ends = end - np.maximum(first, 0.0), end - np.minimum(since, first)
    course = _Course(
        end - grid[::-1], mirrored, *ends, _lasted(tables, rows), np.zeros(len(rows), np.bool_), None
    )
    return CommonEdge(_log(tables, rows, course, settings)[::-1], rows)


@dataclass(frozen=True, slots=True)
class _Course:
    """Pairs in a direction of time: covered time, where contact ends, when the C2 does, contact's span, and
    which C2s were wound down, with how long that takes.
    """

    grid: Floats
    covered: Floats
    last: Floats
    until: Floats
    lasted: Floats
    wound: Bools
    lags: Lags | None


def _log(tables: ChangeTables, rows: Int64s, course: _Course, settings: ChangeSettings) -> Floats:
    """The likelihood of a common end against none, in the course's own direction of time, shape (g,)."""
    pairs, q = tables.pairs, settings.follows
    grid, covered, last = course.grid, course.covered, course.last
    until = np.minimum(course.until, grid[-1])
    weight = _weights(tables.c2s.cluster[pairs.c2[rows]])
    with_edge = np.zeros((len(settings.hazards), len(grid)))
    without = np.zeros(len(settings.hazards))
    for place, row in enumerate(rows.tolist()):
        start, stop = float(last[place]), float(until[place])
        at = np.interp([start, stop], grid, covered[place])
        seen = survival(
            np.maximum(covered[place] - at[0], 0.0), shape=pairs.shape[row], scale=pairs.scale[row]
        )
        seen_stop = float((1.0 + max(at[1] - at[0], 0.0) / pairs.scale[row]) ** -pairs.shape[row])
        for number, days in enumerate(settings.hazards):
            kept = _kept(1.0 / days, int(pairs.key[row]), course.lags if course.wound[place] else None)
            ended = _ended(grid, seen, (start, stop, seen_stop), kept)
            alone = float(ended[-1])
            lasted = -float(course.lasted[place]) / days
            ratio = np.log(np.where(grid >= start, q * ended / alone, 0.0) + 1.0 - q)
            with_edge[number] += weight[place] * (lasted + np.log(alone) + np.clip(ratio, -_CAP, _CAP))
            without[number] += weight[place] * (lasted + np.log(alone))
    return np.asarray(logsumexp(with_edge, axis=0) - logsumexp(without), np.float64)


def _ended(grid: Floats, seen: Floats, ends: tuple[float, float, float], kept: Kept) -> Floats:
    """E(min(t, a)) at each t of the grid; its last value is E(a). `ends`: l, a and S(a)."""
    start, stop, seen_stop = ends
    inside = (grid > start) & (grid < stop)
    at = np.concatenate([[start], grid[inside], [stop]])
    chance = np.concatenate([[1.0], seen[inside], [seen_stop]])
    left = kept(at - start, stop - at)
    so_far = np.concatenate([[0.0], np.cumsum((left[:-1] - left[1:]) * (chance[1:] + chance[:-1]) / 2)])
    return np.asarray(np.interp(grid, at, so_far + left * chance), np.float64)


def _kept(rate: float, key: int, lags: Lags | None) -> Kept:
    """K by days since the last contact and days until the C2's end; 1 at the last contact."""

    def kept(since: Floats, rest: Floats) -> Floats:
        alone = np.exp(-rate * since)
        if lags is None or rest[0] < _TOUCHES:
            return np.asarray(alone)
        within = 1.0 - lags.above(key, rest)
        return np.asarray(alone * within / within[0])

    return kept


def _lasted(tables: ChangeTables, rows: Int64s) -> Floats:
    return np.maximum(tables.pairs.last[rows] - tables.pairs.first[rows], 0.0)


def _weights(cluster: Int32s) -> Floats:
    """Co-located C2s share one vote."""
    _, place, count = np.unique(cluster, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / count[place.reshape(-1)], np.float64)
