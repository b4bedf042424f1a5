"""What happens to a lake when its disk fills up while it is compacted? On a small disk, made by root."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from headwater.app.compact import compact
from headwater.app.compact_check import check
from headwater.errors import LakeError
from headwater.ingest.columns import READ_SCHEMA, flow_batch
from headwater.lake.by_host import BY_HOST
from headwater.lake.merging import merge_small_files
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import create_lake, open_lake
from headwater.lake.vacuum import vacuum
from headwater.lake.writer import FlowWriter

pytestmark = pytest.mark.slow

FLOWS = 60_000  # of each of two days
_DAY_US = 86_400_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB."""
    where = tmp_path / "small"
    where.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "headwater-test", str(where)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root, where the system lets it, can mount a small file system")
    yield where
    subprocess.run(["umount", str(where)], check=True)


def _flows(day: int, *, seed: int = 0) -> pa.RecordBatch:
    random = np.random.default_rng([day, seed])
    zeros = np.zeros(FLOWS, np.int64)
    start = 1_700_006_400_000_000 + day * _DAY_US + random.integers(0, _DAY_US, FLOWS)
    columns = dict.fromkeys(("src_hi", "dst_hi"), zeros)
    columns |= {name: random.integers(0, 1 << 30, FLOWS) for name in ("src_lo", "dst_lo")}
    columns |= {name: random.integers(0, 1 << 16, FLOWS) for name in ("src_port", "dst_port")}
    batch = flow_batch({**columns, "start": start, "end": start, "proto": zeros + 6})
    return batch.cast(READ_SCHEMA)


def _filled(disk: Path, *, but: int) -> Path:
    """A file that leaves only so many bytes free."""
    free = os.statvfs(disk)
    filler = disk / "filler"
    filler.write_bytes(bytes(free.f_bavail * free.f_frsize - but))
    return filler


def test_the_flows_and_what_was_made_before_stay(small_disk: Path) -> None:
    """The second day does not fit: that is said, nothing of it is there, and with room it is made."""
    lake = small_disk / "lake"
    with FlowWriter(create_lake(lake)) as writer:
        writer.add(_flows(0), digest="0" * 64)
        writer.commit()
        compact(lake)
        writer.add(_flows(1), digest="1" * 64)
        writer.commit()
    filler = _filled(small_disk, but=500_000)
    with pytest.raises(LakeError, match="space"):
        compact(lake)
    assert len(list((lake / BY_HOST).glob("day=*/*"))) == 1
    assert snapshot(open_lake(lake)).rows == 2 * FLOWS
    filler.unlink()
    assert compact(lake).compacted == 2 * FLOWS
    assert [one.wrong for one in check(lake).parts] == ["", ""]


def test_small_files_that_cannot_be_merged_stay(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also past the test of what is free, as when somebody else fills the disk meanwhile: nothing is there of
    what was begun, the flows are what they were, and with room they are merged.
    """
    lake = small_disk / "lake"
    with FlowWriter(create_lake(lake)) as writer:
        for seed in range(3):
            writer.add(_flows(0, seed=seed)[:20_000], digest=str(seed) * 64)
            writer.commit()
    before = snapshot(open_lake(lake))
    filler = _filled(small_disk, but=500_000)
    with pytest.raises(LakeError, match="no space left to merge the files of 2023-11-15"):
        merge_small_files(open_lake(lake))
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10**12))
    with pytest.raises(LakeError, match=r"could not be merged .*No space left on device.*free space"):
        merge_small_files(open_lake(lake))
    assert snapshot(open_lake(lake)) == before
    assert len(list(lake.glob("flows/day=*/*"))) == 3
    filler.unlink()
    assert merge_small_files(open_lake(lake)).after == 1


def test_a_vacuum_needs_room_for_the_log_and_says_so(small_disk: Path) -> None:
    """With none at all nothing is removed; with some kilobytes it gives back the rest."""
    lake = small_disk / "lake"
    with FlowWriter(create_lake(lake)) as writer:
        for seed in range(3):
            writer.add(_flows(0, seed=seed)[:20_000], digest=str(seed) * 64)
            writer.commit()
    merge_small_files(open_lake(lake))
    filler = _filled(small_disk, but=0)
    with pytest.raises(LakeError, match="some kilobytes are free for the table's log"):
        vacuum(open_lake(lake), hours=0)
    assert len(list(lake.glob("flows/day=*/*"))) == 4
    filler.unlink()
    assert vacuum(open_lake(lake), hours=0).files == 3
