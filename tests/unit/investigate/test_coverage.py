"""The clock that stands still where nothing was recorded."""

import numpy as np

from headwater.investigate.coverage import clock_of
from timeline_tables import measured


def test_dark_days_take_no_time() -> None:
    """Days 2 and 3 are dark: day 5.5 is 3.5 covered days in."""
    table = measured(contact={}, labels={0: [("a", 0.0, 1.0)]}, days=10, dark=(2, 3))
    clock = clock_of(table.days)
    assert clock.covered(np.array([1.0, 2.0, 3.7, 4.0, 5.5, 99.0])).tolist() == [1.0, 2.0, 2.0, 2.0, 3.5, 8.0]


def test_neighbouring_gaps_are_one() -> None:
    """[2, 4) and [7, 8)."""
    table = measured(contact={}, labels={0: [("a", 0.0, 1.0)]}, days=10, dark=(2, 3, 7))
    assert clock_of(table.days).gaps() == [(2.0, 4.0), (7.0, 8.0)]


def test_records_of_one_moment() -> None:
    """Nothing is covered, and nothing breaks."""
    table = measured(contact={}, labels={0: [("a", 0.0, 1.0)]}, days=0)
    clock = clock_of(table.days)
    assert (clock.end, clock.gaps(), float(clock.covered(np.array([5.0]))[0])) == (0.0, [], 0.0)
