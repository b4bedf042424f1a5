"""What number, protocol, set of TCP flags or text does a table's column hold, whatever its type?

Columns arrive as any Arrow type; what cannot be read as what is asked for becomes null. Text is parsed once
for each distinct value.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.column_map import Value
from headwater.model.service import protocol_number

Cell = TypeVar("Cell", int, float, str, bool)

INT64_MAX = (1 << 63) - 1
_FLOAT_SAFE = 9.2e18  # just inside the range of a signed 64-bit integer
_FLAG_BITS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32, "E": 64, "C": 128, "W": 128, ".": 0, "-": 0}
_TRUE = frozenset({"true", "t", "yes", "1"})
_FALSE = frozenset({"false", "f", "no", "0"})


def numbers(column: pa.Array, *, scale: float = 1) -> pa.Array:
    """The column as int64; with a scale, rounded products. Fractions are no whole numbers and become null."""
    if scale != 1:
        return _whole(pc.multiply(floats(column), float(scale)), rounding=True)
    kind = column.type
    if pa.types.is_uint64(kind):
        fits = pc.less_equal(column, pa.scalar(INT64_MAX, pa.uint64()))
        return pc.if_else(fits, column, None).cast(pa.int64())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _whole(column.cast(pa.float64()), rounding=False)
    return by_text(column, whole_number, pa.int64())


def floats(column: pa.Array) -> pa.Array:
    """The column as float64."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_boolean(kind):
        return column.cast(pa.int8()).cast(pa.float64())
    return by_text(column, _float, pa.float64())


def protocols(column: pa.Array) -> pa.Array:
    """IP protocol numbers of a column of numbers or names, as int64."""
    return by_text(column, _protocol, pa.int64()) if is_text(column.type) else numbers(column)


def tcp_flags(column: pa.Array) -> pa.Array:
    """TCP flags of a column of numbers, hex text or letters such as `.AP.SF`, as int64."""
    return by_text(column, _flags, pa.int64()) if is_text(column.type) else numbers(column)


def booleans(column: pa.Array) -> pa.Array:
    """The column as bool: true and false, yes and no, 1 and 0."""
    if pa.types.is_boolean(column.type):
        return column
    return by_text(column if is_text(column.type) else numbers(column).cast(pa.string()), _bool, pa.bool_())


def texts(column: pa.Array) -> pa.Array:
    """The column as text; empty text is null."""
    if not is_text(column.type):
        column = numbers(column).cast(pa.string())
    return by_text(column, lambda text: text or None, pa.string())


def translated(column: pa.Array, values: Mapping[str, Value]) -> pa.Array:
    """What a map's `values` make of the column, as text; null for what they do not list."""
    known = {key: str(value) for key, value in values.items()}
    column = column if is_text(column.type) else numbers(column).cast(pa.string())
    return by_text(column, known.get, pa.string())


def without(column: pa.Array, unknown: tuple[str, ...]) -> pa.Array:
    """The column with the values that mean "unknown" as null."""
    if is_text(column.type):
        return by_text(column, lambda text: None if text in unknown else text, pa.string())
    marks = [int(text) for text in unknown if text.lstrip("-").isdigit()]
    if not marks or not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return column
    return pc.if_else(
        pc.is_in(column.cast(pa.float64(), safe=False), pa.array(marks, pa.float64())), None, column
    )


def is_text(kind: pa.DataType) -> bool:
    """Whether the type is text, plain, large or dictionary-encoded, or bytes."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def by_text(column: pa.Array, parse: Callable[[str], Cell | None], kind: pa.DataType) -> pa.Array:
    """What `parse` makes of each distinct text; null where the column has none or is no text at all."""
    if not is_text(column.type):
        return pa.nulls(len(column), kind)
    if not pa.types.is_dictionary(column.type):
        # as bytes: a damaged file's text need not be UTF-8
        column = column.cast(pa.large_binary()).dictionary_encode()
    entries = column.dictionary.cast(pa.large_binary()).to_pylist()
    parsed: list[Any] = [  # Any: whatever `parse` gives
        None if entry is None else parse(entry.decode("utf-8", "replace").strip()) for entry in entries
    ]
    return pa.array(parsed, kind).take(column.indices)


def whole_number(text: str) -> int | None:
    """The whole number that the text is, also as `443.0` or `0x1bb`; None for anything else."""
    try:
        number = int(text, 16) if text[:2].lower() == "0x" else int(text)
    except ValueError:
        value = _float(text)
        number = int(value) if value is not None and value.is_integer() else INT64_MAX + 1
    return number if -INT64_MAX <= number <= INT64_MAX else None


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _protocol(text: str) -> int | None:
    try:
        return protocol_number(text)
    except ValueError:
        return whole_number(text)  # 6.0; a number out of range is the screen's to refuse


def _flags(text: str) -> int | None:
    number = whole_number(text)
    if number is not None or not text:
        return number
    bits = [_FLAG_BITS.get(letter) for letter in text.upper()]
    return sum({bit for bit in bits if bit is not None}) if None not in bits else None


def _bool(text: str) -> bool | None:
    word = text.lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _whole(column: pa.Array, *, rounding: bool) -> pa.Array:
    """Floats as int64, null where one is no whole number (or, rounded, out of range)."""
    values = np.asarray(column.fill_null(np.nan))
    fits = np.abs(values) < _FLOAT_SAFE  # false for nan and infinity
    values = np.where(fits, values, 0.0)
    rounded = np.rint(values)
    fits &= True if rounding else rounded == values
    return pa.array(rounded.astype(np.int64), mask=~fits)
