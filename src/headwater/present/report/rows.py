"""How are rows and columns of a report's tables written down briefly?"""

from collections.abc import Iterable

from headwater.present.report.content import Cell, Column, Row

Links = tuple[tuple[str, str], ...]


def row(
    *values: str | Cell,
    id: str = "",  # noqa: A002  # an anchor's name in HTML
    struck: bool = False,
    on_screen: bool = False,
) -> Row:
    """A row of texts and cells."""
    cells = tuple(value if isinstance(value, Cell) else Cell(value) for value in values)
    return Row(cells, id, struck, on_screen)


def columns(*headings: str) -> tuple[Column, ...]:
    """Columns by their headings; one that begins with # holds numbers, one with ~ is for the screen alone."""
    return tuple(
        Column(heading.lstrip("#~"), heading.startswith("#"), heading.startswith("~")) for heading in headings
    )


def linked(ids: Iterable[str], anchors: dict[str, str]) -> Links:
    """Links to what has an anchor, in order; the rest is left out."""
    return tuple((anchors[one], one) for one in ids if one in anchors)
