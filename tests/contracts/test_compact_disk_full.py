"""What happens to a lake when its disk fills up while it is compacted? On a small disk, made by root."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from headwater.app.compact import compact
from headwater.app.compact_check import check
from headwater.errors import LakeError
from headwater.ingest.columns import READ_SCHEMA, flow_batch
from headwater.lake.by_host import BY_HOST
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import create_lake, open_lake
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


def _flows(day: int) -> pa.RecordBatch:
    random = np.random.default_rng(day)
    zeros = np.zeros(FLOWS, np.int64)
    start = 1_700_006_400_000_000 + day * _DAY_US + random.integers(0, _DAY_US, FLOWS)
    columns = dict.fromkeys(("src_hi", "dst_hi"), zeros)
    columns |= {name: random.integers(0, 1 << 30, FLOWS) for name in ("src_lo", "dst_lo")}
    columns |= {name: random.integers(0, 1 << 16, FLOWS) for name in ("src_port", "dst_port")}
    batch = flow_batch({**columns, "start": start, "end": start, "proto": zeros + 6})
    return batch.cast(READ_SCHEMA)


def test_the_flows_and_what_was_made_before_stay(small_disk: Path) -> None:
    """The second day does not fit: that is said, nothing of it is there, and with room it is made."""
    lake = small_disk / "lake"
    with FlowWriter(create_lake(lake)) as writer:
        writer.add(_flows(0), digest="0" * 64)
        writer.commit()
        compact(lake)
        writer.add(_flows(1), digest="1" * 64)
        writer.commit()
    filler = small_disk / "filler"
    free = os.statvfs(small_disk)
    filler.write_bytes(bytes(free.f_bavail * free.f_frsize - 500_000))
    with pytest.raises(LakeError, match="space"):
        compact(lake)
    assert len(list((lake / BY_HOST).glob("day=*/*"))) == 1
    assert snapshot(open_lake(lake)).rows == 2 * FLOWS
    filler.unlink()
    assert compact(lake).compacted == 2 * FLOWS
    assert [one.wrong for one in check(lake).parts] == ["", ""]
