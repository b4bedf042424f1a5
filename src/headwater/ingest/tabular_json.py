"""Reads tables of flows written as JSON lines: one object a line, canonical names or a map."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import json as arrow_json

from headwater.ingest.in_order import in_order
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.table_flows import TableFlows
from headwater.ingest.tabular import bound_columns, fitting_map
from headwater.ingest.typed_lines import Block, TypedRows, numbered

BLOCK_BYTES = 4 << 20
_SAMPLE_LINES = 1_000
_BOM = b"\xef\xbb\xbf"


class JsonLinesReader:
    """JSON lines."""

    name = "jsonl"
    title = "JSON lines"
    position_unit: PositionUnit = "line"
    rank = 2

    def sniff(self, source: SourceFile) -> bool:
        """Whether the first object has canonical names or those of a shipped map."""
        return fitting_map(_names(source.head)) is not None

    def is_table(self, source: SourceFile) -> bool:
        """Whether the file begins with an object on a line, so that a map may be given."""
        return bool(_names(source.head))

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """One row for each object; a value that cannot be read is null.

        Raises:
            BadSetting: the map is wrong, or none fits, or there is no such time zone.
        """
        names = _names(source.head)
        if not names:
            rejects.add("no JSON object", offset=1, detail="the first lines hold no object")
            return
        bound = bound_columns(names, source=source, options=options, rejects=rejects)
        blocks = numbered(source.blocks(rejects, BLOCK_BYTES), skip=0)
        first = next(blocks, None)
        if first is None:
            return
        sample = _line_by_line(Block(_beginning(first.data), 1), bound.wanted, Rejects())
        schema = _schema(sample.columns)
        flows = TableFlows.of(sample.columns, bound=bound, options=options, rejects=rejects)

        def work(block: Block) -> tuple[Chunk, Rejects]:
            told = Rejects()
            rows = _rows(block, schema, told)
            return Chunk(flows.batch(rows.columns), rows.positions), told

        for chunk, told in in_order(work, chain([first], blocks)):
            rejects.absorb(told)
            if chunk.batch.num_rows:
                yield chunk


def _names(head: bytes) -> list[str]:
    """The keys of the first objects; none where the first lines hold no object."""
    names: dict[str, None] = {}
    for line in head.removeprefix(_BOM).split(b"\n")[:20]:
        found = _object(line)
        if found is not None:
            names |= dict.fromkeys(found)
        elif line.strip() and not names:
            return []
    return list(names)


def _object(line: bytes) -> dict[str, Any] | None:  # Any: whatever JSON can say
    if not line.lstrip().startswith(b"{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _beginning(data: bytes) -> bytes:
    return b"\n".join(data.split(b"\n", _SAMPLE_LINES)[:_SAMPLE_LINES])


def _schema(sample: Mapping[str, pa.Array]) -> pa.Schema:
    return pa.schema(
        [
            pa.field(name, pa.string() if pa.types.is_null(column.type) else column.type)
            for name, column in sample.items()
        ]
    )


def _rows(block: Block, schema: pa.Schema, rejects: Rejects) -> TypedRows:
    """The block's objects by Arrow's parser where all are sound, else line by line."""
    lines = block.data.count(b"\n") + (not block.data.endswith(b"\n"))
    try:
        table = arrow_json.read_json(
            pa.BufferReader(block.data.removeprefix(_BOM)),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(block.data) + 1),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=schema, newlines_in_values=False, unexpected_field_behavior="ignore"
            ),
        )
    except pa.ArrowException:
        return _line_by_line(block, tuple(schema.names), rejects)
    if table.num_rows != lines:  # blank lines, or several objects in one
        return _line_by_line(block, tuple(schema.names), rejects)
    columns = {
        name: pa.concat_arrays([pa.array([], table[name].type), *table[name].chunks]) for name in schema.names
    }
    return TypedRows(columns, np.arange(block.first_line, block.first_line + lines))


def _line_by_line(block: Block, wanted: tuple[str, ...], rejects: Rejects) -> TypedRows:
    found: list[dict[str, Any]] = []  # Any: whatever JSON can say
    positions: list[int] = []
    for number, line in enumerate(block.data.removeprefix(_BOM).split(b"\n"), block.first_line):
        if not line.strip():
            continue
        row = _object(line)
        if row is None:
            rejects.add("no JSON object", offset=number)
        else:
            found.append(row)
            positions.append(number)
    columns = {name: _column([row.get(name) for row in found]) for name in wanted}
    return TypedRows(columns, np.array(positions, np.int64))


def _column(values: list[Any]) -> pa.Array:
    """An array of the values; of text where they are of several kinds (Any: whatever JSON can say)."""
    kept = [None if isinstance(value, dict | list) else value for value in values]
    kinds = {type(value) for value in kept if value is not None}
    if kinds == {int} and all(value is None or -(1 << 63) <= value < 1 << 63 for value in kept):
        return pa.array(kept, pa.int64())
    if kinds == {float}:
        return pa.array(kept, pa.float64())
    if kinds == {bool}:
        return pa.array(kept, pa.bool_())
    texts = [None if value is None else str(value) for value in kept]
    # a lone surrogate is JSON but no UTF-8
    return pa.array([text and text.encode("utf-8", "replace").decode() for text in texts], pa.string())


register(JsonLinesReader())
