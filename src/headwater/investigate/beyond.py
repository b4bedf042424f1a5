"""How likely does something lie beyond a boundary of a tenancy?

What happened before an address changed hands says nothing about who held it later, and the other way round.
"""

from datetime import datetime

from headwater.investigate.before import chance_before, day_end
from headwater.model.tenancy import Tenancy

Span = tuple[datetime, datetime]


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
