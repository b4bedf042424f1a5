"""What each sensor covered, and the clock of a pair of hosts."""

import numpy as np

from headwater.investigate.sensor_coverage import DAY_US, SensorCoverage, sensor_coverage

FIRST = 1_714_521_600_000_000  # 2024-05-01T00:00Z


def _coverage(north: list[int], south: list[int]) -> SensorCoverage:
    days = len(north)
    return sensor_coverage(
        ("north", "south"), np.repeat([0, 1], days), FIRST + DAY_US * np.tile(np.arange(days), 2),
        np.array([*north, *south]), from_us=FIRST, until_us=FIRST + days * DAY_US - 1, half_dark=0.5,
    )  # fmt: skip


def test_a_quiet_weekend_is_covered() -> None:
    """70% of the usual is above one half: whole days."""
    found = _coverage([1_000, 1_000, 700, 700, 1_000], [100] * 5)
    assert found.share.tolist() == [[1.0] * 5, [1.0] * 5]
    assert not found.outages()


def test_a_day_of_a_tenth_counts_a_tenth() -> None:
    """And two such days are one outage."""
    found = _coverage([1_000, 1_000, 100, 100, 1_000], [1_000] * 5)
    assert found.outages() == [(0, 2, 4, 0.1)]


def test_few_records_tell_no_outage() -> None:
    """One record instead of four: a Poisson number does that."""
    assert not _coverage([4, 4, 1, 4, 4], [1_000] * 5).outages()


def test_the_clock_is_that_of_the_sensors_that_saw_the_pair() -> None:
    """North is dark on day 2: a pair that it saw alone has 4 covered days, one seen half and half 4.5."""
    found = _coverage([1_000, 1_000, 0, 1_000, 1_000], [1_000] * 5)
    clock = found.clock(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]), np.array([5.0]))
    assert np.allclose(clock[:, 0], [4.0, 4.5, 5.0])
