"""How do all pictures look? Colours, shapes and type sizes, for light pages, print and dark pages.

Colours are those of Okabe and Ito (2008, "Color Universal Design"), which people with any colour vision tell
apart, the purple darkened to 3:1 against white paper; the two that are lighter are drawn with an outline
only. No meaning is told by colour alone. Marks name a style or a range, never a colour, so that a page
changes from light to dark by changing the configuration, and the specification stays the same.
"""

from typing import Any

import altair as alt

Config = dict[str, Any]  # Any: what JSON can say
Data = list[dict[str, Any]]  # Any: cells are texts, numbers or None
Chart = Any  # any of Altair's kinds of charts: layers of layers, and charts beside charts

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left")
TEXT = 12  # px; nothing is set smaller than SMALL
SMALL = 11
_FONT = "DejaVu Sans, Verdana, Segoe UI, Helvetica, Arial, sans-serif"


def _gradient(colour: str, *, rising: bool) -> Config:
    """A horizontal fade: from nothing to the colour, or back."""
    ends = (0.08, 0.85) if rising else (0.85, 0.08)
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    stops = [{"offset": place, "color": f"rgba({red},{green},{blue},{ends[place]})"} for place in (0, 1)]
    return {"gradient": "linear", "x1": 0, "y1": 0, "x2": 1, "y2": 0, "stops": stops}


def _config(*, ink: str, faint: str, grid: str, paper: str, shade: str, category: list[str]) -> Config:
    active, contact, tenant = category[0], category[1], faint
    fades = {
        f"{name}-{way}": {"color": _gradient(colour, rising=way == "in")}
        for name, colour in (("active", active), ("contact", contact), ("tenant", tenant))
        for way in ("in", "out")
    }
    fills = {"active": active, "contact": contact, "tenant": tenant, "gap": shade, "band": shade}
    strokes = {"edge": faint, "link": faint, "seen": ink, "observed": category[1], "hair": grid}
    return {
        "background": paper,
        "font": _FONT,
        "padding": {"left": 4, "right": 8, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink, "titleColor": ink, "labelFontSize": SMALL, "titleFontSize": SMALL,
            "titleFontWeight": "normal", "gridColor": grid, "domainColor": faint, "tickColor": faint,
        },
        "axisY": {"labelLimit": 300},
        "legend": {
            "labelColor": ink, "titleColor": ink, "labelFontSize": TEXT, "titleFontSize": TEXT,
            "orient": "top", "symbolSize": 90, "labelLimit": 240, "symbolOpacity": 1,
        },
        "title": {
            "color": ink, "subtitleColor": ink, "fontSize": 15, "subtitleFontSize": TEXT,
            "anchor": "start", "offset": 12, "subtitlePadding": 6, "frame": "group",
        },
        "text": {"color": ink, "fontSize": SMALL},
        "range": {"category": category, "symbol": list(SHAPES)},
        "style": {
            "ink": {"color": ink, "fontSize": TEXT},
            "small": {"color": ink, "fontSize": SMALL},
            "halo": {"color": paper, "stroke": paper, "strokeWidth": 4, "fontSize": TEXT},
            "small-halo": {"color": paper, "stroke": paper, "strokeWidth": 3, "fontSize": SMALL},
            "node": {"stroke": ink, "strokeWidth": 0.8},
            "solid": {"color": ink},
            "hollow": {"color": ink, "strokeWidth": 1.6},
            "said": {"color": category[1], "fontSize": TEXT, "fontWeight": "bold"},
            **{name: {"color": colour} for name, colour in fills.items()},
            **{name: {"color": colour} for name, colour in strokes.items()},
            **fades,
        },
    }  # fmt: skip


LIGHT = _config(
    ink="#1a1a1a", faint="#6b6b6b", grid="#e2e2e2", paper="#ffffff", shade="#e4e4e4",
    category=["#0072b2", "#d55e00", "#009e73", "#b85c93", "#e69f00", "#56b4e9", "#5c5c5c"],
)  # fmt: skip
DARK = _config(
    ink="#f0f0f0", faint="#a8a8a8", grid="#3a3d41", paper="#16191d", shade="#33373c",
    category=["#56b4e9", "#ff8c42", "#2fc79a", "#e29cc4", "#f0c23c", "#8fa8ff", "#b8b8b8"],
)  # fmt: skip


def drawn_from(values: Data) -> Chart:
    """A chart of these rows, still without marks; the rows stand in its specification, each set once."""
    return alt.Chart(alt.InlineData(values=values))


def titled(chart: Chart, title: str, *subtitle: str) -> Chart:
    """The chart with its title, for light pages and print."""
    heading = alt.TitleParams(text=title, subtitle=list(subtitle))
    return chart.properties(title=heading, background=LIGHT["background"]).configure(**LIGHT)
