"""Flows to store, and what a lake then holds."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from headwater.ingest.columns import flow_batch
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import Lake, create_lake

IPV4 = 0xFFFF << 32
NOON = int(datetime(2020, 9, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000
FlowMaker = Callable[..., pa.RecordBatch]


def make_flows(count: int, *, start: int = NOON, step_us: int = 1_000, seed: int = 1) -> pa.RecordBatch:
    """`count` flows, one every `step_us` microseconds from `start`, between random hosts of 10.0.0.0/16."""
    random = np.random.default_rng(seed)
    starts = start + np.arange(count, dtype=np.int64) * step_us
    host = IPV4 | 0x0A000000
    return flow_batch({
        "start": starts,
        "end": starts + 500,
        "src_hi": np.zeros(count, np.int64),
        "src_lo": host + random.integers(0, 1 << 16, count),
        "dst_hi": np.zeros(count, np.int64),
        "dst_lo": host + random.integers(0, 1 << 16, count),
        "src_port": random.integers(1024, 65536, count),
        "dst_port": np.full(count, 443),
        "proto": np.full(count, 6),
        "packets": random.integers(1, 100, count),
        "bytes": random.integers(40, 100_000, count),
        "tcp_flags": np.full(count, 27),
        "answered": np.ones(count, np.bool_),
        "pair_id": np.arange(count),
    })  # fmt: skip


@pytest.fixture
def flows() -> FlowMaker:
    """Makes flows: `flows(count, start=..., step_us=..., seed=...)`."""
    return make_flows


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return create_lake(tmp_path / "lake")


@pytest.fixture
def by_source() -> Callable[[Lake], dict[str, int]]:
    """Counts the flows in a lake by their source."""

    def count(lake: Lake) -> dict[str, int]:
        files = list(snapshot(lake).files)
        if not files:
            return {}
        found = duckdb.connect().execute(
            "SELECT source, count(*) FROM read_parquet(?, hive_partitioning = true) GROUP BY source", [files]
        )
        return dict(found.fetchall())

    return count
