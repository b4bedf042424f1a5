"""How fast is one service measured, beside a bare scan, and how much memory does it take?

Fifty million flows are made and stored as in bench/hunt.py. Three services are measured: an upstream, whose
clients are C2s; the most popular service of all; and an ordinary one of some hundred hosts, whose unlisted
clients are looked at in a second scan. Each runs in a process of its own, whose peak memory is that of the
measuring alone. Also checked: every C2 of the upstream must be among its clients, and nobody else. Last, all
records of the popular service are written as CSV.

`HEADWATER_BENCH_FLOWS=5000000 python bench/run.py investigate` tries it on fewer flows.
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

from headwater.app.case_measuring import measured
from headwater.app.case_settings import CaseSettings
from headwater.app.flows import FlowsWanted, found_flows
from headwater.model.address import text_of
from headwater.model.service import Service
from headwater.present.flow_rows import csv_lines
from hunt import FLOWS, fill, floor
from hunt_world import Loads, upstream_port

_ORDINARY = 20_000  # number of a server with some hundred clients
_RECORDS = "records"  # what a child process is asked for in place of a service


@dataclass(frozen=True)
class Run:
    """What one run took and found."""

    seconds: float
    peak_mb: float
    clients: int
    c2s: int


def main() -> None:
    """Prints the table."""
    loads = Loads(flows=int(os.environ.get("HEADWATER_BENCH_FLOWS", FLOWS)))
    with tempfile.TemporaryDirectory() as name:
        lake = Path(name) / "lake"
        began = time.perf_counter()
        fill(lake, loads)
        print(f"made and stored {loads.flows:,} flows in {time.perf_counter() - began:.0f} s", flush=True)
        floor_s = min(floor(lake) for _ in range(3))
        services = _services(loads)
        runs = {what: _best(lake, str(service)) for what, service in services.items()}
        written = _alone(lake, str(services["popular service"]), _RECORDS)
    print(f"{'':28}{'seconds':>9}{'of the floor':>14}{'peak MB':>9}{'clients':>10}{'C2s':>6}")
    print(f"{'floor: DuckDB, eight columns':28}{floor_s:9.2f}{1:14.2f}")
    for what, run in runs.items():
        share = floor_s / run.seconds
        print(f"{what:28}{run.seconds:9.2f}{share:14.2f}{run.peak_mb:9,.0f}{run.clients:10,}{run.c2s:6,}")
    records = f"{written.clients:,} records"
    print(f"{'its records as CSV':28}{written.seconds:9.2f}{'':14}{written.peak_mb:9,.0f}{records:>20}")
    _check(runs["upstream"], loads)


def _services(loads: Loads) -> dict[str, Service]:
    first = np.zeros(1, np.int64)
    upstream = text_of(0, int(loads.address("upstream", first)[0]))
    popular = text_of(0, int(loads.address("server", first)[0]))
    ordinary = text_of(0, int(loads.address("server", first + _ORDINARY)[0]))
    return {
        "upstream": Service(upstream, int(upstream_port(first)[0]), 6),
        "popular service": Service(popular, 443, 6),
        "ordinary service": Service(ordinary),
    }


def _check(run: Run, loads: Loads) -> None:
    wanted = -(-loads.c2s // loads.upstreams)  # C2 number n uses upstream n modulo their number
    if (run.clients, run.c2s) != (wanted, wanted):
        raise SystemExit(f"the upstream should have {wanted} clients, all C2s, and has {run}")


def _best(lake: Path, service: str) -> Run:
    return min((_alone(lake, service) for _ in range(2)), key=lambda run: run.seconds)


def _alone(lake: Path, *what: str) -> Run:
    """One run in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, str(lake), *what], check=True, capture_output=True, text=True
    )
    return Run(**json.loads(done.stdout))


def _run(lake: Path, service: Service, *, records: bool) -> None:
    """Prints what `_alone` returns."""
    began = time.perf_counter()
    if records:
        with found_flows(lake, FlowsWanted(service)) as found:
            lines = sum(piece.count("\n") for piece in csv_lines(found.batches))
        clients, c2s = lines - 1, 0
    else:
        told = measured(lake, service, settings=CaseSettings(allow_reserved=True)).measurements
        clients, c2s = len(told.clients.hi) + told.clients_left_out, int((told.clients.c2 >= 0).sum())
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(asdict(Run(seconds, peak_mb, clients, c2s))))


if __name__ == "__main__":
    _run(Path(sys.argv[1]), Service.parse(sys.argv[2]), records=_RECORDS in sys.argv[3:])
