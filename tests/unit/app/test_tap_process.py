"""Tests of headwater.app.tap_process: when it reports."""

import io
import os
import threading
import time
from types import SimpleNamespace

import pytest

from headwater.app import tap_process
from headwater.app.tap_process import TapProcess


class _Reports(io.StringIO):
    """Ends the process with its first report."""

    def __init__(self, commands: int) -> None:
        super().__init__()
        self._end = commands
        self.at_first = threading.Event()

    def end(self) -> None:
        """Once, whoever comes first."""
        if not self.at_first.is_set():
            self.at_first.set()
            os.close(self._end)

    def write(self, text: str) -> int:
        """A report."""
        self.end()
        return super().write(text)


def test_a_clock_that_is_set_back_holds_up_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """By an hour, as soon as the next report's time is chosen: it comes all the same, then the last one."""
    begun_s, asked = time.monotonic(), iter([4_600.0])
    clock = SimpleNamespace(
        time=lambda: next(asked, 999.95 + time.monotonic() - begun_s), sleep=lambda _: None
    )
    monkeypatch.setattr(tap_process, "time", clock)
    commands, end = os.pipe()
    out = _Reports(end)
    too_late = threading.Timer(10.0, out.end)
    too_late.start()
    TapProcess([], out).run(commands)
    too_late.cancel()
    os.close(commands)
    assert len(out.getvalue().splitlines()) == 2
