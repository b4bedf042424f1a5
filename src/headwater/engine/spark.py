"""Apache Spark: the engine of a cluster.

A hunt's queries are the same Ibis expressions as on DuckDB, written in Spark's SQL. Flows are read by the
executors from the lake's own Parquet files and never come to the driver; only the small answers do.
"""

import logging
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import PySparkType
from py4j.protocol import Py4JError
from pyspark.sql import DataFrame

from headwater.engine import spark_session as sessions
from headwater.engine.engine import Engine, Table
from headwater.engine.primitives import SPARK_NAMES
from headwater.engine.spark_kept import KeptTables
from headwater.engine.spark_refusals import explained
from headwater.engine.spark_session import Running, no_executor, spark_session
from headwater.engine.spark_url import SparkUrl, spark_url
from headwater.engine.trace import Trace
from headwater.errors import BadSetting

_FLOW_BYTES = 4 << 20  # of Parquet, for each part of what is exchanged between executors
_MOST_PARTS = 128  # beyond, except where there are more cores: a hunt's exchanges are those of its sample


class _Compiler(PySparkCompiler):  # type: ignore[misc] # Ibis ships no types
    """Ibis' own, less its options, which stand in a backend that needs pandas."""

    __slots__ = ()

    def __sql_name__(self, op: Any) -> str:  # Any: an Ibis operation, as in all of these
        name: str = super().__sql_name__(op)
        return SPARK_NAMES.get(name, name)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802 - Ibis names it so
        """A constant."""
        if dtype.is_floating():
            return SQLGlotCompiler.visit_NonNullLiteral(self, op, value=value, dtype=dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Field(self, op: Any, *, rel: Any, name: str) -> Any:  # noqa: N802 - as above
        """A column."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)


_COMPILER = _Compiler()


@dataclass(slots=True, kw_only=True)
class Spark(Engine):
    """Spark, on a cluster or on this machine alone; its `backend` is the session.

    Attributes:
        wanted: what was asked for.
        running: the session and how it fares.
        tables: what it keeps.
    """

    wanted: SparkUrl
    running: Running
    tables: KeptTables
    _views: int = 0
    _lost: str | None = None  # why the watch gave up
    _over: threading.Event

    def _opened(self, files: list[str]) -> Table:
        schema = ibis.Schema.from_pyarrow(pq.read_schema(files[0]))
        columns = ", ".join(f"`{name}` {PySparkType.to_string(kind)}" for name, kind in schema.items())
        self._views += 1
        name = f"ibis_read_parquet_{self._views}"  # what Ibis calls it on DuckDB, which a case's trail knows
        size = sum(Path(file).stat().st_size for file in files)
        parts = max(2 * self.running.cores, min(size // _FLOW_BYTES, _MOST_PARTS))

        def read() -> None:
            # Spark would take brackets in a path for a pattern.
            reader = self.backend.read.schema(columns).option("__globPaths__", "false")
            with self.explained("opening the flows"):
                reader.parquet(*self.wanted.files(files)).createOrReplaceTempView(name)
                self.backend.conf.set("spark.sql.shuffle.partitions", str(parts))

        self._worker.submit(read).result()
        return self._known(name, schema)

    def _compiled(self, table: Table) -> str:
        sql: str = _COMPILER.to_sqlglot(table).sql(dialect=_COMPILER.dialect)
        return sql

    def _register(self, name: str, rows: pa.Table) -> None:
        self.tables.keep(name, self.backend.createDataFrame(rows))

    def _keeping(self, name: str, sql: str) -> str:
        return f"{_kept_as(name)}{sql}"

    def _keep(self, name: str, sql: str) -> int:
        return self.tables.keep(name, self.backend.sql(sql.removeprefix(_kept_as(name))))

    def _forget(self, name: str) -> None:
        self.tables.forget(name)

    def _answer(self, sql: str, schema: Any) -> pa.Table:  # Any: an Ibis schema
        return self.backend.sql(sql).toArrow().cast(schema.to_pyarrow())

    def _pieces(self, sql: str, schema: Any, rows: int) -> Iterator[pa.RecordBatch]:  # Any: as above
        frame: DataFrame = self.backend.sql(sql)
        # Python would get moments in this machine's time zone: microseconds have none.
        moments = {name for name, kind in schema.items() if kind.is_timestamp()}
        plain = frame.selectExpr(
            *(f"unix_micros(`{name}`) AS `{name}`" if name in moments else f"`{name}`" for name in schema)
        )
        wanted: pa.Schema = schema.to_pyarrow()
        raw = pa.schema(
            [pa.field(one.name, pa.int64() if one.name in moments else one.type) for one in wanted]
        )
        found = plain.toLocalIterator()
        while piece := [row.asDict() for row in islice(found, rows)]:
            yield pa.RecordBatch.from_pylist(piece, schema=raw).cast(wanted)

    @contextmanager
    def explained(self, purpose: str, target: Path | None = None) -> Iterator[None]:  # noqa: ARG002 - it writes none
        """As for every engine."""
        try:
            with explained(purpose, self.wanted.text):
                yield
        except BadSetting:
            if self._lost is None:
                raise
            raise BadSetting(f"{purpose}: {self._lost}") from None

    def close(self) -> None:
        """Ends what still runs, and the thread; the session ends with `spark_engine`."""
        self._over.set()
        for query in self._pending:
            query.cancel()
        last = self._worker.submit(lambda: None)
        while wait([last], timeout=0.5).not_done:  # what runs, and what others wait for, ends early
            self._cancel()
        self._worker.shutdown(wait=True)

    def _disconnect(self) -> None:
        pass

    def _cancel(self) -> None:
        with suppress(Py4JError, OSError):
            self.backend.sparkContext.cancelAllJobs()

    def watch(self) -> None:
        """Gives up when a cluster has no executor any more and gives no other in time; runs in a thread."""
        since: float | None = None
        while not self._over.wait(1.0):
            try:
                alive = self.running.executors()
            except (Py4JError, OSError):
                return  # the driver is gone, which the query that runs will tell
            since = None if alive else (since or monotonic())
            if since is not None and monotonic() - since > sessions.EXECUTOR_S:
                self._lost = no_executor(self.wanted, self.running.address)
                self._cancel()
                return


def _kept_as(name: str) -> str:
    """How SQL says what KeptTables.keep does, but for the keeping."""
    return f"CREATE OR REPLACE TEMPORARY VIEW `{name}` AS "


@contextmanager
def spark_engine(url: str) -> Iterator[Engine]:
    """Spark for the length of a `with` block; its driver's process ends with it.

    Args:
        url: as engine/spark_url.py reads it.

    Raises:
        BadSetting: the URL is none, the master does not answer, or the cluster gives no executor.
        ToolMissing: Java is missing.
    """
    wanted = spark_url(url)
    # It warns of new versions of pandas, of which nothing is used here.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support", category=FutureWarning)
    logging.getLogger("SQLQueryContextLogger").setLevel(
        logging.CRITICAL
    )  # PySpark's talk about what we explain
    opened: AbstractContextManager[Running] = spark_session(wanted)
    with opened as running:
        session = running.session
        engine = Spark(
            name=f"spark {session.version}", backend=session, wanted=wanted, running=running,
            tables=KeptTables(session), trace=Trace(dialect="spark"), _over=threading.Event(),
        )  # fmt: skip
        watch = threading.Thread(target=engine.watch, daemon=True)
        watch.start()
        try:
            yield engine
        finally:
            engine.close()
            watch.join()
