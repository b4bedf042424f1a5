"""How does a chart become a file or a part of a page? As SVG, as PNG, or as a specification for a page.

vl-convert draws without a browser and without the network. A specification for a page has no title, no
colours and no width of its own: the page has headings, knows whether it is dark, and how wide it is.
"""

import json
from contextlib import AbstractContextManager
from typing import Any

import vl_convert
from altair.utils.schemapi import debug_mode

_SCALE = 2  # pixels of a PNG for each px of the drawing: sharp on paper at 720 px and 18 cm
Spec = dict[str, Any]  # Any: what JSON can say


def unchecked() -> AbstractContextManager[None]:
    """While it lasts Altair holds no part of a chart against the schema as it is made: a third of the work.

    Tests hold each chart against it.
    """
    return debug_mode(arg=False)


def spec_of(chart: Any) -> Spec:  # Any: any of Altair's kinds of charts
    """The specification of a chart. Tests hold each against the schema; here that would cost a second."""
    return dict(chart.to_dict(validate=False))


def svg(spec: Spec) -> str:
    """The picture as SVG with its title, for light pages and print; text stays text."""
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])


def png(spec: Spec) -> bytes:
    """The picture as PNG, twice as fine as its nominal size."""
    return vl_convert.vegalite_to_png(spec, scale=_SCALE, allowed_base_urls=[])


def still(spec: Spec) -> str:
    """The picture as SVG without its title, which stands in the page beside it."""
    return svg({name: value for name, value in spec.items() if name != "title"})


def page_spec(spec: Spec) -> Spec:
    """The specification for a page, which adds its own title, colours and width."""
    left_out = ("config", "title", "background", "$schema")
    kept = {name: value for name, value in spec.items() if name not in left_out}
    return kept | {"width": "container", "autosize": {"type": "fit-x", "contains": "padding"}}


def inline_json(value: Any) -> str:  # Any: what JSON can say
    """JSON that may stand inside a script element of HTML.

    Nothing in it ends the element or begins a comment (HTML standard, 4.12.1.3), and halves of surrogate
    pairs, which UTF-8 cannot say, are escaped as all that is not ASCII.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
