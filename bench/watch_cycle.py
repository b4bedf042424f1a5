"""What does a cycle of a watch cost where one day is new, with what earlier ones left and without it?

28 days are made; a watch sees 27, then the last one comes. That cycle runs twice from the same book: with the
copy by host and the sensors' hours that the watch keeps, and without both. Both must tell the same, and their
hunts rank the same candidates. Each runs in a process of its own. The upstreams that are made up are written
into the book, so that their changes are looked for, too.

`HEADWATER_BENCH_FLOWS=10000000,100000000 python bench/run.py watch_cycle` chooses the numbers of flows.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from headwater.app.hunt import Hunted
from headwater.app.watch.copy_by_host import renew_copy
from headwater.app.watch.cycle import cycle
from headwater.app.watch.settings import Alerts, JsonSink, LeadSettings, WatchSettings
from headwater.lake.tables import create_lake, open_lake
from headwater.lake.watch_book import opened
from headwater.lake.writer import FlowWriter
from headwater.model.address import text_of
from headwater.model.remembered import KnownUpstream
from hunt import label_c2s
from hunt_world import DAY_US, START_US, Loads, batches, upstream_port

FLOWS = "30000000,100000000"
C2_FLOWS = 1_000_000
SETTINGS = WatchSettings(
    alerts=Alerts(allow_reserved=True), leads=LeadSettings(every=timedelta(0)), sinks=(JsonSink("nobody"),)
)


@dataclass(frozen=True)
class Run:
    """What one cycle took and saw; `said` and `ranked` are digests of its events and its candidates."""

    seconds: float
    core_s: float
    flows: int
    by_host: int
    events: int
    said: str
    ranked: str


def main() -> None:
    """Prints a table for each number of flows."""
    for flows in os.environ.get("HEADWATER_BENCH_FLOWS", FLOWS).split(","):
        with tempfile.TemporaryDirectory(
            prefix="watch-cycle-", dir=os.environ.get("HEADWATER_BENCH_FOLDER")
        ) as name:
            _measure(Loads(flows=int(flows), c2_flows=C2_FLOWS), Path(name))


def _measure(loads: Loads, folder: Path) -> None:
    lake, last = folder / "lake", START_US + (loads.days - 1) * DAY_US
    create_lake(lake)
    label_c2s(lake, loads, folder / "c2s.csv")
    held = _fill(lake, loads, until_us=last)
    before = datetime.fromtimestamp(last / 1e6, UTC)
    first = _alone(lake, before)
    began = time.perf_counter()
    parts = renew_copy(lake, SETTINGS, now=before, stop=threading.Event(), say=lambda _: None)
    copying_s = time.perf_counter() - began
    for place, batch in held:
        _store(lake, place, batch)
    _know(lake, loads, before)
    shutil.copytree(lake / "watch", folder / "watch")
    with_it = _alone(lake, before + timedelta(days=1))
    for name in ("by_host", "watch"):
        shutil.rmtree(lake / name, ignore_errors=True)
    shutil.copytree(folder / "watch", lake / "watch")
    shutil.rmtree(lake / "watch" / "hours")
    without = _alone(lake, before + timedelta(days=1))
    print(f"{loads.flows:,} flows; copying 27 days ({parts} parts): {copying_s:.0f} s")
    print(f"{'':44}{'seconds':>9}{'core s':>9}{'flows by host':>15}{'events':>8}")
    _line("first cycle, 27 days", first)
    _line("a day is new, with what the watch keeps", with_it)
    _line("a day is new, without", without)
    seconds, cores = without.seconds / with_it.seconds, without.core_s / with_it.core_s
    print(f"without, in terms of with: {seconds:.2f} on the clock, {cores:.2f} on the cores")
    if (with_it.said, with_it.ranked) != (without.said, without.ranked):
        raise SystemExit("the two cycles should have said the same")


def _line(what: str, run: Run) -> None:
    print(f"{what:44}{run.seconds:9.1f}{run.core_s:9.1f}{run.by_host:15,}{run.events:8}")


def _fill(lake: Path, loads: Loads, *, until_us: int) -> list[tuple[int, object]]:
    """Stores the flows of all days but the last, whose batches are returned."""
    held: list[tuple[int, object]] = []
    for place, batch in enumerate(batches(loads)):
        if batch["start"][0].cast("int64").as_py() >= until_us:
            held.append((place, batch))
        else:
            _store(lake, place, batch)
    return held


def _store(lake: Path, place: int, batch: object) -> None:
    with FlowWriter(create_lake(lake)) as writer:
        writer.add(batch, digest=f"{place:064x}")  # type: ignore[arg-type]
        writer.commit()


def _know(lake: Path, loads: Loads, told_at: datetime) -> None:
    """Writes the upstreams into the book as if they had been told."""
    number = np.arange(loads.upstreams)
    places = zip(loads.address("upstream", number).tolist(), upstream_port(number).tolist(), strict=True)
    known = [
        KnownUpstream(text_of(0, low), port, 6, "server", told_at, 0, "upstream", 0.9) for low, port in places
    ]
    with opened(open_lake(lake)) as book:
        memory = replace(book.memory(), upstreams={one.address: one for one in known})
        book.record(memory, [], day=told_at.date().isoformat())


def _alone(lake: Path, now: datetime) -> Run:
    """One cycle in a process of its own."""
    command = [sys.executable, __file__, str(lake), now.isoformat()]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Run(**json.loads(done.stdout))


def _cycle(lake: Path, now: datetime) -> None:
    """Prints what `_alone` returns."""
    hunts: list[Hunted] = []
    began, used = time.perf_counter(), time.process_time()
    with opened(open_lake(lake)) as book:
        ran = cycle(lake, book, SETTINGS, now=now, say=lambda _: None, noted=hunts.append)
    seconds, core_s = time.perf_counter() - began, time.process_time() - used
    (found,) = hunts
    ranked = [(one.address, one.port, one.verdict, one.posterior) for one in found.hunt.candidates]
    seen = found.hunt.examined
    print(
        json.dumps(
            asdict(
                Run(
                    seconds, core_s, seen.flows, seen.flows_by_host, len(ran.found),
                    _digest(sorted(event.id for event in ran.found)), _digest(ranked),
                )
            )
        )
    )  # fmt: skip


def _digest(of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()


if __name__ == "__main__":
    _cycle(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
