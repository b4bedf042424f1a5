"""What keeps Spark from running is told in one line with its remedy, within bounded time."""

import shlex
import shutil
import socketserver
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

import spark_cluster
from headwater.engine.connect import connect
from headwater.errors import BadSetting, LakeError, ToolMissing
from spark_cluster import Cluster, free_port
from spark_world import World

pytestmark = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.skipif(spark_cluster.missing() is not None, reason=spark_cluster.missing() or ""),
]


def test_a_master_that_is_not_there_is_told_at_once() -> None:
    """Nobody listens on the port."""
    port = free_port()
    with (
        pytest.raises(BadSetting, match=f"127.0.0.1:{port} does not answer"),
        connect(f"spark://127.0.0.1:{port}"),
    ):
        pass


def test_without_java_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty PATH has no Java."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ToolMissing, match="apt-get install default-jre-headless"), connect("local[1]"):
        pass


def test_an_old_java_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that says it is Java 11, as Debian's was."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.28\" 2025-07-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ToolMissing, match=r"is Java 11, and Spark 4 needs 17 or newer"), connect("local[1]"):
        pass


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (None, r"pip install 'headwater\[spark\]'"),
        ("3.5.6", r"PySpark here is 3\.5\.6.*needs Spark 4\.3"),
        ("4.2.1", r"PySpark here is 4\.2\.1.*needs Spark 4\.3"),
        ("5.0.0.dev1", r"PySpark here is 5\.0\.0\.dev1.*needs Spark 4\.3"),
    ],
)
def test_without_the_extra_or_with_an_old_one_it_is_named(
    version: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `importlib.metadata` says of PySpark decides."""
    monkeypatch.setattr("headwater.engine.connect.installed", lambda: version)
    with pytest.raises(ToolMissing, match=said), connect("local[1]"):
        pass


def test_the_command_says_it_in_one_line_and_exits_with_2(world: World) -> None:
    """No traceback, and nothing of Spark's own talk."""
    done = _hunted(world, f"spark://127.0.0.1:{free_port()}")
    assert (done.returncode, done.stdout, len(done.stderr.strip().splitlines())) == (2, "", 1)


def _hunted(world: World, url: str) -> subprocess.CompletedProcess[str]:
    """What the command line says of a hunt on an engine."""
    command = [sys.executable, "-m", "headwater", "--lake", str(world.lake), "hunt", "--engine", url]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_worker_without_the_files_is_told(cluster: Cluster, world: World, tmp_path: Path) -> None:
    """The driver finds the lake where `there` says, and then the files are gone under the workers."""
    copy = tmp_path / "lake"
    shutil.copytree(world.lake, copy)
    url = f"{cluster.url}?memory=900m&here={world.lake}&there=file://{copy}"
    with connect(url) as engine:
        flows = engine.flows(sorted(str(path) for path in world.lake.glob("flows/*/*.parquet")))
        shutil.rmtree(copy)
        with pytest.raises(LakeError, match="counting: a worker cannot read a file of the lake"):
            engine.fetch(flows.agg(n=flows.src_lo.max()), purpose="counting")


@pytest.mark.slow
def test_a_worker_without_the_lakes_folder_is_told_by_the_command(world: World, tmp_path: Path) -> None:
    """It sees an empty folder where the lake lies, as where a share is not mounted: one line names a file,
    and what every worker needs. Others' settings that leave out missing files do not make an answer of it.
    """
    empty = (
        "unshare",
        "--mount",
        "sh",
        "-c",
        f'mount -t tmpfs none {shlex.quote(str(world.lake))} && exec "$@"',
    )
    if subprocess.run([*empty, "sh", "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root, where the system lets it, can give a process a file system of its own")
    with spark_cluster.cluster(tmp_path / "cluster", workers=0) as alone:
        alone.add_worker(prefix=(*empty, "sh"))
        done = _hunted(world, f"{alone.url}?memory=900m")
    assert (done.returncode, done.stdout, len(done.stderr.strip().splitlines())) == (2, "", 1)
    assert f"a worker cannot read a file of the lake (file://{world.lake}/flows/day=" in done.stderr
    assert "every worker must find the lake's files under the same path" in done.stderr


def test_a_cluster_without_room_is_told(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker has 64 GB for an executor: when the time is up the need is named."""
    monkeypatch.setattr("headwater.engine.spark_session.EXECUTOR_S", 2.0)
    with (
        pytest.raises(BadSetting, match=r"no executor within 2 s; it needs .* 64g of memory"),
        connect(f"{cluster.url}?memory=64g"),
    ):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("banner", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"], ids=["silent", "ssh"])
def test_what_is_no_spark_master_is_told(banner: bytes) -> None:
    """Somebody takes the connection and says nothing, or something else; Spark tries three times, 20 s each.

    The process can try another master afterwards.
    """
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _speaking(banner)) as other:
        other.daemon_threads = True
        threading.Thread(target=other.serve_forever, daemon=True).start()
        url = f"spark://127.0.0.1:{other.server_address[1]}"
        with pytest.raises(BadSetting, match=r"does not take this program in.*three times"), connect(url):
            pass
        other.shutdown()


def _speaking(banner: bytes) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        """Says its banner, and reads on without a word."""

        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(banner)
                while self.request.recv(4_096):
                    pass

    return Handler
