"""When was each C2 active, and when in contact, in numbers? What counts, and what the rule leaves out."""

from headwater.model.timeline import Interval, Relation, Timeline
from headwater.present.report.content import Block, Row, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.parts.answers import for_print
from headwater.present.report.rows import columns, row
from headwater.present.report.wording import between, count, day, group_of, said, share

_UNFOLDED = 20  # rows of the table of posteriors up to which it stands open
_RELATIONS = {
    "before": "before its life", "overlaps_start": "begins before, goes on into it", "during": "within it",
    "overlaps_end": "begins within, outlasts it", "after": "after it",
}  # fmt: skip


def timelines(frame: Frame) -> Section:
    """The section on timelines."""
    case = frame.case
    if not case.timelines:
        nothing = Statement("No listed C2 is in contact with the service, so there is no timeline.")
        return Section("timelines", "Timelines", (nothing,))
    counted = [one for one in case.timelines if one.included]
    left_out = [one for one in case.timelines if not one.included]
    told = Statement(
        f"{count(len(counted), 'C2')} count; {count(len(left_out), 'C2')} are left out by the rule fixed "
        "beforehand and stand at the end of the table, with the reason. Where contact lies is told from each "
        "C2's own records, and beside it with what the other C2s suggest; only its own are evidence.",
        frame.given("timelines"),
    )
    rows = tuple(_timeline(one) for one in [*_ordered(counted), *_ordered(left_out)])
    heads = columns(
        "C2", "Group", "Active from", "Active to", "Contact from", "Contact to", "Contact most likely lies",
        "With the others heard", "#Sessions before", "#within", "#after its life", "Counts",
    )  # fmt: skip
    caption = "Life as a C2 and contact with the service; each edge with its bounds, days in UTC"
    given = frame.given("timelines", "contacts")
    table = Table("intervals", caption, heads, rows, given, folded=len(rows) > 60)
    blocks: list[Block] = [told, table, *_beside(frame)]
    return Section("timelines", "Timelines", tuple(blocks))


def _ordered(lines: list[Timeline]) -> list[Timeline]:
    return sorted(lines, key=lambda one: (one.family, one.group, _begins(one), one.address))


def _begins(one: Timeline) -> float:
    return one.contact.start.timestamp() if one.contact else 0.0


def _timeline(one: Timeline) -> Row:
    split = one.split
    sessions = (
        ["", "", ""] if split is None else [f"{n:.1f}" for n in (split.before, split.during, split.after)]
    )
    counts = "yes" if one.included else f"no: {said(one.excluded_because)}"
    return row(
        said(one.address), said(group_of(one.family, one.group)), *_edges(one.activity),
        *_edges(one.contact), _lies(one.relation), _lies(one.relation_with_others), *sessions, counts,
    )  # fmt: skip


def _lies(relation: Relation | None) -> str:
    if relation is None:
        return "not known"
    return f"{_RELATIONS[relation.likeliest]} ({share(getattr(relation, relation.likeliest))})"


def _edges(span: Interval | None) -> tuple[str, str]:
    if span is None:
        return "not known", "not known"
    start = f"{day(span.start)} ({between(span.start_low, span.start_high)})"
    end = f"{day(span.end)} ({between(span.end_low, span.end_high)})"
    return (
        start + (", the records may begin too late" if span.start_censored else ""),
        end + (", the records may end too early" if span.end_censored else ""),
    )


def _beside(frame: Frame) -> list[Block]:
    """The hypotheses as they come out with what the rule leaves out."""
    case = frame.case
    with_all = {(one.question, one.scope, one.id): one for one in case.with_excluded}
    rows = [
        row(
            said(one.id), said(one.question), said(one.scope), share(one.posterior),
            share(with_all[one.question, one.scope, one.id].posterior), on_screen=not for_print(one),
        )
        for one in case.hypotheses
        if (one.question, one.scope, one.id) in with_all
    ]  # fmt: skip
    if not rows:
        return []
    heads = columns("Hypothesis", "Question", "Of", "#By the rule", "#With all C2s")
    caption = "Does the answer hang on what is left out? Posteriors by the rule, and with nothing left out"
    return [
        Table("beside", caption, heads, tuple(rows), frame.given("timelines"), folded=len(rows) > _UNFOLDED)
    ]
