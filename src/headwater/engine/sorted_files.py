"""How do rows become sorted Parquet files, and are two tables the same? Used where the copy by host is made.

Sorted by DuckDB, whatever engine hunts: sorting more than memory holds is what it does well. Written by
Arrow, which knows encodings that DuckDB reads and does not write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import ibis
import pyarrow.parquet as pq

from headwater.engine.connect import Engine

Table = Any  # an Ibis table; Ibis ships no types
Column = Any  # an Ibis column

_PIECE_GROUPS = 6  # row groups that are taken out of DuckDB at a time
_AHEAD = "64MB"  # of sorted rows that DuckDB gets ready while others are written
_LEVEL = 3  # of zstd


@ibis.udf.scalar.builtin(name="divide", signature=(("int64", "int64"), "int64"))  # type: ignore[untyped-decorator] # Ibis ships no types
def _duckdb_divide(number: Column, by: Column) -> Column: ...


def whole_thousands(number: Column) -> Column:
    """How many whole thousands a 64-bit integer holds, towards zero; an integer, so it never rounds."""
    return _duckdb_divide(number, ibis.literal(1000, type="int64"))


def write_sorted(
    engine: Engine,
    table: Table,
    path: Path,
    *,
    order: Sequence[str],
    group_rows: int,
    encodings: Mapping[str, str],
    purpose: str,
) -> int:
    """Writes a table as one Parquet file in order; what does not fit into memory is sorted on disk.

    Runs in the calling thread, so that Ctrl-C ends it.

    Args:
        engine: as from `connect`, on DuckDB.
        table: the Ibis table to run.
        path: of the file.
        order: columns to sort by; by the first one readers can skip row groups, so it alone has statistics.
        group_rows: rows of a row group.
        encodings: Parquet's encoding of each column; those that are not named have a dictionary.
        purpose: what is written, for the trace and for messages.

    Returns:
        How many rows there are.

    Raises:
        LakeError: the file cannot be written, or what is to be sorted cannot be read.
        BadSetting: the engine has too little memory.
    """
    engine.finish()
    by = ", ".join(f'"{name}"' for name in order)
    sql = f"SELECT * FROM ({engine.backend.compile(table)}) ORDER BY {by}"  # noqa: S608 - names are ours
    began, rows = perf_counter(), 0
    with engine.explained(purpose, path):
        engine.backend.con.execute(f"SET streaming_buffer_size = '{_AHEAD}'")
        pieces = engine.backend.con.sql(sql).to_arrow_reader(_PIECE_GROUPS * group_rows)
        names = [name for name in pieces.schema.names if name not in encodings]
        with pq.ParquetWriter(
            path,
            pieces.schema,
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=names,
            column_encoding=dict(encodings),
            write_statistics=list(order[:1]),
            store_schema=False,
        ) as file:
            for piece in pieces:
                file.write_batch(piece, row_group_size=group_rows)
                rows += piece.num_rows
    engine.trace.record(purpose=purpose, sql=sql, rows=rows, seconds=perf_counter() - began)
    return rows


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a table holds, in whatever order: two of them are equal only where all rows are.

    Attributes:
        rows: how many.
        digest: sum over the rows of a 64-bit hash of each; another multiset of rows has the same one with a
            chance of about 1 in 10^19.
    """

    rows: int
    digest: int


def fingerprint(engine: Engine, table: Table, *, purpose: str) -> Fingerprint:
    """The fingerprint of a table with certain columns; comparable within one engine.

    Raises:
        LakeError: a file cannot be read.
    """
    engine.finish()
    columns = ", ".join(f'"{name}"' for name in sorted(table.columns))
    sql = (
        f"SELECT count(*), coalesce(sum(hash({columns})::HUGEINT), 0) "  # noqa: S608 - names are ours
        f"FROM ({engine.backend.compile(table)})"
    )
    began = perf_counter()
    rows, digest = _run(engine, sql, purpose, None)[0]
    engine.trace.record(purpose=purpose, sql=sql, rows=1, seconds=perf_counter() - began)
    return Fingerprint(int(rows), int(digest))


def _run(
    engine: Engine, sql: str, purpose: str, path: Path | None
) -> list[tuple[Any, ...]]:  # Any: SQL values
    with engine.explained(purpose, path):
        found: list[tuple[Any, ...]] = engine.backend.con.execute(sql).fetchall()
    return found
