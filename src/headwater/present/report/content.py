"""What does a report consist of? Sections of sentences, tables and figures, before any markup.

HTML and Markdown are written from the same content, so that both say the same. Texts are as they come, most
of them from outside: whoever writes markup escapes them.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: what it says.
        links: anchors in this report that it points to, with their texts; behind the text.
        code: it is a command or a query, to be copied.
        folded: what stands in its place until it is asked for; "" where it stands open. Not in print.
    """

    text: str
    links: tuple[tuple[str, str], ...] = ()
    code: bool = False
    folded: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        cells: one for each column; the first names the row.
        id: anchor of the row; "" for none.
        struck: it does not count (barred, left out), and is shown struck.
        on_screen: print leaves it out; its table then says how many more there are.
    """

    cells: tuple[Cell, ...]
    id: str = ""
    struck: bool = False
    on_screen: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        heading: its heading.
        numbers: it holds numbers.
        on_screen: print leaves it out.
    """

    heading: str
    numbers: bool = False
    on_screen: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        id: its anchor.
        caption: what it shows; a sentence without its full stop.
        columns: its columns.
        rows: its rows; may be none.
        provenance: links to the entries of the provenance that its numbers come from.
        folded: long, and shown when asked for; print shows it.
        on_screen: print leaves it out, and says so.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    provenance: tuple[tuple[str, str], ...] = ()
    folded: bool = False
    on_screen: bool = False

    @property
    def not_in_print(self) -> int:
        """Rows that print leaves out."""
        return len(self.rows) if self.on_screen else sum(row.on_screen for row in self.rows)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure.

    Attributes:
        id: its anchor and the name of its files.
        title: what it shows.
        caption: how to read it.
        description: what is to be seen in it, for those who cannot see it.
        chart: a chart of Altair.
        behind: anchor of the table with its numbers.
        narrow: the same for a narrow page; None: the chart suits both.
        half: two of these stand side by side on a wide page.
    """

    id: str
    title: str
    caption: str
    description: str
    chart: Any  # any of Altair's kinds of charts
    behind: str
    narrow: Any = None  # as above
    half: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, what it stands on, and whether it is a point of a list.

    Attributes:
        text: the sentence.
        links: anchors that it stands on, with their texts.
        strong: it is the answer itself.
        code: a command behind the sentence, to be copied; "" for none.
    """

    text: str
    links: tuple[tuple[str, str], ...] = ()
    strong: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences under a heading."""

    heading: str
    statements: tuple[Statement, ...]


Block = Statement | Points | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A section.

    Attributes:
        id: its anchor.
        title: its heading.
        blocks: what it holds, in order.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        title: its heading.
        marking: its TLP 2.0 marking, such as "TLP:AMBER+STRICT".
        facts: short facts under the heading, name and value.
        warnings: what stands against the whole of it.
        sections: the summary first.
        synthetic: it is of simulated material, and says so on every page.
        machine: what `headwater verify` reads.
    """

    title: str
    marking: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    synthetic: bool = False
    machine: dict[str, Any] = field(default_factory=dict)  # Any: what JSON can say

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in order."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(block for block in blocks if isinstance(block, Figure))
