"""Space comes back, and no version that something stands on is lost."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.errors import LakeError
from headwater.lake.cases import store_case
from headwater.lake.merging import merge_small_files
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import FLOWS, Lake
from headwater.lake.vacuum import vacuum
from headwater.lake.writer import FlowWriter
from headwater.model.service import Service
from newer_tables import newer_protocol

FlowMaker = Callable[..., pa.RecordBatch]
NOON = int(datetime(2020, 9, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.fixture
def merged(lake: Lake, flows: FlowMaker) -> Lake:
    """Versions 1 to 4 with a file more each, then version 5 with all of them in one."""
    with FlowWriter(lake) as writer:
        for number in range(4):
            writer.add(flows(1_000, start=NOON + number, seed=number), digest=f"d{number}")
            writer.commit()
    assert merge_small_files(lake).version == 5
    return lake


def _files(lake: Lake) -> set[str]:
    return {path.name for path in lake.path(FLOWS).glob("day=*/*.parquet")}


def test_what_was_merged_away_goes(merged: Lake) -> None:
    """Only the newest version's file is left, with all flows."""
    found = vacuum(merged, hours=0)
    assert (found.files, len(_files(merged)), snapshot(merged).rows) == (4, 1, 4_000)


def test_a_version_that_a_case_stands_on_stays(merged: Lake) -> None:
    """The case's flows can be read afterwards, those of a later version cannot."""
    store_case(merged.folder, Service("192.0.2.1", 443, 6), '{"lake_version": 2}')
    found = vacuum(merged, hours=0)
    assert (found.kept_versions, found.files, snapshot(merged, version=2).rows) == ((2,), 2, 2_000)
    with pytest.raises(LakeError, match="if a vacuum removed that version, use the newest one"):
        snapshot(merged, version=4)


def test_a_version_that_the_user_names_stays(merged: Lake) -> None:
    """A report outside the lake may stand on it."""
    assert vacuum(merged, hours=0, keep=[3]).kept_versions == (3,)
    assert snapshot(merged, version=3).rows == 3_000


def test_what_went_out_of_use_a_moment_ago_stays(merged: Lake) -> None:
    """Within the time given nothing is removed."""
    assert vacuum(merged, hours=1).files == 0
    assert len(_files(merged)) == 5


def test_a_dry_run_removes_nothing_and_writes_no_version(merged: Lake) -> None:
    """It tells what a run would remove."""
    version = snapshot(merged).version
    found = vacuum(merged, hours=0, dry_run=True)
    assert (found.files, len(_files(merged)), snapshot(merged).version) == (4, 5, version)
    assert found.size_bytes > 0


def test_what_a_killed_run_left_goes_once_it_is_old(merged: Lake) -> None:
    """A file that no version ever named is removed when older than the time given, and not before."""
    folder = next(merged.path(FLOWS).glob("day=*"))
    young, old = folder / "part-young.parquet", folder / "part-old.parquet"
    for path in (young, old):
        path.write_bytes(b"half a file")
    os.utime(old, (0, 0))
    vacuum(merged, hours=24)
    assert (young.exists(), old.exists()) == (True, False)


def test_a_damaged_case_stops_the_vacuum_before_anything_is_removed(merged: Lake) -> None:
    """It may stand on any version."""
    store_case(merged.folder, Service("192.0.2.1", 443, 6), "{")
    with pytest.raises(LakeError, match="the case is damaged"):
        vacuum(merged, hours=0)
    assert len(_files(merged)) == 5


def test_a_version_that_does_not_exist_cannot_be_kept(merged: Lake) -> None:
    """A slip of the pen must not cost the version that was meant."""
    with pytest.raises(LakeError, match="at version 33"):
        vacuum(merged, hours=0, keep=[33])
    assert len(_files(merged)) == 5


def test_a_version_that_is_gone_cannot_be_kept(merged: Lake) -> None:
    """It is said before anything else is removed."""
    Path(snapshot(merged, version=1).files[0]).unlink()
    with pytest.raises(LakeError, match="--keep refers to version 1, whose file this is, and it is gone"):
        vacuum(merged, hours=0, keep=[1])
    assert len(_files(merged)) == 4


def test_flows_added_after_a_vacuum_join_the_rest(merged: Lake, flows: FlowMaker) -> None:
    """The table goes on as before."""
    vacuum(merged, hours=0)
    with FlowWriter(merged) as writer:
        writer.add(flows(500, start=NOON, seed=9), digest="late")
        writer.commit()
    assert snapshot(merged).rows == 4_500


def test_the_table_of_a_newer_program_is_left_alone(merged: Lake) -> None:
    """It may keep files in a way that is not known here."""
    newer_protocol(merged.path(FLOWS), minWriterVersion=8)
    with pytest.raises(LakeError, match="can be read here but not written"):
        vacuum(merged, hours=0)
    assert len(_files(merged)) == 5


def test_files_that_no_version_named_may_stay(merged: Lake) -> None:
    """A running ingest writes its files before it names them; only what was replaced goes."""
    young = next(merged.path(FLOWS).glob("day=*")) / "part-young.parquet"
    young.write_bytes(b"half a file")
    assert vacuum(merged, hours=0, unnamed=False).files == 4
    assert young.is_file()


def test_what_is_gone_is_not_told_again(merged: Lake) -> None:
    """The log goes on to name it; a second vacuum removes nothing and writes no version."""
    vacuum(merged, hours=0, unnamed=False)
    version = snapshot(merged).version
    assert vacuum(merged, hours=0, unnamed=False).files == 0
    assert snapshot(merged).version == version
