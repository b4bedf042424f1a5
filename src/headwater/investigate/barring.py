"""Which evidence lies beyond a boundary of the tenancy? Barred, visibly, and let back in by a setting.

What happened before an address changed hands says nothing about who held it later, and the other way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headwater.investigate.before import chance_before, day_end
from headwater.investigate.tenancy_settings import TenancySettings
from headwater.model.tenancy import Tenancy

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Barred:
    """What a tenancy's boundaries do to one piece of evidence.

    Attributes:
        by: id of the boundary that bars it ("T2.start", "T2.end"); "" where it counts.
        boundary: id of the boundary that it more likely lies beyond; "" where it lies beyond none at all.
        probability: that it lies beyond that boundary, in [0, 1].
        change_of_hands: probability that this boundary is a change of hands, in [0, 1]; 0 without one.
    """

    by: str
    boundary: str
    probability: float
    change_of_hands: float


def chance_before_start(span: Span, tenancy: Tenancy) -> float:
    """Probability that something lies before a tenancy's marked start; 0 where no start is marked."""
    if tenancy.start_low is None:
        return 0.0
    return chance_before(*span, low=tenancy.start_low, high=day_end(tenancy.start_high))


def chance_after_end(span: Span, tenancy: Tenancy) -> float:
    """Probability that something lies behind a tenancy's marked end; 0 where no end is marked."""
    if tenancy.end_high is None:
        return 0.0
    return 1.0 - chance_before(*span, low=tenancy.end_low, high=day_end(tenancy.end_high))


def barring(
    evidence: Sequence[datetime | Span], tenancy: Tenancy, *, settings: TenancySettings | None = None
) -> tuple[Barred, ...]:
    """For each moment or span, whether a boundary of the tenancy bars it.

    Args:
        evidence: when each piece was observed: a moment, or [start, end].
        tenancy: the one in question.
        settings: from which probability on a boundary bars, and which boundaries bar nothing; the usual ones
            unless given.

    Returns:
        One for each piece, in the same order. Time is taken as uniform within spans and brackets.
    """
    chosen = settings or TenancySettings()
    return tuple(_barred(_span(each), tenancy, chosen) for each in evidence)


def _span(when: datetime | Span) -> Span:
    return (when, when) if isinstance(when, datetime) else when


def _barred(span: Span, tenancy: Tenancy, settings: TenancySettings) -> Barred:
    before, after = chance_before_start(span, tenancy), chance_after_end(span, tenancy)
    if not before and not after:
        return Barred("", "", 0.0, 0.0)
    side, probability, hands = (
        ("start", before, tenancy.start_probability)
        if before >= after
        else ("end", after, tenancy.end_probability)
    )
    boundary = f"{tenancy.id}.{side}"
    bars = probability >= settings.bar_from and not settings.lets_in(boundary)
    return Barred(boundary if bars else "", boundary, probability, hands or 0.0)
