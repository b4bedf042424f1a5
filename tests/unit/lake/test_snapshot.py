import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from headwater.errors import LakeError
from headwater.lake.parquet_files import ROW_GROUP_ROWS
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import Lake
from headwater.lake.writer import FlowWriter
from headwater.model.address import key_of
from headwater.model.window import Window

FlowMaker = Callable[..., pa.RecordBatch]
_HOUR_US = 3_600_000_000
NOON = int(datetime(2020, 9, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.fixture
def four_hours(lake: Lake, flows: FlowMaker) -> Lake:
    """Four commits of 1,000 flows each, at 12, 14, 16 and 18 o'clock, each lasting a second."""
    with FlowWriter(lake) as writer:
        for number in range(4):
            writer.add(flows(1_000, start=NOON + 2 * number * _HOUR_US, seed=number), digest=f"d{number}")
            writer.commit()
    return lake


def _at(hour: float) -> datetime:
    return datetime(2020, 9, 14, tzinfo=UTC) + timedelta(hours=hour)


def test_everything(four_hours: Lake) -> None:
    """Without a window every file is listed, with the flows in them and the version."""
    whole = snapshot(four_hours)
    assert (whole.version, len(whole.files), whole.rows, whole.table_rows) == (4, 4, 4_000, 4_000)


def test_version(four_hours: Lake) -> None:
    """An older version lists the files it had."""
    old = snapshot(four_hours, version=2)
    assert (old.version, len(old.files), old.rows) == (2, 2, 2_000)


@pytest.mark.parametrize(
    ("window", "files"),
    [
        (Window(_at(15), _at(17)), 1),
        (Window(_at(14), None), 3),
        (Window(None, _at(14)), 1),  # half-open: flows at 14:00:00 are not before 14:00
        (Window(_at(19), _at(20)), 0),
        (Window(_at(12) + timedelta(milliseconds=999.5), _at(13)), 1),  # the last flow ends at 0.9995 s
        (Window(_at(12) + timedelta(seconds=2), _at(13)), 0),
    ],
)
def test_pruned_by_time(four_hours: Lake, window: Window, files: int) -> None:
    """Only files with a flow that overlaps the window are listed; the whole is still counted."""
    some = snapshot(four_hours, window=window)
    assert (len(some.files), some.rows) == (files, 1_000 * files)
    assert (some.table_files, some.table_rows) == (4, 4_000)


def test_pruned_by_day(lake: Lake, flows: FlowMaker) -> None:
    """A source over three days is read for one of them only where one is asked for."""
    with FlowWriter(lake) as writer:
        writer.add(flows(3_000, step_us=72 * _HOUR_US // 3_000), digest="a")
        writer.commit()
    some = snapshot(lake, window=Window(_at(30), _at(40)))
    assert [Path(path).parent.name for path in some.files] == ["day=2020-09-15"]


def test_empty_table(lake: Lake) -> None:
    """A lake whose only run stored nothing has an empty list of files."""
    with FlowWriter(lake):
        pass
    assert snapshot(lake).files == ()


def test_lost_file(four_hours: Lake) -> None:
    """A file that the log names and that is gone is named, with a remedy."""
    path = Path(snapshot(four_hours).files[0])
    path.unlink()
    with pytest.raises(
        LakeError, match=f"{path.name}: version 4 of the flows names this file and it is gone"
    ):
        snapshot(four_hours)


def test_a_file_that_was_cut_off(four_hours: Lake) -> None:
    """Told by its length, which the log knows, before anything is read."""
    path = Path(snapshot(four_hours).files[0])
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(
        LakeError, match=f"{path.name}: this file of the flows has 100 bytes and had {size:,} when"
    ):
        snapshot(four_hours)


def _row_groups_read(files: tuple[str, ...], condition: str) -> int:
    """How many row groups DuckDB read for a query, by its own profile."""
    connection = duckdb.connect()
    connection.execute("PRAGMA enable_profiling = 'no_output'")
    connection.execute(f"SELECT sum(bytes) FROM read_parquet(?) WHERE {condition}", [list(files)]).fetchall()  # noqa: S608  # the test's own text
    profile = json.loads(connection.get_profiling_information(format="json"))
    return int(profile["query"]["total_row_groups_scanned"])


@pytest.mark.parametrize(
    ("condition", "scanned"),
    [
        ("start >= TIMESTAMPTZ '2020-09-14 14:00:00+00'", 1),
        ("\"end\" < TIMESTAMPTZ '2020-09-14 13:00:00+00'", 1),
        (f"src_lo = {key_of('10.1.0.1')[1]}", 0),  # hosts are of 10.0.0.0/16
        ("src_hi = 1", 0),  # no IPv6
        ("dst_port = 38400", 0),  # every flow goes to 443
        ("true", 3),
    ],
)
def test_duckdb_skips_row_groups(lake: Lake, flows: FlowMaker, condition: str, scanned: int) -> None:
    """DuckDB reads only row groups whose range of times, hosts or ports can hold what is asked for."""
    with FlowWriter(lake) as writer:
        for number in range(3):
            writer.add(
                flows(ROW_GROUP_ROWS, start=NOON + number * _HOUR_US, seed=number), digest=f"d{number}"
            )
        writer.commit()
    assert _row_groups_read(snapshot(lake).files, condition) == scanned
