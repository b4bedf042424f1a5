"""The live demo for real: packets, nfcapd, lake, watch. Everything goes over the loopback interface."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from headwater.app.demo_live import FIRST_DAY, SEED, Day, LiveSettings, live
from headwater.errors import BadSetting, ToolMissing
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.simulate.stories.catalogue import STORIES
from headwater.simulate.stories.story import tell

needs_nfcapd = pytest.mark.skipif(
    shutil.which("nfcapd") is None or shutil.which("nfdump") is None,
    reason="nfcapd is not installed: apt-get install nfdump",
)
STORY = "dridex-emotet"
SERVICE = "179.43.147.77:38400/tcp"
COLUMNS = (
    "src_hi", "src_lo", "dst_hi", "dst_lo", "src_port", "dst_port", "proto", "packets", "bytes", "tcp_flags",
    "sampling",
)  # fmt: skip
WAIT_S = 300.0


def _play(folder: Path, settings: LiveSettings) -> Any:  # Any: `Live` with the days
    days: list[Day] = []
    return live(folder, settings, stop=threading.Event(), say=lambda _: None, day_done=days.append)


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    """Flows with times in milliseconds, which is what NetFlow carries."""
    times = [table[name].cast(pa.int64()).to_numpy() // 1_000 for name in ("start", "end")]
    return sorted(zip(*times, *(table[name].to_pylist() for name in COLUMNS), strict=True), key=str)


@needs_nfcapd
def test_every_flow_of_a_day_arrives_as_it_was_sent(tmp_path: Path) -> None:
    """Addresses of both families, ports, counts, flags, sampling and times; through the real nfcapd."""
    made = _play(tmp_path / "demo", LiveSettings(days=1))
    files = snapshot(open_lake(made.lake)).files
    world = tell(STORIES[STORY], SEED).world
    parts = world.parts_per_day(1_000)
    sent = [world.part(FIRST_DAY, n, of=parts, sampling=1_000).batch for n in range(parts)]
    assert _rows(ds.dataset(list(files)).to_table()) == _rows(pa.Table.from_batches(sent))
    assert (len(made.days), made.days[0].cycle.hunted) == (1, True)


@needs_nfcapd
def test_a_signal_ends_it_in_order(tmp_path: Path) -> None:
    """SIGTERM, which no shell has a child ignore, after the first day: exit code 0, no further day is played,
    no collector is left, and what was stored stays.
    """
    folder = tmp_path / "demo"
    child = subprocess.Popen(
        [sys.executable, "-m", "headwater", "demo", "--live", "--out", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip
    assert child.stderr is not None
    try:
        for line in child.stderr:
            if "stored" in line:
                break
        child.send_signal(signal.SIGTERM)
        said, _ = child.communicate(timeout=WAIT_S)
    finally:
        child.kill()
    assert child.returncode == 0
    assert said.startswith("SYNTHETIC: nothing below was observed anywhere")
    assert "SYNTHETIC: 31 days" not in said
    assert not _left_over(folder)
    assert snapshot(open_lake(folder / "lake")).rows > 0


def _left_over(folder: Path) -> list[str]:
    """Processes that name the folder in their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command and "nfcapd" in command:
            found.append(command)
    return found


@needs_nfcapd
@pytest.mark.slow
def test_the_service_of_the_story_is_told(tmp_path: Path) -> None:
    """By the end of 2019, once, as synthetic; its first two C2s of each group come in the last week of it."""
    made = _play(tmp_path / "demo", LiveSettings(days=16))
    events = [json.loads(line) for line in made.events_file.read_text().splitlines()]
    told = [event for event in events if event["kind"] == "new-upstream"]
    assert [event["subject"] for event in told].count(SERVICE) == 1
    assert all(event["mark"] == "SYNTHETIC" and event["said"].startswith("SYNTHETIC: ") for event in events)
    (ours,) = (event for event in told if event["subject"] == SERVICE)
    assert datetime.fromisoformat(ours["at"]) <= datetime.fromisoformat("2020-01-01T00:00:00Z")


def test_without_nfdump_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is made."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="apt-get install nfdump"):
        _play(tmp_path / "demo", LiveSettings(days=1))
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("days", [0, 46])
def test_days_beyond_an_exporters_clock_are_refused(days: int) -> None:
    """A clock of milliseconds in 32 bits runs over after 49 days."""
    with pytest.raises(BadSetting, match="from 1 to 45"):
        LiveSettings(days=days)
