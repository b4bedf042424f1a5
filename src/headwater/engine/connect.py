"""Which engine runs the queries? The one that the URL names."""

from collections.abc import Iterator
from contextlib import contextmanager

from headwater.engine.duckdb import duckdb_engine
from headwater.engine.engine import Asked, Engine, Table

__all__ = ["DEFAULT_URL", "Asked", "Engine", "Table", "connect"]

DEFAULT_URL = "duckdb://"


@contextmanager
def connect(url: str = DEFAULT_URL) -> Iterator[Engine]:
    """An engine for the length of a `with` block; nothing of it is left behind.

    Args:
        url: `duckdb://`, with options `memory` (DuckDB's memory limit), `threads` and `spill` (a folder).

    Raises:
        BadSetting: another engine, an unknown option, or a value that the engine refuses.
    """
    with duckdb_engine(url) as engine:
        yield engine
