"""In which tenancy does the contact lie, and what is therefore another tenant's?

Of the tenancies that observations of the host suggest, the one with most of the C2s' sessions is taken.
What ends before the last observation without its key is certainly older. Its end lies between the last
observation of its key and the first of the next one; in between nobody can tell. There the line is drawn
where nearly all sessions of the C2s have ended, so that neither they nor a crowd that came with the next
tenant are taken for the other.
"""

import numpy as np

from headwater.investigate.facts import Held
from headwater.investigate.measurements import Int64s, Sessions
from headwater.model.tenancy import Tenancy
from headwater.model.window import OPEN_US, micros_of

_NEARLY_ALL = 0.90  # of the C2s' sessions have ended where the line is drawn inside an uncertain end


def held_of(tenancies: tuple[Tenancy, ...], contact: Sessions) -> Held:
    """The tenancy in which the contact lies.

    Args:
        tenancies: in order of time.
        contact: sessions of listed C2s with the service.

    Returns:
        The tenancy; of equal ones the later. One without id where nothing tells of any, or where no session
        lies in any.
    """
    if not tenancies or not len(contact.start_us):
        return Held()
    middles = (contact.start_us + contact.end_us) // 2
    inside = [int(_within(tenancy, middles).sum()) for tenancy in tenancies]
    best = max(range(len(tenancies)), key=lambda place: (inside[place], place))
    if not inside[best]:
        return Held()
    tenancy = tenancies[best]
    since = None if tenancy.start_low is None else micros_of(tenancy.start_low)
    ends = contact.end_us[_within(tenancy, middles)]
    return Held(tenancy.id, since, _line(tenancy, ends))


def _within(tenancy: Tenancy, moments: Int64s) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    low = -OPEN_US if tenancy.start_low is None else micros_of(tenancy.start_low)
    high = OPEN_US if tenancy.end_high is None else micros_of(tenancy.end_high)
    return np.asarray((moments >= low) & (moments < high))


def _line(tenancy: Tenancy, ends: Int64s) -> int | None:
    """From when on contact may be the next tenant's; None where nothing tells of an end."""
    if tenancy.end_high is None:
        return None
    done = int(np.quantile(ends, _NEARLY_ALL)) + 1
    return min(max(done, micros_of(tenancy.end_low)), micros_of(tenancy.end_high))
