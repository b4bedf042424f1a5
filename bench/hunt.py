"""How fast is a hunt, beside a bare scan of the same columns, and how much memory does it take?

Fifty million flows are made, stored in a lake and hunted. The floor is DuckDB reading start, addresses,
ports and protocol of the same files; floor time over hunt time says more than a rate, which depends on the
machine. The hunt runs in a process of its own, whose peak memory is that of the hunt alone. Also checked:
every upstream that was made up must be among the first ranks.

`HEADWATER_BENCH_FLOWS=2000000,10000000 python bench/run.py hunt` tries it on other numbers of flows. Core
seconds, of all cores together, are steadier than seconds on a busy machine.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from floor import scan
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.labels import add_labels
from headwater.intel.labels.feed import Analyst
from headwater.lake.tables import create_lake
from headwater.lake.writer import FlowWriter
from headwater.model.address import text_of
from hunt_world import Loads, batches, listening_port, upstream_port

FLOWS = 50_000_000


@dataclass(frozen=True)
class Run:
    """What one hunt took and found."""

    seconds: float
    core_s: float
    peak_mb: float
    candidates: int
    ranks: list[int]


@dataclass(frozen=True)
class Cost:
    """What something took: seconds on the clock, and of all cores together."""

    seconds: float
    core_s: float


def main() -> None:
    """Prints a table for each number of flows."""
    for flows in os.environ.get("HEADWATER_BENCH_FLOWS", str(FLOWS)).split(","):
        _measure(Loads(flows=int(flows)))


def _measure(loads: Loads) -> None:
    with tempfile.TemporaryDirectory() as name:
        lake = Path(name) / "lake"
        began = time.perf_counter()
        fill(lake, loads)
        print(f"made and stored {loads.flows:,} flows in {time.perf_counter() - began:.0f} s", flush=True)
        floors = [_floor(lake), _floor(lake)]
        runs = [_hunt_alone(lake) for _ in range(3)]
        floors += [_floor(lake), _floor(lake)]
    least = Cost(min(one.seconds for one in floors), min(one.core_s for one in floors))
    best = min(runs, key=lambda run: run.seconds)
    cost = Cost(best.seconds, min(run.core_s for run in runs))
    print(
        f"{'':28}{'seconds':>9}{'M flows/s':>11}{'of floor':>10}{'core s':>8}{'of floor':>10}{'peak MB':>9}"
    )
    _line("floor: DuckDB, eight columns", least, loads.flows, least)
    _line("hunt", cost, loads.flows, least, peak_mb=max(run.peak_mb for run in runs))
    _check(best.ranks, loads)
    print(f"candidates: {best.candidates:,}; the {loads.upstreams} upstreams hold ranks {best.ranks}")


def _line(what: str, cost: Cost, flows: int, floor: Cost, *, peak_mb: float | None = None) -> None:
    memory = "" if peak_mb is None else f"{peak_mb:,.0f}"
    print(
        f"{what:28}{cost.seconds:9.2f}{flows / cost.seconds / 1e6:11.1f}{floor.seconds / cost.seconds:10.2f}"
        f"{cost.core_s:8.2f}{floor.core_s / cost.core_s:10.2f}{memory:>9}"
    )


def _check(ranks: list[int], loads: Loads) -> None:
    if sorted(ranks) != list(range(1, loads.upstreams + 1)):
        raise SystemExit(f"the upstreams should hold the first {loads.upstreams} ranks, and hold {ranks}")


def fill(lake: Path, loads: Loads) -> None:
    """Stores the made-up flows, and the C2s as labels."""
    with FlowWriter(create_lake(lake)) as writer:
        for place, batch in enumerate(batches(loads)):
            writer.add(batch, digest=f"{place:064x}")
            writer.commit()
    label_c2s(lake, loads, lake.parent / "c2s.csv")


def label_c2s(lake: Path, loads: Loads, listed: Path) -> None:
    """Writes the list of C2s, two thirds of them with their port, and adds it as labels."""
    number = np.arange(loads.c2s)
    ports = listening_port(number)
    rows = ["address,port,family"]
    for c2, low in enumerate(loads.address("c2", number).tolist()):
        rows.append(f"{text_of(0, low)},{ports[c2] if c2 % 3 else ''},{('emotet', 'dridex')[c2 % 2]}")
    listed.write_text("\n".join(rows) + "\n")
    add_labels([str(listed)], lake=lake, analyst=Analyst(allow_reserved=True))


def floor(lake: Path) -> float:
    """Seconds that DuckDB takes to read eight columns of all flows."""
    return _floor(lake).seconds


def _floor(lake: Path) -> Cost:
    began, used = time.perf_counter(), time.process_time()
    scan(lake)
    return Cost(time.perf_counter() - began, time.process_time() - used)


def _hunt_alone(lake: Path) -> Run:
    """One hunt in a process of its own: seconds, peak memory, candidates, and the upstreams' ranks."""
    done = subprocess.run([sys.executable, __file__, str(lake)], check=True, capture_output=True, text=True)
    return Run(**json.loads(done.stdout))


def _hunt(lake: Path) -> None:
    """Prints what `_hunt_alone` returns."""
    loads = Loads()
    began, used = time.perf_counter(), time.process_time()
    found = hunt(lake, settings=HuntSettings(allow_reserved=True)).hunt
    seconds, core_s = time.perf_counter() - began, time.process_time() - used
    number = np.arange(loads.upstreams)
    wanted = {
        (text_of(0, low), port)
        for low, port in zip(
            loads.address("upstream", number).tolist(), upstream_port(number).tolist(), strict=True
        )
    }
    ranks = [one.rank for one in found.candidates if (one.address, one.port) in wanted]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(asdict(Run(seconds, core_s, peak_mb, len(found.candidates), ranks))))


if __name__ == "__main__":
    _hunt(Path(sys.argv[1]))
