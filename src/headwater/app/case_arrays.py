"""How do small tables of the engine become arrays? Integers with nulls as 0, and rows by number."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


def ints(table: pa.Table, name: str, *, null: int = 0) -> Int64s:
    """A column as 64-bit integers."""
    column = table[name].combine_chunks().fill_null(null).cast(pa.int64())
    return np.asarray(column, dtype=np.int64)


def int32s(table: pa.Table, name: str, *, null: int = 0) -> Int32s:
    """A column as 32-bit integers."""
    return ints(table, name, null=null).astype(np.int32)


def bools(table: pa.Table, name: str) -> Bools:
    """A column as truth values; null is false."""
    return np.asarray(table[name].combine_chunks().fill_null(False), dtype=np.bool_)


def placed(table: pa.Table, place: str, value: str, *, count: int) -> Int64s:
    """Values by the number of their row, 0 where a row is missing, shape (count,)."""
    out = np.zeros(count, np.int64)
    out[ints(table, place)] = ints(table, value)
    return out


def marked(table: pa.Table, place: str, *, count: int) -> Bools:
    """Which rows are named, shape (count,)."""
    out = np.zeros(count, np.bool_)
    out[ints(table, place)] = True
    return out


def rows_of(table: pa.Table) -> list[dict[str, int]]:
    """Rows of integers; sums that an engine widens are integers again, and nothing counted is 0."""
    columns = {name: ints(table, name).tolist() for name in table.column_names}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
