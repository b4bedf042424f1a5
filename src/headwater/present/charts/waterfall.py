"""What does each item of evidence do to a hypothesis? A waterfall of log10 odds, from the prior on."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import altair as alt

from headwater.investigate.evidence.registry import KINDS
from headwater.model.case import Case
from headwater.model.hypothesis import Evidence, Step
from headwater.present.charts.labels import label
from headwater.present.charts.style import Chart, Data, drawn_from, titled

MOST = 18  # items drawn one by one; the smallest beyond are put together
_KINDS = ("for", "against")
_LEVEL = "level"  # where it begins and ends
_LEAST = 0.05  # a smaller move is written as 0.0, so such items are put together, too
_OTHERS = "smaller"
_NARROW = 20  # characters of a line beside the bars on a telephone, about 6.5 px each


def waterfall_chart(
    case: Case, *, hypothesis: str, question: str = "tie", scope: str = "all", narrow: bool = False
) -> Chart:
    """The picture of what the evidence makes of one hypothesis.

    Args:
        case: whose waterfall is drawn.
        hypothesis: its id.
        question: the question that it answers.
        scope: "all", or the group that it is asked for.
        narrow: for a telephone: names in two lines.

    Returns:
        A chart of Altair. The axis holds log10 odds against all other answers: 0 is as likely as not, 1 is 10
        to 1. Items are taken in the ledger's order, small ones together.

    Raises:
        ValueError: the case has no such hypothesis.
    """
    steps = [
        step
        for step in case.waterfall
        if (step.hypothesis, step.question, step.scope) == (hypothesis, question, scope)
    ]
    if not steps:
        raise ValueError(f"no waterfall of hypothesis {hypothesis!r}, question {question!r}, scope {scope!r}")
    rows = _rows(steps, {one.id: one for one in case.evidence})
    where = "" if scope == "all" else f" for {label(scope)}"
    return titled(
        _drawn(rows, narrow=narrow),
        f"What makes \u201c{label(hypothesis)}\u201d likely{where}",
        "log10 odds against all other answers; item by item, from the top.",
    )


def _rows(steps: Sequence[Step], items_of: dict[str, Evidence]) -> Data:
    prior = next((step for step in steps if step.evidence == "prior"), None)
    items = [step for step in steps if step.evidence != "prior" and step.after != step.before]
    begin = prior.after if prior else steps[0].before
    large = [step for step in items if abs(step.after - step.before) >= _LEAST]
    kept = sorted(large, key=lambda step: -abs(step.after - step.before))[:MOST]
    rows = [_bar("before any evidence", 0.0, begin, "", kind=_LEVEL)]
    level, together = begin, 0.0
    for step in items:
        move = step.after - step.before
        if step not in kept:
            together += move
            continue
        rows.append(_item(step.evidence, items_of.get(step.evidence), level, level + move))
        level += move
    if len(items) > len(kept):
        rows.append(_bar(f"{len(items) - len(kept)} {_OTHERS}", level, level + together, ""))
        level += together
    rows.append(_bar("with all evidence", 0.0, level, "", kind=_LEVEL))
    return rows


def _item(name: str, item: Evidence | None, before: float, after: float) -> dict[str, Any]:
    """The bar of one item, named after what it looks at: its sentence would not fit."""
    if item is None:
        return _bar(name, before, after, "")
    kind = KINDS.get(item.kind)
    about = kind.title if kind else item.statement
    return _bar(f"{name}: {about}", before, after, item.statement)


def _bar(name: str, before: float, after: float, statement: str, *, kind: str = "") -> dict[str, Any]:
    move = after - before
    shown = label(name, most=46)
    end = bool(kind)
    return {
        "name": shown, "before": round(before, 6), "after": round(after, 6),
        "kind": kind or (_KINDS[0] if move > 0 else _KINDS[1]),
        "said": _signed(f"{after:z.1f}" if end else f"{move:+z.1f}"),
        "edge": max(before, after), "statement": label(statement, most=160),
    }  # fmt: skip


def _signed(number: str) -> str:
    """With the minus sign that axes have; what rounds to nothing has no sign."""
    return "0.0" if number.lstrip("+-") == "0.0" else number.replace("-", "\u2212")


def _two_lines(name: str) -> str:
    lines = wrap(name, width=_NARROW)
    return "\n".join(lines[:2]) + ("\u2026" if len(lines) > 2 else "")


def _drawn(rows: Data, *, narrow: bool) -> Chart:
    if narrow:
        rows = [row | {"name": _two_lines(row["name"])} for row in rows]
    names = [row["name"] for row in rows]
    base = drawn_from(rows)
    levels = [0.0, *(row["before"] for row in rows), *(row["after"] for row in rows)]
    span = max(max(levels) - min(levels), 0.5)
    scale = alt.Scale(domain=[min(levels) - span * 0.04, max(levels) + span * 0.16], nice=False)
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=names, padding=0.25))
    y = y.axis(ticks=False, domain=False, labelPadding=6, labelExpr="split(datum.value, '\\n')")
    x = alt.X("before:Q", title="log10 odds", scale=scale, axis=alt.Axis(tickCount=5))
    kinds = list(_KINDS)
    colour = alt.Color("kind:N", title=None, sort=kinds).scale(domain=kinds, range="category")
    colour = colour.legend(alt.Legend(columns=2, symbolType="square"))
    nought = drawn_from([{"before": 0}]).mark_rule(style="edge", strokeDash=[4, 3]).encode(x)
    told = ["name:N", "statement:N", "said:N"]
    moves = base.transform_filter(f"datum.kind !== '{_LEVEL}'").mark_bar()
    bars = moves.encode(x, alt.X2("after:Q"), y, colour, tooltip=told)
    levels_only = base.transform_filter(f"datum.kind === '{_LEVEL}'").mark_bar(style="tenant")
    ends = levels_only.encode(x, alt.X2("after:Q"), y)
    text, halo = (base.mark_text(style=style, align="left", dx=5) for style in ("small", "small-halo"))
    said = text.encode(alt.X("edge:Q", scale=scale, title="log10 odds"), y, alt.Text("said:N"))
    behind = halo.encode(alt.X("edge:Q", scale=scale, title="log10 odds"), y, alt.Text("said:N"))
    return (nought + ends + bars + behind + said).properties(
        width=420, height=(34 if narrow else 24) * len(rows)
    )
