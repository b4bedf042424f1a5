"""How does delimited text become rows? Comment lines, commented headers, quotes, and the line of each row.

One record is one line, except where a quoted field holds line breaks. A quote that never closes costs its own
line only, not the rest of the file.
"""

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from headwater.intel.refusals import Refusals

_COMMENTS = ("#", "//")
_LONGEST_FIELD_LINES = 50  # a quoted field with more line breaks than this is a quote that never closes
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Delimited:
    """Delimited text with its header found.

    Attributes:
        columns: column names, lower case with `_` between words; empty where no line names columns.
        comments: the leading comment lines without their marks.
        delimiter: what stands between cells.
        lines: every line of the text.
        begin: index of the first line behind the header.
    """

    columns: tuple[str, ...]
    comments: tuple[str, ...]
    delimiter: str
    lines: list[str]
    begin: int

    def rows(self, refusals: Refusals, *, strict: bool) -> Iterator[tuple[int, list[str]]]:
        """Line number (from 1) and cells of each record; comments, blank lines, repeated headers left out.

        Args:
            refusals: told of records with more cells than columns, of quotes that never close, and of a last
                line that was cut off.
            strict: whether a record with fewer cells than columns is refused too.
        """
        at, width, full = self.begin, len(self.columns), False
        while at < len(self.lines):
            line, place = self.lines[at], at + 1
            if not line.strip() or line.lstrip().startswith(_COMMENTS):
                at += 1
                continue
            record, taken = self._record(at)
            at += taken
            if record is None:
                refusals.add("quote never closes", place=place, example=line)
                continue
            cells = self.cells(record)
            if self._repeats_the_header(cells):
                continue
            # A cut-off file ends inside a line, without its line break: half an address looks whole.
            cut = at == len(self.lines) and full
            if width and (len(cells) < width and (strict or cut)):
                refusals.add("fewer fields than columns", place=place, example=line)
                continue
            if width and any(cell.strip() for cell in cells[width:]):
                refusals.add("more fields than columns", place=place, example=line)
                continue
            full = len(cells) >= width
            yield place, cells

    def _repeats_the_header(self, cells: list[str]) -> bool:
        """Whether a record is the header again, as in files put together from several."""
        if not self.columns or not cells or name_of(cells[0]) != self.columns[0]:
            return False
        return tuple(map(name_of, cells)) == self.columns

    def cells(self, record: str) -> list[str]:
        """The cells of one record."""
        try:
            return next(csv.reader([record], delimiter=self.delimiter, skipinitialspace=True), [])
        except csv.Error:  # a field of more than 131,072 characters
            return []

    def _record(self, at: int) -> tuple[str | None, int]:
        """The record that begins at a line and how many lines it takes; None where its quote never closes."""
        record = self.lines[at]
        if record.count('"') % 2 == 0:
            return record, 1
        for taken, line in enumerate(self.lines[at + 1 : at + _LONGEST_FIELD_LINES], start=2):
            record += "\n" + line
            if line.count('"') % 2:
                return (record, taken) if self._fits(record) else (None, 1)
        return None, 1

    def _fits(self, record: str) -> bool:
        """Whether lines joined at a quote make one record: else the quote belongs to another line."""
        return not self.columns or len(self.cells(record)) <= len(self.columns)


def name_of(cell: str) -> str:
    """A column's name as it is compared: lower case, `_` for anything but letters and digits."""
    return re.sub(r"[^0-9a-z]+", "_", cell.strip().lower()).strip("_")


def delimited(text: str, *, known: Collection[str]) -> Delimited:
    """The text with its header found.

    Args:
        text: the file's content.
        known: names that columns may have, in the form of `name_of`. The header is the first record if it
            holds one of them, else the last leading comment line that holds two.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = 0
    comments: list[tuple[int, str]] = []
    while first < len(lines) and (not lines[first].strip() or lines[first].lstrip().startswith(_COMMENTS)):
        if lines[first].strip():
            comments.append((first, lines[first].strip().lstrip("#/").strip()))
        first += 1
    said = tuple(comment for _, comment in comments)
    if first < len(lines) and re.fullmatch(r'"?sep=.;?"?', lines[first].strip()):
        first += 1  # Excel's own hint to itself
    if first < len(lines):
        columns, delimiter = _named(lines[first])
        if any(column in known for column in columns):
            return Delimited(columns, said, delimiter, lines, first + 1)
    for comment in reversed(said):
        columns, delimiter = _named(comment)
        if sum(column in known for column in columns) >= 2:
            return Delimited(columns, said, delimiter, lines, first)
    _, delimiter = _named(lines[first] if first < len(lines) else "")
    return Delimited((), said, delimiter, lines, first)


def _named(line: str) -> tuple[tuple[str, ...], str]:
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        cells = []
    return tuple(name_of(cell) for cell in cells), delimiter
