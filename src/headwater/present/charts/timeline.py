"""When was each C2 active, and when did it talk to the service? One row a C2, two bars with uncertain edges.

Above stand what the records cover, who held the address and what open sources say of it; below, marked, what
the rule leaves out. Gaps in the records are shaded through all rows: nothing seen there says nothing.
"""

from collections.abc import Iterator

import altair as alt

from headwater.model.case import Case
from headwater.present.charts.labels import iso
from headwater.present.charts.style import Chart, drawn_from, titled
from headwater.present.charts.timeline_rows import ACTIVE, CONTACT, HEAD, MOST, Rows, filled

_ROW, _DENSE_ROW, _DENSE_FROM = 19, 14, 36  # px a row; rows from which on they are set closer
# The first label tells the year; else a picture that begins in July does not say of which.
_YEAR_TOLD = (
    "datum.index > 0 ? datum.label : "
    "utcFormat(datum.value, utcdate(datum.value) === 1 ? '%b %Y' : '%-d %b %Y')"
)


def timeline_chart(case: Case, *, most: int = MOST, narrow: bool = False) -> Chart:
    """The picture of all timelines of a case.

    Args:
        case: what to draw.
        most: how many C2s; those with the most sessions, those that count first.
        narrow: for a telephone: short labels.

    Returns:
        A chart of Altair. Solid: certain; fading: an edge lies somewhere there (bounds as the case's settings
        state); upright strokes: first and last record.
    """
    rows = filled(case, most=most, narrow=narrow)
    subtitle = (
        "Solid: certain; fading: its edge lies somewhere there; upright strokes: first and last record.",
        "Shaded: no sensor has records. Arrows: it goes on beyond what is known or shown.",
    )
    return titled(_drawn(rows, case), "Active as C2 against in contact", *subtitle)


def _drawn(rows: Rows, case: Case) -> Chart:
    step = _ROW if len(rows.names) < _DENSE_FROM else _DENSE_ROW
    y = alt.Y("row:N", title=None, scale=alt.Scale(domain=rows.names, paddingInner=0.05, paddingOuter=0.2))
    y = y.axis(
        grid=False, ticks=False, domain=False, labelPadding=6, labelOverlap=False,
        labelFontWeight={"condition": {"test": f"slice(datum.value, 0, 1) === '{HEAD[0]}'", "value": "bold"},
                         "value": "normal"},
    )  # fmt: skip
    # Bounds as expressions that are nothing but milliseconds: of plain numbers Vega-Lite makes
    # datetime(number), which the interpreter that pages without eval need (vega-interpreter 2.2) takes for
    # a year.
    low, high = (alt.ExprRef(str(moment.timestamp() * 1000)) for moment in (rows.view.first, rows.view.last))
    scale = alt.Scale(type="utc", nice=False, padding=0, domainMin=low, domainMax=high)
    axis = alt.Axis(
        title="UTC", grid=True, labelOverlap="greedy", labelFlush=True, labelExpr=_YEAR_TOLD,
        tickCount={"expr": "max(3, width / 80)"},
    )  # fmt: skip
    x = alt.X("start:T", scale=scale, axis=axis)
    layers = [_key(rows, y), *_behind(rows, case, x), *_bars(rows, x, y, step), *_marks(rows, y, scale, axis)]
    return alt.layer(*layers).properties(width=620, height=step * len(rows.names))


def _key(rows: Rows, y: alt.Y) -> Chart:
    """Nothing but the legend, with marks that nobody sees: styles have no legend of their own."""
    values = [{"row": name, "what": what} for name in rows.names[:1] for what in (ACTIVE, CONTACT)]
    colour = alt.Color("what:N", title=None, scale=alt.Scale(domain=[ACTIVE, CONTACT], range="category"))
    legend = alt.Legend(symbolType="square", columns=1)
    marks = drawn_from(values).mark_point(filled=True, opacity=0, size=1)
    return marks.encode(y, color=colour.legend(legend))


def _behind(rows: Rows, case: Case, x: alt.X) -> Iterator[Chart]:
    """Gaps, the edges of the data, and the ground of what is left out."""
    if rows.excluded_from is not None:
        below = [{"first": rows.names[rows.excluded_from], "last": rows.names[-1]}]
        ground = drawn_from(below).mark_rect(style="band", opacity=0.45)
        yield ground.encode(y=alt.Y("first:N", bandPosition=0), y2=alt.Y2("last:N", bandPosition=1))
    gaps = [{"start": iso(start), "end": iso(end)} for start, end in case.coverage.gaps]
    if gaps:
        yield drawn_from(gaps).mark_rect(style="gap", opacity=0.9).encode(x, alt.X2("end:T"))
    edges = [moment for moment in (case.coverage.first, case.coverage.last) if moment is not None]
    if edges:
        values = [{"start": iso(moment)} for moment in edges]
        yield drawn_from(values).mark_rule(style="edge", strokeDash=[3, 3]).encode(x)


def _bars(rows: Rows, x: alt.X, y: alt.Y, step: int) -> Iterator[Chart]:
    thick = step * 0.36
    lanes = (
        ("records", "tenant", thick * 0.6, 0.0), ("tenancy", "tenant", thick * 1.4, 0.0),
        ("claim", "tenant", thick * 0.5, 0.0),
        (ACTIVE, "active", thick * 0.8, -thick * 0.62), (CONTACT, "contact", thick * 1.15, thick * 0.5),
    )  # fmt: skip
    for what, style, height, offset in lanes:
        for part in ("in", "core", "out"):
            values = [row for row in rows.bars if row["what"] == what and row["part"] == part]
            if not values:
                continue
            name = style if part == "core" else f"{style}-{part}"
            bars = drawn_from(values).mark_bar(style=name, height=height, yOffset=offset)
            opacity = alt.when("!datum.counts").then(alt.value(0.6)).otherwise(alt.value(1))
            yield bars.encode(x, alt.X2("end:T"), y, opacity=opacity, tooltip=["row:N", "about:N"])


def _marks(rows: Rows, y: alt.Y, scale: alt.Scale, axis: alt.Axis) -> Iterator[Chart]:
    x = alt.X("at:T", scale=scale, axis=axis)
    shapes = (
        ("seen", "stroke", 70, "seen"), ("once", "circle", 45, "hollow"), ("claim", "diamond", 70, "solid"),
        ("earlier", "triangle-left", 30, "solid"), ("later", "triangle-right", 30, "solid"),
    )  # fmt: skip
    for what, shape, size, style in shapes:
        values = [row for row in rows.marks if row["what"] == what]
        if not values:
            continue
        points = drawn_from(values)
        if what == "seen":
            drawn = points.mark_tick(style=style, thickness=1.6, size=9, yOffset=3)
        else:
            offset = 3 if what == "once" else 0  # where the bar of contact would be
            drawn = points.mark_point(
                style=style, shape=shape, size=size, filled=what != "once", opacity=1, yOffset=offset
            )
        yield drawn.encode(x, y, tooltip=["row:N", "about:N"])
