"""Where do the ingest benchmark's files come from? The same made-up flows as CSV, Parquet and nfcapd.

The nfcapd file is nfcapd's own: it is sent the flows as NetFlow version 5 (Cisco, "NetFlow Services Solutions
Guide", table of the version 5 format) over the loopback interface.
"""

import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

START_MS = 1_700_000_000_000
_PORT = 29_955
_RECORDS = 30  # the most that a version 5 datagram holds
RECORD = np.dtype(
    [("src", ">u4"), ("dst", ">u4"), ("next", ">u4"), ("ifs", ">u4"), ("packets", ">u4"), ("bytes", ">u4"),
     ("first", ">u4"), ("last", ">u4"), ("sport", ">u2"), ("dport", ">u2"), ("pad", "u1"), ("flags", "u1"),
     ("proto", "u1"), ("tos", "u1"), ("rest", "V8")]
)  # fmt: skip


def made_up(count: int) -> pa.Table:
    """Flows with canonical names: heavy-tailed hosts, a day long, addresses as text."""
    random = np.random.default_rng(1)
    hosts = np.array(
        [".".join(map(str, quad)) for quad in random.integers(1, 255, (200_000, 4)).tolist()], dtype=object
    )

    def drawn() -> pa.Array:
        return pa.array(hosts[(len(hosts) * random.random(count) ** 4).astype(np.int64)], pa.string())

    start = START_MS + np.sort(random.integers(0, 86_400_000, count))
    return pa.table(
        {
            "start": start, "end": start + random.integers(0, 60_000, count), "src": drawn(), "dst": drawn(),
            "src_port": random.integers(1024, 65_535, count),
            "dst_port": random.choice([80, 443, 53, 22], count),
            "proto": random.choice([6, 17], count, p=[0.8, 0.2]), "packets": random.geometric(0.1, count),
            "bytes": random.geometric(0.001, count), "tcp_flags": random.choice([2, 18, 27, 31], count),
        }
    )  # fmt: skip


def written(folder: Path, count: int) -> dict[str, Path]:
    """The flows on disk as CSV and Parquet."""
    table = made_up(count)
    paths = {"csv": folder / "flows.csv", "parquet": folder / "flows.parquet"}
    csv.write_csv(table, paths["csv"])
    pq.write_table(table, paths["parquet"], row_group_size=500_000)
    return paths


def collected(folder: Path, count: int) -> Path | None:
    """A file that nfcapd wrote of `count` flows, or None where nfcapd is not installed."""
    nfcapd = shutil.which("nfcapd")
    if nfcapd is None:
        return None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    collector = subprocess.Popen(
        [nfcapd, "-p", str(_PORT), "-b", "127.0.0.1", "-w", str(folder), "-t", "3600", "-B", "33554432"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(1)
        _send(count)
        time.sleep(2)
    finally:
        collector.terminate()
        collector.wait(timeout=30)
    return max((path for path in folder.iterdir() if path.is_file()), key=lambda path: path.stat().st_size)


def _send(count: int) -> None:
    random = np.random.default_rng(2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for first in range(0, count, _RECORDS):
            records = np.zeros(_RECORDS, RECORD)
            for name in ("src", "dst"):
                records[name] = 0x0A000000 + (200_000 * random.random(_RECORDS) ** 4).astype(np.uint32)
            records["packets"], records["bytes"] = 10, random.integers(400, 40_000, _RECORDS)
            records["first"], records["last"] = first // 30, first // 30 + 900
            records["sport"], records["dport"] = random.integers(1024, 65_535, _RECORDS), 443
            records["flags"], records["proto"] = 27, 6
            header = struct.pack(">HHIIIIBBH", 5, _RECORDS, 86_400_000, START_MS // 1000, 0, first, 0, 0, 0)
            out.sendto(header + records.tobytes(), ("127.0.0.1", _PORT))
            if first % (_RECORDS * 200) == 0:
                time.sleep(0.005)  # the collector must keep up: what it misses is not in the file
