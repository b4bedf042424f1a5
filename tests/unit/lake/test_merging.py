"""Small files of a day become few, and nothing of the flows changes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.errors import LakeError
from headwater.lake.merging import merge_small_files
from headwater.lake.parquet_files import ENCODINGS, SUFFIX
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import FLOWS, Lake, flow_table
from headwater.lake.writer import FlowWriter
from newer_tables import newer_protocol

FlowMaker = Callable[..., pa.RecordBatch]
NOON = int(datetime(2020, 9, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000
DAY_US = 86_400_000_000


def _with_commits(lake: Lake, flows: FlowMaker, *, starts: list[int]) -> None:
    with FlowWriter(lake) as writer:
        for number, start in enumerate(starts):
            writer.add(flows(1_000, start=start, seed=number), digest=f"d{number}")
            writer.commit()


@pytest.fixture
def two_days(lake: Lake, flows: FlowMaker) -> Lake:
    """Three files on one day and one on the next."""
    _with_commits(lake, flows, starts=[NOON, NOON + 60_000_000, NOON + 120_000_000, NOON + DAY_US])
    return lake


def _rows(lake: Lake, *, version: int | None = None) -> pa.Table:
    files = snapshot(lake, version=version).files
    read = pa.concat_tables([pq.read_table(name, partitioning=None) for name in files])
    return read.sort_by([("start", "ascending"), ("edge_hash", "ascending"), ("src_port", "ascending")])


def test_only_days_with_several_small_files_are_merged(two_days: Lake) -> None:
    """Three files of one day become one; the day with one file keeps it."""
    merged = merge_small_files(two_days)
    assert (merged.days, merged.before, merged.after) == ((date(2020, 9, 14),), 3, 1)
    assert len(snapshot(two_days).files) == 2


def test_no_record_changes(two_days: Lake) -> None:
    """All columns of all records are what they were before."""
    before = _rows(two_days)
    merge_small_files(two_days)
    assert _rows(two_days).equals(before)


def test_an_older_version_still_reads_what_it_held(two_days: Lake) -> None:
    """Merging writes a new version; the one before it keeps its files."""
    before, version = _rows(two_days), snapshot(two_days).version
    merge_small_files(two_days)
    assert snapshot(two_days).version > version
    assert _rows(two_days, version=version).equals(before)


def test_merged_twice_is_merged_once(two_days: Lake) -> None:
    """A second merge finds nothing and writes no version."""
    first = merge_small_files(two_days)
    second = merge_small_files(two_days)
    assert (second.days, second.version) == ((), first.version)


def test_only_the_days_asked_for(two_days: Lake) -> None:
    """Another day's files stay as they are."""
    assert merge_small_files(two_days, days=[date(2020, 9, 15)]).days == ()


def test_a_large_file_stays(two_days: Lake) -> None:
    """Nothing is rewritten where files have their size already."""
    assert merge_small_files(two_days, limit=1).days == ()


def _chunks(name: str) -> dict[str, Any]:
    """The columns of a file's first row group."""
    group = pq.read_metadata(name).row_group(0)
    return {group.column(place).path_in_schema: group.column(place) for place in range(group.num_columns)}


@pytest.mark.parametrize("day", ["day=2020-09-14", "day=2020-09-15"])
def test_merged_files_are_written_as_all_others(two_days: Lake, day: str) -> None:
    """In the encodings that the scans were measured with, by whichever library, and named after them."""
    merge_small_files(two_days)
    (name,) = (name for name in snapshot(two_days).files if day in name)
    chunks = _chunks(name)
    assert {chunk.compression for chunk in chunks.values()} == {"ZSTD"}
    assert all(ENCODINGS[column] in chunks[column].encodings for column in ENCODINGS)
    with_dictionary = {column for column, chunk in chunks.items() if chunk.has_dictionary_page}
    assert with_dictionary >= {"source", "proto", "src_hi"}
    assert not with_dictionary & ENCODINGS.keys()
    assert name.endswith(SUFFIX)


def test_a_file_stored_before_is_still_known(two_days: Lake) -> None:
    """Merging does not forget which sources are in the lake."""
    merge_small_files(two_days)
    with FlowWriter(two_days) as writer:
        assert writer.holds("d0")


def test_flows_added_meanwhile_are_kept(two_days: Lake, flows: FlowMaker) -> None:
    """A writer that began before the merge commits after it."""
    with FlowWriter(two_days) as writer:
        writer.add(flows(500, start=NOON + 180_000_000, seed=9), digest="late")
        merge_small_files(two_days)
        writer.commit()
    assert snapshot(two_days).rows == 4_500


def test_a_missing_file_stops_the_merge_and_changes_nothing(two_days: Lake) -> None:
    """The error names the file; the version is the old one."""
    version = flow_table(two_days).version()
    gone = Path(next(name for name in snapshot(two_days).files if "day=2020-09-14" in name))
    gone.unlink()
    with pytest.raises(
        LakeError, match=f"{gone.name}: version 4 of the flows names this file and it is gone"
    ):
        merge_small_files(two_days)
    assert flow_table(two_days).version() == version


@pytest.mark.parametrize("at", [4, 2_000])
def test_a_garbled_file_stops_the_merge_and_is_named(two_days: Lake, at: int) -> None:
    """As long as before, but no Parquet file, or one without a page; what cannot be read is left as it is."""
    garbled = Path(next(name for name in snapshot(two_days).files if "day=2020-09-14" in name))
    held = bytearray(garbled.read_bytes())
    held[at : at + 10_000] = b"Z" * 10_000
    garbled.write_bytes(held)
    before = snapshot(two_days)
    with pytest.raises(LakeError, match=f"{garbled.name}: this file of the flows cannot be read"):
        merge_small_files(two_days)
    assert snapshot(two_days) == before


def test_a_full_disk_is_told_before_anything_is_written(
    two_days: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for less than the merged file: what it takes, what is free, and that nothing changed."""
    before = snapshot(two_days)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_500))
    with pytest.raises(
        LakeError,
        match=r"no space left to merge the files of 2020-09-14: that takes 0\.\d MB, and 1\.0 MB are free",
    ):
        merge_small_files(two_days)
    assert snapshot(two_days) == before


def test_a_table_of_a_newer_program_is_not_merged(two_days: Lake) -> None:
    """It can be read, and is left as it is."""
    newer_protocol(two_days.path(FLOWS), minWriterVersion=8)
    before = snapshot(two_days)
    with pytest.raises(
        LakeError, match=r"flows: a newer program wrote this table.* install a newer headwater"
    ):
        merge_small_files(two_days)
    assert snapshot(two_days) == before
