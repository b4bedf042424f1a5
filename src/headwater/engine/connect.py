"""Which engine runs the queries? The one that the URL names."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from headwater.engine.engine import Asked, Engine, Table
from headwater.errors import BadSetting, ToolMissing

__all__ = ["DEFAULT_URL", "Asked", "Engine", "Table", "connect"]

DEFAULT_URL = "duckdb://"
SPARK = (4, 3)  # earlier ones cannot read BYTE_STREAM_SPLIT, an encoding of the lake's files (SPARK-56894)


@contextmanager
def connect(url: str = DEFAULT_URL) -> Iterator[Engine]:
    """An engine for the length of a `with` block; nothing of it is left behind.

    Args:
        url: `duckdb://` for this process, with options `memory` (DuckDB's memory limit), `threads` and
            `spill` (a folder); or Apache Spark, `spark://HOST:PORT` for a cluster and `local[*]` for this
            machine alone, with the options of engine/spark_url.py.

    Raises:
        BadSetting: another engine, an unknown option, a value that the engine refuses, or a cluster that
            does not answer.
        ToolMissing: Spark or its Java is not installed, or of another version.
    """
    with _opened(url) as engine:
        yield engine


def _opened(url: str) -> AbstractContextManager[Engine]:
    # Each takes a second or more to import, and Spark is an extra.
    engine: AbstractContextManager[Engine]
    if url.startswith("duckdb"):
        engine = import_module("headwater.engine.duckdb").duckdb_engine(url)
    elif url.startswith(("spark:", "local")):
        import_module("headwater.engine.spark_url").spark_url(
            url
        )  # what is no URL is told before what is missing
        _need_spark(url)
        engine = import_module("headwater.engine.spark").spark_engine(url)
    else:
        raise BadSetting(
            f"--engine {url}: there are two engines; write duckdb:// for this machine, or spark://HOST:7077 "
            "for a Spark cluster"
        )
    return engine


def _need_spark(url: str) -> None:
    found = installed()
    if found is None:
        raise ToolMissing(
            f"--engine {url}: PySpark is not installed; install it with: pip install 'headwater[spark]'"
        )
    major, minor = (int(number) for number in re.findall(r"\d+", f"{found}.0.0")[:2])
    if not (SPARK <= (major, minor) < (SPARK[0] + 1, 0)):
        raise ToolMissing(
            f"--engine {url}: PySpark here is {found}, and headwater needs Spark 4.3 or a later 4, on the "
            "cluster too; install it with: pip install 'headwater[spark]'"
        )


def installed() -> str | None:
    """The version of PySpark that is installed; None for none."""
    try:
        return version("pyspark")
    except PackageNotFoundError:
        return None
