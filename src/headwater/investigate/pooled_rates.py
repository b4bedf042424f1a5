"""How long may a C2 that goes on meeting a service go unseen? From its own sessions and those of the others.

A C2 seen once or twice tells its rate badly; the other C2s of the same service tell what is usual there.
With n - 1 gaps in a covered span R of its own, divided by their burstiness b (recurrence.py beside), and a
Gamma prior of shape 1 whose mean is the rate r of all C2s of the service, a silence of g days has

    P(G > g) = (1 + g / (R + 1/r))^-(1 + (n - 1)/b)

which is Strauss and Sadler's formula (1989) with one gap more, of the usual length.
"""

import numpy as np

from headwater.investigate.measurements import Floats, Int64s

_WORTH = 1.0  # gaps that the other C2s are worth
_USUAL_DAYS = 2.0  # mean gap where no C2 of the service was seen twice; assumed


def pooled(key: Int64s, gaps: Floats, span: Floats) -> tuple[Floats, Floats]:
    """Shape and scale (days) of P(G > g) for each pair.

    Args:
        key: of each pair, ascending, shape (p,).
        gaps: between its sessions, bursts taken off, shape (p,).
        span: covered days from its first session to its last, shape (p,).
    """
    _, place = np.unique(key, return_inverse=True)
    place = place.reshape(-1)
    number = np.bincount(place, weights=gaps)
    days = np.bincount(place, weights=span)
    all_days = (float(span.sum()) + _USUAL_DAYS) / (float(gaps.sum()) + 1.0)
    mean = (days + all_days) / (number + 1.0)
    return gaps + _WORTH, span + _WORTH * mean[place]
