"""Which queries ran? Each with what it answers, the version of the lake, rows and seconds."""

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.engine.trace import Query, Trace


def queries_of(trace: Trace, *, title: str) -> Part:
    """The queries of one answer as a part of it."""
    return Part(title=f"Queries behind {title}", table=arrow_of(trace.queries, Query))
