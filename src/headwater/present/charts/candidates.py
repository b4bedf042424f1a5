"""Which candidates did a hunt rank, and how exclusive are their contacts? One row each, with bounds."""

from typing import Any

import altair as alt

from headwater.model.candidate import Candidate, Verdict
from headwater.model.hunt import Hunt
from headwater.model.service import Service
from headwater.present.charts.labels import service_label
from headwater.present.charts.style import Chart, drawn_from, titled

MOST = 25  # candidates drawn
_EXPLAINED = tuple(set(Verdict) - {Verdict.UPSTREAM, Verdict.ASSOCIATED, Verdict.UNDECIDED})
_KINDS = {  # what a verdict comes down to, and its shape; eight shapes could not be told apart
    "upstream": ("circle", (Verdict.UPSTREAM,)),
    "associated": ("square", (Verdict.ASSOCIATED,)),
    "undecided": ("diamond", (Verdict.UNDECIDED,)),
    "explained otherwise": ("cross", _EXPLAINED),
}  # fmt: skip


def candidates_chart(hunt: Hunt, *, most: int = MOST) -> Chart:
    """The picture of a hunt's ranked candidates.

    Args:
        hunt: the answer of a hunt.
        most: how many candidates, best first.

    Returns:
        A chart of Altair: the share of each candidate's contacts that are listed C2s, with its Jeffreys
        interval. Lists are incomplete, so each share is a lower bound.
    """
    chosen = hunt.candidates[:most]
    rows = [_row(one) for one in chosen]
    names = [row["name"] for row in rows]
    base = drawn_from(rows)
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=names))
    y = y.axis(ticks=False, domain=False, grid=False, labelPadding=6)
    scale = alt.Scale(domain=[0, 1.5], nice=False)
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".0%")
    x = alt.X("low:Q", title="contacts that are listed C2s", scale=scale, axis=axis)
    at = alt.X("estimate:Q", scale=scale, axis=axis, title="contacts that are listed C2s")
    kinds = list(_KINDS)
    legend = alt.Legend(title=None, columns=2)
    colour = alt.Color("kind:N", title=None, legend=legend).scale(domain=kinds, range="category")
    shape = alt.Shape("kind:N", title=None, legend=legend).scale(
        domain=kinds, range=[shape for shape, _ in _KINDS.values()]
    )
    bounds = base.mark_rule(strokeWidth=2).encode(x, alt.X2("high:Q"), y, colour)
    points = base.mark_point(filled=True, size=85, opacity=1, style="node").encode(
        at, y, colour, shape, tooltip=["name:N", "verdict:N", "said:N"]
    )
    said = base.mark_text(style="small", align="left").encode(
        alt.X("edge:Q", scale=scale, axis=axis), y, alt.Text("said:N")
    )
    chart = (bounds + points + said).properties(width=520, height=20 * max(len(rows), 1))
    left = len(hunt.candidates) - len(chosen)
    more = (f"{left:,} more below these.",) if left else ()
    title = "What the listed C2s have in common"
    return titled(
        chart, title, "Point: share of its contacts that are listed C2s; line: its 90% interval.", *more
    )


def _row(one: Candidate) -> dict[str, Any]:  # Any: cells of data
    service = service_label(Service(one.address, one.port, one.proto))
    role = " (client)" if one.role.value == "client" else ""
    kind = next(name for name, (_, verdicts) in _KINDS.items() if one.verdict in verdicts)
    share = one.exclusivity
    return {
        "name": f"{one.rank}. {service}{role}", "verdict": one.verdict.value, "kind": kind,
        "estimate": share.estimate, "low": share.low, "high": share.high, "edge": 1.03,
        "said": f"{one.c2s:,} of {one.clients:,}: {one.verdict.value}",
    }  # fmt: skip
