"""Where may one edge of an interval lie? Densities on a grid of times, and draws from them.

Everything here speaks of starts. An end is a start on mirrored time: `Side` turns times around, so that
"earlier" always means further outside the interval. Times are days from the first record.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.coverage import Clock
from headwater.investigate.measurements import Floats
from headwater.investigate.timeline_settings import TimelineSettings

# Distances from an anchor at which densities are evaluated: 8% apart, from a quarter of an hour to 11 years
_STEPS = np.concatenate([[0.0], np.geomspace(0.01, 4_000.0, 168)])
_BEHIND = np.geomspace(0.01, 400.0, 48)
_JUST = 1e-6  # days: on the other side of a sharp edge


@dataclass(frozen=True, slots=True)
class Side:
    """One side of intervals: times as they are for starts, mirrored for ends.

    Attributes:
        sign: 1 for starts, -1 for ends.
        clock: which time is covered.
        edge: where the data begin on this side, mirrored for ends.
    """

    sign: int
    clock: Clock

    @property
    def edge(self) -> float:
        """Where the data begin on this side."""
        return 0.0 if self.sign > 0 else -self.clock.end

    def covered(self, at: Floats) -> Floats:
        """Covered time at mirrored moments."""
        return self.sign * self.clock.covered(self.sign * at)


def grid_of(anchors: Floats) -> Floats:
    """Times at which the densities of each C2 are evaluated.

    Args:
        anchors: moments near which the edge may lie, shape (m, a); nan for none, but at least one a row.

    Returns:
        Ascending times, shape (m, k): dense before each anchor and, shortly, behind it.
    """
    usual = np.nanmin(anchors, axis=1, keepdims=True)
    filled = np.where(np.isnan(anchors), usual, anchors)[:, :, None]
    behind = filled + np.concatenate([[_JUST], _BEHIND])
    return np.sort(np.concatenate([filled - _STEPS, behind], axis=2).reshape(len(anchors), -1), axis=1)


def unseen_before(grid: Floats, *, side: Side, first: Floats, shape: Floats, scale: Floats) -> Floats:
    """Density of the edge that sessions give, as a log likelihood on the grid.

    Args:
        grid: shape (m, k).
        side: which side.
        first: the first session (mirrored: the end of the last), shape (m,); nan where there is none.
        shape: of P(G > g) = (1 + g/scale)^-shape on the covered clock, shape (m,).
        scale: the same, covered days.

    Returns:
        Log density, up to nothing where `shape` > 0; -inf behind the first session. Shape (m, k).
    """
    first, shape, scale = first[:, None], shape[:, None], scale[:, None]
    gap = np.maximum(side.covered(np.where(np.isnan(first), 0.0, first)) - side.covered(grid), 0.0)
    height = np.log(np.where(shape > 0, shape / scale, 1.0 / scale))
    return np.where(grid <= first, height - (shape + 1.0) * np.log1p(gap / scale), -np.inf)


def faded(distance: Floats, *, median: float) -> Floats:
    """Log density of a distance that nothing dates: Lomax of tail 1, so half lies within `median`.

    Args:
        distance: days, negative ones count as 0.
        median: days.
    """
    return np.asarray(-np.log(median) - 2.0 * np.log1p(np.maximum(distance, 0.0) / median), np.float64)


def drawn(grid: Floats, log_density: Floats, *, order: Floats) -> Floats:
    """Draws of the edge of each C2.

    Args:
        grid: ascending times, shape (m, k).
        log_density: shape (m, k), in any unit.
        order: probabilities at which the distribution is read, shape (n,): one for each draw.

    Returns:
        Times, shape (m, n).
    """
    top = log_density.max(axis=1, keepdims=True)
    density = np.exp(log_density - np.where(np.isfinite(top), top, 0.0))
    mass = np.diff(grid, axis=1) * (density[:, 1:] + density[:, :-1]) / 2.0
    below = np.concatenate([np.zeros((len(grid), 1)), np.cumsum(mass, axis=1)], axis=1)
    place = np.argsort(order)
    found = np.empty((len(grid), len(order)))
    for row, (chances, times) in enumerate(zip(below, grid, strict=True)):
        found[row, place] = np.interp(order[place] * chances[-1], chances, times)
    return found


def orders(count: int, settings: TimelineSettings) -> list[Floats]:
    """For each of `count` edges the probabilities at which it is read: evenly spread, in different orders."""
    rng = np.random.default_rng(settings.seed)
    even = (np.arange(settings.draws) + 0.5) / settings.draws
    return [rng.permutation(even) for _ in range(count)]


def shortest(draws: Floats, *, coverage: float) -> tuple[Floats, Floats]:
    """The shortest span that holds this share of the draws.

    Args:
        draws: shape (m, n).
        coverage: share in (0, 1).

    Returns:
        Its lower and upper bound, shape (m,); of equally short ones the earliest.
    """
    ordered = np.sort(draws, axis=1)
    held = min(int(np.ceil(coverage * draws.shape[1])), draws.shape[1])
    width = ordered[:, held - 1 :] - ordered[:, : draws.shape[1] - held + 1]
    place = np.argmin(width, axis=1)[:, None]
    low = np.take_along_axis(ordered, place, axis=1)[:, 0]
    return low, np.take_along_axis(ordered, place + held - 1, axis=1)[:, 0]
