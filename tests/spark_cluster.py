"""A Spark cluster for tests: one master and workers on loopback, of PySpark's own `spark-class`.

Small and quiet: a core and a gigabyte a worker, no web pages, no log of events; Java's quick compiler alone,
because a hunt in a test is over before the thorough one pays. Its defaults leave out files that are missing
or damaged, as a site may have set for its own jobs: a hunt must not.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_START_S = 300.0  # each takes some seconds on idle cores
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
_DEFAULTS = """\
spark.driver.memory        1g
spark.shuffle.io.retryWait 1s
spark.eventLog.enabled     false
spark.sql.files.ignoreMissingFiles true
spark.sql.files.ignoreCorruptFiles true
"""
_QUICK_DEFAULTS = f"""\
spark.driver.extraJavaOptions   {_QUICK}
spark.executor.extraJavaOptions {_QUICK}
"""


def missing() -> str | None:
    """Why no cluster can be started here; None where it can."""
    if shutil.which("java") is None:
        return "Java is not installed (Debian: apt-get install default-jre-headless)"
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed (pip install 'headwater[spark]')"
    return None


@dataclass(slots=True)
class Cluster:
    """A cluster that runs.

    Attributes:
        url: of its master, as `--engine` takes it.
        workers: the processes of its workers.
    """

    url: str
    folder: Path
    environment: dict[str, str]
    memory_mb: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, *, prefix: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Starts one more worker, behind a command such as `unshare`, and waits until the master knows it."""
        known = len(self.workers)
        work = self.folder / f"worker-{known}"
        size = f"{self.memory_mb}m"
        arguments = ("--host", "127.0.0.1", "--cores", "1", "--memory", size, "--work-dir", str(work))
        worker = _started(
            self, "worker.Worker", (*arguments, "--webui-port", "0", self.url), f"worker-{known}", prefix
        )
        self.workers.append(worker)
        _until(lambda: _said(self.folder / "master.log", "Registering worker") > known, worker)
        return worker


def _started(
    cluster: Cluster, name: str, arguments: tuple[str, ...], log: str, prefix: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    home = Path(cluster.environment["SPARK_HOME"])
    command = [*prefix, str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *arguments]
    with (cluster.folder / f"{log}.log").open("wb") as out:
        return subprocess.Popen(command, env=cluster.environment, stdout=out, stderr=out)


def _said(log: Path, words: str) -> int:
    return log.read_text(errors="replace").count(words) if log.exists() else 0


def _until(ready: object, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_S
    while not ready():  # type: ignore[operator]
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r}: did not start")
        time.sleep(0.1)


def free_port() -> int:
    """A port on loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def cluster(
    folder: Path, *, workers: int = 2, memory_mb: int = 1024, quick: bool = True
) -> Iterator[Cluster]:
    """A cluster for the length of a `with` block; its processes are gone afterwards.

    While it runs the environment names its settings, which the driver reads, too.

    Args:
        folder: absent; takes what it writes.
        workers: how many to begin with, each with one core.
        memory_mb: of each worker, for executors.
        quick: for hunts of some seconds: Java's quick compiler alone.
    """
    import pyspark  # noqa: PLC0415 - it may be absent

    port = free_port()
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "spark-defaults.conf").write_text(_DEFAULTS + (_QUICK_DEFAULTS if quick else ""))
    own = {
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
    }
    daemons = {
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": f"{_QUICK} -Dspark.ui.enabled=false -Dspark.master.ui.port=0",
    }
    running = Cluster(f"spark://127.0.0.1:{port}", folder, {**os.environ, **own, **daemons}, memory_mb)
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    master = _started(
        running, "master.Master", ("--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"), "master"
    )
    try:
        _until(lambda: _answers(port), master)
        for _ in range(workers):
            running.add_worker()
        yield running
    finally:
        for process in (*running.workers, master):
            stop(process)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def stop(process: subprocess.Popen[bytes], *, how: int = signal.SIGTERM) -> None:
    """Ends one process that was started here, by its own number."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
