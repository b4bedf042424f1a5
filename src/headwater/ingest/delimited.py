"""How do lines of separated fields become columns of text without a loop per line?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

WRONG_FIELD_COUNT = "wrong number of fields"


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a file, taken apart.

    Attributes:
        columns: column name to Arrow string array without surrounding blanks; an absent value is "".
        positions: shape (rows,): line number of each row, from 1.
    """

    columns: dict[str, pa.Array]
    positions: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.positions)

    def where(self, keep: npt.NDArray[np.bool_]) -> "Lines":
        """The rows for which `keep`, shape (rows,), is true."""
        mask = pa.array(keep)
        return Lines(
            {name: column.filter(mask) for name, column in self.columns.items()}, self.positions[keep]
        )


def first_line(head: bytes) -> str:
    """The first line that is not blank, as text; bytes that are no UTF-8 are replaced."""
    for line in head.split(b"\n"):
        if line.strip():
            return line.decode("utf-8", "replace").strip("\r\n\ufeff")
    return ""


def lines(
    source: SourceFile,
    rejects: Rejects,
    *,
    delimiter: str,
    name_of: Callable[[str], str] = str,
) -> Iterator[Lines]:
    """The file's lines after its title line, about a megabyte of text at a time.

    Titles that come again (files set one behind the other) are dropped. Fields are never quoted: neither
    `ra` nor `rwcut` quotes.

    Args:
        source: the file; its first line that is not blank holds the titles.
        rejects: told lines whose number of fields differs from the titles'.
        delimiter: the character between fields.
        name_of: column name for a title; of two columns of one name the first counts.

    Returns:
        Rows in file order.
    """
    titles: list[str] = []
    line = 1
    for raw in source.blocks(rejects):
        block = _clean(raw)
        first = line
        line += block.count(b"\n")
        if not titles:
            heading = first_line(block)
            if not heading:
                continue
            titles = [title.strip() for title in heading.split(delimiter)]
            skipped = block.count(b"\n", 0, len(block) - len(block.lstrip(b"\n"))) + 1
            block = block.lstrip(b"\n").partition(b"\n")[2]
            first += skipped
        if block.strip():
            parsed, numbers = _table(block, titles, first, delimiter, rejects)
            yield from _columns(parsed, numbers, titles, name_of)


def _clean(block: bytes) -> bytes:
    """The block as valid UTF-8 with bare newlines and without NUL."""
    if not block.isascii():
        block = block.decode("utf-8", "replace").removeprefix("\ufeff").encode()
    # a carriage return ends a line for the parser, and would put every later line number out of step
    return block.replace(b"\r", b"").replace(b"\0", b"?")


def _table(
    block: bytes, titles: list[str], first: int, delimiter: str, rejects: Rejects
) -> tuple[list[pa.Array], npt.NDArray[np.int64]]:
    """The block's columns in the titles' order, and the line number of each row."""
    bad: list[int] = []

    def odd(row: csv.InvalidRow) -> str:
        bad.append(first + row.number - 1)
        if row.text.strip():  # a blank line is nobody's record
            detail = f"{row.actual_columns} instead of {len(titles)}"
            rejects.add(WRONG_FIELD_COUNT, offset=bad[-1], detail=detail)
        return "skip"

    places = [str(place) for place in range(len(titles))]
    table = csv.read_csv(
        pa.BufferReader(block),
        # one thread: only then does the parser know the number of a bad line
        read_options=csv.ReadOptions(column_names=places, block_size=len(block) + 1, use_threads=False),
        parse_options=csv.ParseOptions(
            delimiter=delimiter, quote_char=False, ignore_empty_lines=False, invalid_row_handler=odd
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()), strings_can_be_null=False
        ),
    )
    total = block.count(b"\n") + (not block.endswith(b"\n"))
    numbers = np.delete(np.arange(first, first + total), np.array(bad, np.int64) - first)
    return [pa.concat_arrays([pa.array([], pa.string()), *table[place].chunks]) for place in places], numbers


def _columns(
    parsed: list[pa.Array], numbers: npt.NDArray[np.int64], titles: list[str], name_of: Callable[[str], str]
) -> Iterator[Lines]:
    """The rows that are records: neither blank nor the titles again."""
    columns: dict[str, pa.Array] = {}
    for title, column in zip(titles, parsed, strict=True):
        columns.setdefault(name_of(title), pc.utf8_trim_whitespace(column))
    first = columns[name_of(titles[0])]
    no_record = np.asarray(pc.equal(first, titles[0]))
    empty = np.flatnonzero(np.asarray(pc.equal(first, "")))
    if len(empty):
        where = pa.array(empty)
        blank = [np.asarray(pc.equal(column.take(where), "")) for column in columns.values()]
        no_record = no_record.copy()
        no_record[empty[np.logical_and.reduce(blank)]] = True
    found = Lines(columns, numbers)
    found = found.where(~no_record) if no_record.any() else found
    if len(found):
        yield found
