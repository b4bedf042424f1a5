"""How does a table keep whole cells on a narrow terminal? What does not fit is left out, the last first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rich.table import Table
from rich.text import Text

_GAP = 2  # characters between columns
_LONGEST = 28  # characters of a name that somebody chose


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what people need most stands first in a table.

    Attributes:
        heading: its title.
        cells: one text a row.
        justify: where the cells stand.
        free_text: cells are names that somebody chose: long ones are shortened, with a mark, so that they
            cannot push other columns out.
    """

    heading: str
    cells: Sequence[Text]
    justify: Literal["left", "right"] = "left"
    free_text: bool = False


def fitted_table(columns: Sequence[Column], *, width: int) -> Table:
    """A table of the first columns that fit.

    Args:
        columns: all of one length.
        width: of the terminal, in characters.

    Returns:
        A table without frame; an address that is shown is shown whole.
    """
    shown = [
        replace(column, cells=[_short(cell) for cell in column.cells]) if column.free_text else column
        for column in columns
    ]
    fitting: list[Column] = []
    left = width + _GAP
    for column in shown:
        needed = _GAP + max([len(column.heading), *(cell.cell_len for cell in column.cells)])
        if needed <= left or not fitting:
            fitting.append(column)
            left -= needed
    table = Table(box=None, pad_edge=False)
    for column in fitting:
        table.add_column(column.heading, justify=column.justify, no_wrap=True)
    for cells in zip(*(column.cells for column in fitting), strict=True):
        table.add_row(*cells)
    return table


def _short(text: Text) -> Text:
    copy = text.copy()
    copy.truncate(_LONGEST, overflow="ellipsis")
    return copy
