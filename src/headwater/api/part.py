"""What does every answer in Python look like? A table with, where there is one, its picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from headwater.api.frames import pandas_of, polars_of
from headwater.present.printable import printable

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Draw = Callable[[], Any]  # Any: any of Altair's kinds of charts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Part:
    """A table and, where there is one, its picture; a notebook shows both.

    Columns have the names of the command line's JSON. What the JSON nests stands side by side under both
    names (`activity_start`); counts by name are maps. Times are UTC. All text is printable: control
    characters from outside stand as backslash escapes.

    Attributes:
        title: what it is about.
        table: the rows, as Arrow.
        said: how to read it, and what stands against it, one sentence each.
        shown: the columns that a notebook shows, in that order; none means all. `table` always has all.
        draw: makes the picture; None where there is none.
        description: what is to be seen in the picture, for those who cannot see it.
    """

    title: str
    table: pa.Table
    said: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    draw: Draw | None = None
    description: str = ""

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __bool__(self) -> bool:
        return True  # an answer without rows is an answer, too

    def __repr__(self) -> str:
        picture = ", with a picture" if self.draw is not None else ""
        head = f"<{self.title}: {len(self):,} rows of {self.table.num_columns} columns{picture}>"
        return "\n".join(map(printable, (head, *self.said)))

    def _repr_html_(self) -> str:
        from headwater.api.notebook import html_of  # noqa: PLC0415  # a template engine, for notebooks only

        return html_of(self.title, self.said, self)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(self.table.column_names)

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table."""
        return self.table

    def to_polars(self) -> "pl.DataFrame":
        """The rows as a Polars frame.

        Raises:
            ImportError: Polars is not installed: pip install 'headwater[polars]'.
        """
        return polars_of(self.table)

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a pandas frame; integers are Int64 and truth values boolean: both may be missing.

        Raises:
            ImportError: pandas is not installed: pip install 'headwater[pandas]'.
        """
        return pandas_of(self.table)

    def to_dicts(self) -> list[dict[str, Any]]:  # Any: cells of every type
        """The rows as dictionaries, maps as dictionaries in them."""
        found: list[dict[str, Any]] = self.table.to_pylist(maps_as_pydicts="strict")  # Any: as above
        return found

    def chart(self) -> Any:  # Any: any of Altair's kinds of charts
        """The picture as a chart of Altair, to change or to save (`.save("x.svg")`).

        Raises:
            ValueError: there is no picture of this.
        """
        if self.draw is None:
            raise ValueError(f"there is no picture of this: {self.title}; its rows are in to_arrow()")
        return self.draw()
