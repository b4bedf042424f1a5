"""How does a Spark session begin and end? Its driver is a Java process that lives as long as the session.

What keeps it from beginning is told in one line and in bounded time: no Java, another version, a master that
does not answer, a cluster that gives no executor. Spark's own talk goes to a file that is thrown away.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from headwater.engine.spark_url import SparkUrl
from headwater.errors import BadSetting, ToolMissing

ANSWER_S = 5.0  # for a master to take a connection
EXECUTOR_S = 60.0  # for a cluster to give a first executor, and to give another when all are lost
JAVA = 17  # the oldest that Spark 4 runs on (its documentation, "Overview")
_STOP_S = 15.0  # for the driver to end by itself

_SETTINGS = {
    "spark.app.name": "headwater",
    "spark.submit.deployMode": "client",
    "spark.ui.enabled": "false",  # a web page that any neighbour could open
    "spark.ui.showConsoleProgress": "false",  # stdout is data
    "spark.log.level": "OFF",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # overflow is an error, as in DuckDB, and not another number
    # What a site may have set for its own jobs would leave flows out of an answer without a word.
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.locality.wait": "300ms",  # short jobs wait longer for a place than they take elsewhere
}


@dataclass(frozen=True, slots=True)
class Running:
    """A session that runs.

    Attributes:
        session: Spark's.
        cores: how many it has at its beginning.
        address: this machine's, where executors find the driver.
    """

    session: SparkSession
    cores: int
    address: str

    def executors(self) -> int:
        """How many there are now; with local[...] the driver is the one."""
        context = _scala(self.session)
        places: int = context.getExecutorMemoryStatus().size()
        return places if context.isLocal() else places - 1

    def ended(self) -> bool:
        """Whether the cluster has ended it."""
        stopped: bool = _scala(self.session).isStopped()
        return stopped


def _scala(session: SparkSession) -> Any:  # Any: an object of the JVM
    return session.sparkContext._jsc.sc()  # noqa: SLF001 - PySpark shows no other way to it


@contextmanager
def spark_session(wanted: SparkUrl) -> Iterator[Running]:
    """A session for the length of a `with` block; the driver's process ends with it.

    Raises:
        ToolMissing: Java is not installed, or too old.
        BadSetting: the master does not answer, is no Spark 4, or gives no executor.
    """
    if SparkContext._active_spark_context is not None:  # noqa: SLF001 - the only way to know
        raise BadSetting(
            f"--engine {wanted.text}: this Python process has a Spark session open already; stop it first"
        )
    _java(wanted)
    address = "127.0.0.1" if wanted.local else _address_towards(wanted)
    folder = Path(tempfile.mkdtemp(prefix="headwater-spark-"))
    try:
        conf = _conf(wanted, address, folder)
        with (folder / "driver.log").open("wb") as log, _driver(wanted, conf, log) as gateway:
            session = _begun(wanted, conf, gateway)
            try:
                _wait_for_executors(wanted, Running(session, 0, address))
                yield Running(session, session.sparkContext.defaultParallelism, address)
            finally:
                with suppress(Py4JError, OSError):
                    session.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _java(wanted: SparkUrl) -> None:
    """Refuses a machine without a Java that Spark 4 runs on."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    if java is None:
        where = f"in JAVA_HOME={home}" if home else "on this machine"
        raise ToolMissing(
            f"--engine {wanted.text}: there is no Java {where}, and Spark needs one; install it "
            "(Debian: apt-get install default-jre-headless) or set JAVA_HOME"
        )
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 - as Spark runs it
    found = re.search(r'version "(\d+)', said.stderr)
    if found is None or int(found[1]) < JAVA:
        version = found[1] if found else "of an unknown version"
        raise ToolMissing(
            f"--engine {wanted.text}: {java} is Java {version}, and Spark 4 needs {JAVA} or newer; "
            "install it (Debian: apt-get install default-jre-headless) or set JAVA_HOME"
        )


def _address_towards(wanted: SparkUrl) -> str:
    """This machine's address as the first master that answers sees it: executors find the driver there."""
    failed = ""
    for host, port in wanted.masters():
        try:
            with closing(socket.create_connection((host, port), timeout=ANSWER_S)) as connection:
                own: str = connection.getsockname()[0]
                return os.environ.get("SPARK_LOCAL_IP") or own
        except OSError as why:
            failed = f"{host}:{port} does not answer ({why.strerror or why})"
    raise BadSetting(
        f"--engine {wanted.text}: {failed}; is the master running there, and does its log name this port?"
    )


def _conf(wanted: SparkUrl, address: str, folder: Path) -> SparkConf:
    conf = SparkConf(loadDefaults=False)
    for name, value in _SETTINGS.items():
        conf.set(name, value)
    conf.setMaster(wanted.master)
    conf.set("spark.sql.warehouse.dir", str(folder / "warehouse"))
    conf.set("spark.driver.host", address)
    conf.set("spark.driver.bindAddress", address)
    driver = wanted.memory if wanted.local else wanted.driver
    if driver:
        conf.set("spark.driver.memory", driver)
    if wanted.memory and not wanted.local:
        conf.set("spark.executor.memory", wanted.memory)
    if wanted.cores:
        conf.set("spark.cores.max", str(wanted.cores))
    return conf


@contextmanager
def _driver(wanted: SparkUrl, conf: SparkConf, log: IO[bytes]) -> Iterator[Any]:  # Any: py4j's gateway
    """The driver's process, silent; it is gone afterwards."""
    try:
        gateway = launch_gateway(conf, {"stdout": log, "stderr": log})
    except PySparkException:
        raise BadSetting(
            f"--engine {wanted.text}: Spark's driver does not start ({_last_line(log)}); is there enough "
            "memory for driver= (with local: memory=)?"
        ) from None
    try:
        yield gateway
    finally:
        # A context that a master did not take in stays open, and would keep the next one from beginning.
        left = SparkContext._active_spark_context  # noqa: SLF001 - as above
        with suppress(Py4JError, OSError):
            if left is not None:
                left.stop()
        # PySpark keeps one driver for the life of the process; the next session may want another memory.
        SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 - as above
        with suppress(Py4JError, OSError):
            gateway.shutdown()
        gateway.proc.stdin.close()  # the driver ends when its standard input does
        try:
            gateway.proc.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            gateway.proc.kill()
            gateway.proc.wait()


def _begun(wanted: SparkUrl, conf: SparkConf, gateway: Any) -> SparkSession:  # Any: py4j's gateway
    main = threading.current_thread() is threading.main_thread()
    interrupt = signal.getsignal(signal.SIGINT)
    try:
        return SparkSession(SparkContext(conf=conf, gateway=gateway))
    except (Py4JError, PySparkException) as why:
        version = gateway.jvm.org.apache.spark.package.SPARK_VERSION()
        cause = _first_line(why)
        if "stopped SparkContext" in cause:  # it gave up by itself, after three tries of 20 s
            cause = "three times it gave no answer that Spark understands"
        raise BadSetting(
            f"--engine {wanted.text}: the master does not take this program in; it must be a Spark master of "
            f"version {version.rpartition('.')[0]}, as PySpark here is ({cause})"
        ) from None
    finally:
        if main:  # PySpark takes Ctrl-C for itself, for good
            signal.signal(signal.SIGINT, interrupt)


def _wait_for_executors(wanted: SparkUrl, running: Running) -> None:
    until = time.monotonic() + EXECUTOR_S
    while not running.executors():
        if running.ended() or time.monotonic() > until:
            raise BadSetting(no_executor(wanted, running.address))
        time.sleep(0.1)


def no_executor(wanted: SparkUrl, address: str) -> str:
    """What to say where a cluster gives no executor."""
    memory = (
        f"{wanted.memory} of memory" if wanted.memory else "1g of memory, or what spark-defaults.conf says"
    )
    return (
        f"--engine {wanted.text}: the cluster gave no executor within {EXECUTOR_S:.0f} s; it needs a "
        f"worker with a free core and {memory}, which can reach this machine at {address}"
    )


def _first_line(why: BaseException) -> str:
    java = getattr(why, "java_exception", None)
    text = str(java.getMessage() if java is not None else why).strip()
    return text.splitlines()[0][:200] if text else type(why).__name__


def _last_line(log: IO[bytes]) -> str:
    lines = Path(log.name).read_text(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "it says nothing"
