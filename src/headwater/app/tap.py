"""Who listens beside the collectors to what exporters say of themselves? A process, kept running.

It is no part of collecting: where it cannot be had or dies, flows are collected as before, and what is not
known then is said once.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import headwater
from headwater.app.collect_events import CollectEvent, EventKind, Tell
from headwater.app.collect_settings import Listener
from headwater.app.tap_findings import Findings
from headwater.app.tap_socket import heard_port, keep_to_ourselves
from headwater.exporters.table import MAX_EXPORTERS

_LINUX = "linux"
_PAUSE_S, _PAUSE_MAX_S, _SETTLED_S = 1.0, 60.0, 60.0  # as of collectors
_BUFFERS = 4  # as large as a collector's: it waits longer for a core
_PATIENCE_S = 10.0  # for its last report
_UNKNOWN = "restarts of exporters, unknown templates and most announcements of sampling"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tap:
    """The process beside the collectors.

    Attributes:
        listeners: whose ports it hears; those of NetFlow and IPFIX.
        buffer_bytes: socket buffer of each collector.
        tell: told what it cannot do.
        findings: what it reports.
    """

    listeners: Sequence[Listener]
    buffer_bytes: int
    tell: Tell
    findings: Findings = field(default_factory=Findings)
    _child: subprocess.Popen[str] | None = None
    _reader: threading.Thread | None = None
    _started_s: float = 0.0
    _pause_s: float = _PAUSE_S
    _again_s: float | None = None
    _stopping: bool = False
    _full: bool = False  # and it was said

    def start(self) -> None:
        """Starts it, before the collectors, so that both know the same templates; tells if it cannot."""
        if not self.listeners:
            return
        try:
            self._begin()
        except OSError as why:
            reason = f"{why.filename or 'a raw socket'}: {why.strerror or why}"
            if sys.platform != _LINUX:
                reason = "Linux alone lets one listen beside a collector"
            self.tell(CollectEvent(
                EventKind.PROBLEM,
                f"{_UNKNOWN} will not be known ({reason}). Flows are collected all the same; to know them, "
                "run as root or with the capability CAP_NET_RAW",
            ))  # fmt: skip

    def collector_starts(self, listener: Listener) -> None:
        """A listener's collector starts and knows no template."""
        if self._child is None or self._child.stdin is None or listener not in self.listeners:
            return
        self.findings.blind_to_templates.discard(listener.name)
        with suppress(OSError):
            self._child.stdin.write(f"forget {list(self.listeners).index(listener)}\n")
            self._child.stdin.flush()

    def tend(self) -> None:
        """Starts it again where it has died."""
        now_s = time.monotonic()
        if self._child is not None and (status := self._child.poll()) is not None:
            self._bury()
            self._pause_s = _PAUSE_S if now_s - self._started_s >= _SETTLED_S else self._pause_s
            self._again_s = now_s + self._pause_s
            self.tell(CollectEvent(
                EventKind.PROBLEM,
                f"what listens beside the collectors ended (status {status}): {_UNKNOWN} are not known until "
                f"it starts again in {self._pause_s:.0f} s; unknown templates not until a collector does",
                numbers={"pause_s": self._pause_s},
            ))  # fmt: skip
            self._pause_s = min(2 * self._pause_s, _PAUSE_MAX_S)
        elif self._again_s is not None and now_s >= self._again_s:
            self._again_s = None
            self.findings.blind_to_templates.update(one.name for one in self.listeners)
            try:
                self._begin()
            except OSError as why:
                _log.debug("the tap does not start again", exc_info=why)
                self._again_s = now_s + _PAUSE_MAX_S

    def stop(self) -> None:
        """Lets it report for the last time and end."""
        self._again_s, self._stopping = None, True
        if self._child is None:
            return
        if self._child.stdin is not None:
            with suppress(OSError):
                self._child.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(_PATIENCE_S)
        self._bury()

    def _begin(self) -> None:
        sockets = []
        ears: list[tuple[int, int, int, bool]] = []
        try:
            for port, listener in enumerate(self.listeners):
                size = _BUFFERS * self.buffer_bytes
                several = heard_port(listener.address, listener.port, buffer_bytes=size)
                sockets += several
                ears += [
                    (port, listener.port, one.fileno(), place > 0) for place, one in enumerate(several)
                ]  # fmt: skip
            keep_to_ourselves()
            self._child = subprocess.Popen(  # noqa: S603 - our own program, no shell, arguments are our own
                [sys.executable, "-P", "-m", "headwater.app.tap_process", json.dumps(ears)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[one.fileno() for one in sockets],
                text=True, env=_environment(),
                start_new_session=True,  # Ctrl-C is for us
            )  # fmt: skip
        finally:
            for one in sockets:
                one.close()
        self._started_s = time.monotonic()
        self.findings.begin(time.time())
        self._reader = threading.Thread(
            target=self._read, args=(self._child,), name="headwater-tap", daemon=True
        )
        self._reader.start()

    def _read(self, child: subprocess.Popen[str]) -> None:
        names = [one.name for one in self.listeners]
        for line in child.stdout or ():
            try:
                report = json.loads(line)
                self.findings.take(report, names)
                self._tell_full(int(report["refused"]))
            except (ValueError, KeyError, TypeError):  # it was killed while it wrote
                _log.debug("no report: %r", line[:200])
        self.findings.end(in_order=self._stopping)

    def _tell_full(self, refused: int) -> None:
        """Says once that it knows as many exporters as it may."""
        if refused and not self._full:
            self._full = True
            self.tell(CollectEvent(
                EventKind.PROBLEM,
                f"more than {MAX_EXPORTERS:,} exporters, or senders that make some up: of the others "
                f"{_UNKNOWN} are not known",
            ))  # fmt: skip

    def _bury(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.poll() is None:
            child.kill()
            child.wait()
        if self._reader is not None:
            self._reader.join(_PATIENCE_S)
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def _environment() -> dict[str, str]:
    """Ours, with the place of this package, which -P would not find where it is run from a source tree."""
    place = str(Path(headwater.__file__).resolve().parents[1])
    paths = [place, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
