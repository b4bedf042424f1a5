"""How do a table's lines become typed columns, fast where all are sound and without losing any where not?

A block of lines is parsed by Arrow with the types that the file's first lines showed. Where a cell does not
fit its type the block is parsed again as text; where quotes do not balance, line by line.
"""

import csv as stdlib_csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from headwater.ingest.rejects import Rejects

WRONG_FIELD_COUNT = "wrong number of fields"
_NULLS = ["", "-", "null", "NULL", "None", "nan", "NaN", "N/A", "\\N"]
_SAMPLE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table's lines are written.

    Attributes:
        names: all columns, in the order of the file.
        wanted: those that are read.
        delimiter: the character between cells.
        quoted: whether cells may be quoted with `"`.
        types: Arrow types of the wanted columns; text where nothing is said.
    """

    names: tuple[str, ...]
    wanted: tuple[str, ...]
    delimiter: str
    quoted: bool = True
    types: Mapping[str, pa.DataType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file, and the number of the first."""

    data: bytes
    first_line: int


@dataclass(frozen=True, slots=True)
class TypedRows:
    """Columns by the table's own names, and each row's line number, shape (rows,)."""

    columns: Mapping[str, pa.Array]
    positions: npt.NDArray[np.int64]


def numbered(blocks: Iterator[bytes], *, skip: int) -> Iterator[Block]:
    """The blocks with their line numbers, from 1, without the file's first `skip` lines."""
    line = 1
    for data in blocks:
        count, rest = data.count(b"\n"), data
        dropped = 0
        while line + dropped <= skip and rest:
            rest = rest.partition(b"\n")[2]
            dropped += 1
        if rest:
            yield Block(rest, line + dropped)
        line += count


def types_shown(block: Block, layout: Layout) -> dict[str, pa.DataType]:
    """The types of the wanted columns as the block's first lines show them."""
    sample = block.data[:_SAMPLE_BYTES]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        table = _parsed(_clean(sample), layout, None, [])
    except pa.ArrowException:
        return {}
    return {name: _usable(table[name].type) for name in layout.wanted}


def _usable(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        # seconds in the first lines do not promise that none has a fraction
        return pa.timestamp("us", tz=kind.tz)
    return pa.string()


def typed_rows(block: Block, layout: Layout, rejects: Rejects) -> TypedRows:
    """The block's rows; lines with a wrong number of cells are told to `rejects`, blank ones are not."""
    data = block.data if block.data.isascii() else _clean(block.data)
    quoted = layout.quoted and b'"' in data
    bad: list[csv.InvalidRow] = []
    try:
        try:
            table = _parsed(data, layout, layout.types, bad, quoted=quoted)
        except pa.ArrowInvalid:
            bad.clear()
            table = _parsed(_clean(data), layout, {}, bad, quoted=quoted)
    except pa.ArrowException:
        return _line_by_line(block, layout, rejects)
    total = data.count(b"\n") + (not data.endswith(b"\n"))
    if table.num_rows + len(bad) != total:
        # a quoted cell holds newlines, or a stray quote has swallowed lines
        return _line_by_line(block, layout, rejects)
    for row in bad:
        if row.text.strip():
            detail = f"{row.actual_columns} instead of {len(layout.names)}"
            rejects.add(WRONG_FIELD_COUNT, offset=block.first_line + row.number - 1, detail=detail)
    lines = np.arange(total)
    if bad:
        lines = np.delete(lines, np.array([row.number - 1 for row in bad]))
    if blank := _blank_lines(data):  # Arrow makes a row of nulls of an empty line
        full = ~np.isin(lines, blank)
        table, lines = table.filter(pa.array(full)), lines[full]
    columns = {name: _one_chunk(table[name]) for name in layout.wanted}
    return TypedRows(columns, block.first_line + lines)


def _parsed(
    data: bytes,
    layout: Layout,
    types: Mapping[str, pa.DataType] | None,
    bad: list[csv.InvalidRow],
    *,
    quoted: bool = True,
) -> pa.Table:
    """The block as a table of the wanted columns; with no types at all, Arrow guesses them."""

    def odd(row: csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    given = {} if types is None else {name: types.get(name, pa.string()) for name in layout.wanted}
    return csv.read_csv(
        pa.BufferReader(data),
        # one thread: only then does the parser know the number of a bad line; blocks go to several threads
        read_options=csv.ReadOptions(
            column_names=list(layout.names), block_size=len(data) + 1, use_threads=False
        ),
        parse_options=csv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char='"' if quoted else False,
            ignore_empty_lines=len(layout.names) == 1,
            invalid_row_handler=odd,
        ),
        convert_options=csv.ConvertOptions(
            column_types=given,
            include_columns=list(layout.wanted),
            null_values=_NULLS,
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays([pa.array([], column.type), *column.chunks])
    )


def _clean(data: bytes) -> bytes:
    """The same lines as valid UTF-8."""
    return data if data.isascii() else data.decode("utf-8", "replace").encode()


def _blank_lines(data: bytes) -> list[int]:
    """The places, from 0, of the lines that hold nothing."""
    if b"\n\n" not in data and b"\n\r\n" not in data and not data.startswith((b"\n", b"\r\n")):
        return []
    return [place for place, line in enumerate(data.split(b"\n")) if line in {b"", b"\r"}]


def _line_by_line(block: Block, layout: Layout, rejects: Rejects) -> TypedRows:
    """As `typed_rows`, each line on its own: a stray quote spoils its line and no other."""
    rows: list[list[str]] = []
    positions: list[int] = []
    lines = block.data.decode("utf-8", "replace").split("\n")
    for number, line in enumerate(lines, block.first_line):
        text = line.rstrip("\r")
        if not text.strip():
            continue
        cells = cells_of(text, layout.delimiter, quoted=layout.quoted)
        if len(cells) == len(layout.names):
            rows.append(cells)
            positions.append(number)
        else:
            detail = f"{len(cells)} instead of {len(layout.names)}"
            rejects.add(WRONG_FIELD_COUNT, offset=number, detail=detail)
    places = {name: layout.names.index(name) for name in layout.wanted}
    columns = {
        name: pa.array([None if row[at] in _NULLS else row[at] for row in rows], pa.string())
        for name, at in places.items()
    }
    return TypedRows(columns, np.array(positions, np.int64))


def cells_of(line: str, delimiter: str, *, quoted: bool = True) -> list[str]:
    """The cells of one line; none where quoting makes no sense."""
    if not quoted:
        return line.split(delimiter)
    try:
        return next(stdlib_csv.reader([line], delimiter=delimiter, strict=True), [])
    except stdlib_csv.Error:
        return []
