"""Since when can the tie be shown? The earliest contact of a C2 that counts, and how much older it may be."""

from dataclasses import dataclass
from datetime import datetime

from headwater.investigate.facts import ALL, Facts
from headwater.model.timeline import Timeline
from headwater.model.window import micros_of


@dataclass(frozen=True, slots=True)
class Since:
    """From when on.

    Attributes:
        shown: first record of the earliest contact: from here on the tie can be shown.
        low: lower bound of where the contact of that C2 begins.
        censored: the records begin so late that it may be older still.
        address: the C2 it is read from.
    """

    shown: datetime
    low: datetime
    censored: bool
    address: str


def since(facts: Facts, *, scope: str = ALL) -> Since | None:
    """The earliest contact inside the tenancy, of C2s whose timelines count.

    Args:
        facts: what was measured.
        scope: "all" or a group.

    Returns:
        The moment; None where no timeline of the scope counts.
    """
    found = [timeline for timeline in facts.timelines if _counts(timeline, facts, scope)]
    if not found:
        return None
    first = min(found, key=_shown)
    contact = first.contact
    if contact is None:
        return None
    return Since(_shown(first), min(contact.start_low, _shown(first)), contact.start_censored, first.address)


def _counts(timeline: Timeline, facts: Facts, scope: str) -> bool:
    if not timeline.included or timeline.contact is None or scope not in (ALL, timeline.group_key):
        return False
    until = facts.held.until_us
    return until is None or micros_of(_shown(timeline)) < until


def _shown(timeline: Timeline) -> datetime:
    """First record, or where it is missing the median of the start."""
    contact = timeline.contact
    if contact is None:
        raise ValueError(f"{timeline.address} has no contact")
    return contact.start if contact.first_seen is None else contact.first_seen
