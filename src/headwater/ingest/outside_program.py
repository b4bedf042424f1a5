"""How is another program run so that it never hangs, never outlives us, and never passes unnoticed?"""

import fcntl
import io
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from headwater.errors import ToolMissing

COMPLAINT_BYTES = 1 << 16  # as much of a program's complaints as is kept
PATIENCE_S = 10.0  # without a word from a program that should print: it hangs on damaged input
_BUFFER_BYTES = 1 << 20
_SLOWEST_BYTES_PER_S = 1 << 20  # of input; nfdump reads bzip2, its slowest, ten times as fast


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program said.

    Attributes:
        code: exit status; negative for the signal that ended it.
        output: its standard output.
        complaint: its standard error, at most COMPLAINT_BYTES of it.
        silent: whether it was ended because it had printed nothing for too long.
    """

    code: int
    output: str
    complaint: str
    silent: bool


@dataclass(slots=True)
class Running:
    """A program whose output is being read; `code` and `complaint` are known once it has ended.

    Attributes:
        output: its standard output.
        code: exit status, or None while it runs.
        complaint: its standard error, at most COMPLAINT_BYTES of it.
        silent: whether it was ended because it had printed nothing for too long.
    """

    output: IO[bytes]
    code: int | None = None
    complaint: str = ""
    silent: bool = False


def find_program(name: str, *, package: str, purpose: str) -> str:
    """The path of an installed program.

    Args:
        name: the program.
        package: the Debian package that has it.
        purpose: what it is needed for, for the message.

    Raises:
        ToolMissing: it is not installed; the message holds the command that installs it.
    """
    path = shutil.which(name)
    if path is None:
        raise ToolMissing(f"{purpose} needs the program {name}; install it: apt-get install {package}")
    return path


def patience_for(path: Path) -> float:
    """How long, in seconds, a program may work on a file without a word."""
    return PATIENCE_S + path.stat().st_size / _SLOWEST_BYTES_PER_S


def run_program(command: Sequence[str], *, patience_s: float = PATIENCE_S) -> Finished:
    """Runs a program that prints little, in UTC, and waits for its end.

    Args:
        command: as for `streaming`.
        patience_s: how long it may print nothing before it is ended, in seconds.
    """
    with streaming(command, patience_s=patience_s) as running:
        output = running.output.read().decode("utf-8", "replace")
    return Finished(running.code or 0, output, running.complaint, running.silent)


class _Patient(io.RawIOBase):
    """A program's output that ends when the program has been silent for too long."""

    def __init__(self, pipe: IO[bytes], patience_s: float) -> None:
        self._pipe, self._patience_s, self.gave_up = pipe, patience_s, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # Any: the buffer protocol has no name in Python 3.11
        if self.gave_up or not select.select([self._pipe], [], [], self._patience_s)[0]:
            self.gave_up = True
            return 0
        data = os.read(self._pipe.fileno(), len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _wait(child: subprocess.Popen[bytes], patience_s: float) -> None:
    with suppress(subprocess.TimeoutExpired):  # closed its output and goes on: it is ended then
        child.wait(patience_s)


@contextmanager
def streaming(command: Sequence[str], *, patience_s: float = PATIENCE_S) -> Iterator[Running]:
    """A program whose output is read while it runs; at the end of the block it is ended and reaped.

    Its complaints go to a file, so that a program that complains much cannot block on a full pipe.

    Args:
        command: the program's path and its arguments; no shell is involved.
        patience_s: how long it may print nothing before its output is taken to have ended, in seconds.
    """
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - the program was found by name, arguments reach it without a shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, env=environment
        ) as child,
    ):
        assert child.stdout is not None  # noqa: S101 - a pipe was asked for; this tells the type checker
        with suppress(OSError, AttributeError):  # Linux alone; lets the program work on while we do
            fcntl.fcntl(child.stdout, fcntl.F_SETPIPE_SZ, _BUFFER_BYTES)
        patient = _Patient(child.stdout, patience_s)
        running = Running(io.BufferedReader(patient, _BUFFER_BYTES))
        try:
            yield running
            # a reader that stopped early leaves a program that still writes, and is not waited for
            if (running.output.closed or not running.output.read(1)) and not patient.gave_up:
                _wait(child, patience_s)
        finally:
            child.kill()  # does nothing to a program that was waited for
            running.code = child.wait()
            complaints.seek(0)
            running.silent = patient.gave_up
            running.complaint = complaints.read(COMPLAINT_BYTES).decode("utf-8", "replace").strip()
