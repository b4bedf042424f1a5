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


@ibis.udf.scalar.builtin(name="hash", signature=(("int64", "int64", "int64"), "uint64"))  # type: ignore[untyped-decorator] # Ibis ships no types
def _duckdb_hash(hi: Column, lo: Column, rest: Column) -> Column: ...


def endpoint_id(*, hi: Column, lo: Column, port: Column, proto: Column) -> Column:
    """One number for an endpoint, to group and join by.

    64 bits hashed: among a hundred million endpoints two share a number with a chance of about 1 in 4,000,
    and then they are counted as one. Good only within one query's tables: engines hash differently.
    """
    return _duckdb_hash(hi, lo, port.cast("int64") * 256 + proto.cast("int64"))


def host_id(*, hi: Column, lo: Column) -> Column:
    """One number for a host, as `endpoint_id`."""
    return _duckdb_hash(hi, lo, ibis.literal(-1, type="int64"))


def micros(moment: Column) -> Column:
    """A UTC timestamp as microseconds since 1970: an integer, so that slots never round."""
    return _duckdb_micros(moment)


def bucket(moment_us: Column, length_us: int) -> Column:
    """The start of the time bucket that a moment lies in; buckets count from 1970, in microseconds.

    Written with a remainder, because engines divide integers as floats, and floats round at bucket edges.
    """
    return moment_us - moment_us % length_us


def whole(number: Column) -> Column:
    """The nearest whole number, halves away from zero: a bare cast rounds on DuckDB and cuts on Spark."""
    return number.round().cast("int64")


def steady(number: Column) -> Column:
    """A sum of logarithms to nine decimals, beyond which engines' logarithms differ.

    What is compared with a bound, and what is a tie, is then the same on all of them.
    """
    return number.round(9)


# What Spark calls the functions of DuckDB's above. Its hash is another one, of 64 bits, too.
SPARK_NAMES = {"epoch_us": "unix_micros", "hash": "xxhash64"}
