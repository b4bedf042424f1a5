import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.lake import staging as staging_module
from headwater.lake.parquet_files import FILE_SCHEMA, ROW_GROUP_ROWS, without_sources
from headwater.lake.staging import BUFFER_ROWS, OPEN_FILES, Staging
from headwater.lake.writer import _stored

FlowMaker = Callable[..., pa.RecordBatch]
_DAY_US = 86_400_000_000


def _staged(staging: Staging, batch: pa.RecordBatch, source: str = "a") -> None:
    staging.add(_stored(batch, source), source=source)


def test_one_file_a_day(tmp_path: Path, flows: FlowMaker) -> None:
    """Flows of three days, in one batch, end in a file of each day with that day's flows only."""
    staging = Staging(tmp_path)
    _staged(staging, flows(9, step_us=_DAY_US // 3))  # from noon: 2 flows, 3, 3, 1
    files = sorted(staging.take(), key=lambda staged: staged.day)
    assert [(staged.path.parent.name, staged.rows) for staged in files] == [
        ("day=2020-09-14", 2),
        ("day=2020-09-15", 3),
        ("day=2020-09-16", 3),
        ("day=2020-09-17", 1),
    ]


def test_full_row_groups(tmp_path: Path, flows: FlowMaker) -> None:
    """Batches of any size become row groups of ROW_GROUP_ROWS, and the rest the last one."""
    staging = Staging(tmp_path)
    for part in range(3):
        _staged(staging, flows(100_000, seed=part))
    (staged,) = staging.take()
    metadata = pq.read_metadata(staged.path)
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    assert sizes == [ROW_GROUP_ROWS, ROW_GROUP_ROWS, 300_000 - 2 * ROW_GROUP_ROWS]


def test_file_size_is_bounded(tmp_path: Path, flows: FlowMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day larger than FILE_ROWS becomes several files."""
    monkeypatch.setattr(staging_module, "FILE_ROWS", 2 * ROW_GROUP_ROWS)
    staging = Staging(tmp_path)
    for part in range(5):
        _staged(staging, flows(ROW_GROUP_ROWS, seed=part))
    rows = sorted(staged.rows // ROW_GROUP_ROWS for staged in staging.take())
    assert rows == [1, 2, 2]


def test_years_of_days_stay_within_bounds(tmp_path: Path, flows: FlowMaker) -> None:
    """A hostile source that jumps over 400 days holds neither a file for each open nor all its flows."""
    staging = Staging(tmp_path)
    most_open = most_buffered = 0
    for part in range(12):
        _staged(staging, flows(100_000, step_us=400 * _DAY_US // 100_000, seed=part))
        most_open = max(most_open, len(staging._open))
        most_buffered = max(most_buffered, staging._buffered)
    files = staging.take()
    assert sum(staged.rows for staged in files) == 1_200_000
    assert most_open <= OPEN_FILES
    assert most_buffered <= BUFFER_ROWS


def test_abandoned_leaves_nothing(tmp_path: Path, flows: FlowMaker) -> None:
    """What is given up is removed, open files and buffered flows alike."""
    staging = Staging(tmp_path)
    _staged(staging, flows(ROW_GROUP_ROWS + 5))
    _staged(staging, flows(10, start=0))
    staging.abandon()
    assert list(tmp_path.rglob("*.parquet")) == []
    assert staging.take() == []


def test_statistics_are_the_files_extremes(tmp_path: Path, flows: FlowMaker) -> None:
    """The log's statistics are the least and greatest value over all row groups, times to the microsecond."""
    batch = flows(ROW_GROUP_ROWS + 1_000)
    staging = Staging(tmp_path)
    _staged(staging, batch)
    (staged,) = staging.take()
    statistics: dict[str, Any] = json.loads(staged.add_action().stats)
    ports = np.asarray(batch["src_port"])
    assert statistics["numRecords"] == ROW_GROUP_ROWS + 1_000
    assert (statistics["minValues"]["src_port"], statistics["maxValues"]["src_port"]) == (
        ports.min(),
        ports.max(),
    )
    assert statistics["minValues"]["start"] == "2020-09-14T12:00:00.000000Z"
    last = datetime(2020, 9, 14, 12, tzinfo=UTC).timestamp() + (ROW_GROUP_ROWS + 999) / 1_000
    assert statistics["maxValues"]["start"] == datetime.fromtimestamp(last, UTC).strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ"
    )
    assert statistics["nullCount"]["sampling"] == ROW_GROUP_ROWS + 1_000
    assert "sensor" not in statistics["maxValues"]


def test_text_stays_plain_in_parquet(tmp_path: Path, flows: FlowMaker) -> None:
    """`source` is a dictionary on its way only: any engine reads it as text."""
    staging = Staging(tmp_path)
    _staged(staging, flows(10))
    (staged,) = staging.take()
    assert pq.read_schema(staged.path).field("source").type == pa.string()


def test_sources_taken_out(tmp_path: Path, flows: FlowMaker) -> None:
    """A file without one of its sources keeps the others' flows and statistics; the old file is gone."""
    staging = Staging(tmp_path)
    _staged(staging, flows(1_000), "a")
    _staged(staging, flows(2_000, seed=2), "b")
    (staged,) = staging.take()
    smaller = without_sources(staged, sources=frozenset({"a", "other"}))
    assert smaller is not None
    assert (smaller.sources, smaller.rows) == (frozenset({"b"}), 2_000)
    assert pq.read_table(smaller.path)["source"].unique().to_pylist() == ["b"]
    assert pq.read_schema(smaller.path).names == FILE_SCHEMA.names
    assert [path.name for path in tmp_path.rglob("*.parquet")] == [smaller.path.name]


def test_nothing_left(tmp_path: Path, flows: FlowMaker) -> None:
    """A file of which all sources are taken out is no file."""
    staging = Staging(tmp_path)
    _staged(staging, flows(1_000), "a")
    (staged,) = staging.take()
    assert without_sources(staged, sources=frozenset({"a"})) is None
    assert list(tmp_path.rglob("*.parquet")) == []
