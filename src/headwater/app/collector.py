"""How is one nfcapd or sfcapd kept running? Started, watched, restarted with growing pauses, ended in order.

A collector outlives a supervisor that is killed, and goes on writing into its run's folder, so that nothing
is lost meanwhile: the next `collect` finds it by the run's lock, ends it in order and takes its files.
"""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from headwater.app.collect_settings import CollectSettings, Listener
from headwater.app.spool import LOG, PID, Spool, is_alive, lock_of
from headwater.errors import BadSetting
from headwater.ingest.nfcapd_log import LogCounts, counts_of
from headwater.ingest.outside_program import find_program

PAUSE_S, PAUSE_MAX_S = 1.0, 60.0  # before a restart; doubled each time
SETTLED_S = 60.0  # a collector that ran so long starts again with the shortest pause
PATIENCE_S = 15.0  # for a collector to close its file; then it is killed
LOG_BYTES = 1 << 20  # a log longer than this was read and is emptied: hostile packets fill it
_STARTED = b"Startup "  # nfcapd, sfcapd: said after the socket was bound
_PROGRAMS = {"netflow": ("nfcapd", "nfdump"), "sflow": ("sfcapd", "nfdump-sflow")}


def program_of(listener: Listener) -> str:
    """The path of the program that serves a listener.

    Raises:
        ToolMissing: it is not installed; the message holds the command that installs it.
    """
    program, package = _PROGRAMS[listener.kind]
    return find_program(program, package=package, purpose=f"listening for {listener.name}")


def check_free(listener: Listener) -> None:
    """Makes sure that the listener's port can be had.

    Raises:
        BadSetting: another program has it, or this machine has no such address, or ports like this are
            reserved for root.
    """
    family = socket.AF_INET6 if ":" in listener.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((listener.address, listener.port))
        except OSError as why:
            raise BadSetting(
                f"{listener.name}: {why.strerror}; see who has the port with `ss -lunp`, "
                "or choose another port or address"
            ) from None


@dataclass(slots=True)
class Collector:
    """One listener's collector.

    Attributes:
        listener: what it listens on.
        program: path of nfcapd or sfcapd.
        restarts: how often it was started again after it had ended by itself.
    """

    listener: Listener
    program: str
    settings: CollectSettings
    spool: Spool
    restarts: int = 0
    run: Path | None = None
    _child: subprocess.Popen[bytes] | None = None
    _started_s: float = 0.0
    _pause_s: float = PAUSE_S
    _again_s: float = 0.0
    _log_read: int = 0

    def start(self) -> None:
        """Starts the program in a run of its own.

        Raises:
            OSError: it cannot be started, such as for want of space.
        """
        run = self.spool.new_run(self.listener.folder)
        held = lock_of(run)
        try:
            with (run / LOG).open("ab") as log:
                self._child = subprocess.Popen(  # noqa: S603 - found by name, no shell, arguments are our own
                    self._command(run), stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(held,),
                    env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
                    start_new_session=True,  # Ctrl-C is for us; we end it in order
                )  # fmt: skip
        finally:
            os.close(held)  # from here on the collector alone holds it
        self.run, self._started_s, self._log_read = run, time.monotonic(), 0

    def _command(self, run: Path) -> list[str]:
        command = [
            self.program, "-w", str(run), "-p", str(self.listener.port), "-b", self.listener.address,
            "-6" if ":" in self.listener.address else "-4", "-t", str(self.settings.interval_s),
            "-B", str(self.settings.buffer_bytes), "-P", str(run / PID), "-I", self.listener.folder,
            "-C", "none",
        ]  # fmt: skip
        return [*command, "-y"] if self.settings.compress else command

    def is_up(self) -> bool:
        """Whether it said that its socket is open; packets sent before are lost."""
        if self.run is None or self.ended() is not None:
            return False
        with (self.run / LOG).open("rb") as log:
            return _STARTED in log.read(LOG_BYTES)

    def ended(self) -> int | None:
        """The exit status if it has ended by itself since it was started, else None."""
        return None if self._child is None else self._child.poll()

    def bury(self) -> float:
        """Takes note that it has ended; how long, in seconds, it is left alone before it is started again."""
        lived = time.monotonic() - self._started_s
        self._pause_s = PAUSE_S if lived >= SETTLED_S else min(self._pause_s, PAUSE_MAX_S)
        pause = self._pause_s
        self._again_s = time.monotonic() + pause
        self._pause_s = min(2 * pause, PAUSE_MAX_S)
        self._child, self.run = None, None
        return pause

    def due(self) -> bool:
        """Whether it is to be started again now."""
        return self._child is None and time.monotonic() >= self._again_s

    def heard(self) -> LogCounts:
        """What its log says since it was last asked."""
        if self.run is None:
            return LogCounts()
        path = self.run / LOG
        with path.open("rb") as log:
            log.seek(self._log_read)
            content = log.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._log_read += len(whole)
        if self._log_read > LOG_BYTES and len(whole) == len(content):
            os.truncate(path, 0)  # it appends, so it goes on at the beginning
            self._log_read = 0
        return counts_of(whole.decode("utf-8", "replace").splitlines())

    def stop(self, *, patience_s: float = PATIENCE_S) -> None:
        """Lets it close its file and end; kills it where it does not within some seconds."""
        if self._child is not None:
            _end(self._child, patience_s)


def _end(child: subprocess.Popen[bytes], patience_s: float) -> None:
    child.terminate()
    try:
        child.wait(patience_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def take_over(run: Path) -> bool:
    """Ends the collector of a run whose supervisor is gone; whether it was still alive.

    Raises:
        BadSetting: it cannot be ended.
    """
    if not is_alive(run):
        return False
    with suppress(OSError, ValueError):
        number = int((run / PID).read_text())
        if number > 1:  # 0 and below would mean groups of processes
            # it holds the run's lock, so the number is still its own
            os.kill(number, signal.SIGTERM)
            if not _gone(run):
                os.kill(number, signal.SIGKILL)
    if not _gone(run):
        raise BadSetting(
            f"{run}: a collector of an earlier run still writes here and cannot be ended; end it, then repeat"
        )
    return True


def _gone(run: Path) -> bool:
    until = time.monotonic() + PATIENCE_S
    while is_alive(run):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
