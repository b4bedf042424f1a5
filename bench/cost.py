"""What does a command take? Seconds on the clock and of all cores, and the most memory of one process."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took.

    Attributes:
        seconds: on the clock.
        core_s: of the command and those it waited for, on all cores together.
        peak_mb: resident memory of its largest process.
    """

    seconds: float
    core_s: float
    peak_mb: float


def cost_of(command: Sequence[str], *, said: Path, environment: dict[str, str] | None = None) -> Cost:
    """Runs a command, in a process of its own, and measures it.

    Args:
        command: the program and its arguments.
        said: file that takes what it prints; what it says on stderr goes to the same name with `.err`.
        environment: variables in place of this process's.

    Raises:
        SystemExit: the command failed; the message holds the end of what it said.
    """
    complaints = said.with_name(f"{said.name}.err")
    with said.open("wb") as out, complaints.open("wb") as err:
        began = time.perf_counter()
        process = subprocess.Popen(list(command), stdout=out, stderr=err, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        told = complaints.read_text(errors="replace")[-500:]
        raise SystemExit(f"{' '.join(command)[:200]} ended with {process.returncode}: {told}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
