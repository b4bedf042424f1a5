"""Which pictures does docs/explanation/method.md show? Drawn as SVG from the summary of evaluation runs.

    python tools/figures.py              name the files that are out of date
    python tools/figures.py --write      draw them into docs/explanation/figures/
    python tools/figures.py --png DIR    draw them as PNG, to look at

Text stays text. The background is opaque, so that the pictures read on dark pages too. Colours are those of
Okabe and Ito, which people with any colour vision tell apart, and no meaning is told by colour alone.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from evaluation_summary import SUMMARY, pooled, read
from scipy.special import betaincinv

from headwater.app.evaluate import SCORE
from headwater.simulate.evaluate.baselines import BASELINES

Row = dict[str, Any]  # Any: what JSON holds
Chart = Any  # any of Altair's classes of charts

FOLDER = SUMMARY.parent.parent.parent / "explanation" / "figures"
WORLD = "reference"  # the world whose average precision is drawn
_INK, _FAINT, _PAPER = "#1a1a1a", "#8a8a8a", "#ffffff"
_BLUE, _ORANGE, _GREEN, _RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"  # Okabe & Ito (2008)
_LEAST = 1e-9  # smallest probability drawn
_LABEL = 11  # px


def distribution(told: Row) -> Chart:
    """How many C2s chance would bring to one candidate, and how many came."""
    specimen = _specimen(told)
    names = {
        "null": "the null, C2 by C2",
        "poisson": "Poisson, for the p-value",
        "ranking": "wider, for the ranking",
    }
    rows = [
        {"c2s": number, "probability": probability, "by": name}
        for key, name in names.items()
        for number, probability in enumerate(specimen[key])
        if probability >= _LEAST
    ]
    seen = alt.Data(values=[{"c2s": specimen["k"]}])
    x = alt.X(
        "c2s:Q", title="C2s met (those of one block count once)", axis=alt.Axis(tickMinStep=1, format="d")
    )
    x = x.scale(domain=[0, specimen["k"] + 0.5], nice=False)
    y = alt.Y("probability:Q", title="probability by chance").scale(type="log", domain=[_LEAST, 1])
    y = y.axis(labelExpr="datum.value == 1 ? '1' : '1e' + round(log(datum.value) / LN10)", tickCount=5)
    order = list(names.values())
    lines = alt.Chart(alt.Data(values=rows)).encode(
        x, y,
        color=alt.Color("by:N", title=None, sort=order).scale(domain=order, range=[_BLUE, _ORANGE, _GREEN]),
        shape=alt.Shape("by:N", title=None, sort=order).scale(
            domain=order, range=["circle", "square", "triangle-up"]
        ),
    )  # fmt: skip
    observed = alt.Chart(seen).mark_rule(color=_RED, strokeDash=[6, 3], strokeWidth=2).encode(x)
    said = alt.Chart(seen).mark_text(
        align="right",
        dx=-6,
        y=12,
        color=_RED,
        fontSize=12,
        fontWeight="bold",
        text=f"{specimen['k']} were met",
    )
    values = _step(specimen, "How many C2s")
    subtitle = f"{_whose(specimen)}: chance would bring {values['expected']:.2g}, p = {values['p_value']:.1g}"
    layers = lines.mark_line(strokeWidth=1.5) + lines.mark_point(filled=True, opacity=1, size=55)
    chart = layers + observed + said.encode(x)
    return _titled(
        chart.properties(width=520, height=280), "What chance would bring, and what came", subtitle
    )


def reliability(told: Row) -> Chart:
    """Probability given against share that came true, by sampling rate."""
    panels = []
    for rate in sorted({row["sampling"] for row in told["score"]}):
        rows = [
            _point(each) for each in pooled(row["bins"] for row in told["score"] if row["sampling"] == rate)
        ]
        panels.append(_reliability_panel(rows, f"1:{rate:,}"))
    worlds = ", ".join(dict.fromkeys(row["world"] for row in told["score"]))
    subtitle = [
        "Points on the diagonal are right. Bars: 90% Jeffreys intervals; numbers: candidates.",
        f"Synthetic worlds ({worlds}), seeds not used for the fit",
    ]
    return _titled(alt.hconcat(*panels, spacing=18), "Is the probability what it says?", subtitle)


def _point(each: Row) -> Row:
    hits, count = each["upstreams"], each["candidates"]
    low, high = (float(betaincinv(hits + 0.5, count - hits + 0.5, tail)) for tail in (0.05, 0.95))
    return {
        "forecast": each["forecast"], "outcome": hits / count, "count": f"{count:,}",
        "low": 0.0 if hits == 0 else low, "high": 1.0 if hits == count else high,
    }  # fmt: skip


def _reliability_panel(rows: list[Row], title: str) -> Chart:
    axis = alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f")
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("forecast:Q", title="probability given", axis=axis, scale=scale)
    y = alt.Y("outcome:Q", title="share that were upstreams", axis=axis, scale=scale)
    even = alt.Chart(alt.Data(values=[{"forecast": v, "outcome": v} for v in (0, 1)]))
    base = alt.Chart(alt.Data(values=rows))
    bars = base.mark_rule(color=_BLUE, strokeWidth=1.5).encode(
        x, alt.Y("low:Q", scale=scale), alt.Y2("high:Q")
    )
    points = base.mark_point(color=_BLUE, filled=True, size=60, opacity=1).encode(x, y)
    text = {"fontSize": 10, "dy": -9, "dx": 4, "align": "left"}
    halo = base.mark_text(**text, stroke=_PAPER, strokeWidth=4).encode(x, y, alt.Text("count:N"))
    counts = halo + base.mark_text(**text, color=_INK).encode(x, y, alt.Text("count:N"))
    line = even.mark_line(color=_FAINT, strokeDash=[5, 4]).encode(x, y)
    return (line + bars + points + counts).properties(width=220, height=220, title=title)


def precision(told: Row) -> Chart:
    """Average precision of the score and of simpler ones, by sampling rate."""
    rows = [row for row in told["table"] if row["world"] == WORLD and row["score"] in (SCORE, *BASELINES)]
    mean = {
        name: [r["average_precision"] for r in rows if r["score"] == name] for name in (SCORE, *BASELINES)
    }
    order = sorted((name for name in mean if mean[name]), key=lambda name: -sum(mean[name]) / len(mean[name]))
    panels = [
        _precision_panel(
            [_bar(row) for row in rows if row["sampling"] == rate], order, rate, first=number == 0
        )
        for number, rate in enumerate(sorted({row["sampling"] for row in rows}))
    ]
    seeds = max(row["seeds"] for row in rows)
    subtitle = f'Synthetic world "{WORLD}", means over up to {seeds} seeds, bars: one standard error'
    return _titled(alt.hconcat(*panels, spacing=14), "Average precision beside simpler scores", subtitle)


def _bar(row: Row) -> Row:
    value, spread = row["average_precision"], row["standard_error"] or 0.0
    kind = "this score" if row["score"] == SCORE else "simpler"
    low, high = max(value - spread, 0.0), min(value + spread, 1.0)
    return {
        "score": row["score"],
        "value": value,
        "low": low,
        "high": high,
        "kind": kind,
        "text": f"{value:.2f}",
    }


def _precision_panel(rows: list[Row], order: list[str], rate: int, *, first: bool) -> Chart:
    axis = alt.Axis(labelLimit=200) if first else None
    y = alt.Y("score:N", sort=order, title=None, axis=axis)
    scale = alt.Scale(domain=[0, 1.12])
    ticks = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2~f")
    x = alt.X("value:Q", title="average precision", scale=scale, axis=ticks)
    colours = alt.Color("kind:N", legend=None).scale(domain=["this score", "simpler"], range=[_BLUE, _FAINT])
    shapes = alt.Shape("kind:N", legend=None).scale(
        domain=["this score", "simpler"], range=["diamond", "circle"]
    )
    base = alt.Chart(alt.Data(values=rows)).encode(y)
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x, color=colours, shape=shapes)
    bars = base.mark_rule(strokeWidth=1.5).encode(
        alt.X("low:Q", scale=scale), alt.X2("high:Q"), color=colours
    )
    texts = base.mark_text(align="left", dx=8, fontSize=10, color=_INK).encode(
        alt.X("high:Q", scale=scale), alt.Text("text:N")
    )
    return (bars + points + texts).properties(width=190, height=alt.Step(21), title=f"1:{rate:,}")


def waterfall(told: Row) -> Chart:
    """From prior odds to the score of one candidate, step by step."""
    specimen = _specimen(told)
    score = _step(specimen, "How sure")
    odds = _step(specimen, "Upstream, shared")["log10_odds"]
    weight = max((float(value) for value in _step(specimen, "What else").values()), default=0.0)
    steps = [
        ("prior odds", specimen["log10_prior"]),
        (
            "listed C2s against all contacts and chance",
            specimen["log10_odds_listed"] - specimen["log10_prior"],
        ),
        ("what unlisted clients look like", odds - specimen["log10_odds_listed"]),
        ("how often contact recurs", score["persistence"]),
        ("heaviest other explanation", -weight),
    ]
    rows, level = [], 0.0
    for name, gain in steps:
        rows.append(
            {"step": name, "from": level, "to": level + gain, "text": _signed(gain), "kind": _way(gain)}
        )
        level += gain
    told_score = score["score"]
    rows.append(
        {"step": "score", "from": 0.0, "to": told_score, "text": _signed(told_score), "kind": "score"}
    )
    for row in rows:
        row["right"] = max(row["from"], row["to"])
    order = [row["step"] for row in rows]
    y = alt.Y("step:N", sort=order, title=None, axis=alt.Axis(labelLimit=320))
    base = alt.Chart(alt.Data(values=rows)).encode(y)
    kinds = alt.Color("kind:N", title=None).scale(
        domain=["for upstream", "against", "score"], range=[_BLUE, _ORANGE, _INK]
    )
    bars = base.mark_bar(height=18).encode(
        alt.X("from:Q", title="log10 odds of upstream"), alt.X2("to:Q"), color=kinds.legend(orient="top")
    )
    texts = base.mark_text(align="left", dx=5, color=_INK, fontSize=_LABEL).encode(
        alt.X("right:Q"), alt.Text("text:N")
    )
    zero = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color=_INK).encode(alt.X("at:Q"))
    subtitle = f"{_whose(specimen)}: probability {score['probability']:.2f}, {score['words']}"
    chart = (zero + bars + texts).properties(width=430, height=alt.Step(28))
    return _titled(chart, "How one candidate came to its score", subtitle)


def _signed(gain: float) -> str:
    return f"{round(gain, 2) or 0.0:+.2f}".replace("-", "\N{MINUS SIGN}").replace("+0.00", "0.00")


def _way(gain: float) -> str:
    return "for upstream" if gain >= 0 else "against"


def _specimen(told: Row) -> Row:
    found: Row | None = told["specimen"]
    if found is None:
        raise SystemExit("no run had an alerted upstream to draw; evaluate a world that has some")
    return found


def _step(specimen: Row, question: str) -> Row:
    """Values of the step whose question begins so."""
    steps = specimen["explanation"]["steps"]
    return next(dict(step["values"]) for step in steps if step["question"].startswith(question))


def _whose(specimen: Row) -> str:
    world = f'synthetic world "{specimen["world"]}", seed {specimen["seed"]}, 1:{specimen["sampling"]:,}'
    return f"A true upstream of the {world}"


def _titled(chart: Chart, text: str, subtitle: str | list[str]) -> Chart:
    title = alt.TitleParams(
        text, subtitle=subtitle, anchor="start", fontSize=15, subtitleFontSize=_LABEL, color=_INK,
        subtitleColor="#444444", offset=12, subtitlePadding=4,
    )  # fmt: skip
    shown = chart.properties(title=title, background=_PAPER, padding=14)
    shown = shown.configure(font="Liberation Sans, Arial, Helvetica, sans-serif")
    shown = shown.configure_axis(
        labelColor=_INK, titleColor=_INK, labelFontSize=_LABEL, titleFontSize=_LABEL,
        titleFontWeight="normal", gridColor="#e4e4e4", domainColor=_FAINT, tickColor=_FAINT,
    )  # fmt: skip
    shown = shown.configure_legend(labelFontSize=_LABEL, labelColor=_INK, orient="top", symbolSize=70)
    return shown.configure_view(stroke=None)


FIGURES: dict[str, Callable[[Row], Chart]] = {
    "chance": distribution,
    "reliability": reliability,
    "precision": precision,
    "reckoning": waterfall,
}


def digest(chart: Chart) -> str:
    """What a picture was drawn from, as a short digest: it does not depend on the fonts of a machine."""
    return hashlib.sha256(chart.to_json(indent=None).encode()).hexdigest()[:16]


def svg(chart: Chart) -> str:
    """A picture as SVG, its digest in a comment."""
    drawn = vl_convert.vegalite_to_svg(chart.to_json(indent=None))
    return f"{drawn}\n<!-- drawn by tools/figures.py from {digest(chart)} -->\n"


def main() -> None:
    """Names what is out of date, or draws."""
    if not SUMMARY.exists():
        raise SystemExit(f"{SUMMARY} is missing; run tools/evaluation_summary.py first")
    charts = {name: draw(read(SUMMARY)) for name, draw in FIGURES.items()}
    for name, chart in charts.items():
        file = FOLDER / f"{name}.svg"
        if sys.argv[1:] == ["--write"]:
            FOLDER.mkdir(parents=True, exist_ok=True)
            file.write_text(svg(chart), encoding="utf-8")
        elif sys.argv[1:2] == ["--png"]:
            picture = vl_convert.vegalite_to_png(chart.to_json(indent=None), scale=2)
            (Path(sys.argv[2]) / f"{name}.png").write_bytes(picture)
        elif not file.exists() or digest(chart) not in file.read_text("utf-8"):
            print(file.name)


if __name__ == "__main__":
    main()
