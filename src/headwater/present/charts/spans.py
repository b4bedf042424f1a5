"""How is an interval with uncertain edges drawn? Solid where it certainly was, fading at its edges."""

from dataclasses import dataclass
from datetime import datetime

from headwater.model.timeline import Interval


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar.

    Attributes:
        part: "core", "in" (it fades in) or "out" (it fades out).
        start, end: where it is drawn.
    """

    part: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class View:
    """The span of time that a picture shows."""

    first: datetime
    last: datetime

    def clipped(self, moment: datetime) -> datetime:
        """The moment, or the nearest that is shown."""
        return min(max(moment, self.first), self.last)


def pieces(
    start_low: datetime, start_high: datetime, end_low: datetime, end_high: datetime, *, view: View
) -> tuple[Piece, ...]:
    """The parts of one bar, in order of time, clipped to the view; empty parts are left out.

    Args:
        start_low: earliest start.
        start_high: latest start.
        end_low: earliest end.
        end_high: latest end.
        view: what is shown.

    Returns:
        A part that fades in, the core, a part that fades out. Where the two edges may lie on either side of
        each other there is no core: nothing is certain there.
    """
    top, tail = start_high, end_low
    if top > tail:
        top = tail = min(max(tail + (top - tail) / 2, start_low), end_high)
    parts = (Piece("in", start_low, top), Piece("core", top, tail), Piece("out", tail, end_high))
    shown = (Piece(one.part, view.clipped(one.start), view.clipped(one.end)) for one in parts)
    return tuple(one for one in shown if one.start < one.end)


def of_interval(span: Interval, *, view: View) -> tuple[Piece, ...]:
    """The parts of an interval's bar."""
    return pieces(span.start_low, span.start_high, span.end_low, span.end_high, view=view)
