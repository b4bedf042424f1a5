"""What do engines write differently? The only place where an expression may name an engine's function.

A primitive is a function on Ibis columns. An engine without one of them cannot run a hunt, and says so.
"""

from typing import Any

import ibis

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US

Column = Any  # Ibis builds its column classes at run time and ships no types for them


@ibis.udf.scalar.builtin(name="epoch_us", signature=(("timestamp('UTC')",), "int64"))  # type: ignore[untyped-decorator] # Ibis ships no types
def _duckdb_micros(moment: Column) -> Column: ...


def micros(moment: Column) -> Column:
    """A UTC timestamp as microseconds since 1970: an integer, so that slots never round."""
    return _duckdb_micros(moment)


def bucket(moment_us: Column, length_us: int) -> Column:
    """The start of the time bucket that a moment lies in; buckets count from 1970, in microseconds.

    Written with a remainder, because engines divide integers as floats, and floats round at bucket edges.
    """
    return moment_us - moment_us % length_us
