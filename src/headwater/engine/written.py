"""How does DuckDB's SQL put a question? Written once, however often a process asks it.

Writing takes Ibis longer than DuckDB needs to answer from a small lake: half the time of a hunt there. Who
hunts again and again, such as a watch or an evaluation, asks the same questions of other rows.
"""

from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.operations as ops

from headwater.engine.engine import Table

KEPT = 256  # questions; with its expression one takes some 80 kB, and a hunt with a case asks about 80


def written(table: Table) -> str:
    """The SQL of a table's query.

    Args:
        table: whose names say all there is to say about where rows come from; what reads files of one
            connection is written anew each time, so that no connection is held on to.
    """
    question = table.op()
    return _put(question) if question.find(ops.DatabaseTable) else _kept(question)


@lru_cache(maxsize=KEPT)
def _kept(question: Any) -> str:  # Any: a node of Ibis
    return _put(question)


def _put(question: Any) -> str:  # Any: as above
    sql: str = ibis.duckdb.compile(question.to_expr())
    return sql
