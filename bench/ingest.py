"""How fast does ingest take flows in? Rates, and ratios to what must be done at the least.

Parquet and CSV: reading, screening and writing to the lake, against Arrow's own reading of the same file.
Both together must reach a million flows a second on two cores. nfcapd: against `nfdump -o csv`, which prints
the same file; ingest must not be slower. Each is the best of two runs in one process.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from pyarrow import csv

from exported_flows import collected, written
from headwater.app.ingest import ingest
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

TABLE_FLOWS = 2_000_000
NFCAPD_FLOWS = 600_000
RUNS = 2


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took: seconds on the clock, and seconds of this process on all cores together."""

    wall_s: float
    core_s: float

    def rates(self, flows: int) -> str:
        """Flows a second, in words; the second rate is the steadier one on a busy machine."""
        return f"{flows / self.wall_s / 1e6:.2f} M/s ({flows / self.core_s / 1e6:.2f} M/s a core)"


def _best(work: Callable[[], object]) -> Cost:
    """The cheapest of some runs."""
    costs = []
    for _ in range(RUNS):
        wall, core = time.perf_counter(), time.process_time()
        work()
        costs.append(Cost(time.perf_counter() - wall, time.process_time() - core))
    return min(costs, key=lambda cost: cost.wall_s)


def _ingested(path: Path, folder: Path) -> int:
    """Takes one file into a new lake; how many flows it holds."""
    with tempfile.TemporaryDirectory(dir=folder) as lake:
        return ingest([str(path)], lake=Path(lake) / "lake").flows


def _read(path: Path) -> int:
    """Reads one file and keeps nothing."""
    source = SourceFile(path, path.name)
    return sum(chunk.batch.num_rows for chunk in recognise(source).read(source, ReadOptions(), Rejects()))


def _report(name: str, flows: int, *, read: Cost, taken: Cost, floor: str, floor_s: float) -> None:
    print(
        f"{name:8} {flows / 1e6:.1f} M flows: read {read.rates(flows)}, ingest {taken.rates(flows)}; "
        f"{floor} {flows / floor_s / 1e6:.2f} M/s: ingest takes {taken.wall_s / floor_s:.2f} times as long"
    )


def main() -> None:
    """Prints the rates."""
    folder = Path(__file__).parent / "out" / "ingest"
    folder.mkdir(parents=True, exist_ok=True)
    paths = written(folder, TABLE_FLOWS)
    floors: dict[str, Callable[[], object]] = {
        "csv": lambda: csv.read_csv(paths["csv"]),
        "parquet": lambda: pq.read_table(paths["parquet"]),
    }
    together_s = 0.0
    for name, path in paths.items():
        taken = _best(lambda path=path: _ingested(path, folder))
        together_s += taken.wall_s
        _report(
            name, _ingested(path, folder), read=_best(lambda path=path: _read(path)), taken=taken,
            floor="Arrow's reading alone", floor_s=_best(floors[name]).wall_s,
        )  # fmt: skip
    print(f"CSV and Parquet together: {2 * TABLE_FLOWS / together_s / 1e6:.2f} M flows/s")
    file = collected(folder / "nfcapd", NFCAPD_FLOWS)
    if file is None:
        print("nfcapd   not measured: nfcapd is not installed (apt-get install nfdump)")
    else:
        printing = ["nfdump", "-r", str(file), "-o", "csv"]
        _report(
            "nfcapd", _ingested(file, folder), read=_best(lambda: _read(file)),
            taken=_best(lambda: _ingested(file, folder)), floor="nfdump -o csv",
            floor_s=_best(lambda: subprocess.run(printing, stdout=subprocess.DEVNULL, check=True)).wall_s,
        )  # fmt: skip
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
