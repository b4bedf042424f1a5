"""How does a report become one HTML file that opens anywhere and fetches nothing?

Everything is inside: style, scripts, specifications of the figures and a picture of each for print and for
readers without scripts. The page forbids itself the network (Content-Security-Policy), and only the two
scripts whose digests it names may run; Vega interprets its expressions instead of compiling them, so that
nothing in the page is ever evaluated as code.
"""

import base64
import hashlib
import re
from functools import cache
from typing import Any

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from headwater.present.charts.drawing import Spec, inline_json, page_spec, spec_of, still
from headwater.present.charts.style import DARK, LIGHT
from headwater.present.printable import printable
from headwater.present.report.content import Figure, Points, Report, Table

# Dates and powers of ten, which a browser would break at their hyphen, and p with its value.
_WHOLE = re.compile(r"p = \d[\d.]*(?:e-\d+)?|\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|\d+(?:\.\d+)?e-\d+")


def html(report: Report) -> str:
    """The report as one HTML file.

    Args:
        report: its content.

    Returns:
        HTML 5 in UTF-8. Text from outside is escaped by the template engine and printable.
    """
    bundle, script = _bundle(), _asset("report.js")
    run = " ".join(f"'sha256-{_digest(text)}'" for text in (bundle, script)) if report.figures else "'none'"
    policy = (
        f"default-src 'none'; script-src {run}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    specs = {one.id: spec_of(one.chart) for one in report.figures}
    template = _environment().get_template("report.html.j2")
    return template.render(
        report=report,
        colour=report.marking.removeprefix("TLP:").partition("+")[0].lower(),
        policy=policy,
        css=Markup(_styled(report)),  # noqa: S704  # our own file and a marking of five known
        stills={name: _still(spec) for name, spec in specs.items()},
        # These four are ours, or JSON in which every character that HTML knows is escaped.
        machine=Markup(inline_json(report.machine)),  # noqa: S704
        specifications=Markup(inline_json(_specifications(report, specs))),  # noqa: S704
        bundle=Markup(bundle),  # noqa: S704
        script=Markup(script),  # noqa: S704
    )


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("headwater.present.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=_final,
    )
    found.filters |= {"whole": _whole, "lines": _lines}
    found.tests |= {
        "table": lambda block: isinstance(block, Table),
        "figure": lambda block: isinstance(block, Figure),
        "points": lambda block: isinstance(block, Points),
    }
    return found


def _final(value: Any) -> Any:  # Any: whatever a template prints
    """Every text that a template prints is printable; markup is our own."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _whole(text: str) -> Markup:
    """Text from outside, escaped, in which no date and no power of ten is broken over two lines."""
    escaped = str(escape(printable(text)))
    # What is put in is ours, and what it is put around is digits.
    return Markup(_WHOLE.sub(r'<span class="whole">\g<0></span>', escaped))  # noqa: S704


def _lines(text: str) -> Markup:
    """Text of several lines, escaped line by line."""
    return Markup("\n").join(escape(printable(line)) for line in text.split("\n"))


@cache
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, as vl-convert ships them."""
    # Its stub forgets that the snippet has a default, which names vegaEmbed to the page.
    return vl_convert.javascript_bundle()  # type: ignore[call-arg]


def _asset(name: str) -> str:
    loader = _environment().loader
    assert loader is not None  # noqa: S101  # set just above; for the type checker
    return loader.get_source(_environment(), name)[0]


def _styled(report: Report) -> str:
    """The style sheet with the marking in the margin of every printed page."""
    colours = {"RED": "#ff2b2b", "AMBER": "#ffc000", "GREEN": "#33ff00", "CLEAR": "#ffffff"}
    colour = colours[report.marking.removeprefix("TLP:").partition("+")[0]]
    box = (
        f'content: "{report.marking}"; color: {colour}; background: #000; font: bold 9pt sans-serif; '
        "text-align: center; width: 42mm; height: 7mm; margin: auto 0;"
    )
    told = '@page { @bottom-left { content: "SYNTHETIC: observed nowhere"; } }' if report.synthetic else ""
    return f"{_asset('report.css')}{told}@page {{ @top-right {{ {box} }} @bottom-right {{ {box} }} }}\n"


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _still(spec: Spec) -> str:
    """The picture of a figure as a data URL: an image runs no script and has its own names."""
    return "data:image/svg+xml;base64," + base64.b64encode(still(spec).encode()).decode()


def _specifications(report: Report, specs: dict[str, Spec]) -> dict[str, Any]:  # Any: what JSON can say
    figures = {}
    for one in report.figures:
        figures[one.id] = {"wide": page_spec(specs[one.id])}
        if one.narrow is not None:
            figures[one.id]["narrow"] = page_spec(spec_of(one.narrow))
    return {"light": LIGHT, "dark": DARK, "figures": figures}
