"""How many flows a second are collected without loss? nfcapd alone, and `headwater collect` in the same run.

NetFlow version 5 and version 9 packets, built beforehand, are sent over the loopback interface at rising
rates, first to nfcapd alone and then to `collect`, which stores them in a lake meanwhile; then both at the
rate asked of them for a minute. What is lost is what was sent less what `nfdump -I` counts, or less what the
lake holds. Of what listens beside nfcapd (docs/decisions/0021) its share of a core is told, and its losses.
"""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATES = (100_000, 200_000, 400_000, 800_000, 1_600_000)  # flows a second; the last may be beyond the sender
STEP_S = 5.0
ASKED, ASKED_S = 200_000, 60.0
INTERVAL_S = 10  # so that storing goes on while packets come
BUFFER_BYTES = 4 << 20
_BATCHES_PER_S = 200  # packets are sent in bursts of 5 ms
_PACKETS = 2_000  # different ones, sent again and again with new sequence numbers
_PORT = 29_956
_UPTIME_MS = 3_600_000
_V5 = np.dtype(
    [("src", ">u4"), ("dst", ">u4"), ("next", ">u4"), ("ifs", ">u4"), ("packets", ">u4"), ("bytes", ">u4"),
     ("first", ">u4"), ("last", ">u4"), ("sport", ">u2"), ("dport", ">u2"), ("pad", "u1"), ("flags", "u1"),
     ("proto", "u1"), ("tos", "u1"), ("rest", "V8")]
)  # fmt: skip
_V9 = np.dtype(
    [("src", ">u4"), ("dst", ">u4"), ("sport", ">u2"), ("dport", ">u2"), ("proto", "u1"), ("flags", "u1"),
     ("packets", ">u4"), ("bytes", ">u4"), ("first", ">u4"), ("last", ">u4")]
)  # fmt: skip
_V9_FIELDS = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (2, 4), (1, 4), (22, 4), (21, 4))


@dataclass(frozen=True, slots=True)
class Exporter:
    """Packets of one version, ready to be sent.

    Attributes:
        name: for the table.
        packets: whole packets.
        flows: in each of them.
        sequence_at: offset of the sequence number.
        step: by how much it grows a packet.
        first: sent before all others.
    """

    name: str
    packets: list[bytearray]
    flows: int
    sequence_at: int
    step: int
    first: bytes = b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did: flows sent, the sender's rate, flows that arrived; and what the tap cost."""

    sent: int
    rate: float
    arrived: int
    tap: str = ""

    @property
    def lost(self) -> float:
        """Share of the flows that did not arrive."""
        return 1 - self.arrived / self.sent


def _records(kind: np.dtype, count: int) -> np.ndarray:
    random = np.random.default_rng(5)
    records = np.zeros(count, kind)
    for name in ("src", "dst"):
        records[name] = 0x0A000000 + (200_000 * random.random(count) ** 4).astype(np.uint32)
    records["packets"], records["bytes"] = 10, random.integers(400, 40_000, count)
    records["first"], records["last"] = _UPTIME_MS - 61_000, _UPTIME_MS - 60_000
    records["sport"], records["dport"] = random.integers(1024, 65_535, count), 443
    records["flags"], records["proto"] = 27, 6
    return records


def _version_5() -> Exporter:
    each, now_s = 30, int(time.time())
    header = struct.pack(">HHIIIIBBH", 5, each, _UPTIME_MS, now_s, 0, 0, 0, 0, 0)
    rows = _records(_V5, each * _PACKETS).reshape(_PACKETS, each)
    return Exporter("NetFlow v5", [bytearray(header + row.tobytes()) for row in rows], each, 16, each)


def _version_9() -> Exporter:
    each, now_s = 46, int(time.time())  # 30 octets each: a packet fits into an Ethernet frame
    header = struct.pack(">HHIIII", 9, each, _UPTIME_MS, now_s, 0, 0)
    fields = b"".join(struct.pack(">HH", *field) for field in _V9_FIELDS)
    template = header + struct.pack(">HHHH", 0, 8 + len(fields), 256, len(_V9_FIELDS)) + fields
    head = header + struct.pack(">HH", 256, 4 + each * _V9.itemsize)
    rows = _records(_V9, each * _PACKETS).reshape(_PACKETS, each)
    return Exporter("NetFlow v9", [bytearray(head + row.tobytes()) for row in rows], each, 12, 1, template)


def _send(exporter: Exporter, *, rate: int, seconds: float) -> tuple[int, float]:
    """Sends packets at a steady rate; flows sent, and flows a second reached."""
    sequence, sent = 0, 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.connect(("127.0.0.1", _PORT))
        if exporter.first:
            out.send(exporter.first)
            time.sleep(0.1)
        began = time.perf_counter()
        while (elapsed := time.perf_counter() - began) < seconds:
            due = int(rate * (elapsed + 1 / _BATCHES_PER_S)) // exporter.flows
            while sent < due:
                packet = exporter.packets[sent % _PACKETS]
                struct.pack_into(">I", packet, exporter.sequence_at, sequence & 0xFFFFFFFF)
                out.send(packet)
                sequence += exporter.step
                sent += 1
            time.sleep(1 / _BATCHES_PER_S)
        reached = sent * exporter.flows / (time.perf_counter() - began)
    _drained()
    return sent * exporter.flows, reached


def _drained() -> None:
    """Waits until nothing lies in the socket's queue, at most ten seconds."""
    for _ in range(200):
        rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
        if not any(row[1].endswith(f":{_PORT:04X}") and row[4].split(":")[1] != "0" * 8 for row in rows):
            return
        time.sleep(0.05)


def _alone(folder: Path, send: Callable[[], tuple[int, float]]) -> Outcome:
    """The flows that nfcapd alone writes."""
    command = ["nfcapd", "-w", str(folder), "-p", str(_PORT), "-b", "127.0.0.1", "-t", str(INTERVAL_S),
               "-B", str(BUFFER_BYTES), "-y", "-C", "none"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as collector:
        time.sleep(1)
        sent, rate = send()
        collector.terminate()
    counted = 0
    for file in folder.glob("nfcapd.2*"):
        said = subprocess.run(["nfdump", "-I", "-r", str(file)], capture_output=True, check=True, text=True)
        counted += int(said.stdout.split("Flows: ")[1].split()[0])
    return Outcome(sent, rate, counted)


def _collected(folder: Path, send: Callable[[], tuple[int, float]]) -> Outcome:
    """The flows that `collect` has stored in the lake when it has ended."""
    command = [sys.executable, "-m", "headwater", "--lake", str(folder / "lake"), "collect",
               "--netflow", str(_PORT), "--interval", str(INTERVAL_S), "--buffer", str(BUFFER_BYTES),
               "--keep", "0", "--json"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as collect:
        events = collect.stdout or iter(())
        for line in events:
            if json.loads(line)["event"] == "listening":
                break
        before_s, began = _tap_s(collect.pid), time.perf_counter()
        sent, rate = send()
        share = (_tap_s(collect.pid) - before_s) / (time.perf_counter() - began)
        collect.terminate()
        last = [json.loads(line) for line in events][-1]
    missed = last["listeners"][0]["unheard"]
    return Outcome(sent, rate, last["flows"], f"tap: {share:.1%} of a core, {missed} packets missed")


def _tap_s(parent: int) -> float:
    """Seconds of a core that the process beside the collector has taken; 0 where there is none."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, stat = (folder / "cmdline").read_bytes(), (folder / "stat").read_text()
        except OSError:
            continue  # it has ended
        fields = stat.rpartition(")")[2].split()
        if b"headwater.app.tap_process" in command and int(fields[1]) == parent:
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


@contextmanager
def _empty(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _compare(exporter: Exporter, *, rate: int, seconds: float) -> None:
    outcomes = []
    for run in (_alone, _collected):
        with _empty(Path(__file__).parent / "out" / "collect") as folder:
            outcomes.append(run(folder, lambda: _send(exporter, rate=rate, seconds=seconds)))
    alone, collected = outcomes
    share = (collected.arrived / collected.sent) / (alone.arrived / alone.sent)
    print(
        f"{exporter.name}, {rate:,} flows/s for {seconds:.0f} s: "
        f"nfcapd alone lost {alone.lost:.2%} (sent at {alone.rate:,.0f}/s), "
        f"collect {collected.lost:.2%} (at {collected.rate:,.0f}/s): "
        f"{collected.arrived:,} of {collected.sent:,} in the lake, {share:.3f} times nfcapd's share; "
        f"{collected.tap}",
        flush=True,
    )


def main() -> None:
    """Prints what was lost at each rate."""
    if shutil.which("nfcapd") is None:
        print("not measured: nfcapd is not installed (apt-get install nfdump)")
        return
    for exporter in (_version_5(), _version_9()):
        for rate in RATES:
            _compare(exporter, rate=rate, seconds=STEP_S)
    _compare(_version_5(), rate=ASKED, seconds=ASKED_S)


if __name__ == "__main__":
    main()
