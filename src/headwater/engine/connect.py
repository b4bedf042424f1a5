"""Which engine runs the queries, and how are tables kept, brought in and taken out?

An `Engine` is all that the rest of the house sees: Ibis tables go in, Arrow tables come out, and every query
leaves its text in the trace.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

import duckdb
import ibis
import ibis.backends.duckdb
import pyarrow as pa

from headwater.engine.trace import Trace
from headwater.errors import BadSetting, LakeError

Table = Any  # an Ibis table; Ibis ships no types

DEFAULT_URL = "duckdb://"
DEFAULT_MEMORY = "2GB"  # DuckDB's buffers; what it holds beside them stays well under as much again


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that was asked and may still run.

    Attributes:
        engine: where.
        running: the thread's promise.
    """

    engine: "Engine"
    running: Future[pa.Table]

    def answer(self) -> pa.Table:
        """Waits for it and for all queries before it.

        Raises:
            HeadwaterError: this query or one before it could not run.
        """
        self.engine.finish(until=self.running)
        return self.running.result()


@dataclass(slots=True)
class Engine:
    """An open engine.

    Queries run one after the other in a thread of their own, so that the next one is written while one runs;
    `fetch` waits for its answer and for all before it, `ask` does not.

    Attributes:
        name: its name and version, for reports.
        backend: the Ibis backend.
        trace: what ran.
    """

    name: str
    backend: Any  # an Ibis backend; Ibis ships no types
    trace: Trace = field(default_factory=Trace)
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    _pending: list[Future[Any]] = field(default_factory=list)  # Any: only that they end is of interest
    _schemas: dict[str, Any] = field(default_factory=dict)  # Any: Ibis schemas

    def flows(self, files: Sequence[str]) -> Table:
        """The flows of a snapshot's Parquet files as one table, read when a query asks.

        Args:
            files: paths as `headwater.lake.snapshot` lists them.

        Raises:
            LakeError: there are no files.
        """
        if not files:
            raise LakeError(
                "there are no flows in that time; ingest some first, or widen --since and --until"
            )
        with _explained("opening the flows"):
            return self.backend.read_parquet(list(files), hive_partitioning=False)

    def bring(self, name: str, rows: pa.Table) -> Table:
        """A small table of ours as a table of the engine."""

        def register() -> None:
            connection = self.backend.con
            connection.register(f"{name}__in", rows)
            copied = f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM "{name}__in"'  # noqa: S608 - names are ours
            connection.execute(copied).fetchall()
            connection.unregister(f"{name}__in")

        self._pending.append(self._worker.submit(register))
        return self._known(name, _nullable(ibis.memtable(rows).schema()))

    def keep(self, name: str, table: Table, *, purpose: str) -> Table:
        """Runs a table's query once and keeps the answer in the engine, on disk where memory ends.

        Args:
            name: of the kept table, ours to choose; an older one of that name is replaced.
            table: the Ibis table to run.
            purpose: what it answers, for the trace.
        """
        sql = f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self.backend.compile(table)}'

        def run() -> None:
            began = perf_counter()
            with _explained(purpose):
                counted = self.backend.con.execute(sql).fetchall()[0]
            self.trace.record(purpose=purpose, sql=sql, rows=counted[0], seconds=perf_counter() - began)

        self._pending.append(self._worker.submit(run))
        return self._known(name, _nullable(table.schema()))

    def forget(self, name: str) -> None:
        """Frees a kept table that no later query reads."""

        def drop() -> None:
            self.backend.con.execute(f'DROP TABLE "{name}"').fetchall()

        del self._schemas[name]
        self._pending.append(self._worker.submit(drop))

    def kept(self, name: str) -> Table:
        """A table that was kept or brought before."""
        return ibis.table(self._schemas[name], name=name)

    def fetch(self, table: Table, *, purpose: str) -> pa.Table:
        """Runs a table's query and takes the answer out: for small tables only.

        Raises:
            HeadwaterError: this query or one before it could not run.
        """
        return self.ask(table, purpose=purpose).answer()

    def ask(self, table: Table, *, purpose: str) -> Asked:
        """As `fetch`, without waiting: who needs the answer later gives the engine time until then."""
        sql = self.backend.compile(table)

        def run() -> pa.Table:
            began = perf_counter()
            with _explained(purpose):
                found = self.backend.con.sql(sql).to_arrow_table()
            self.trace.record(purpose=purpose, sql=sql, rows=found.num_rows, seconds=perf_counter() - began)
            return found

        running = self._worker.submit(run)
        self._pending.append(running)
        return Asked(self, running)

    def batches(self, table: Table, *, rows: int, purpose: str) -> Iterator[pa.RecordBatch]:
        """Runs a table's query and takes the answer out piece by piece, however long it is.

        Args:
            table: the Ibis table to run.
            rows: of one piece, about.
            purpose: what it answers, for the trace; recorded when the last piece was taken.

        Raises:
            HeadwaterError: this query or one before it could not run.
        """
        sql = self.backend.compile(table)
        began, count = perf_counter(), 0

        def opened() -> Any:  # Any: pyarrow ships no types
            with _explained(purpose):
                return self.backend.con.sql(sql).to_arrow_reader(rows)

        def following(reader: Any) -> pa.RecordBatch | None:  # Any: as above
            with _explained(purpose):
                return next(reader, None)

        answer = self._worker.submit(opened)
        self.finish()
        reader = answer.result()
        while (batch := self._worker.submit(following, reader).result()) is not None:
            count += batch.num_rows
            yield batch
        self.trace.record(purpose=purpose, sql=sql, rows=count, seconds=perf_counter() - began)

    def finish(self, until: Future[Any] | None = None) -> None:
        """Waits for all queries so far, or until one of them; raises what the first failed one raised."""
        if until is not None and until not in self._pending:
            return
        count = len(self._pending) if until is None else self._pending.index(until) + 1
        waiting, self._pending = self._pending[:count], self._pending[count:]
        for query in waiting:
            query.result()

    def close(self) -> None:
        """Ends the thread and the connection."""
        self._worker.shutdown(wait=True, cancel_futures=True)
        self.backend.disconnect()

    def _known(self, name: str, schema: Any) -> Table:  # Any: an Ibis schema
        self._schemas[name] = schema
        return self.kept(name)


def _nullable(schema: Any) -> Any:  # Any: an Ibis schema in, one out
    """The schema as an engine keeps it: it forgets which columns are never null."""
    return ibis.schema({name: kind(nullable=True) for name, kind in schema.items()})


@contextmanager
def _explained(purpose: str) -> Iterator[None]:
    """Turns the engine's refusals into ours, which say what was being computed."""
    try:
        yield
    except duckdb.OutOfMemoryException as why:
        raise BadSetting(
            f"{purpose}: DuckDB ran out of memory; give it more with --engine 'duckdb://?memory=4GB', or "
            f"more disk with spill=DIR ({str(why).splitlines()[0]})"
        ) from None
    except (duckdb.IOException, duckdb.InvalidInputException) as why:
        raise LakeError(
            f"{purpose}: a file of the lake cannot be read; restore it from a backup "
            f"({str(why).splitlines()[0]})"
        ) from None


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
        options.get("memory", DEFAULT_MEMORY),
        int(threads) if threads else None,
        Path(spill) if spill else None,
    )


@contextmanager
def connect(url: str = DEFAULT_URL) -> Iterator[Engine]:
    """An engine for the length of a `with` block; what it spilled to disk is removed afterwards.

    Args:
        url: `duckdb://`, with options `memory` (DuckDB's memory limit), `threads` and `spill` (a folder).

    Raises:
        BadSetting: another engine, an unknown option, or a value that DuckDB refuses.
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
        engine = Engine(name=f"duckdb {version.removeprefix('v')}", backend=backend)
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
