"""Which time do the records cover? A clock that stands still where no sensor recorded anything.

A day without a single record of any sensor is a gap, not a silent day. Rates of contact live on the covered
clock, so a gap neither makes a C2 look quiet nor lengthens a silence; an edge may well lie inside one.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.measurements import Days, Floats, Int64s

DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    """Two times for each moment, both in days from the first record.

    Attributes:
        origin_us: the first record's start; 0 of both times.
        end: the last record's start.
        at: knots in real time, from 0 to `end`, ascending.
        covered_at: covered time at each knot; stands still over gaps, and outside the data.
    """

    origin_us: int
    end: float
    at: Floats
    covered_at: Floats

    def days(self, moment_us: Int64s) -> Floats:
        """Microseconds since 1970 UTC as days from the first record."""
        return np.asarray((moment_us - self.origin_us) / DAY_US, np.float64)

    def covered(self, at: Floats) -> Floats:
        """Covered days from the first record up to each moment; before the first 0, after the last all."""
        return np.asarray(np.interp(at, self.at, self.covered_at), np.float64)

    def gaps(self) -> list[tuple[float, float]]:
        """Spans without records, [from, until) in days from the first record, neighbours put together."""
        still = np.flatnonzero(np.diff(self.covered_at) <= 0)
        found: list[tuple[float, float]] = []
        for low, high in zip(self.at[still].tolist(), self.at[still + 1].tolist(), strict=True):
            if high <= low:
                continue
            if found and found[-1][1] >= low:
                found[-1] = (found[-1][0], high)
            else:
                found.append((low, high))
        return found


def clock_of(days: Days) -> Clock:
    """The clock of the records.

    Args:
        days: what they cover, day by day.

    Returns:
        The clock; one that covers nothing where there are no records.
    """
    end = max(days.last_us - days.first_us, 0) / DAY_US
    dark = np.sort(days.day_us[days.flows == 0])
    low = np.clip((dark - days.first_us) / DAY_US, 0.0, end)
    high = np.clip((dark + DAY_US - days.first_us) / DAY_US, 0.0, end)
    at = np.unique(np.concatenate([[0.0, end], low, high]))
    middle = (at[1:] + at[:-1]) / 2
    behind = np.searchsorted(low, middle, side="right") - 1
    is_dark = (
        (behind >= 0) & (middle < high[np.maximum(behind, 0)]) if len(low) else np.zeros(len(middle), bool)
    )
    covered = np.concatenate([[0.0], np.cumsum(np.where(is_dark, 0.0, np.diff(at)))])
    return Clock(days.first_us, end, at, covered)
