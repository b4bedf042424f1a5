"""What does a hunt take on a Spark cluster of one or two workers, on this machine?

    .venv/bin/python bench/spark.py LAKE [WORKERS...]

The cluster is that of the tests (tests/spark_cluster.py) with a core and 2 GB a worker, and Java as it comes.
Its processes, the driver and the hunt itself share this machine: core seconds are of all of them together,
and so is the peak of memory, which is the most that was resident at one time. Starting the cluster is not
counted, starting the driver and the executors is: a hunt cannot do without.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from cost import Cost
from headwater.app.hunt import Hunted, hunt
from headwater.app.hunt_settings import HuntSettings
from spark_cluster import Cluster, cluster

MEMORY_MB = 2_048  # of a worker; its executor gets a tenth less
_TICK_S = 0.2
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def hunted_on(lake: Path, *, workers: int) -> Cost:
    """One hunt in a lake on a cluster of so many workers.

    Args:
        lake: its folder, with flows and labels.
        workers: each with one core and MEMORY_MB of memory.
    """
    with (
        tempfile.TemporaryDirectory() as name,
        cluster(Path(name) / "cluster", workers=workers, memory_mb=MEMORY_MB, quick=False) as running,
    ):
        return measured(lambda: _hunt(lake, running))


def _hunt(lake: Path, running: Cluster) -> Hunted:
    url = f"{running.url}?memory={MEMORY_MB * 9 // 10}m&driver=2g"
    return hunt(lake, settings=HuntSettings(allow_reserved=True, engine=url))


def measured(work: Callable[[], object]) -> Cost:
    """What this process and all that descend from it take while some work is done."""
    watch = _Watch()
    before, began = watch.core_s(), time.perf_counter()
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    try:
        work()
    finally:
        seconds = time.perf_counter() - began
        watch.over.set()
        thread.join()
    return Cost(seconds, watch.core_s() - before, watch.peak_mb)


@dataclass(slots=True)
class _Watch:
    """Looks at this process's family again and again; what has ended counts with what was seen last."""

    over: threading.Event = field(default_factory=threading.Event)
    peak_mb: float = 0.0
    _ticks: dict[tuple[int, int], int] = field(default_factory=dict)

    def run(self) -> None:
        while not self.over.wait(_TICK_S):
            self._look()

    def core_s(self) -> float:
        """Of all processes seen so far, on all cores together."""
        self._look()
        return sum(self._ticks.values()) / _TICKS_A_SECOND

    def _look(self) -> None:
        found = dict(_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        family = {os.getpid()}
        while more := {pid for pid, stat in found.items() if stat and stat.parent in family} - family:
            family |= more
        mine = [(pid, stat) for pid, stat in found.items() if stat and pid in family]
        self._ticks |= {(pid, stat.begun): stat.ticks for pid, stat in mine}
        self.peak_mb = max(self.peak_mb, sum(stat.pages for _, stat in mine) * _PAGE / 1e6)


@dataclass(frozen=True, slots=True)
class _Stat:
    """Of one process: proc(5), /proc/PID/stat."""

    parent: int
    ticks: int
    begun: int
    pages: int


def _stat(pid: int) -> tuple[int, _Stat | None]:
    try:
        said = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return pid, None
    cells = said.rpartition(")")[
        2
    ].split()  # a name may hold blanks and brackets; the third field is first here
    return pid, _Stat(int(cells[1]), int(cells[11]) + int(cells[12]), int(cells[19]), int(cells[21]))


def main() -> None:
    """Prints a row for each number of workers."""
    lake, *counts = sys.argv[1:]
    print(f"{'':20}{'seconds':>9}{'core s':>9}{'peak MB':>9}")
    for workers in [int(count) for count in counts] or [1, 2]:
        cost = hunted_on(Path(lake), workers=workers)
        print(
            f"{workers} worker(s){'':9}{cost.seconds:9.1f}{cost.core_s:9.1f}{cost.peak_mb:9,.0f}", flush=True
        )


if __name__ == "__main__":
    main()
