"""Which column of a table means what? Names as others write them, for tables of observations and claims."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headwater.intel.labels.rows import Delimited, delimited
from headwater.intel.refusals import Refusals

Synonyms = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """Delimited text whose header names known columns.

    Attributes:
        text: the rows.
        chosen: our name of each column to theirs.
    """

    text: Delimited
    chosen: Mapping[str, str]

    def has(self, *columns: str) -> bool:
        """Whether the header names all of these."""
        return set(columns) <= set(self.chosen)

    def rows(self, refusals: Refusals) -> Iterator[tuple[int, dict[str, str]]]:
        """Line number and cells by our names of each row; absent columns are ""."""
        unused = [name for name in self.text.columns if name and name not in self.chosen.values()]
        if unused:
            refusals.note(f"columns not used: {', '.join(unused)}")
        place_of = {name: place for place, name in reversed(list(enumerate(self.text.columns)))}
        for place, cells in self.text.rows(refusals, strict=False):
            padded = [*cells, *[""] * (len(self.text.columns) - len(cells))]
            yield place, {ours: padded[place_of[theirs]].strip() for ours, theirs in self.chosen.items()}


def table_of(text: str, synonyms: Synonyms) -> Table:
    """The text as a table.

    Args:
        text: the file's content.
        synonyms: our name of each column to the names understood for it, the closest first.
    """
    found = delimited(text, known=frozenset(name for names in synonyms.values() for name in names))
    return Table(
        found,
        {
            ours: next(name for name in theirs if name in found.columns)
            for ours, theirs in synonyms.items()
            if any(name in found.columns for name in theirs)
        },
    )
