"""What must every engine offer? Ibis tables go in, Arrow tables come out, every query leaves its text.

`Engine` is all that the rest of the house sees. Queries run one after the other in a thread of their own, in
the order in which they were asked; what an engine does in its own way stands in the methods that
engine/duckdb.py and engine/spark.py define.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import ibis
import pyarrow as pa

from headwater.engine.trace import Trace
from headwater.errors import LakeError

Table = Any  # an Ibis table; Ibis ships no types


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


@dataclass(slots=True, kw_only=True)
class Engine(ABC):
    """An open engine.

    Queries run one after the other in a thread of their own, so that the next one is written while one runs;
    `fetch` waits for its answer and for all before it, `ask` does not.

    Attributes:
        name: its name and version, for reports.
        backend: the engine's own handle, such as DuckDB's Ibis backend; only engine/ may use it.
        trace: what ran.
    """

    name: str
    backend: Any  # what the engine calls its connection
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
        with self.explained("opening the flows"):
            return self._opened(list(files))

    def bring(self, name: str, rows: pa.Table) -> Table:
        """A small table of ours as a table of the engine."""

        def register() -> None:
            with self.explained(f"bringing in {name}"):
                self._register(name, rows)

        self._later(register)
        return self._known(name, _nullable(ibis.memtable(rows).schema()))

    def keep(self, name: str, table: Table, *, purpose: str, means: Table | None = None) -> Table:
        """Runs a table's query once and keeps the answer in the engine, on disk where memory ends.

        Args:
            name: of the kept table, ours to choose; an older one of that name is replaced.
            table: the Ibis table to run.
            purpose: what it answers, for the trace.
            means: the same question asked of the flows alone, where the table reads something that was made
                of them; for the trace.
        """
        sql = self._keeping(name, self._compiled(table))
        meant = None if means is None else self._keeping(name, self._compiled(means))

        def run() -> None:
            began = perf_counter()
            with self.explained(purpose):
                rows = self._keep(name, sql)
            seconds = perf_counter() - began
            self.trace.record(purpose=purpose, sql=sql, rows=rows, seconds=seconds, means=meant)

        self._later(run)
        return self._known(name, _nullable(table.schema()))

    def forget(self, name: str) -> None:
        """Frees a kept table that no later query reads."""
        del self._schemas[name]
        self._later(lambda: self._forget(name))

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
        sql, schema = self._compiled(table), table.schema()

        def run() -> pa.Table:
            began = perf_counter()
            with self.explained(purpose):
                found = self._answer(sql, schema)
            self.trace.record(purpose=purpose, sql=sql, rows=found.num_rows, seconds=perf_counter() - began)
            return found

        return Asked(self, self._later(run))

    def batches(self, table: Table, *, rows: int, purpose: str) -> Iterator[pa.RecordBatch]:
        """Runs a table's query and takes the answer out piece by piece, however long it is.

        For whoever wants the records themselves; no hunt takes flows out.

        Args:
            table: the Ibis table to run.
            rows: of one piece, about.
            purpose: what it answers, for the trace; recorded when the last piece was taken.

        Raises:
            HeadwaterError: this query or one before it could not run.
        """
        sql, schema = self._compiled(table), table.schema()
        began, count = perf_counter(), 0

        def opened() -> Iterator[pa.RecordBatch]:
            with self.explained(purpose):
                return self._pieces(sql, schema, rows)

        def following(pieces: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
            with self.explained(purpose):
                return next(pieces, None)

        answer = self._worker.submit(opened)
        self.finish()
        pieces = answer.result()
        while (batch := self._worker.submit(following, pieces).result()) is not None:
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
        """Ends the thread and the engine."""
        self._worker.shutdown(wait=True, cancel_futures=True)
        self._disconnect()

    def _later(self, work: Callable[[], Any]) -> Future[Any]:  # Any: what a query brings
        running = self._worker.submit(work)
        self._pending.append(running)
        return running

    def _known(self, name: str, schema: Any) -> Table:  # Any: an Ibis schema
        self._schemas[name] = schema
        return self.kept(name)

    @abstractmethod
    def explained(self, purpose: str, target: Path | None = None) -> AbstractContextManager[None]:
        """Turns the engine's refusals into ours, which say what was being computed, and the file written."""

    @abstractmethod
    def _opened(self, files: list[str]) -> Table:
        """The Parquet files as one table, under a name of the engine's own."""

    @abstractmethod
    def _compiled(self, table: Table) -> str:
        """The table's query as the engine writes it."""

    @abstractmethod
    def _register(self, name: str, rows: pa.Table) -> None:
        """Makes rows of ours a table of the engine; in the engine's thread, as all that follow."""

    @abstractmethod
    def _keeping(self, name: str, sql: str) -> str:
        """The statement that keeps a query's answer under a name, for the trace."""

    @abstractmethod
    def _keep(self, name: str, sql: str) -> int:
        """Runs what `_keeping` wrote; returns how many rows are kept."""

    @abstractmethod
    def _forget(self, name: str) -> None:
        """Frees a table."""

    @abstractmethod
    def _answer(self, sql: str, schema: Any) -> pa.Table:  # Any: an Ibis schema
        """Runs a query and takes the answer out."""

    @abstractmethod
    def _pieces(self, sql: str, schema: Any, rows: int) -> Iterator[pa.RecordBatch]:  # Any: as above
        """Runs a query and takes the answer out piece by piece."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Closes the engine itself; no query runs any more."""


def _nullable(schema: Any) -> Any:  # Any: an Ibis schema in, one out
    """The schema as an engine keeps it: it forgets which columns are never null."""
    return ibis.schema({name: kind(nullable=True) for name, kind in schema.items()})
