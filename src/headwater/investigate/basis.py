"""What does an interval rest on? In words: which lists, how many sessions, what contradicts what."""

import numpy as np

from headwater.investigate.listings import Listings
from headwater.investigate.measurements import Floats, Int64s
from headwater.investigate.recurrence import Recurrence

_BURSTY = 1.5  # (1 + CV^2)/2 from which contact is called bursty; 1 is contact at random moments
_APART_DAYS = 7.0  # starts of labels further apart than this are worth a word


def contact_basis(seen: Recurrence, c2: int) -> str:
    """What the interval of contact rests on."""
    words = [f"{_count(int(seen.sessions[c2]), 'session')} with the service"]
    if seen.stretches[c2] > seen.sessions[c2]:
        words.append(f"long ones worth {int(seen.stretches[c2])}")
    if seen.burst[c2] >= _BURSTY:
        words.append(f"in bursts, so one in {seen.burst[c2]:.1f} counts")
    return ", ".join(words)


def activity_basis(
    seen: Recurrence, listings: Listings, sources: tuple[str, ...], c2: int, *, start: float, end: float
) -> str:
    """What the interval of activity rests on.

    Args:
        seen: sessions on the C2s' own ports.
        listings: what feeds say.
        sources: names of feeds.
        c2: row in Listed.
        start: median of the interval's start, days from the first record.
        end: of its end.
    """
    rows = np.flatnonzero(listings.c2 == c2)
    words = [_of_labels(rows, listings, sources)]
    sessions = int(seen.sessions[c2])
    if sessions:
        words.append(f"{_count(sessions, 'session')} of other hosts on its own port")
        before, after = start - seen.first[c2], seen.last[c2] - end
        if max(before, after) > 1.0:
            words.append(
                "which begin earlier or go on later than the lists allow and so need not be of its life"
            )
    else:
        words.append("no session on its own port seen")
    return "; ".join([", ".join(words), *_contradictions(rows, listings, sources)])


def _of_labels(rows: Int64s, listings: Listings, sources: tuple[str, ...]) -> str:
    if listings.exact[rows].any():
        return "an analyst's window"
    named = sorted({sources[source] for source in listings.source[rows].tolist() if source >= 0})
    if np.isnan(listings.start[rows]).all() and np.isnan(listings.end[rows]).all():
        return f"no dates in {', '.join(named)}"
    text = f"dates of {', '.join(named)}"
    if np.isnan(listings.end[rows]).all():
        return text + " without a last day"
    return text + " without a first day" if np.isnan(listings.start[rows]).all() else text


def _contradictions(rows: Int64s, listings: Listings, sources: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    start, end = _or(listings.start[rows], -np.inf), _or(listings.end[rows], np.inf)
    several = int(listings.windows[rows].max(initial=0))
    if several > 1 and not listings.exact[rows].any():
        found.append(f"one feed names {several} windows, taken as one life")
    if len(rows) > 1 and start.max() > end.min():
        late, early = rows[int(start.argmax())], rows[int(end.argmin())]
        found.append(
            f"the lists contradict each other: {sources[listings.source[early]]} ends it before "
            f"{sources[listings.source[late]]} begins it"
        )
    elif len(rows) > 1 and np.isfinite(start).sum() > 1:
        apart = float(np.ptp(start[np.isfinite(start)]))
        if apart > _APART_DAYS:
            found.append(f"the lists begin {apart:.0f} days apart")
    return found


def _or(values: Floats, otherwise: float) -> Floats:
    return np.where(np.isnan(values), otherwise, values)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
