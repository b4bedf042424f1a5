"""When do people work? Moments on weekdays, at hours of work of one time zone."""

import numpy as np

from headwater.simulate.randomness import Floats

_HOURS = (9.0, 18.0)  # local time
_WORKDAYS = 5


def at_work(rng: np.random.Generator, *, days: int, per_day: float, zone: float) -> Floats:
    """Moments on weekdays, at hours of work of a time zone, in days from a world's start, a Monday.

    Args:
        rng: source of chance.
        days: length of the world.
        per_day: mean number on a workday.
        zone: a share of a day behind UTC.
    """
    workdays = np.flatnonzero(np.arange(days) % 7 < _WORKDAYS)
    count = rng.poisson(per_day, len(workdays))
    day = np.repeat(workdays, count)
    hour = rng.uniform(*_HOURS, len(day))
    at: Floats = day + hour / 24 + zone - 0.5
    return at[(at >= 0) & (at < days)]
