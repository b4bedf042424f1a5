"""What do hunts cost from ten million flows to a billion, beside what an analyst would do today?

For each number of flows, with the same C2s and the same records of theirs while the background grows, in one
run: ingest (day files in Parquet), hunt over raw flows, compact, hunt over the compacted lake, investigate an
upstream. Beside them: DuckDB reading the same columns of the same files (the floor), nfdump filtering the
same flows by the same addresses and aggregating them (`-A`, `-s`), plain SQL on ClickHouse's engine (chdb),
and a hunt on a Spark cluster of one and of two workers.

`HEADWATER_BENCH_FLOWS=10000000,100000000 python bench/run.py compare` chooses the numbers of flows;
`HEADWATER_BENCH_FOLDER=DIR` where some 130 bytes a flow lie meanwhile, and where a run that was stopped goes
on with the step it was in; `HEADWATER_BENCH_SKIP=nfdump,spark` leaves parts out. Each run writes
bench/out/compare-<flows>.json; tools/performance_page.py makes a page.
"""

import csv
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cost import Cost, cost_of
from headwater.ingest.columns import READ_SCHEMA
from headwater.lake.tables import create_lake
from headwater.model.address import text_of
from hunt import label_c2s
from hunt_world import DAY_US, Loads, batches, upstream_port
from nfcapd_world import collected
from spark import hunted_on

C2_FLOWS = 1_000_000  # of listed C2s, however many others there are
HEADWATER = [sys.executable, "-m", "headwater"]
HERE = Path(__file__).parent
OUT = HERE / "out"
KEPT = "measured.json"  # in the folder of a measurement


@dataclass(slots=True)
class Compared:
    """What one number of flows came to.

    Attributes:
        flows: records.
        machine: processor, cores, memory, and versions of what ran.
        costs: step to what it took.
        bytes_raw, bytes_copy: of the lake before and after compacting, the difference of both for the copy.
        ranks: of the upstreams that were made up, in the hunt over raw flows.
        same: whether the hunt over the compacted lake gave the same document.
    """

    flows: int
    machine: dict[str, str]
    costs: dict[str, Cost] = field(default_factory=dict)
    bytes_raw: int = 0
    bytes_copy: int = 0
    ranks: list[int] = field(default_factory=list)
    same: bool | None = None


def main() -> None:
    """Prints a table for each number of flows and keeps it for the page."""
    OUT.mkdir(exist_ok=True)
    skipped = frozenset(filter(None, os.environ.get("HEADWATER_BENCH_SKIP", "").split(",")))
    if find_spec("chdb") is None and "chdb" not in skipped:
        print("ClickHouse's engine is left out: `.venv/bin/uv pip install chdb` installs it (some 540 MB)")
        skipped |= {"chdb"}
    for flows in os.environ.get("HEADWATER_BENCH_FLOWS", "10000000").split(","):
        loads = Loads(flows=int(flows), c2_flows=C2_FLOWS)
        with _folder(loads) as folder:
            found = compared(loads, folder, skipped)
        (OUT / f"compare-{found.flows}.json").write_text(json.dumps(asdict(found), indent=1) + "\n")
        _print(found)


@contextmanager
def _folder(loads: Loads) -> Iterator[Path]:
    """A measurement's own folder, gone after it: one with a name stays if the measurement is stopped."""
    chosen = os.environ.get("HEADWATER_BENCH_FOLDER")
    if chosen is None:
        with tempfile.TemporaryDirectory(prefix="compare-") as name:
            yield Path(name)
    else:
        folder = Path(chosen) / f"compare-{loads.flows}"
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        shutil.rmtree(folder)


def compared(loads: Loads, folder: Path, skipped: frozenset[str]) -> Compared:
    """Everything for one number of flows, but for the steps that an earlier run in this folder has made."""
    found = _begun(loads, folder)
    lake, listed = folder / "lake", folder / "c2s.csv"
    run = _runner(found, folder)
    if "ingest" not in found.costs:
        shutil.rmtree(lake, ignore_errors=True)
        found.costs["ingest"] = _ingested(lake, loads, folder)
        label_c2s(lake, loads, listed)
        found.bytes_raw = _bytes(lake)
        _keep(found, folder)
    verb = [*HEADWATER, "--lake", str(lake)]
    hunting = [*verb, "hunt", "--allow-reserved", "--json", "--quiet"]
    run("floor", [sys.executable, str(HERE / "floor.py"), str(lake)])
    raw = _document(run("hunt raw", hunting))
    found.ranks = _ranks(raw, loads)
    if "chdb" not in skipped:
        run("chdb", [sys.executable, str(HERE / "clickhouse.py"), str(lake), str(listed)])
    if "spark" not in skipped:
        for workers in (1, 2):
            if f"spark {workers}" not in found.costs:
                found.costs[f"spark {workers}"] = hunted_on(lake, workers=workers)
                _keep(found, folder)
    run("compact", [*verb, "compact", "--quiet"])
    found.bytes_copy = _bytes(lake) - found.bytes_raw
    found.same = _document(run("hunt compacted", hunting))["candidates"] == raw["candidates"]
    service = _first_upstream(loads)
    run("investigate", [*verb, "investigate", service, "--allow-reserved", "--json", "--quiet"])
    if "nfdump" not in skipped and not {"nfdump -A", "nfdump -s"} <= set(found.costs):
        _with_nfdump(run, loads, folder / "nfcapd", listed)
    return found


def _runner(found: Compared, folder: Path) -> Callable[[str, list[str]], Path]:
    """Runs a command under a step's name, keeps what it took, and returns the file with what it printed."""

    def run(step: str, command: list[str]) -> Path:
        said = folder / f"{step.replace(' ', '-')}.out"
        if step not in found.costs:
            found.costs[step] = cost_of(command, said=said)
            print(f"{found.flows:,} flows: {step}: {found.costs[step].seconds:.1f} s", flush=True)
            _keep(found, folder)
        return said

    return run


def _begun(loads: Loads, folder: Path) -> Compared:
    """What an earlier run in this folder has measured, if it was stopped."""
    found = Compared(loads.flows, _machine())
    kept = folder / KEPT
    if kept.exists():
        told = json.loads(kept.read_text())
        found.costs = {step: Cost(**cost) for step, cost in told["costs"].items()}
        found.bytes_raw = told["bytes_raw"]
    return found


def _keep(found: Compared, folder: Path) -> None:
    (folder / KEPT).write_text(json.dumps(asdict(found)))


def _ingested(lake: Path, loads: Loads, folder: Path) -> Cost:
    """Parquet files of some days each, which go once they are stored; writing them is not counted."""
    create_lake(lake)
    costs = []
    for place, of_days in groupby(batches(loads), key=lambda batch: _day(batch) // _days_at_once(loads)):
        path = folder / f"flows-{place}.parquet"
        with pq.ParquetWriter(path, READ_SCHEMA) as writer:
            for batch in of_days:
                writer.write_batch(batch)
        command = [*HEADWATER, "--lake", str(lake), "ingest", str(path), "--quiet"]
        costs.append(cost_of(command, said=folder / "ingest.out"))
        path.unlink()
    seconds, core_s = sum(cost.seconds for cost in costs), sum(cost.core_s for cost in costs)
    print(f"{loads.flows:,} flows: ingest: {seconds:.1f} s", flush=True)
    return Cost(seconds, core_s, max(cost.peak_mb for cost in costs))


def _days_at_once(loads: Loads) -> int:
    """As many days as lie in a hundred million flows: files of a billion would take the room of the lake."""
    return max(1, 100_000_000 * loads.days // loads.flows)


def _day(batch: pa.RecordBatch) -> int:
    start: int = batch["start"][0].cast(pa.int64()).as_py()
    return start // DAY_US


def _with_nfdump(run: Callable[[str, list[str]], Path], loads: Loads, folder: Path, listed: Path) -> None:
    """What an analyst does today: the C2s' flows, aggregated, and the busiest addresses among them."""
    collected(folder, loads)
    with listed.open() as file:
        addresses = " ".join(row["address"] for row in csv.DictReader(file))
    asked = folder.with_name("c2s.filter")
    asked.write_text(f"ip in [ {addresses} ]\n")
    read = ["nfdump", "-R", str(folder), "-f", str(asked)]
    run("nfdump -A", [*read, "-A", "srcip,dstip,dstport,proto", "-o", "csv"])
    run("nfdump -s", [*read, "-s", "ip/flows", "-n", "50"])
    shutil.rmtree(folder)


def _document(said: Path) -> Any:  # Any: what JSON can say
    return json.loads(said.read_text())


def _ranks(document: Any, loads: Loads) -> list[int]:  # Any: as above
    wanted = {_upstream(loads, number) for number in range(loads.upstreams)}
    return [one["rank"] for one in document["candidates"] if (one["address"], one["port"]) in wanted]


def _upstream(loads: Loads, number: int) -> tuple[str, int]:
    place = np.array([number], np.int64)
    return text_of(0, int(loads.address("upstream", place)[0])), int(upstream_port(place)[0])


def _first_upstream(loads: Loads) -> str:
    address, port = _upstream(loads, 0)
    return f"{address}:{port}/tcp"


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _machine() -> dict[str, str]:
    """What a reader needs to know to compare with a machine of his own."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = {
        name: version(name) for name in ("headwater", "duckdb", "ibis-framework", "deltalake", "pyarrow")
    }
    for name in ("chdb-core", "pyspark"):
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    nfdump = shutil.which("nfdump")
    if nfdump:
        told = subprocess.run([nfdump, "-V"], capture_output=True, text=True, check=True).stdout
        versions["nfdump"] = told.strip().rpartition(" ")[2].removeprefix("NSEL-NEL")
    return {
        "processor": model, "cores": str(os.cpu_count()), "memory": f"{memory:.0f} GiB",
        "python": platform.python_version(), **versions,
    }  # fmt: skip


def _print(found: Compared) -> None:
    floor = found.costs["floor"]
    print(f"{'':18}{'seconds':>9}{'M flows/s':>11}{'of floor':>10}{'core s':>9}{'peak MB':>9}")
    for step, cost in found.costs.items():
        print(
            f"{step:18}{cost.seconds:9.1f}{found.flows / cost.seconds / 1e6:11.2f}"
            f"{floor.seconds / cost.seconds:10.3f}{cost.core_s:9.1f}{cost.peak_mb:9,.0f}"
        )
    print(
        f"bytes a flow: raw {found.bytes_raw / found.flows:.1f}, copy {found.bytes_copy / found.flows:.1f}; "
        f"the {len(found.ranks)} upstreams found hold ranks {found.ranks}; the compacted hunt's answer is "
        f"{'the same' if found.same else 'ANOTHER'}"
    )


if __name__ == "__main__":
    main()
