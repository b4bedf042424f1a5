"""How fast is a lake compacted, how large is the copy, and what do a hunt and a case cost with it?

Two lakes with the same C2s and as many records of theirs, the second with ten times the background. Each is
hunted, and an upstream of it measured, raw and compacted, each time in a process of its own; core seconds are
of all cores together, and steadier than seconds on a busy machine. Checked: both say the same.

`HEADWATER_BENCH_FLOWS=4000000,40000000 python bench/run.py compact` tries it on other numbers of flows.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from headwater.app.case_measuring import measured
from headwater.app.case_settings import CaseSettings
from headwater.app.compact import compact
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.lake.by_host import BY_HOST
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.model.address import text_of
from headwater.model.service import Service
from headwater.present.hunt_table import document
from hunt import fill, floor
from hunt_world import Loads, upstream_port

FLOWS = (5_000_000, 50_000_000)
C2_FLOWS = 200_000


@dataclass(frozen=True)
class Run:
    """What one run took, and what it found in short."""

    seconds: float
    core_s: float
    peak_mb: float
    found: str


def main() -> None:
    """Prints a table for each number of flows, and how the compacted hunts compare."""
    told = os.environ.get("HEADWATER_BENCH_FLOWS")
    sizes = tuple(map(int, told.split(","))) if told else FLOWS
    hunts = [_measured(Loads(flows=flows, c2_flows=C2_FLOWS)) for flows in sizes]
    for (small, first), (large, other) in zip(
        zip(sizes, hunts, strict=True), zip(sizes[1:], hunts[1:], strict=True), strict=False
    ):
        print(
            f"{large / small:.0f} times the flows with the same C2s: a compacted hunt takes "
            f"{other.core_s / first.core_s:.2f} times the core seconds"
        )


def _measured(loads: Loads) -> Run:
    """One lake; the compacted hunt."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("HEADWATER_BENCH_FOLDER")) as name:
        lake = Path(name) / "lake"
        fill(lake, loads)
        floor_s = min(floor(lake) for _ in range(3))
        raw = {what: _alone(lake, what) for what in ("hunt", "case")}
        made = _alone(lake, "compact")
        sizes = snapshot(open_lake(lake)).files
        flows_bytes = sum(Path(path).stat().st_size for path in sizes) / loads.flows
        copy_bytes = sum(path.stat().st_size for path in (lake / BY_HOST).rglob("*.*")) / loads.flows
        copied = {what: _alone(lake, what) for what in ("hunt", "case")}
        shutil.rmtree(lake)
    print(f"{loads.flows:,} flows: {flows_bytes:.1f} bytes a flow, and {copy_bytes:.1f} for the copy by host")
    print(f"  {'':24}{'seconds':>9}{'core s':>9}{'peak MB':>9}{'core s by raw':>15}")
    print(f"  {'floor: eight columns':24}{floor_s:9.2f}")
    _line("compact", made)
    print(f"  {'':24}{loads.flows / made.core_s / 1e6:9.2f} M flows a core second")
    for what in ("hunt", "case"):
        _line(f"{what}, raw", raw[what])
        _line(f"{what}, compacted", copied[what], raw[what])
        if raw[what].found != copied[what].found:
            raise SystemExit(f"the {what} says something else on the compacted lake")
    return copied["hunt"]


def _line(what: str, run: Run, raw: Run | None = None) -> None:
    share = "" if raw is None else f"{run.core_s / raw.core_s:15.2f}"
    print(f"  {what:24}{run.seconds:9.2f}{run.core_s:9.2f}{run.peak_mb:9,.0f}{share}", flush=True)


def _alone(lake: Path, what: str) -> Run:
    """One run in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, str(lake), what], check=True, capture_output=True, text=True
    )
    return Run(**json.loads(done.stdout))


def _run(lake: Path, what: str) -> None:
    """Prints what `_alone` returns."""
    began, used = time.perf_counter(), time.process_time()
    found = {"hunt": _hunt, "case": _case, "compact": _compact}[what](lake)
    seconds, core_s = time.perf_counter() - began, time.process_time() - used
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(asdict(Run(seconds, core_s, peak_mb, found))))


def _compact(lake: Path) -> str:
    return f"{compact(lake).compacted} flows"


def _hunt(lake: Path) -> str:
    found = hunt(lake, settings=HuntSettings(allow_reserved=True)).hunt
    said: dict[str, Any] = document(replace(found, examined=replace(found.examined, flows_by_host=0)))
    return json.dumps(said, default=str)


def _case(lake: Path) -> str:
    loads, first = Loads(), np.zeros(1, np.int64)
    upstream = text_of(0, int(loads.address("upstream", first)[0]))
    service = Service(upstream, int(upstream_port(first)[0]), 6)
    told = measured(lake, service, settings=CaseSettings(allow_reserved=True)).measurements
    return f"{len(told.clients.hi)} clients, {int((told.clients.c2 >= 0).sum())} of them C2s"


if __name__ == "__main__":
    _run(Path(sys.argv[1]), sys.argv[2])
