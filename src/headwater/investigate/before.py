"""How likely did one thing happen before another? Moments of which only a span is known."""

from datetime import datetime, timedelta

DAY = timedelta(days=1)


def day_end(moment: datetime) -> datetime:
    """The end of what a moment stands for: of its day where it is midnight, for then it is a date."""
    at_midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    return moment + DAY if at_midnight else moment


def chance_before(start: datetime, end: datetime, *, low: datetime, high: datetime) -> float:
    """P(x < y) for x uniform in [start, end] and y uniform in [low, high], independent.

    Args:
        start: begin of the span in which the one lies.
        end: end of that span; the same for a moment.
        low: begin of the span in which the other lies.
        high: end of that span; the same for a moment.

    Returns:
        Probability in [0, 1]; of two equal moments 0.
    """
    width = (end - start).total_seconds()
    early, late = ((edge - start).total_seconds() for edge in (low, high))
    if late <= early:
        return min(max(early / width, 0.0), 1.0) if width > 0 else float(early > 0)
    share = (_integral(late, width) - _integral(early, width)) / (late - early)
    return min(max(share, 0.0), 1.0)


def _integral(until: float, width: float) -> float:
    """Integral of P(x < y) over y up to `until`, for x uniform in [0, width]."""
    if until <= 0:
        return 0.0
    if until < width:
        return until * until / (2 * width)
    return until - width / 2
