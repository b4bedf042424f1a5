"""How does a table keep whole cells on a narrow terminal? What does not fit is left out, from the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.table import Table
from rich.text import Text

_GAP = 2  # characters between columns


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what people need most stands first in a table.

    Attributes:
        heading: its title.
        cells: one text a row.
        justify: where the cells stand.
    """

    heading: str
    cells: Sequence[Text]
    justify: Literal["left", "right"] = "left"


def fitted_table(columns: Sequence[Column], *, width: int) -> Table:
    """A table of the first columns that fit.

    Args:
        columns: all of one length.
        width: of the terminal, in characters.

    Returns:
        A table without frame; an address that is shown is shown whole.
    """
    widths = [max([len(column.heading), *(cell.cell_len for cell in column.cells)]) for column in columns]
    ends = [sum(widths[: count + 1]) + _GAP * count for count in range(len(widths))]
    fitting = [column for column, end in zip(columns, ends, strict=True) if end <= width] or columns[:1]
    table = Table(box=None, pad_edge=False)
    for column in fitting:
        table.add_column(column.heading, justify=column.justify, no_wrap=True)
    for cells in zip(*(column.cells for column in fitting), strict=True):
        table.add_row(*cells)
    return table
