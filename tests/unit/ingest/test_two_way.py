"""One bidirectional record becomes two one-way records."""

import numpy as np
import pyarrow as pa

from headwater.ingest.columns import READ_SCHEMA, flow_batch
from headwater.ingest.reader import Chunk
from headwater.ingest.two_way import both_ways


def _both(packets: list[int | None], back: list[int | None]) -> Chunk:
    count = len(packets)
    forth = flow_batch({
        "src_lo": np.arange(count), "dst_lo": np.arange(count) + 100, "src_port": np.full(count, 1),
        "dst_port": np.full(count, 2), "packets": pa.array(packets, pa.int64()),
        "tcp_flags": np.full(count, 2, np.int16),
    })  # fmt: skip
    columns = {
        "packets": pa.array(back, pa.int64()),
        "bytes": pa.nulls(count, pa.int64()),
        "tcp_flags": pa.array([18] * count, pa.int16()),
    }
    return both_ways(forth, columns, np.arange(count) + 7)


def test_the_way_back_has_the_ends_exchanged() -> None:
    """Its own counts and flags, the other's address as sender, the record's position and a common pair_id."""
    chunk = _both([5], [3])
    rows = chunk.batch.select(["src_lo", "dst_lo", "src_port", "packets", "tcp_flags", "pair_id"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [(0, 100, 1, 5, 2, 7), (100, 0, 2, 3, 18, 7)]
    assert chunk.positions.tolist() == [7, 7]


def test_without_a_way_back_nothing_changes() -> None:
    """No pair, no second record, whether nothing came back or nothing is known of it."""
    chunk = _both([5, 0, None], [0, None, 0])
    assert (chunk.batch["packets"].to_pylist(), chunk.batch["pair_id"].null_count) == ([5, 0, None], 3)
    assert chunk.batch.schema == READ_SCHEMA


def test_a_silent_originator_leaves_the_way_back_alone() -> None:
    """0 packets forth and 3 back is one record; packets that are unknown are not 0."""
    chunk = _both([0, None], [3, 3])
    rows = chunk.batch.select(["src_lo", "packets"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [(1, None), (100, 3), (101, 3)]
    assert chunk.positions.tolist() == [8, 7, 8]
