"""What are FLOW's columns in Arrow? The schemas that readers fill and the lake stores."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.model.flow import FLOW, Column, FilledBy, Kind

_TYPES: dict[Kind, pa.DataType] = {
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.DAY: pa.date32(),
    Kind.INT64: pa.int64(),
    Kind.INT32: pa.int32(),
    Kind.INT16: pa.int16(),
    Kind.BOOL: pa.bool_(),
    Kind.TEXT: pa.string(),
}


PARQUET_MARK = b"headwater.synthetic"  # key of a Parquet file's metadata: what is in it was simulated


def _schema(columns: tuple[Column, ...], *, strict: bool) -> pa.Schema:
    return pa.schema([pa.field(c.name, _TYPES[c.kind], nullable=c.nullable or not strict) for c in columns])


# What a reader yields. Every column may be null here: a value that could not be read is null, and
# `screen` rejects the record where FLOW forbids it.
READ_SCHEMA: pa.Schema = _schema(tuple(c for c in FLOW if c.filled_by is not FilledBy.LAKE), strict=False)
# What the lake stores.
LAKE_SCHEMA: pa.Schema = _schema(FLOW, strict=True)


def flow_batch(columns: Mapping[str, Any]) -> pa.RecordBatch:  # Any: NumPy or Arrow arrays alike
    """A batch in READ_SCHEMA from the columns that a source has; the others are null.

    Args:
        columns: column name to NumPy or Arrow array, all of one length. Times may be integers
            (microseconds since 1970-01-01 UTC). A value out of its type's range becomes null.

    Returns:
        A record batch with exactly READ_SCHEMA.

    Raises:
        KeyError: a name that READ_SCHEMA does not have.
    """
    unknown = set(columns) - set(READ_SCHEMA.names)
    if unknown:
        raise KeyError(f"not columns of FLOW: {sorted(unknown)}")
    length = len(next(iter(columns.values())))
    arrays = [
        _as_type(columns[field.name], field.type) if field.name in columns else pa.nulls(length, field.type)
        for field in READ_SCHEMA
    ]
    return pa.record_batch(arrays, schema=READ_SCHEMA)


def _as_type(values: Any, kind: pa.DataType) -> pa.Array:  # Any: NumPy or Arrow arrays alike
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if array.type == kind:
        return array
    if pa.types.is_integer(kind) and (pa.types.is_integer(array.type) or pa.types.is_floating(array.type)):
        return _narrowed(array, kind)
    if pa.types.is_timestamp(kind) and pa.types.is_integer(array.type):
        return array.cast(pa.int64()).cast(kind)
    return array.cast(kind)


def _narrowed(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """Integers or floats cast to a narrower integer type, with what does not fit as null."""
    bounds = np.iinfo(kind.to_pandas_dtype())
    values = np.asarray(array.fill_null(0))
    # nan compares false, so it becomes null; floats at 2**63 do not fit although they compare equal
    upper_ok = values < float(bounds.max) if values.dtype.kind == "f" else values <= bounds.max
    fits = (values >= bounds.min) & upper_ok
    mask = ~fits | np.asarray(array.is_null())
    return pa.array(np.where(mask, 0, values).astype(bounds.dtype), type=kind, mask=mask)
