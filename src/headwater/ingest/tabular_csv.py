"""Reads tables of flows written as CSV: any delimiter, canonical names or a map."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from headwater.ingest.in_order import in_order
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.table_flows import TableFlows
from headwater.ingest.tabular import bound_columns, fitting_map
from headwater.ingest.typed_lines import Block, Layout, cells_of, numbered, typed_rows, types_shown

BLOCK_BYTES = 4 << 20  # some 50,000 flows: large enough for vectorised work, small enough to hold several
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Header:
    """A table's first line: its column names, the delimiter, and its place among the lines."""

    names: tuple[str, ...]
    delimiter: str
    lines: int


def header_of(head: bytes) -> Header | None:
    """The header in a CSV file's first bytes, or None; comments (#) and blank lines may stand above."""
    for number, raw in enumerate(head.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        line = raw.decode("utf-8", "replace").strip("\r")
        if not line.strip() or line.startswith("#"):
            continue
        delimiter = max(_DELIMITERS, key=line.count)
        names = tuple(name.strip() for name in cells_of(line, delimiter))
        sound = len(names) > 1 and all(name.isprintable() for name in names)
        return Header(names, delimiter, number) if sound else None
    return None


class CsvReader:
    """CSV with a header line."""

    name = "csv"
    title = "CSV with a header line"
    position_unit: PositionUnit = "line"
    rank = 2

    def sniff(self, source: SourceFile) -> bool:
        """Whether the first line holds canonical names or those of a shipped map."""
        header = header_of(source.head)
        return header is not None and fitting_map(header.names) is not None

    def is_table(self, source: SourceFile) -> bool:
        """Whether the file begins with a header line of any names, so that a map may be given."""
        return header_of(source.head) is not None and not source.head.lstrip().startswith((b"{", b"["))

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The table's rows; a cell that cannot be read is null.

        Raises:
            BadSetting: the map is wrong, or none fits, or there is no such time zone.
        """
        header = header_of(source.head)
        if header is None:
            rejects.add("no header line", offset=1, detail="the first line holds no column names")
            return
        names = _distinct(header.names)
        bound = bound_columns(names, source=source, options=options, rejects=rejects)
        layout = Layout(names, bound.wanted, header.delimiter)
        blocks = numbered(source.blocks(rejects, BLOCK_BYTES), skip=header.lines)
        first = next(blocks, None)
        if first is None:
            return
        layout = replace(layout, types=types_shown(first, layout))
        sample = typed_rows(first, layout, Rejects())
        flows = TableFlows.of(sample.columns, bound=bound, options=options, rejects=rejects)

        def work(block: Block) -> tuple[Chunk, Rejects]:
            told = Rejects()
            rows = typed_rows(block, layout, told)
            return Chunk(flows.batch(rows.columns), rows.positions), told

        for chunk, told in in_order(work, chain([first], blocks)):
            rejects.absorb(told)
            if chunk.batch.num_rows:
                yield chunk


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, those that come again with their place added: the first of a name is the one that counts."""
    return tuple(
        name if name and name not in names[:place] else f"{name} (column {place + 1})"
        for place, name in enumerate(names)
    )


register(CsvReader())
