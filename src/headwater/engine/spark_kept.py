"""How does Spark keep a table, so that later queries begin at it?

A temporary view would not do: each query over it carries the whole plan behind it, which doubles with every
step. Cached in the executors' memory it would not do either: Spark describes the plan behind a cached table
again in each query that reads it. So the cached rows become a leaf: an RDD whose size is known, by which
Spark chooses what to broadcast, and whose lineage is kept, by which it computes again what a lost executor
held.

PySpark shows no way to the second half; the calls below are those of Spark's own `Dataset.localCheckpoint`
(Spark 4.3, Dataset.scala), less its forgetting of the lineage.
"""

from dataclasses import dataclass, field

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession


@dataclass(slots=True)
class KeptTables:
    """The tables that a session keeps, by name.

    Attributes:
        session: where.
    """

    session: SparkSession
    _cached: dict[str, DataFrame] = field(default_factory=dict)

    def keep(self, name: str, frame: DataFrame) -> int:
        """Runs a query and keeps its answer; an older one of that name is forgotten.

        Returns:
            How many rows there are.
        """
        cached = frame.persist(StorageLevel.MEMORY_AND_DISK)
        spark, jvm = cached.sparkSession._jsparkSession, self.session._jvm  # noqa: SLF001 - see above
        if jvm is None:
            raise RuntimeError("the session has ended")
        dataset = jvm.org.apache.spark.sql.classic.Dataset
        held = dataset.ofRows(spark, cached._jdf.queryExecution().withCachedData())  # noqa: SLF001
        rows: int = held.count()
        module = getattr(getattr(jvm, "org.apache.spark.sql.execution.LogicalRDD$"), "MODULE$")
        leaf = module.fromDataset(held.queryExecution().toRdd(), held, False, False)
        kept = DataFrame(dataset.ofRows(spark, leaf), self.session)
        if name in self._cached:
            self.forget(name)
        kept.createOrReplaceTempView(name)
        self._cached[name] = cached
        return rows

    def forget(self, name: str) -> None:
        """Frees a table's memory."""
        self.session.catalog.dropTempView(name)
        self._cached.pop(name).unpersist()
