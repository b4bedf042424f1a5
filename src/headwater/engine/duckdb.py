"""DuckDB, embedded: the engine of one machine, and the default."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import duckdb
import ibis
import ibis.backends.duckdb
import pyarrow as pa

from headwater.engine.duckdb_refusals import explained
from headwater.engine.engine import Engine, Table
from headwater.engine.written import written
from headwater.errors import BadSetting
from headwater.memory import engine_share, memory_setting


@dataclass(slots=True, kw_only=True)
class DuckDB(Engine):
    """DuckDB in this process; its `backend` is the Ibis backend.

    Attributes:
        spill: the folder for what does not fit into memory.
        opened: all files that were opened so far.
    """

    spill: str
    opened: list[str] = field(default_factory=list)

    def _opened(self, files: list[str]) -> Table:
        self.opened += files
        return self.backend.read_parquet(files, hive_partitioning=False)

    def _compiled(self, table: Table) -> str:
        return written(table)

    def _register(self, name: str, rows: pa.Table) -> None:
        connection = self.backend.con
        connection.register(f"{name}__in", rows)
        copied = f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM "{name}__in"'  # noqa: S608 - names are ours
        connection.execute(copied).fetchall()
        connection.unregister(f"{name}__in")

    def _keeping(self, name: str, sql: str) -> str:
        return f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}'

    def _keep(self, name: str, sql: str) -> int:  # noqa: ARG002 - the statement names it
        rows: int = self.backend.con.execute(sql).fetchall()[0][0]
        return rows

    def _forget(self, name: str) -> None:
        self.backend.con.execute(f'DROP TABLE "{name}"').fetchall()

    def _answer(self, sql: str, schema: Any) -> pa.Table:  # noqa: ARG002 - DuckDB's types are Arrow's
        return self.backend.con.sql(sql).to_arrow_table()

    def _pieces(self, sql: str, schema: Any, rows: int) -> Iterator[pa.RecordBatch]:  # noqa: ARG002 - as above
        reader: Iterator[pa.RecordBatch] = self.backend.con.sql(sql).to_arrow_reader(rows)
        return reader

    def explained(self, purpose: str, target: Path | None = None) -> AbstractContextManager[None]:
        """As for every engine."""
        return explained(purpose, self.backend.con, files=self.opened, spill=self.spill, target=target)

    def _disconnect(self) -> None:
        self.backend.disconnect()


_THREADS = 1024  # more than any machine this runs on has cores; DuckDB aborts on absurd numbers


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an engine's URL asks for."""

    memory: str
    threads: int | None
    spill: Path | None


def _parsed(url: str) -> _Wanted:
    parts = urlsplit(url if "://" in url else f"{url}://")
    if parts.scheme != "duckdb" or parts.netloc or parts.path.strip("/"):
        raise BadSetting(
            f"--engine {url}: only duckdb can be used here; write duckdb://, or with options "
            "duckdb://?memory=2GB&threads=2&spill=DIR"
        )
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    unknown = sorted(set(options) - {"memory", "threads", "spill"})
    if unknown:
        raise BadSetting(f"--engine {url}: no option {unknown[0]!r}; there are memory, threads and spill")
    threads = options.get("threads")
    if threads is not None and not (threads.isascii() and threads.isdigit() and 0 < int(threads) <= _THREADS):
        raise BadSetting(f"--engine {url}: threads={threads} is no number from 1 to {_THREADS}")
    if options.get("memory", "").startswith("-"):
        raise BadSetting(f"--engine {url}: memory cannot be negative; write memory=2GB, say")
    spill = options.get("spill")
    return _Wanted(
        options.get("memory") or f"{engine_share(memory_setting())}B",
        int(threads) if threads else None,
        Path(spill) if spill else None,
    )


@contextmanager
def duckdb_engine(url: str) -> Iterator[Engine]:
    """DuckDB for the length of a `with` block; what it spilled to disk is removed afterwards.

    Args:
        url: `duckdb://`, with options `memory` (DuckDB's own limit, which counts its buffers; else what
            `headwater.memory` leaves to an engine), `threads` and `spill` (a folder).

    Raises:
        BadSetting: an unknown option, or a value that DuckDB refuses.
    """
    wanted = _parsed(url)
    folder = (
        Path(tempfile.mkdtemp(prefix="headwater-spill-", dir=wanted.spill))
        if _usable(wanted.spill, url)
        else None
    )
    settings = {
        "memory_limit": wanted.memory,
        "temp_directory": str(folder),
        "preserve_insertion_order": False,
    }
    settings["threads"] = wanted.threads or _usual_threads()
    try:
        try:
            backend = ibis.duckdb.connect(**settings)
        except duckdb.Error as why:
            raise BadSetting(f"--engine {url}: DuckDB refuses it: {str(why).splitlines()[0]}") from None
        try:
            backend.raw_sql("SET TimeZone = 'UTC'").fetchall()
            # DuckDB draws a bar on stdout where it takes its process for an interactive one; stdout is data.
            # In a notebook without ipywidgets there is none, and DuckDB 2.0 refuses to turn it off.
            if backend.raw_sql("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
                backend.raw_sql("SET enable_progress_bar = false").fetchall()
            version = backend.raw_sql("SELECT version()").fetchall()[0][0]
        except duckdb.Error as why:
            raise BadSetting(
                f"--engine {url}: DuckDB cannot start so: {str(why).splitlines()[0]}; give it more memory"
            ) from None
        engine = DuckDB(name=f"duckdb {version.removeprefix('v')}", backend=backend, spill=str(folder))
        try:
            yield engine
        finally:
            engine.close()
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _usual_threads() -> int:
    """One more than there are processors: while one waits for a file or for its part of a query, one works.

    On two processors a hunt in 50 M flows took 4.9 s so, and 5.1 s with two (medians of three, in turn).
    """
    return (os.cpu_count() or 1) + 1


def _usable(spill: Path | None, url: str) -> bool:
    if spill is not None and not spill.is_dir():
        raise BadSetting(f"--engine {url}: the folder {spill} for spilling does not exist; make it first")
    return True
