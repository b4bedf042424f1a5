"""What happens to flows when the disk is full? On a small file system, which only root can make."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.dataset as ds
import pytest

import exporters
from collecting import Collecting
from exporters import flows
from headwater.app.collect_events import EventKind
from headwater.app.collect_settings import CollectSettings, Listener
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("nfcapd") is None, reason="nfcapd is not installed: apt-get install nfdump"
    ),
]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    where = tmp_path / "small"
    where.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "headwater-test", str(where)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root, where the system lets it, can mount a small file system")
    yield where
    subprocess.run(["umount", str(where)], check=True)


def test_a_full_spool_is_survived(small_disk: Path, tmp_path: Path) -> None:
    """From then on nfcapd would do nothing: it is started again, and works once there is room."""
    (port,) = exporters.free_ports(1)
    settings = CollectSettings((Listener("netflow", port),), spool=small_disk / "spool", interval_s=2)
    with Collecting(settings, tmp_path / "lake") as run:
        filler = small_disk / "filler"
        with filler.open("wb") as out:
            free = os.statvfs(small_disk)
            out.write(bytes(free.f_bavail * free.f_frsize))
        exporters.send([_packet(n) for n in range(0, 600, 30)], port)
        run.wait(EventKind.ENDED)
        filler.unlink()
        run.wait(EventKind.LISTENING, times=2)
        exporters.send([_packet(n) for n in range(600, 900, 30)], port)
    assert set(range(600, 900)) <= {number - 1_024 for number in _ports(tmp_path / "lake")}
    assert any("No space left" in event.said for event in run.events)


def _packet(first: int) -> bytes:
    return exporters.v5(flows("198.18.1", 30, first=first), sequence=first, now_s=int(time.time()))


def _ports(lake: Path) -> list[int]:
    """The source ports in a lake, sorted."""
    files = list(snapshot(open_lake(lake)).files)
    return sorted(ds.dataset(files).to_table(["src_port"])["src_port"].to_pylist())


def test_what_waits_is_stored_once_there_is_room(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lake's disk is full, the spool's is not: storing fails and is told, and then all is stored."""
    monkeypatch.setattr("headwater.app.store_thread.AGAIN_S", 0.5)
    (port,) = exporters.free_ports(1)
    settings = CollectSettings((Listener("netflow", port),), spool=tmp_path / "spool", interval_s=2)
    lake = small_disk / "lake"
    with Collecting(settings, lake) as run:
        filler = small_disk / "filler"
        run.wait_for(lake.exists)
        time.sleep(3)  # the first commit makes the table
        with filler.open("wb") as out:
            free = os.statvfs(small_disk)
            out.write(bytes(free.f_bavail * free.f_frsize))
        exporters.send([_packet(n) for n in range(0, 600, 30)], port)
        run.wait(EventKind.PROBLEM)
        filler.unlink()
        run.wait_for(lambda: run.tally.flows == 600)
    assert _ports(lake) == [1_024 + n for n in range(600)]
    assert "the files wait in" in next(event.said for event in run.events if event.kind is EventKind.PROBLEM)
