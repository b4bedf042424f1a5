"""How do labels and context reach the disk? Small append-only tables, each file's content stored once."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from headwater.errors import LakeError
from headwater.lake.tables import create_lake, create_table, open_lake, open_table

ATTEMPTS = 8  # two writers seldom meet; each retry starts from the newest version


def newest_version(lake_root: Path, table: str) -> int:
    """The version of a small table as it is now; 0, which never holds a row, where there is no such table.

    Raises:
        LakeError: there is no lake, or the table is damaged.
    """
    lake = open_lake(lake_root)
    return open_table(lake, table).version() if DeltaTable.is_deltatable(lake.path(table)) else 0


def read_rows(
    lake_root: Path,
    table: str,
    *,
    schema: pa.Schema,
    where: pc.Expression | None = None,
    version: int | None = None,
) -> pa.Table:
    """The rows of a small table; none where nothing was ever stored in it.

    Args:
        lake_root: the lake's folder.
        table: name of the table, e.g. `labels`.
        schema: the columns wanted, in their order; those that may be null need not be in the table, which an
            earlier version may have made: they are null then.
        where: only rows for which this holds; all unless given.
        version: the table as it was then; the newest unless given.

    Raises:
        LakeError: there is no lake or no such version, or the table is damaged or has other columns.
    """
    lake = open_lake(lake_root)
    if not version and (version == 0 or not DeltaTable.is_deltatable(lake.path(table))):
        return schema.empty_table()
    try:
        found = open_table(lake, table, version=version)
        absent = _absent(found, schema)
        rows = found.to_pyarrow_table(
            columns=[name for name in schema.names if name not in absent], filters=where
        )
        for name in absent:
            rows = rows.append_column(schema.field(name), pa.nulls(rows.num_rows, schema.field(name).type))
        return rows.select(schema.names).cast(schema)
    except (DeltaError, pa.ArrowException, OSError, ValueError, KeyError) as why:
        raise LakeError(
            f"{lake.path(table)}: the table cannot be read ({_first_line(why)}); restore it from a backup, "
            "or move it away and add its files again"
        ) from None


def _absent(table: DeltaTable, schema: pa.Schema) -> list[str]:
    """Columns that a table of an earlier version need not have."""
    there = {field.name for field in table.schema().fields}
    return [field.name for field in schema if field.nullable and field.name not in there]


def was_stored(lake_root: Path, table: str, *, key: str) -> bool:
    """Whether rows were appended under this key.

    Raises:
        LakeError: there is no lake, or the table is damaged.
    """
    lake = open_lake(lake_root)
    if not DeltaTable.is_deltatable(lake.path(table)):
        return False
    return open_table(lake, table).transaction_version(key) is not None


def append_once(lake_root: Path, table: str, rows: pa.Table, *, key: str) -> bool:
    """Appends rows in one commit, unless the key was committed before; several processes may do so at once.

    Args:
        lake_root: the lake's folder; becomes a lake where it is none.
        table: name of the table; made where it does not exist.
        rows: what to append, in the table's schema; a table of an earlier version gets what it lacks.
        key: name of what is stored (a Delta application transaction): never stored twice.

    Returns:
        Whether the rows were appended; False says that the key was there already.

    Raises:
        LakeError: the table cannot be written.
    """
    lake = create_lake(lake_root)
    create_table(lake, table, schema=rows.schema)
    why = ""
    for _ in range(ATTEMPTS):
        newest = open_table(lake, table)
        if newest.transaction_version(key) is not None:
            return False
        try:
            write_deltalake(
                newest,
                rows,
                mode="append",
                schema_mode="merge" if _absent(newest, rows.schema) else None,
                commit_properties=CommitProperties(app_transactions=[Transaction(key, 1)]),
                writer_properties=WriterProperties(compression="ZSTD"),
            )
        except CommitFailedError as collision:
            why = _first_line(collision)  # another writer was first: perhaps with the same key
        except (DeltaError, OSError) as failure:
            raise LakeError(
                f"{lake.path(table)}: cannot be written ({_first_line(failure)}); check permissions and space"
            ) from None
        else:
            return True
    raise LakeError(f"{lake.path(table)}: {ATTEMPTS} attempts met other writers ({why}); try again")


def _first_line(why: Exception) -> str:
    return str(why).partition("\n")[0][:200]
