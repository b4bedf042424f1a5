"""What dies while flows are collected, and what is then lost? No file, and none is stored twice.

Real collectors on the loopback interface. Each test sends flows of its own and counts them in the lake.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

import exporters
from collecting import WAIT_S, Collecting
from exporters import flows
from headwater.app.collect_events import EventKind
from headwater.app.collect_settings import CollectSettings, Listener
from headwater.app.collector import take_over
from headwater.app.ingest import ingest as real_ingest
from headwater.app.spool import Spool
from headwater.errors import BadSetting, LakeError, ToolMissing
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

pytestmark = pytest.mark.skipif(
    shutil.which("nfcapd") is None, reason="nfcapd is not installed: apt-get install nfdump"
)

EMPTY_BYTES = 300  # more than a file of nfcapd without flows


def _settings(port: int, spool: Path | None = None) -> CollectSettings:
    return CollectSettings((Listener("netflow", port),), spool=spool, interval_s=2)


def _send(port: int, first: int, count: int = 60) -> None:
    """Flows number `first` and following, in packets of 30 with the right sequence."""
    now_s = int(time.time())
    exporters.send(
        [
            exporters.v5(flows("198.18.1", 30, first=place), sequence=place, now_s=now_s)
            for place in range(first, first + count, 30)
        ],
        port,
    )


def _stored(lake: Path) -> list[int]:
    """The numbers of the flows in the lake, which are their source ports less 1,024, sorted."""
    files = list(snapshot(open_lake(lake)).files)
    if not files:
        return []
    return sorted(port - 1_024 for port in ds.dataset(files).to_table(["src_port"])["src_port"].to_pylist())


@pytest.fixture
def port() -> int:
    """A free UDP port."""
    return exporters.free_ports(1)[0]


def _pid(lake: Path) -> int:
    return int(next(lake.glob("spool/*/*/pid")).read_text())


def test_a_collector_that_dies_is_started_again(tmp_path: Path, port: int) -> None:
    """A killed nfcapd: it is told, the port is served again, and what had been closed is there once."""
    with Collecting(_settings(port), tmp_path) as run:
        _send(port, 0)
        run.wait_for(lambda: run.tally.flows == 60)
        os.kill(_pid(tmp_path), signal.SIGKILL)
        run.wait(EventKind.ENDED)
        run.wait(EventKind.LISTENING, times=2)
        _send(port, 60)
    assert _stored(tmp_path) == list(range(120))
    assert [one.restarts for one in run.tally.listeners.values()] == [1]


@pytest.mark.slow
def test_a_collector_that_hangs_is_ended_and_started_again(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped by SIGSTOP it closes no file: after some intervals it is killed, and the port served again."""
    monkeypatch.setattr("headwater.app.collect_watch.HUNG_S", 0.0)
    monkeypatch.setattr("headwater.app.collect_watch.KILL_S", 0.1)
    with Collecting(_settings(port), tmp_path) as run:
        _send(port, 0)
        run.wait_for(lambda: run.tally.flows == 60)
        os.kill(_pid(tmp_path), signal.SIGSTOP)
        run.wait(EventKind.LISTENING, times=2)
        _send(port, 60)
    assert _stored(tmp_path) == list(range(120))
    assert "closed no file for" in next(one.said for one in run.events if one.kind is EventKind.PROBLEM)


def test_a_collector_whose_folder_is_deleted_is_started_again(tmp_path: Path, port: int) -> None:
    """It would write where nobody finds it."""
    with Collecting(_settings(port), tmp_path) as run:
        shutil.rmtree(next((tmp_path / "spool").glob("netflow-*/*")))
        run.wait(EventKind.LISTENING, times=2)
        _send(port, 0)
    assert _stored(tmp_path) == list(range(60))


class _Command:
    """`headwater collect` as a process of its own, whose events are read."""

    def __init__(self, lake: Path, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "headwater", "--lake", str(lake), "collect", "--netflow", str(port),
             "--interval", "2", "--json"],
            stdout=subprocess.PIPE,
        )  # fmt: skip

    def next(self, kind: str) -> dict[str, Any]:  # Any: what JSON can say
        """The next event of a kind."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event: dict[str, Any] = json.loads(line)  # Any: as above
            if event["event"] == kind:
                return event
        raise EOFError(f"no event {kind}")

    def end(self, how: signal.Signals) -> int:
        """Sends a signal; the exit status."""
        self._process.send_signal(how)
        status = self._process.wait(WAIT_S)
        if self._process.stdout is not None and how is signal.SIGKILL:
            self._process.stdout.close()
        return status


def test_killed_and_started_again_nothing_is_lost_or_doubled(tmp_path: Path, port: int) -> None:
    """After kill -9 of `collect` goes on, and the next run ends it in order and stores what it wrote."""
    first = _Command(tmp_path, port)
    first.next("listening")
    _send(port, 0)
    first.next("stored")
    _send(port, 60)
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    _send(port, 120)
    second = _Command(tmp_path, port)
    assert second.next("taken-over")["collectors"] == 1
    second.next("listening")
    _send(port, 180)
    assert second.end(signal.SIGTERM) == 0
    assert second.next("stopped")["flows"] == 180
    assert _stored(tmp_path) == list(range(240))


def test_killed_between_commit_and_putting_away(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is stored and still lies in `ready` is recognised by its digest."""
    done, refused = Spool.done, list[Path]()

    def once(spool: Spool, path: Path, *, keep: bool) -> None:
        if not refused and path.stat().st_size > EMPTY_BYTES:
            refused.append(path)
            raise OSError("as if killed here")
        done(spool, path, keep=keep)

    monkeypatch.setattr(Spool, "done", once)
    with Collecting(_settings(port), tmp_path) as run:
        _send(port, 0)
        run.wait_for(lambda: bool(run.problems))
        run.wait(EventKind.STORED)
    told = [event.numbers["already"] for event in run.events if event.kind is EventKind.STORED]
    assert (_stored(tmp_path), 1 in told) == (list(range(60)), True)


def test_a_lake_that_fails_for_a_while_costs_nothing(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: the files wait, it is told, and they are stored once there is room."""
    failures = [LakeError("no space left"), LakeError("no space left")]

    def failing(*args: Any, **named: Any) -> Any:  # Any: handed through
        if failures:
            raise failures.pop()
        return real_ingest(*args, **named)

    monkeypatch.setattr("headwater.app.collect_store.ingest", failing)
    monkeypatch.setattr("headwater.app.store_thread.AGAIN_S", 0.1)
    with Collecting(_settings(port), tmp_path) as run:
        _send(port, 0)
        run.wait(EventKind.STORED)
    assert (len(run.problems), _stored(tmp_path)) == (2, list(range(60)))


def test_two_on_one_port(tmp_path: Path, port: int) -> None:
    """The second one says that the port is in use, and how to see by whom."""
    with (
        Collecting(_settings(port), tmp_path / "one"),
        pytest.raises(BadSetting, match=rf"netflow 127.0.0.1:{port}: Address already in use; .*ss -lunp"),
        Collecting(_settings(port), tmp_path / "other"),
    ):
        pass


def test_two_in_one_spool(tmp_path: Path) -> None:
    """The second one is refused before it touches a file of the first one."""
    one, other = exporters.free_ports(2)
    with (
        Collecting(_settings(one), tmp_path),
        pytest.raises(BadSetting, match="another `headwater collect` works in this spool"),
        Collecting(_settings(other), tmp_path),
    ):
        pass


@pytest.mark.parametrize(("kind", "package"), [("netflow", "nfdump"), ("sflow", "nfdump-sflow")])
def test_without_the_program_the_message_names_the_package(
    tmp_path: Path, port: int, kind: Any, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """apt-get install and the package's name, and no lake is made."""
    monkeypatch.setenv("PATH", "/nonexistent")
    settings = CollectSettings((Listener(kind, port),))
    with (
        pytest.raises(ToolMissing, match=rf"apt-get install {package}$"),
        Collecting(settings, tmp_path / "l"),
    ):
        pass
    assert not (tmp_path / "l").exists()


def test_an_address_of_another_machine_is_refused(tmp_path: Path, port: int) -> None:
    """The message says what is wrong with it."""
    settings = CollectSettings((Listener("netflow", port, "203.0.113.1"),))
    with (
        pytest.raises(BadSetting, match=rf"203.0.113.1:{port}: Cannot assign requested address"),
        Collecting(settings, tmp_path),
    ):
        pass


def test_only_the_given_address_listens(tmp_path: Path, port: int) -> None:
    """The kernel's table has the port on 127.0.0.1 (0100007F) and nowhere else."""
    with Collecting(_settings(port), tmp_path):
        rows = Path("/proc/net/udp").read_text().splitlines()[1:]
        where = {row.split()[1] for row in rows if row.split()[1].endswith(f":{port:04X}")}
        assert where == {f"0100007F:{port:04X}"}
        assert f":{port:04X} " not in Path("/proc/net/udp6").read_text()


def test_kept_files_are_deleted_at_once_where_asked(tmp_path: Path, port: int) -> None:
    """With keep = 0 there is no stored file."""
    settings = CollectSettings((Listener("netflow", port),), interval_s=2, keep_days=0)
    with Collecting(settings, tmp_path):
        _send(port, 0)
    left = [path.name for path in (tmp_path / "spool").rglob("*") if path.is_file()]
    assert (left, _stored(tmp_path)) == (["lock"], list(range(60)))


def test_an_unreadable_file_is_put_aside_and_told_once(tmp_path: Path, port: int) -> None:
    """Something in `ready` that is no nfcapd file stops nothing and is not deleted."""
    with Collecting(_settings(port), tmp_path) as run:
        (tmp_path / "spool" / "ready" / "netflow-x~y~nfcapd.202601010000").write_bytes(b"no flows here")
        run.wait_for(lambda: bool(run.problems))
        _send(port, 0)
    assert (len(run.problems), run.tally.unreadable) == (1, 1)
    assert (tmp_path / "spool" / "unreadable" / "netflow-x~y~nfcapd.202601010000").is_file()
    assert _stored(tmp_path) == list(range(60))


@pytest.mark.slow
def test_killed_again_and_again(tmp_path: Path, port: int) -> None:
    """Six kills at different moments of the interval while flows come: at the end each is there once."""
    for round_ in range(6):
        command = _Command(tmp_path, port)
        command.next("listening")
        _send(port, 120 * round_)
        time.sleep(0.4 * round_)
        command.end(signal.SIGKILL)
        _send(port, 120 * round_ + 60)
    last = _Command(tmp_path, port)
    last.next("listening")
    last.end(signal.SIGTERM)
    last.next("stopped")
    assert _stored(tmp_path) == list(range(720))


def test_taking_over_a_run_that_is_over_does_nothing(tmp_path: Path) -> None:
    """A lock that nobody holds: no process is touched, whatever number stands in the file."""
    run = tmp_path / "netflow" / "20260101T000000-0"
    run.mkdir(parents=True)
    (run / "lock").touch()
    (run / "pid").write_text(str(os.getpid()))
    assert not take_over(run)
