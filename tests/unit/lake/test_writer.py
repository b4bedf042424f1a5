from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from headwater.errors import LakeError
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import FLOWS, Lake
from headwater.lake.writer import FlowWriter

FlowMaker = Callable[..., pa.RecordBatch]
Counter = Callable[[Lake], dict[str, int]]


def _parquet_files(lake: Lake) -> int:
    return len(list(lake.path(FLOWS).glob("day=*/*.parquet")))


def test_flows_come_back_as_they_went(lake: Lake, flows: FlowMaker) -> None:
    """Every column that a reader fills is read back with the same values."""
    batch = flows(5_000)
    with FlowWriter(lake) as writer:
        writer.add(batch, digest="a")
        writer.commit()
    (path,) = snapshot(lake).files
    back = duckdb.connect().sql(f"FROM read_parquet('{path}', hive_partitioning = true)").to_arrow_table()
    for name in batch.schema.names:
        assert back[name].cast(batch[name].type).combine_chunks().equals(batch[name]), name


def test_lake_fills_its_columns(lake: Lake, flows: FlowMaker) -> None:
    """`source` is the digest, `day` the day of start, `edge_hash` in [0, 2^31)."""
    with FlowWriter(lake) as writer:
        writer.add(flows(5_000), digest="a")
        writer.commit()
    found = duckdb.connect().execute(
        "SELECT DISTINCT source, day, CAST(start AT TIME ZONE 'UTC' AS DATE) = day, edge_hash BETWEEN 0 AND"
        " 2147483647 FROM read_parquet(?, hive_partitioning = true)",
        [list(snapshot(lake).files)],
    )
    assert [(source, str(day), *rest) for source, day, *rest in found.fetchall()] == [
        ("a", "2020-09-14", True, True)
    ]


def test_invisible_before_commit(lake: Lake, flows: FlowMaker, by_source: Counter) -> None:
    """Staged flows are on disk and in no snapshot; a commit shows all of them."""
    with FlowWriter(lake) as writer:
        writer.add(flows(200_000), digest="a")
        assert _parquet_files(lake) == 1
        assert by_source(lake) == {}
        writer.commit()
    assert by_source(lake) == {"a": 200_000}


def test_uncommitted_leaves_no_trace(lake: Lake, flows: FlowMaker) -> None:
    """A writer that ends without a commit removes its files and does not hold the source."""
    with FlowWriter(lake) as writer:
        writer.add(flows(200_000), digest="a")
    assert _parquet_files(lake) == 0
    with FlowWriter(lake) as writer:
        assert not writer.holds("a")


def test_holds(lake: Lake, flows: FlowMaker) -> None:
    """A source is held once it is staged, and for every later writer once it is committed."""
    with FlowWriter(lake) as writer:
        assert not writer.holds("a")
        writer.add(flows(10), digest="a")
        assert writer.holds("a")
        writer.commit()
    with FlowWriter(lake) as writer:
        assert writer.holds("a")
        assert not writer.holds("b")


def test_many_sources_in_one_commit(lake: Lake, flows: FlowMaker) -> None:
    """A hundred small files of a day make one version and one Parquet file, each with its own transaction."""
    with FlowWriter(lake) as writer:
        for number in range(100):
            writer.add(flows(50, seed=number), digest=f"d{number}")
        assert writer.commit().version == 1
        assert all(writer.holds(f"d{number}") for number in range(100))
    assert _parquet_files(lake) == 1


def test_empty_commit_writes_nothing(lake: Lake) -> None:
    """Without staged flows the version stays."""
    with FlowWriter(lake) as writer:
        assert writer.commit().version == 0
        assert writer.version == 0


def test_discarded_source(lake: Lake, flows: FlowMaker, by_source: Counter) -> None:
    """A discarded source's flows are taken out of the files it shares, and it may come again."""
    with FlowWriter(lake) as writer:
        writer.add(flows(150_000), digest="a")
        writer.add(flows(1_000, seed=2), digest="bad")
        writer.discard("bad")
        assert writer.rows_staged == 150_000
        writer.add(flows(2_000, seed=3), digest="b")
        writer.add(flows(300, seed=4), digest="bad")
        writer.commit()
    assert by_source(lake) == {"a": 150_000, "b": 2_000, "bad": 300}


def test_stored_meanwhile_by_another(lake: Lake, flows: FlowMaker, by_source: Counter) -> None:
    """Of two writers with one source in common the second keeps its own source and reports the common one."""
    with FlowWriter(lake) as first, FlowWriter(lake) as second:
        for writer, own in ((first, "a"), (second, "b")):
            writer.add(flows(1_000), digest="common")
            writer.add(flows(500, seed=2), digest=own)
        assert first.commit().already == frozenset()
        assert second.commit().already == {"common"}
    assert by_source(lake) == {"common": 1_000, "a": 500, "b": 500}
    assert _parquet_files(lake) == 2


def test_nothing_new_after_all(lake: Lake, flows: FlowMaker, by_source: Counter) -> None:
    """A writer all of whose sources another stored meanwhile commits nothing and leaves no file."""
    with FlowWriter(lake) as first, FlowWriter(lake) as second:
        first.add(flows(10), digest="a")
        second.add(flows(10), digest="a")
        first.commit()
        done = second.commit()
    assert (done.version, done.already) == (1, frozenset({"a"}))
    assert by_source(lake) == {"a": 10}
    assert _parquet_files(lake) == 1


def test_other_writers_do_not_disturb(lake: Lake, flows: FlowMaker, by_source: Counter) -> None:
    """Commits of other sources in between are no conflict."""
    with FlowWriter(lake) as slow:
        slow.add(flows(10), digest="slow")
        for number in range(20):
            with FlowWriter(lake) as quick:
                quick.add(flows(10, seed=number), digest=f"q{number}")
                quick.commit()
        assert slow.commit().version == 21
    assert sum(by_source(lake).values()) == 210


def test_error_after_the_commit_keeps_the_data(
    lake: Lake, flows: FlowMaker, by_source: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the commit succeeds and what follows it (a checkpoint) fails, the committed files stay."""
    append = DeltaTable.create_write_transaction

    def fails_afterwards(*args: Any, **named: Any) -> None:  # Any: handed through
        append(*args, **named)
        raise DeltaError("checkpoint failed")

    monkeypatch.setattr(DeltaTable, "create_write_transaction", fails_afterwards)
    with FlowWriter(lake) as writer:
        writer.add(flows(10), digest="a")
        assert writer.commit().already == frozenset()
    assert by_source(lake) == {"a": 10}


def test_interrupt_after_the_commit_keeps_the_data(
    lake: Lake, flows: FlowMaker, by_source: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C that arrives just after the commit does not remove the files that the log now names."""
    append = DeltaTable.create_write_transaction

    def interrupted(*args: Any, **named: Any) -> None:  # Any: handed through
        append(*args, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(DeltaTable, "create_write_transaction", interrupted)
    with FlowWriter(lake) as writer:
        writer.add(flows(10), digest="a")
        with pytest.raises(KeyboardInterrupt):
            writer.commit()
    assert by_source(lake) == {"a": 10}


def test_refused_commit(lake: Lake, flows: FlowMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that fails is an error that says so, and its files are removed."""

    def fails(*_: Any, **__: Any) -> None:  # Any: takes what it is given
        raise DeltaError("no space left\nbacktrace")

    monkeypatch.setattr(DeltaTable, "create_write_transaction", fails)
    with FlowWriter(lake) as writer:
        writer.add(flows(10), digest="a")
        with pytest.raises(LakeError, match=r"the commit failed \(no space left\); nothing of it is visible"):
            writer.commit()
    assert _parquet_files(lake) == 0


def test_unwritable_folder(lake: Lake, flows: FlowMaker) -> None:
    """A folder that cannot be made is an error with a remedy."""
    with FlowWriter(lake) as writer:
        (lake.path(FLOWS) / "day=2020-09-14").write_text("in the way")
        writer.add(flows(10), digest="a")
        with pytest.raises(LakeError, match="check permissions and free space"):
            writer.commit()


def test_bytes_a_flow(lake: Lake, flows: FlowMaker) -> None:
    """Flows with random hosts, ports and counters, the worst case, stay under 30 bytes each.

    Entropy of `flows`: two hosts of 16 bits, a port of 16, packets of 7 and bytes of 17, the edge hash of 31:
    13 bytes, and `pair_id` counts up.
    """
    with FlowWriter(lake) as writer:
        writer.add(flows(500_000), digest="a")
        writer.commit()
    size = sum(int(np.int64(path.stat().st_size)) for path in lake.path(FLOWS).glob("day=*/*.parquet"))
    assert size / 500_000 < 30
