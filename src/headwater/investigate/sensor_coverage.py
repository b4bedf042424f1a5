"""On which days did each sensor record less than usual, and which time is covered for a pair of hosts?

A sensor that fails for some days makes every service behind it look silent. A day counts for a sensor in the
measure of what it recorded, against its median day, where that is below `half_dark`; ordinary weekends stay
whole days. The sensors of a pair of hosts are those that saw it before.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from headwater.investigate.measurements import Floats, Int64s
from headwater.model.window import micros_of

DAY_US = 86_400_000_000
_WORTH_A_DAY = 0.25  # of a first or last day that the records cover; a smaller part tells nothing of a sensor


@dataclass(frozen=True, slots=True)
class SensorCoverage:
    """What each sensor covered.

    Attributes:
        sensors: names, s of them.
        day_us: UTC midnights from the first day with records to the last, none left out, shape (d,).
        share: of each day, in [0, 1], shape (s, d).
        from_us, until_us: start of the first and of the last record of all.
    """

    sensors: tuple[str, ...]
    day_us: Int64s
    share: Floats
    from_us: int
    until_us: int

    @property
    def end_days(self) -> float:
        """Length of the records, days."""
        return (self.until_us - self.from_us) / DAY_US

    def days_of(self, moment: datetime) -> float:
        """A moment as days from the first record."""
        return (micros_of(moment) - self.from_us) / DAY_US

    def clock(self, weights: Floats, grid: Floats) -> Floats:
        """Covered days from the first record to each moment of a grid.

        Args:
            weights: how much of each pair each sensor saw; rows sum to 1, shape (p, s).
            grid: moments in days from the first record, ascending, shape (g,).

        Returns:
            Shape (p, g).
        """
        begin = np.clip((self.day_us - self.from_us) / DAY_US, 0.0, self.end_days)
        stop = np.clip((self.day_us - self.from_us) / DAY_US + 1.0, 0.0, self.end_days)
        knots = np.append(begin, stop[-1])
        covered = np.cumsum(
            np.concatenate([np.zeros((len(self.sensors), 1)), self.share * (stop - begin)], 1), 1
        )
        by_sensor = np.array([np.interp(grid, knots, row) for row in covered]).reshape(len(self.sensors), -1)
        return np.asarray(weights @ by_sensor, np.float64)

    def outages(self) -> list[tuple[int, int, int, float]]:
        """Runs of days on which a sensor was short: number, first day, day behind the last, mean share."""
        found = []
        for number, row in enumerate(self.share):
            short = np.concatenate([[False], row < 1.0, [False]])
            edges = np.flatnonzero(np.diff(short.astype(np.int8)))
            for low, high in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
                found.append((number, low, high, float(row[low:high].mean())))
        return sorted(found, key=lambda one: (one[1], one[0]))


def sensor_coverage(
    sensors: tuple[str, ...], sensor: Int64s, day_us: Int64s, flows: Int64s, *, from_us: int, until_us: int,
    half_dark: float,
) -> SensorCoverage:  # fmt: skip
    """What each sensor covered, from its records by day.

    Args:
        sensors: names.
        sensor: which, by number, shape (n,).
        day_us: UTC midnight, shape (n,).
        flows: records that start on that day, shape (n,).
        from_us: start of the first record of all.
        until_us: start of the last one.
        half_dark: below this share of its median day, a sensor has lost coverage.
    """
    first, last = from_us - from_us % DAY_US, until_us - until_us % DAY_US
    days = np.arange(first, last + 1, DAY_US, dtype=np.int64)
    count = np.zeros((len(sensors), len(days)))
    count[sensor, (day_us - first) // DAY_US] = flows
    whole = np.ones(len(days))  # the part of the first and of the last day that the records can cover
    whole[0] -= (from_us - first) / DAY_US
    whole[-1] -= 1.0 - (until_us - last) / DAY_US
    rate = count / np.maximum(whole, 1 / 24)
    usual = np.median(rate, axis=1, keepdims=True) if len(days) else np.zeros((len(sensors), 1))
    relative = rate / np.maximum(usual, 1e-9)
    # of few records a poor day may be chance; three deviations of a Poisson number are allowed for
    few = rate >= usual * half_dark - 3.0 * np.sqrt(np.maximum(usual * half_dark, 0.0))
    share = np.where(
        (whole < _WORTH_A_DAY) | (relative >= half_dark) | (few & (count > 0)), 1.0, np.minimum(relative, 1.0)
    )
    return SensorCoverage(sensors, days, share, from_us, until_us)
