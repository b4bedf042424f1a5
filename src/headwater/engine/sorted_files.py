"""How do rows become sorted Parquet files, and are two tables the same? Used where the copy by host is made.

Runs on DuckDB, whatever engine hunts: sorting more than memory holds, and writing row groups whose statistics
let any engine skip them, is what it does well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import ibis

from headwater.engine.connect import Engine

Table = Any  # an Ibis table; Ibis ships no types
Column = Any  # an Ibis column


@ibis.udf.scalar.builtin(name="divide", signature=(("int64", "int64"), "int64"))  # type: ignore[untyped-decorator] # Ibis ships no types
def _duckdb_divide(number: Column, by: Column) -> Column: ...


def whole_thousands(number: Column) -> Column:
    """How many whole thousands a 64-bit integer holds, towards zero; an integer, so it never rounds."""
    return _duckdb_divide(number, ibis.literal(1000, type="int64"))


def write_sorted(
    engine: Engine, table: Table, path: Path, *, order: Sequence[str], group_rows: int, purpose: str
) -> int:
    """Writes a table as one Parquet file in order; what does not fit into memory is sorted on disk.

    Runs in the calling thread, so that Ctrl-C ends it.

    Args:
        engine: as from `connect`, on DuckDB.
        table: the Ibis table to run.
        path: of the file.
        order: columns to sort by.
        group_rows: rows of a row group.
        purpose: what is written, for the trace and for messages.

    Returns:
        How many rows there are.

    Raises:
        LakeError: the file cannot be written, or what is to be sorted cannot be read.
        BadSetting: the engine has too little memory.
    """
    engine.finish()
    by = ", ".join(f'"{name}"' for name in order)
    target = str(path).replace("'", "''")
    sql = (
        f"COPY (SELECT * FROM ({engine.backend.compile(table)}) ORDER BY {by}) TO '{target}' "  # noqa: S608 - names are ours
        "(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 3, "
        f"ROW_GROUP_SIZE {group_rows})"
    )
    began = perf_counter()
    rows = int(_run(engine, sql, purpose, path)[0][0])
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
