"""What stands in which row of the picture of timelines? Records, tenancies, claims, C2s, those left out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from headwater.model.case import Case
from headwater.model.timeline import Interval, Timeline
from headwater.present.charts.labels import day, group_label, iso, label
from headwater.present.charts.spans import Piece, View, of_interval, pieces
from headwater.present.charts.style import Data

MOST = 44  # C2s drawn: taller pictures fit no page; tables hold the rest
HEAD = "\u25b8 "  # begins the label of a heading
ACTIVE, CONTACT = "active as a C2", "in contact with the service"
_MOST_EXCLUDED = 8  # of them left out by the rule, where there are too many of all


@dataclass(slots=True)
class Rows:
    """What is drawn, row by row from the top."""

    view: View
    names: list[str] = field(default_factory=list)
    bars: Data = field(default_factory=list)
    marks: Data = field(default_factory=list)
    excluded_from: int | None = None

    def row(self, name: str) -> str:
        """A new row; equal names get a number, since a row is found by its name."""
        unique, number = name, 2
        while unique in self.names:
            unique, number = f"{name} ({number})", number + 1
        self.names.append(unique)
        return unique

    def bar(
        self, row: str, what: str, parts: Iterable[Piece], *, counts: bool = True, about: str = ""
    ) -> None:
        """The parts of one bar."""
        for one in parts:
            self.bars.append(
                {
                    "row": row, "what": what, "part": one.part, "start": iso(one.start), "end": iso(one.end),
                    "counts": counts, "about": about,
                }
            )  # fmt: skip

    def mark(self, row: str, what: str, moment: datetime, *, about: str = "") -> None:
        """One moment; outside the view an arrow at its edge."""
        at = self.view.clipped(moment)
        kind = what if at == moment else ("earlier" if moment < at else "later")
        self.marks.append({"row": row, "what": kind, "at": iso(at), "about": about})


def drawn_timelines(case: Case, *, most: int = MOST) -> tuple[Timeline, ...]:
    """The timelines that the picture shows, in its order."""
    sessions = {one.address: one.sessions for one in case.contacts}
    ranked = sorted(case.timelines, key=lambda one: -sessions.get(one.address, 0))
    counted = [one for one in ranked if one.included]
    left_out = [one for one in ranked if not one.included]
    below = min(len(left_out), max(_MOST_EXCLUDED, most - len(counted)))
    best = [*counted[: max(most - below, 0)], *left_out[:below]]
    return tuple(
        sorted(best, key=lambda one: (not one.included, one.family, one.group, _begins(one), one.address))
    )


def _begins(one: Timeline) -> float:
    span = one.contact or one.activity
    return span.start.timestamp() if span else 0.0


def view_of(case: Case) -> View | None:
    """The span of time that the picture shows: what the records cover, and what lies around it.

    What is dated more than once the covered span away, and claims that are not about the address, are drawn
    as an arrow at the edge.
    """
    moments = list(_moments(case))
    if not moments:
        return None
    first, last = case.coverage.first or min(moments), case.coverage.last or max(moments)
    span = max(last - first, timedelta(days=2))
    low = max(min([*moments, first]), first - span)
    high = min(max([*moments, last]), last + span)
    slack = (high - low) / 50
    return View(low - slack, high + slack)


def _moments(case: Case) -> Iterator[datetime]:
    spans = [span for one in case.timelines for span in (one.activity, one.contact) if span is not None]
    for span in spans:
        yield from (span.start_low, span.end_high)
    for held in case.tenancy:
        yield from (held.start_low or held.start_high, held.end_high or held.end_low)
    yield from (claim.date for claim in case.claims if claim.address)
    yield from (moment for moment in (case.coverage.first, case.coverage.last) if moment is not None)


def filled(case: Case, *, most: int, narrow: bool = False) -> Rows:
    """All rows of a case's picture, with at most so many C2s; with short labels where it is narrow."""
    now = datetime(1970, 1, 1, tzinfo=UTC)  # of a case without any moment
    rows = Rows(view_of(case) or View(now, now + timedelta(days=1)))
    _records(rows, case)
    _tenancy(rows, case, narrow=narrow)
    _claims(rows, case, narrow=narrow)
    _c2s(rows, case, drawn_timelines(case, most=most), narrow=narrow)
    return rows


def _records(rows: Rows, case: Case) -> None:
    first, last = case.coverage.first, case.coverage.last
    if first is None or last is None:
        return
    row = rows.row("records")
    edges = [first, *(edge for gap in case.coverage.gaps for edge in gap), last]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        rows.bar(row, "records", [Piece("core", start, end)], about=f"{day(start)} to {day(end)}")


def _tenancy(rows: Rows, case: Case, *, narrow: bool) -> None:
    if not case.tenancy:
        return
    rows.row(f"{HEAD}{'Tenancies' if narrow else 'Who held the address'}")
    for held in case.tenancy:
        row = rows.row(label(f"tenancy {held.id}"))
        start, end = held.start_low or rows.view.first, held.end_high or rows.view.last
        parts = pieces(start, held.start_high, held.end_low, end, view=rows.view)
        rows.bar(row, "tenancy", parts, about=label(held.note, most=90))


def _claims(rows: Rows, case: Case, *, narrow: bool) -> None:
    if not case.claims:
        return
    rows.row(f"{HEAD}{'Claims' if narrow else 'What open sources say'}")
    for number, claim in enumerate(case.claims, 1):
        who = claim.actor or claim.malware or claim.source or "a source"
        row = rows.row(label(f"claim {number}: {who}", most=20 if narrow else 36))
        about = label(f"{day(claim.date)} {claim.source}: {claim.claim}", most=90)
        if claim.until is not None:
            parts = pieces(claim.date, claim.date, claim.until, claim.until, view=rows.view)
            rows.bar(row, "claim", parts, about=about)
        rows.mark(row, "claim", claim.date, about=about)


def _c2s(rows: Rows, case: Case, drawn: Sequence[Timeline], *, narrow: bool) -> None:
    once = {one.address: one.first for one in case.contacts}
    heading, left_out = "", "left out" if narrow else "left out by the rule"
    for one in drawn:
        name = group_label(one.family, one.group)
        if one.included and name != heading:
            rows.row(f"{HEAD}{_counted(name, drawn, case.timelines, included=True)}")
            heading = name
        if not one.included and rows.excluded_from is None:
            rows.excluded_from = len(rows.names)
            rows.row(f"{HEAD}{_counted(left_out, drawn, case.timelines, included=False)}")
        row = rows.row(label(one.address if one.included or narrow else f"{one.address} {name}"))
        _c2(rows, row, one, once.get(one.address))


def _counted(name: str, drawn: Sequence[Timeline], every: Sequence[Timeline], *, included: bool) -> str:
    """A heading with how many C2s it is of, and how many of them are drawn."""

    def count(timelines: Sequence[Timeline]) -> int:
        return sum(
            one.included == included and (not included or group_label(one.family, one.group) == name)
            for one in timelines
        )

    shown, total = count(drawn), count(every)
    return f"{name}: {total}" if shown == total else f"{name}: {shown} of {total}"


def _c2(rows: Rows, row: str, one: Timeline, once: datetime | None) -> None:
    for what, span in ((ACTIVE, one.activity), (CONTACT, one.contact)):
        if span is None:
            continue
        about = f"{what}: {_bounds(span)}"
        rows.bar(row, what, of_interval(span, view=rows.view), counts=one.included, about=about)
        if span.start_censored or span.start_low < rows.view.first:
            rows.mark(row, "earlier", max(span.start_low, rows.view.first), about=about)
        if span.end_censored or span.end_high > rows.view.last:
            rows.mark(row, "later", min(span.end_high, rows.view.last), about=about)
    if one.contact is None and once is not None:
        rows.mark(row, "once", once, about=f"a single session, {day(once)}")
    for seen in (one.contact.first_seen, one.contact.last_seen) if one.contact else ():
        if seen is not None:
            rows.mark(row, "seen", seen, about=f"first or last record, {iso(seen)}")


def _bounds(span: Interval) -> str:
    return (
        f"begins {day(span.start_low)} to {day(span.start_high)}, "
        f"ends {day(span.end_low)} to {day(span.end_high)}"
    )
