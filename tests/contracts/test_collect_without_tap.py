"""What is collected where nothing can listen beside nfcapd, or what does is killed? Every flow, as before."""

import errno
import os
import shutil
import signal
import struct
import time
from pathlib import Path

import pyarrow.dataset as ds
import pytest

import exporters
from collecting import Collecting
from exporters import LAYOUT, flows
from headwater.app.collect_events import EventKind
from headwater.app.collect_settings import CollectSettings, Listener
from headwater.app.tap_socket import heard_port
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

pytestmark = pytest.mark.skipif(
    shutil.which("nfcapd") is None, reason="nfcapd is not installed: apt-get install nfdump"
)
CISCO = ((48, 1), (50, 4))


def _settings(port: int) -> CollectSettings:
    return CollectSettings((Listener("netflow", port),), interval_s=2)


def _nine(*sets: tuple[int, bytes], sequence: int) -> bytes:
    return exporters.v9(sets, sequence=sequence, now_s=int(time.time()))


def _flows(network: str) -> tuple[int, bytes]:
    return exporters.data(256, LAYOUT, flows(network, 4))


def _announced(interval: int) -> list[tuple[int, bytes]]:
    """Cisco's sampler 1, which nfcapd 1.7.1 does not learn."""
    fields = b"".join(struct.pack(">HH", *each) for each in ((1, 4), *CISCO))
    return [(1, struct.pack(">HHH", 300, 4, 8) + fields), (300, struct.pack(">IBI", 0, 1, interval))]


def _stored(lake: Path) -> list[tuple[int, int, int | None]]:
    table = ds.dataset(list(snapshot(open_lake(lake)).files)).to_table(["packets", "bytes", "sampling"])
    return sorted({tuple(row.values()) for row in table.to_pylist()}, key=str)


@pytest.fixture
def port() -> int:
    """A free UDP port."""
    return exporters.free_ports(1)[0]


def _refused(*_: object, **__: object) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_without_the_capability_flows_are_collected(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told once with its remedy; nfcapd's samplings hold, and what the tap would know is null."""
    monkeypatch.setattr("headwater.app.tap.heard_port", _refused)
    with Collecting(_settings(port), tmp_path) as run:
        exporters.send(
            [
                _nine(*exporters.sampling_announced(1_000), sequence=0),
                _nine(exporters.template(256, LAYOUT), _flows("198.18.1"), sequence=1),
                _nine(_flows("198.18.2"), sequence=4),
            ],
            port,
        )
    (problem,) = [event.said for event in run.events if event.kind is EventKind.PROBLEM]
    assert "Operation not permitted" in problem
    assert "CAP_NET_RAW" in problem
    assert _stored(tmp_path) == [(10, 4_000, 1_000)]
    (loss,) = [event for event in run.events if event.kind is EventKind.LOSS]
    numbers = ("sequence_failures", "lost", "restarts", "undecoded_sets", "unknown_templates", "unsure")
    assert [loss.numbers[name] for name in numbers] == [1, None, None, None, None, None]
    assert "packets lost, or it restarted" in loss.said
    assert [one.unheard for one in run.tally.listeners.values()] == [None]


def _tap() -> int | None:
    """The process that listens beside the collectors of this one."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if b"headwater.app.tap_process" in command and parent == os.getpid():
            return int(folder.name)
    return None


def test_a_tap_that_is_killed_costs_no_flow(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """It is told, started again, and hears what is announced from then on; nothing is known in between."""
    try:
        for one in heard_port("127.0.0.1", port, buffer_bytes=1 << 16):
            one.close()
    except OSError:
        pytest.skip("needs the capability CAP_NET_RAW, as root has it")
    monkeypatch.setattr("headwater.app.tap._PAUSE_S", 0.1)
    with Collecting(_settings(port), tmp_path) as run:
        exporters.send([_nine(exporters.template(256, LAYOUT), *_announced(512), sequence=0)], port)
        killed = _tap()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        run.wait_for(lambda: bool(run.problems))
        exporters.send([_nine(_flows("198.18.1"), sequence=1)], port)
        run.wait_for(lambda: run.tally.flows == 4)
        again = _tap()
        assert again not in {None, killed}
        exporters.send([_nine(*_announced(64), sequence=2), _nine(_flows("198.18.2"), sequence=3)], port)
        exporters.send([_nine((300, bytes(9)), _flows("198.18.3"), sequence=4)], port)
    assert len(run.problems) == 1
    assert run.tally.flows == 12
    assert [one.found.unknown for one in run.tally.exporters.values() if one.found] == [()]
    assert (10, 4_000, None) in _stored(tmp_path)
