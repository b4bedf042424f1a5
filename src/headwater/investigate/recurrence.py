"""How often does each C2 meet the service, and how evenly? What its unseen edges are judged by.

For sessions at times t_1..t_n spread evenly at random over R = t_n - t_1, the time g before t_1 that nothing
was seen in has P(G > g) = (1 + g/R)^-(n-1) (Strauss and Sadler 1989, Mathematical Geology 21(4), for the end
of a stratigraphic range). Two things are added, each of which changes nothing where the formula holds:

- Bursts. Where gaps vary more than at random, the first and last seen lie further inside. For a renewal
  process the mean time from a random moment to the next session is (1 + CV^2)/2 times the mean gap (length
  bias; Feller 1971, An Introduction to Probability Theory II, XI.4), so n - 1 counts as (n - 1) / that.
- Sessions that last hold many contacts but count as one; each stretch of some length of them counts. Where
  many hosts come, as on a C2's own port, a session may last for weeks: there each fine stretch counts, as far
  as there are records for it.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.coverage import Clock
from headwater.investigate.measurements import Floats, Int64s, Sessions
from headwater.investigate.timeline_settings import TimelineSettings

_ONCE = (
    0.5,
    1.0,
)  # shape and scale (days) where one session tells no rate: half of the silences exceed 3 days


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What the sessions of each C2 amount to, shape (m,) by owner.

    Attributes:
        sessions: count.
        stretches: sessions, a long one counted once for each stretch that it lasts.
        first, last: start of the first and end of the last, days from the first record; nan where none.
        span: covered days from first to last.
        burst: (1 + CV^2)/2 of its gaps, drawn towards that of all C2s and towards 1.
        shape, scale: of P(G > g) = (1 + g/scale)^-shape, the covered time g before the first session or
            after the last.
        moment_owner: which C2 each moment is of, ascending, shape (k,).
        moments: starts of sessions, and of stretches of long ones, ascending for each C2, shape (k,).
    """

    sessions: Int64s
    stretches: Int64s
    first: Floats
    last: Floats
    span: Floats
    burst: Floats
    shape: Floats
    scale: Floats
    moment_owner: Int64s
    moments: Floats

    def moments_of(self, c2: int) -> Floats:
        """The moments of one C2."""
        low, high = np.searchsorted(self.moment_owner, [c2, c2 + 1])
        return self.moments[low:high]


def recurrence(
    sessions: Sessions,
    *,
    size: int,
    clock: Clock,
    stretch_days: float,
    settings: TimelineSettings,
    fine_days: float | None = None,
    within: tuple[Floats, Floats] | None = None,
) -> Recurrence:
    """What the sessions of each C2 amount to.

    Args:
        sessions: of all C2s, ordered by owner and start.
        size: number of C2s m.
        clock: which time is covered.
        stretch_days: a session that lasts counts once for each such stretch.
        settings: what is assumed.
        fine_days: it counts once for each of these shorter stretches instead, but no more often than it has
            records where those are fewer; None for no such thing.
        within: spans by owner, days from the first record, shape (m,) each; bursts are judged by what lies
            therein. A rate that changes is no burst. None for all.
    """
    owner = sessions.owner.astype(np.int64)
    start, end = clock.days(sessions.start_us), clock.days(np.maximum(sessions.end_us, sessions.start_us))
    count = np.bincount(owner, minlength=size)
    number = _stretches(end - start, sessions.flows, stretch_days, fine_days)
    who, at = _moments(owner, start, end, number)
    stretches = np.bincount(who, minlength=size)
    first, last = np.full(size, np.nan), np.full(size, np.nan)
    np.fmin.at(first, owner, start)
    np.fmax.at(last, owner, end)
    span = np.where(count > 0, clock.covered(last) - clock.covered(first), 0.0)
    judged = slice(None) if within is None else (at >= within[0][who]) & (at <= within[1][who])
    burst = _burst(who[judged], clock.covered(at[judged]), size, settings)
    seen = np.maximum(stretches - 1, 0) / burst
    known = stretches >= 2
    # two sessions are a session gap apart at least; less is records at one moment
    scale = np.where(known, np.maximum(span, settings.session_gap_days), _ONCE[1])
    return Recurrence(
        count, stretches, first, last, span, burst, np.where(known, seen, _ONCE[0]), scale, who, at
    )


def _stretches(length: Floats, records: Int64s, stretch: float, fine: float | None) -> Int64s:
    """As how many moments each session counts."""
    number = np.maximum(np.ceil(length / stretch), 1.0).astype(np.int64)
    if fine is None:
        return number
    return np.maximum(number, np.minimum(np.ceil(length / fine).astype(np.int64), records))


def _moments(owner: Int64s, start: Floats, end: Floats, number: Int64s) -> tuple[Int64s, Floats]:
    """Sessions as moments: one its start, more evenly from its start to its end."""
    place = np.arange(int(number.sum())) - np.repeat(np.cumsum(number) - number, number)
    step = np.repeat((end - start) / np.maximum(number - 1, 1), number)
    return np.repeat(owner, number), np.repeat(start, number) + place * step


def survival(gap: Floats, *, shape: Floats, scale: Floats) -> Floats:
    """P(G > gap): chance that more covered time than `gap` days lies unseen before the first session."""
    return np.asarray((1.0 + gap / scale) ** -shape, np.float64)


def _burst(owner: Int64s, at: Floats, size: int, settings: TimelineSettings) -> Floats:
    """(1 + CV^2)/2 of the gaps of each C2, shape (m,)."""
    same = owner[1:] == owner[:-1]
    gap, who = np.diff(at)[same], owner[1:][same]
    number = np.bincount(who, minlength=size)
    mean = np.bincount(who, weights=gap, minlength=size) / np.maximum(number, 1)
    usable = (number >= 2) & (mean > 0)
    relative = np.where(usable[who], gap / np.where(mean > 0, mean, 1.0)[who] - 1.0, 0.0)
    # with a mean taken from the gaps themselves, exponential gaps give (k - 1)/(k + 1) instead of 1
    spread = np.bincount(who, weights=relative**2, minlength=size) * np.where(
        usable, (number + 1) / np.maximum(number - 1, 1), 0.0
    )
    weight = np.where(usable, number, 0).astype(np.float64)
    usual, worth = settings.usual_spread, settings.usual_spread_gaps
    common = (spread.sum() + worth * usual) / (weight.sum() + worth)
    own = (spread + worth * common) / (weight + worth)
    return np.asarray(np.maximum((1.0 + own) / 2.0, settings.least_burst), np.float64)
