"""How do the hunt's made-up flows become nfcapd files? Sent as NetFlow version 5 over the loopback interface.

Cisco, "NetFlow Services Solutions Guide", table of the version 5 format. Times are milliseconds since the
first day of the data, which 32 bits hold for 49 days.
"""

import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from exported_flows import RECORD
from hunt_world import START_US, Ints, Loads, batches

PORT = 29_957
_RECORDS = 30  # the most that a version 5 datagram holds
_RATE = 400_000  # flows a second, which nfcapd takes without loss on two cores
_BURST = 64  # packets sent at once


def collected(folder: Path, loads: Loads) -> int:
    """Has nfcapd write the flows into a folder, a file for each ten seconds of sending.

    Returns:
        How many flows nfcapd says it wrote: as many as were sent.

    Raises:
        SystemExit: nfcapd is not installed, or flows were lost on the way.
    """
    nfcapd = shutil.which("nfcapd")
    if nfcapd is None:
        raise SystemExit("nfcapd is not installed; apt-get install nfdump")
    folder.mkdir(parents=True)
    collector = subprocess.Popen(
        [nfcapd, "-p", str(PORT), "-b", "127.0.0.1", "-w", str(folder), "-t", "10", "-B", "67108864"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(1)
        sent = _send(loads)
        time.sleep(2)
    finally:
        collector.terminate()
        collector.wait(timeout=60)
    held = _held(folder)
    if held != sent:
        raise SystemExit(
            f"{sent:,} flows were sent and nfcapd wrote {held:,}; run it again on an idle machine"
        )
    return held


def _send(loads: Loads) -> int:
    sequence = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.connect(("127.0.0.1", PORT))
        began = time.perf_counter()
        for batch in batches(loads):
            records = _records(batch)
            for first in range(0, len(records), _RECORDS):
                part = records[first : first + _RECORDS]
                uptime = int(part["last"].max())
                seconds, rest = divmod(START_US // 1000 + uptime, 1000)
                header = struct.pack(
                    ">HHIIIIBBH",
                    5,
                    len(part),
                    uptime,
                    seconds,
                    rest * 1_000_000,
                    sequence,
                    0,
                    0,
                    0x4000 | 100,
                )
                out.send(header + part.tobytes())
                sequence += len(part)
                if (first // _RECORDS) % _BURST == 0:
                    time.sleep(max(0.0, began + sequence / _RATE - time.perf_counter()))
    return sequence


def _records(batch: pa.RecordBatch) -> np.ndarray:
    records = np.zeros(batch.num_rows, RECORD)

    def column(name: str) -> Ints:
        return np.asarray(batch[name].cast(pa.int64()))

    for field, name in (("src", "src_lo"), ("dst", "dst_lo")):
        records[field] = column(name) & 0xFFFFFFFF
    for field, name in (("first", "start"), ("last", "end")):
        records[field] = (column(name) - START_US) // 1000
    for field, name in (("sport", "src_port"), ("dport", "dst_port"), ("packets", "packets")):
        records[field] = column(name)
    for field, name in (("bytes", "bytes"), ("flags", "tcp_flags"), ("proto", "proto")):
        records[field] = column(name)
    return records[np.argsort(records["last"], kind="stable")]  # an exporter sends what has ended


def _held(folder: Path) -> int:
    told = subprocess.run(
        ["nfdump", "-R", str(folder), "-I"], capture_output=True, text=True, check=True
    ).stdout
    lines = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    return int(lines["Flows"])
