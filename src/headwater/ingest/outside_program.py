"""How is another program run so that it never hangs, never outlives us, and never passes unnoticed?"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from headwater.errors import ToolMissing

COMPLAINT_BYTES = 1 << 16  # as much of a program's complaints as is kept


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program said.

    Attributes:
        code: exit status; negative for the signal that ended it.
        output: its standard output.
        complaint: its standard error, at most COMPLAINT_BYTES of it.
    """

    code: int
    output: str
    complaint: str


@dataclass(slots=True)
class Running:
    """A program whose output is being read; `code` and `complaint` are known once it has ended.

    Attributes:
        output: its standard output.
        code: exit status, or None while it runs.
        complaint: its standard error, at most COMPLAINT_BYTES of it.
    """

    output: IO[bytes]
    code: int | None = None
    complaint: str = ""


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


def run_program(command: Sequence[str]) -> Finished:
    """Runs a program that prints little, in UTC, and waits for its end."""
    with streaming(command) as running:
        output = running.output.read().decode("utf-8", "replace")
    return Finished(running.code or 0, output, running.complaint)


@contextmanager
def streaming(command: Sequence[str]) -> Iterator[Running]:
    """A program whose output is read while it runs; at the end of the block it is ended and reaped.

    Its complaints go to a file, so that a program that complains much cannot block on a full pipe.

    Args:
        command: the program's path and its arguments; no shell is involved.
    """
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - the program was found by name, arguments reach it without a shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, env=environment
        ) as child,
    ):
        assert child.stdout is not None  # noqa: S101 - a pipe was asked for; this tells the type checker
        running = Running(child.stdout)
        try:
            yield running
            # a reader that stopped early leaves a program that still writes, and is not waited for
            if child.stdout.closed or not child.stdout.read(1):
                child.wait()
        finally:
            child.kill()  # does nothing to a program that was waited for
            running.code = child.wait()
            complaints.seek(0)
            running.complaint = complaints.read(COMPLAINT_BYTES).decode("utf-8", "replace").strip()
