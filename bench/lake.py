"""How fast do flows get from CSV and Parquet into the lake, and how small are they there?

Everything is measured in one run on the same synthetic flows, and printed as ratios as well: a rate alone
says more about the machine than about the program. Few hosts and servers have most of the flows.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from headwater.app.ingest import ingest
from headwater.ingest.columns import flow_batch
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import create_lake, open_lake
from headwater.lake.writer import FlowWriter
from headwater.model.address import IPV4_PREFIX

FLOWS = 3_000_000
SMALL_FILES = 288  # a day of five-minute files
SMALL_FLOWS = 5_000
SEED = 20200914
RUNS = 3
BATCH = 65_536


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        batch = _flows(FLOWS)
        table = _canonical(batch)
        pa.csv.write_csv(table, folder / "flows.csv")
        pq.write_table(table, folder / "flows.parquet")
        (folder / "small").mkdir()
        for number in range(SMALL_FILES):
            part = table.slice(number * SMALL_FLOWS, SMALL_FLOWS)
            pa.csv.write_csv(part, folder / "small" / f"{number:03}.csv")
        # the floor: an engine that reads the same CSV as text and does nothing with it
        floor = _seconds(lambda _: _read_csv(folder / "flows.csv"), folder)
        print(f"{'read the CSV with DuckDB, store nothing':45} {FLOWS / floor / 1e6:6.2f} M flows/s   1.00")
        for title, path, flows in (
            ("ingest CSV", folder / "flows.csv", FLOWS),
            ("ingest Parquet", folder / "flows.parquet", FLOWS),
            (f"ingest {SMALL_FILES} CSV files of {SMALL_FLOWS}", folder / "small", SMALL_FILES * SMALL_FLOWS),
        ):
            taken = _seconds(lambda lake, path=path: ingest([str(path)], lake=lake), folder)  # type: ignore[misc]  # bound now, not later
            rate = flows / taken
            print(f"{title:45} {rate / 1e6:6.2f} M flows/s   {rate * floor / FLOWS:.2f}")
        taken = _seconds(lambda lake: _store(batch, lake), folder)
        print(f"{'store what is read already':45} {FLOWS / taken / 1e6:6.2f} M flows/s   {floor / taken:.2f}")
        _sizes(folder / "flows.csv", folder / "size")


def _sizes(csv: Path, lake: Path) -> None:
    ingest([str(csv)], lake=lake)
    stored = snapshot(open_lake(lake))
    size = sum(Path(path).stat().st_size for path in stored.files)
    print(f"{size / stored.rows:.1f} bytes a flow in the lake, {size / csv.stat().st_size:.2f} of the CSV")


def _seconds(work: Callable[[Path], object], folder: Path) -> float:
    """The fastest of RUNS runs, each with a lake of its own."""
    best = float("inf")
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(dir=folder) as lake:
            begin = time.perf_counter()
            work(Path(lake))
            best = min(best, time.perf_counter() - begin)
    return best


def _read_csv(path: Path) -> None:
    duckdb.connect().execute("SELECT max(COLUMNS(*)) FROM read_csv(?)", [str(path)]).fetchall()


def _store(batch: pa.RecordBatch, lake: Path) -> None:
    with FlowWriter(create_lake(lake)) as writer:
        for first in range(0, batch.num_rows, BATCH):
            writer.add(batch.slice(first, BATCH), digest=hashlib.sha256(b"bench").hexdigest())
        writer.commit()


def _flows(count: int) -> pa.RecordBatch:
    """An hour of flows between 50,000 clients and 200,000 servers, both of Pareto popularity."""
    random = np.random.default_rng(SEED)

    def popular(hosts: npt.NDArray[np.int64], shape: float) -> npt.NDArray[np.int64]:
        rank = np.minimum((random.pareto(shape, count) * 20).astype(np.int64), len(hosts) - 1)
        return hosts[rank]

    client = popular(IPV4_PREFIX | random.integers(0x0A000000, 0x0B000000, 50_000), 0.7)
    server = popular(IPV4_PREFIX | random.integers(1 << 24, 0xE0000000, 200_000), 0.6)
    end = 1_600_000_000_000 + np.sort(random.integers(0, 3_600_000, count))
    start = end - (random.exponential(3_000.0, count) * (random.random(count) < 0.7)).astype(np.int64)
    ports = np.array([443, 80, 53, 22, 25, 123, 8080, 993, 38400, 445])
    port = ports[np.minimum(random.geometric(0.4, count) - 1, len(ports) - 1)]
    answer = random.random(count) < 0.5
    packets = (random.pareto(1.1, count) * 3).astype(np.int64) + 1
    zeros, own = np.zeros(count, np.int64), random.integers(1024, 65536, count)
    return flow_batch({
        "start": start * 1000, "end": end * 1000, "src_hi": zeros, "dst_hi": zeros,
        "src_lo": np.where(answer, server, client), "dst_lo": np.where(answer, client, server),
        "src_port": np.where(answer, port, own), "dst_port": np.where(answer, own, port),
        "proto": np.where(port == 53, 17, 6), "packets": packets,
        "bytes": packets * random.integers(40, 1400, count),
    })  # fmt: skip


def _canonical(batch: pa.RecordBatch) -> pa.Table:
    """The flows as a user has them: addresses as text, times in microseconds."""
    columns = {"start": batch["start"].cast(pa.int64()), "end": batch["end"].cast(pa.int64())}
    for side in ("src", "dst"):
        keys, place = np.unique(np.asarray(batch[f"{side}_lo"]), return_inverse=True)
        texts = pa.array([str(IPv4Address(int(key) & 0xFFFFFFFF)) for key in keys])
        columns[side] = texts.take(pa.array(place))
    names = ("src_port", "dst_port", "proto", "packets", "bytes")
    return pa.table({**columns, **{name: batch[name] for name in names}})


if __name__ == "__main__":
    main()
