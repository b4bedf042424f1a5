"""How does an answer look in a notebook? Sentences, a picture that needs no script, and the first rows.

Each picture is an SVG inside an image element. Tried: one picture with the scripts that draw it would add
900 kB to every cell, where its SVG takes 15 to 300 kB; scripts do not run in a notebook that nobody trusted
yet; and SVGs that stand side by side in one page share the names of their gradients and clips, which in
image elements they cannot. Text from outside is escaped by the template engine and printable.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from headwater.api.part import Part
from headwater.present.charts.drawing import spec_of, svg
from headwater.present.printable import printable

ROWS = 20  # rows shown; a table has all of them
_LONGEST = 240  # characters of one cell


def html_of(title: str, said: Sequence[str], *parts: Part) -> str:
    """Sentences, pictures and tables as a piece of HTML.

    Args:
        title: its heading.
        said: one paragraph each.
        parts: drawn below; the heading of each is its own, but for a single one.

    Returns:
        HTML that fetches nothing and runs nothing.
    """
    return _environment().get_template("answer.html.j2").render(
        title=printable(title), said=[printable(one) for one in said],
        parts=[_Shown.of(one, alone=len(parts) == 1) for one in parts],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Shown:
    """A part as the template shows it."""

    title: str
    said: tuple[str, ...]
    picture: str
    description: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]
    left: int

    @classmethod
    def of(cls, part: Part, *, alone: bool) -> "_Shown":
        names = part.shown or part.columns
        head = part.table.select(names).slice(0, ROWS)
        cells = [[cell_text(value) for value in _values(head[name])] for name in names]
        numbers = [_is_number(head.schema.field(name).type) for name in names]
        return cls(
            title="" if alone else printable(part.title),
            said=() if alone else tuple(map(printable, part.said)),
            picture=_picture(part),
            description=printable(part.description or part.title),
            columns=tuple(zip(names, numbers, strict=True)),
            rows=tuple(zip(*cells, strict=True)),
            left=max(len(part) - ROWS, 0),
        )


def _picture(part: Part) -> str:
    """The picture as the address of an image that holds itself; "" where there is none."""
    if part.draw is None:
        return ""
    drawn = svg(spec_of(part.draw()))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode("ascii")


def cell_text(value: Any) -> str:  # Any: a cell of any type
    """A cell for people: numbers to three digits, times to the minute, long text cut."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case float():
            text = f"{value:.3g}"
        case datetime():
            text = f"{value:%Y-%m-%d %H:%M}"
        case dict():
            text = ", ".join(f"{key}: {cell_text(item)}" for key, item in value.items())
        case list():
            text = "; ".join(cell_text(item) for item in value)
        case _:
            text = printable(str(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "\u2026"


def _values(column: Any) -> Iterator[Any]:  # Any: pyarrow ships no types; cells of any type
    yield from column.to_pylist(maps_as_pydicts="strict")


def _is_number(kind: Any) -> bool:  # Any: pyarrow ships no types
    return str(kind) in {"int64", "int32", "int16", "int8", "double", "float"}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("headwater.api", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
