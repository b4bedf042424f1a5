"""How do flow records leave? As CSV, JSON lines and Arrow with canonical names.

CSV and JSON lines can be ingested again: `pair_id`, which is unique within one source file only, comes with
the digest of that file, and `kind` and `source` are passed over by ingest. Text from outside, the names of
sensors, is made printable in all forms.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.model.address import IPV4_PREFIX, defang, text_of
from headwater.model.service import protocol_name
from headwater.present.printable import printable
from headwater.present.spreadsheet import neutralised

Value = TypeVar("Value", int, str)
COLUMNS = (
    "start", "end", "src", "dst", "src_port", "dst_port", "proto", "packets", "bytes", "tcp_flags",
    "answered", "sensor", "sampling", "pair_id", "source", "kind",
)  # fmt: skip
_INT, _TIMES = pa.int64(), pa.timestamp("us", tz="UTC")
_TYPES = {"start": _TIMES, "end": _TIMES, "answered": pa.bool_()} | dict.fromkeys(
    ("src", "dst", "proto", "sensor", "source", "kind"), pa.string()
)
_TYPED: pa.Schema = pa.schema([(name, _TYPES.get(name, _INT)) for name in COLUMNS])
_TEXTS = ("start", "end", "src", "dst", "proto", "sensor", "source", "kind")  # strings in JSON, not numbers
_OCTETS: pa.Array = pa.array([str(number) for number in range(256)])
_TIME = "%Y-%m-%dT%H:%M:%SZ"  # Arrow writes seconds with the fraction that the type has


def csv_lines(batches: Iterable[pa.RecordBatch], *, defanged: bool = False) -> Iterator[str]:
    """The records as CSV (RFC 4180), header first, formulas neutralised; nothing is cut.

    Args:
        batches: columns of LAKE_SCHEMA, and `kind`.
        defanged: addresses in a form that no program turns into a link, and that ingest does not take.
    """
    yield ",".join(COLUMNS) + "\n"
    for batch in batches:
        cells = _cells(batch, text=_csv_cell, defanged=defanged)
        yield _joined([cells[name] for name in COLUMNS], separator=",", null="")


def json_lines(batches: Iterable[pa.RecordBatch], *, defanged: bool = False) -> Iterator[str]:
    """The records as JSON lines: an object a record, every column in it; arguments as for `csv_lines`."""
    for batch in batches:
        cells = _cells(batch, text=_json_inside, defanged=defanged)
        values = []
        for place, name in enumerate(COLUMNS):
            value = cells[name]
            quoted = _pasted('"', value, '"') if name in _TEXTS else value
            start = "{" if place == 0 else ""
            values.append(_pasted(f'{start}"{name}": ', pc.fill_null(quoted, "null"), ""))
        values[-1] = _pasted("", values[-1], "}")
        yield _joined(values, separator=", ", null="null")


def arrow_rows(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """The records as one table: the same columns, times and numbers as such, all other cells as text.

    Args:
        batches: as for `csv_lines`; few enough for memory.
    """
    return pa.Table.from_batches(map(_typed, batches), schema=_TYPED)


def _typed(batch: pa.RecordBatch) -> pa.RecordBatch:
    cells = {side: _addresses(batch, side, defanged=False) for side in ("src", "dst")}
    cells |= {name: _by_value(batch[name], printable) for name in ("sensor", "source", "kind")}
    cells["proto"] = _by_value(batch["proto"], protocol_name)
    columns = [cells[field.name] if field.name in cells else batch[field.name] for field in _TYPED]
    cast = [column.cast(field.type) for column, field in zip(columns, _TYPED, strict=True)]
    return pa.RecordBatch.from_arrays(cast, schema=_TYPED)


def _csv_cell(text: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([neutralised(printable(text))])
    return buffer.getvalue()


def _json_inside(text: str) -> str:
    return json.dumps(printable(text), ensure_ascii=False)[1:-1]


def _cells(batch: pa.RecordBatch, *, text: Callable[[str], str], defanged: bool) -> dict[str, pa.Array]:
    """Every column as text; null where the record does not say."""
    cells = {
        "proto": _by_value(batch["proto"], protocol_name),
        "sensor": _by_value(batch["sensor"], text), "kind": _by_value(batch["kind"], text),
    }  # fmt: skip
    cells |= {side: _addresses(batch, side, defanged=defanged) for side in ("src", "dst")}
    cells |= {side: pc.strftime(batch[side], format=_TIME) for side in ("start", "end")}
    return cells | {column: batch[column].cast(pa.string()) for column in COLUMNS if column not in cells}


def _addresses(batch: pa.RecordBatch, side: str, *, defanged: bool) -> pa.Array:
    """The addresses of one side as text."""
    hi, lo = (np.asarray(batch[f"{side}_{half}"], np.int64) for half in ("hi", "lo"))
    v4 = (hi == 0) & (lo >> 32 == IPV4_PREFIX >> 32)
    octets = [_OCTETS.take(pa.array(lo >> shift & 0xFF)) for shift in (24, 16, 8, 0)]
    text = pc.binary_join_element_wise(*octets[:3], ".")
    text = pc.binary_join_element_wise(text, octets[3], "[.]" if defanged else ".")
    if v4.all():
        return text
    keys, number = np.unique(np.column_stack([hi, lo])[~v4], axis=0, return_inverse=True)
    name = defang if defanged else str
    longer = pa.array([name(text_of(*key)) for key in keys.tolist()], pa.string())
    return pc.replace_with_mask(text, pa.array(~v4), longer.take(pa.array(number.reshape(-1))))


def _by_value(column: pa.Array, text: Callable[[Value], str]) -> pa.Array:
    """A column as text; each different value is written once."""
    encoded = column.dictionary_encode()
    texts = pa.array([text(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return texts.take(encoded.indices)


def _pasted(before: str, values: pa.Array, after: str) -> pa.Array:
    return pc.binary_join_element_wise(before, values, after, "")


def _joined(columns: Sequence[pa.Array], *, separator: str, null: str) -> str:
    """Rows of text, one a line."""
    rows = pc.binary_join_element_wise(*columns, separator, null_handling="replace", null_replacement=null)
    lines = pc.binary_join_element_wise(rows, "", "\n")
    if isinstance(lines, pa.ChunkedArray):
        lines = lines.combine_chunks()
    ends = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset : lines.offset + len(lines) + 1]
    return lines.buffers()[2].to_pybytes()[ends[0] : ends[-1]].decode() if len(lines) else ""
