"""How does a C2's life against its contact look in one line of text? Bars over a common axis of time.

----=====####====---        - in contact only, = active only, # both, ~ an edge that lies somewhere there
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headwater.model.timeline import Interval, Timeline

NOTHING, ACTIVE, CONTACT, BOTH, UNSURE = " ", "=", "-", "#", "~"
KEY = "= active C2   - in contact   # both   ~ an edge lies somewhere there"


@dataclass(frozen=True, slots=True)
class Axis:
    """A span of time divided into cells.

    Attributes:
        first: its start.
        last: its end, after the start.
        cells: how many characters it has.
    """

    first: datetime
    last: datetime
    cells: int

    def cell(self, moment: datetime) -> int:
        """The cell that a moment lies in; moments outside fall into the outermost."""
        share = (moment - self.first) / (self.last - self.first)
        return min(max(int(share * self.cells), 0), self.cells - 1)


def axis_of(timelines: Sequence[Timeline], *, cells: int) -> Axis | None:
    """The axis that holds the medians of all intervals, and some time beside them.

    Args:
        timelines: of one case.
        cells: width in characters.

    Returns:
        The axis; None where there is no interval, or no width.
    """
    spans = [span for one in timelines for span in (one.activity, one.contact) if span is not None]
    if not spans or cells < 1:
        return None
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    slack = (last - first) / 50
    return Axis(first - slack, last + slack, cells) if last > first else None


def bar(one: Timeline, axis: Axis) -> str:
    """One C2 as a line of `axis.cells` characters."""
    active, contact = _cells(one.activity, axis), _cells(one.contact, axis)
    unsure = _edges(one.activity, axis) | _edges(one.contact, axis)
    line = []
    for cell in range(axis.cells):
        both = (cell in active, cell in contact)
        mark = {(True, True): BOTH, (True, False): ACTIVE, (False, True): CONTACT}.get(both, NOTHING)
        line.append(UNSURE if mark == NOTHING and cell in unsure else mark)
    return "".join(line)


def _cells(span: Interval | None, axis: Axis) -> range:
    return range(0) if span is None else range(axis.cell(span.start), axis.cell(span.end) + 1)


def _edges(span: Interval | None, axis: Axis) -> set[int]:
    """Cells in which an edge may lie, beyond the medians."""
    if span is None:
        return set()
    starts = range(axis.cell(span.start_low), axis.cell(span.start) + 1)
    return {*starts, *range(axis.cell(span.end), axis.cell(span.end_high) + 1)}
