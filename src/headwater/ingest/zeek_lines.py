"""How do the lines of a Zeek log become columns, in either of the forms that Zeek writes?

TSV carries its own header (`#separator`, `#fields`, `#unset_field`, ...), which comes again where files were
set one behind the other, and ends with `#close` once Zeek has finished the file. JSON has one object a line
and leaves unset fields out. Source: Zeek manual, "Log Files and Formats" and base/frameworks/logging.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from pyarrow import json as arrow_json

from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

CUT_LINE = "line cut off"
_BLOCK_BYTES = 1 << 22
_HEADER_LINES = re.compile(rb"^(?:#[^\n]*(?:\n|\Z))+", re.MULTILINE)
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")
_TEXT = pa.string()


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines, taken apart.

    Attributes:
        columns: field name to Arrow array (text, or numbers from JSON); null where the field is unset.
        positions: shape (rows,): line number of each row, from 1.
    """

    columns: dict[str, pa.Array]
    positions: npt.NDArray[np.int64]


@dataclass(slots=True)
class _Header:
    """What the header lines said last."""

    separator: str = "\t"
    unset: str = "-"
    empty: str = "(empty)"
    fields: list[str] = field(default_factory=list)
    closed: bool = False

    def take(self, lines: bytes) -> None:
        """Reads header lines; one of a name that is not known says nothing."""
        for line in lines.decode("utf-8", "replace").splitlines():
            if line.startswith("#separator"):
                written = line[len("#separator") :].strip(" ")
                self.separator = _ESCAPE.sub(lambda hit: chr(int(hit[1], 16)), written) or "\t"
                continue
            name, _, rest = line[1:].partition(self.separator)
            if name == "fields":
                self.fields, self.closed = rest.split(self.separator), False
            elif name == "unset_field":
                self.unset = rest
            elif name == "empty_field":
                self.empty = rest
            elif name == "close":
                self.closed = True


def tsv_lines(source: SourceFile, wanted: Sequence[str], rejects: Rejects) -> Iterator[Lines]:
    """The records of a TSV log: the wanted fields that it has, as text.

    Args:
        source: the file.
        wanted: field names; others are passed over.
        rejects: told lines with the wrong number of fields, and a last line that is cut.
    """
    header, line = _Header(), 1
    for block in source.blocks(rejects, _BLOCK_BYTES):
        at = 0
        for found in _HEADER_LINES.finditer(block):
            yield from _records(block[at : found.start()], header, wanted, line, rejects)
            line += block.count(b"\n", at, found.end())
            header.take(found[0])
            at = found.end()
        yield from _records(block[at:], header, wanted, line, rejects)
        line += block.count(b"\n", at)
    if header.fields and not header.closed:
        rejects.note("no #close at its end: Zeek was still writing the file, or it was cut off")


def _records(
    block: bytes, header: _Header, wanted: Sequence[str], first: int, rejects: Rejects
) -> Iterator[Lines]:
    block = _clean(block)
    if not block.strip():
        return
    if not header.fields:
        rejects.add("line before any #fields", offset=first, count=block.count(b"\n") or 1)
        return
    ends_whole = block.endswith(b"\n")
    if not ends_whole and header.fields[-1] in wanted:  # its last value may have lost digits
        block, _, rest = block.rpartition(b"\n")
        rejects.add(CUT_LINE, offset=first + block.count(b"\n") + bool(block), detail=f"{len(rest)} bytes")
        if not block.strip():
            return
        block, ends_whole = block + b"\n", True
    last = first + block.count(b"\n") - ends_whole
    bad: list[int] = []

    def odd(row: csv.InvalidRow) -> str:
        number = first + row.number - 1
        bad.append(number)
        if row.text.strip():
            reason = CUT_LINE if number == last and not ends_whole else "wrong number of fields"
            rejects.add(
                reason, offset=number, detail=f"{row.actual_columns} instead of {row.expected_columns}"
            )
        return "skip"

    places = [str(place) for place in range(len(header.fields))]
    used = {name: places[header.fields.index(name)] for name in wanted if name in header.fields}
    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            # one thread: only then does the parser know the number of a bad line
            read_options=csv.ReadOptions(column_names=places, block_size=len(block) + 1, use_threads=False),
            parse_options=csv.ParseOptions(
                delimiter=header.separator,
                quote_char=False,
                ignore_empty_lines=False,
                invalid_row_handler=odd,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(places, _TEXT),
                include_columns=list(used.values()),
                strings_can_be_null=True,
                null_values=[header.unset, header.empty],
            ),
        )
    except pa.ArrowInvalid:
        if not bad:
            raise
        return  # no line has the right number of fields; each has been counted
    positions = np.delete(np.arange(first, last + 1), np.array(bad, np.int64) - first)
    if len(positions):
        yield Lines({name: table[place].combine_chunks() for name, place in used.items()}, positions)


def _clean(block: bytes) -> bytes:
    """The block as valid UTF-8 with bare newlines."""
    if not block.isascii():
        block = block.decode("utf-8", "replace").encode()
    return block.replace(b"\r", b"")


def json_lines(source: SourceFile, schema: pa.Schema, rejects: Rejects) -> Iterator[Lines]:
    """The records of a JSON log: the fields of `schema`, others are passed over.

    Args:
        source: the file.
        schema: the wanted fields with their types.
        rejects: told lines that are no JSON object, and a last line that is cut.
    """
    first = 1
    for raw in source.blocks(rejects, _BLOCK_BYTES):
        block = _clean(raw)
        count = block.count(b"\n") + (not block.endswith(b"\n"))
        try:
            table = arrow_json.read_json(
                pa.BufferReader(block),
                read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(block) + 1),
                parse_options=arrow_json.ParseOptions(
                    explicit_schema=schema, unexpected_field_behavior="ignore"
                ),
            )
        except pa.ArrowInvalid:
            table = None
        if table is not None and table.num_rows == count:
            columns = {name: table[name].combine_chunks() for name in schema.names}
            yield Lines(columns, np.arange(first, first + count))
        else:
            yield from _one_by_one(block, schema, first, rejects)
        first += count


def _one_by_one(block: bytes, schema: pa.Schema, first: int, rejects: Rejects) -> Iterator[Lines]:
    """The lines of a block in which some line is not as it should be."""
    found: list[dict[str, object]] = []
    positions: list[int] = []
    texts = block.split(b"\n")
    for number, text in enumerate(texts, first):
        if not text.strip():
            continue
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            cut = number == first + len(texts) - 1
            rejects.add(CUT_LINE if cut else "line is no JSON", offset=number)
            continue
        if not isinstance(record, dict):
            rejects.add("line is no JSON object", offset=number)
            continue
        found.append(record)
        positions.append(number)
    if found:
        columns = {
            name: pa.array([_text(record.get(name)) for record in found], _TEXT) for name in schema.names
        }
        yield Lines(columns, np.array(positions, np.int64))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) or value is None else json.dumps(value)


def numbers(column: pa.Array) -> pa.Array:
    """The column as float64, null where a value is no plain decimal number."""
    if column.type != _TEXT:
        return column.cast(pa.float64())
    try:
        return column.cast(pa.float64())
    except pa.ArrowInvalid:
        sound = pc.match_substring_regex(column, r"^[-+]?\d{1,300}(\.\d*)?([eE][-+]?\d{1,2})?$")
        return pc.if_else(sound, column, pa.scalar(None, _TEXT)).cast(pa.float64())
