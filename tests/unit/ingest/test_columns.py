"""FLOW in Arrow: one schema, whatever the source's types."""

import numpy as np
import pyarrow as pa
import pytest

from headwater.ingest.columns import LAKE_SCHEMA, READ_SCHEMA, flow_batch
from headwater.model.flow import FLOW


def test_the_lake_stores_every_column_of_flow() -> None:
    """LAKE_SCHEMA is FLOW, null only where FLOW says what null means; times are microseconds UTC."""
    assert [(f.name, f.nullable) for f in LAKE_SCHEMA] == [(c.name, c.nullable) for c in FLOW]
    assert READ_SCHEMA.field("start").type == pa.timestamp("us", tz="UTC")


def test_absent_columns_are_null() -> None:
    """A batch has all of READ_SCHEMA, null where the source has nothing."""
    batch = flow_batch({"proto": np.array([6, 17])})
    assert batch.schema == READ_SCHEMA
    assert (batch["proto"].to_pylist(), batch["bytes"].null_count) == ([6, 17], 2)


def test_what_does_not_fit_is_null() -> None:
    """Values outside a column's type become null, never something else."""
    values = np.array([70_000, 2**40, -(2**40)])
    assert flow_batch({"src_port": values})["src_port"].to_pylist() == [70_000, None, None]
    floats = np.array([1.0, float("nan"), 1e300])
    assert flow_batch({"bytes": floats})["bytes"].to_pylist() == [1, None, None]
    unsigned = np.array([5, 2**63 + 1], np.uint64)
    assert flow_batch({"bytes": unsigned})["bytes"].to_pylist() == [5, None]


def test_integers_are_times_in_microseconds() -> None:
    """A time given as an integer counts microseconds since 1970 UTC."""
    stamp = flow_batch({"start": np.array([1_000_001])})["start"][0].as_py()
    assert stamp.isoformat() == "1970-01-01T00:00:01.000001+00:00"


def test_a_column_that_flow_does_not_have_is_refused() -> None:
    """A misspelt name is an error of the program, not a silent loss."""
    with pytest.raises(KeyError, match="sport"):
        flow_batch({"sport": np.array([1])})
