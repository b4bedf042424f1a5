"""How does the contact of a C2 lie to its life? Five relations as probabilities, from joint draws.

The relations are those of headwater.model.timeline, which are of Allen (1983), put together so that each pair
of intervals has exactly one. Edges within the tolerance of each other are equal, and equal lies within: a
contact that begins at most that much before the life does, begins within it.
"""

import numpy as np

from headwater.investigate.intervals import Draws
from headwater.investigate.measurements import Floats, Int64s
from headwater.model.timeline import Relation

NAMES = ("before", "overlaps_start", "during", "overlaps_end", "after")


def codes(*, start: Floats, end: Floats, begin: Floats, finish: Floats, tolerance: float) -> Int64s:
    """Which relation each pair of intervals has, as an index into NAMES; any one shape.

    Args:
        start: of the contact, days.
        end: of the contact.
        begin: of the life.
        finish: of the life.
        tolerance: days.
    """
    before = end <= begin + tolerance
    after = start >= finish - tolerance
    early, late = start < begin - tolerance, end > finish + tolerance
    # a contact no longer than the tolerance may touch an edge from within: it counts as outside only if it
    # begins outside
    before &= early
    after &= ~before & late
    return np.select([before, after, early, late], [0, 4, 1, 3], default=2)


def shares(contact: Draws, activity: Draws, *, weights: Floats, tolerance: float) -> Floats:
    """Probability of each relation, shape (c, 5).

    Args:
        contact: joint draws.
        activity: of the same C2s.
        weights: of the draws, shape (c, n), rows add up to 1.
        tolerance: days.
    """
    code = codes(
        start=contact.start, end=contact.end, begin=activity.start, finish=activity.end, tolerance=tolerance
    )
    return np.stack([((code == each) * weights).sum(axis=1) for each in range(len(NAMES))], axis=1)


def relations(contact: Draws, activity: Draws, *, weights: Floats, tolerance: float) -> list[Relation | None]:
    """The relation of each pair; None where one of them is unknown.

    Args:
        contact: joint draws.
        activity: of the same C2s.
        weights: of the draws, shape (c, n), rows add up to 1.
        tolerance: days.
    """
    told = shares(contact, activity, weights=weights, tolerance=tolerance)
    known = contact.known & activity.known
    return [
        Relation(*row) if is_known else None
        for row, is_known in zip(told.tolist(), known.tolist(), strict=True)
    ]
