"""Exporters for tests of collecting: packets made by hand, real programs, and other vendors' payloads.

Everything is sent to the loopback interface, in bounded number.
"""

import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

LOOPBACK = "127.0.0.1"
PACE_S = 0.001  # between packets: no test is about speed
LARGEST_BYTES = 60_000  # more is no single datagram
UPTIME_MS = 3_600_000
IN_BYTES, IN_PACKETS, PROTOCOL, FLAGS, SRC_PORT, SRC, DST_PORT, DST, LAST, FIRST = (
    (1, 4), (2, 4), (4, 1), (6, 1), (7, 2), (8, 4), (11, 2), (12, 4), (21, 4), (22, 4)
)  # fmt: skip
LAYOUT = (SRC, DST, SRC_PORT, DST_PORT, PROTOCOL, FLAGS, IN_PACKETS, IN_BYTES, FIRST, LAST)


@dataclass(frozen=True)
class Sent:
    """One flow as a test sends it: TCP, a second long, a minute before the exporter's clock."""

    src: str
    dst: str
    src_port: int = 40_000
    dst_port: int = 443
    packets: int = 10
    size: int = 4_000

    def values(self) -> dict[int, int]:
        """The fields' values by number, the times as milliseconds of uptime (RFC 3954, section 8)."""
        return {
            8: int(ip_address(self.src)), 12: int(ip_address(self.dst)), 7: self.src_port, 11: self.dst_port,
            4: 6, 6: 0x1B, 2: self.packets, 1: self.size, 22: UPTIME_MS - 61_000, 21: UPTIME_MS - 60_000,
        }  # fmt: skip


def flows(network: str, count: int, *, first: int = 1) -> list[Sent]:
    """Different flows from one /24, so that a test knows its own: `10.7.1`."""
    return [Sent(f"{network}.{1 + n % 250}", f"198.51.100.{1 + n % 250}", 1_024 + n) for n in
            range(first, first + count)]  # fmt: skip


def v5(sent: Sequence[Sent], *, sequence: int, now_s: int, engine: int = 0) -> bytes:
    """A NetFlow version 5 packet of at most 30 flows (Cisco, table of the version 5 format)."""
    header = struct.pack(">HHIIIIBBH", 5, len(sent), UPTIME_MS, now_s, 0, sequence, 0, engine, 0)
    records = b""
    for flow in sent:
        value = flow.values()
        records += struct.pack(
            ">IIIHHIIIIHHBBBBHHBBH", value[8], value[12], 0, 0, 0, value[2], value[1], value[22], value[21],
            value[7], value[11], 0, value[6], value[4], 0, 0, 0, 0, 0, 0,
        )  # fmt: skip
    return header + records


def v9(sets: Iterable[tuple[int, bytes]], *, sequence: int, now_s: int, domain: int = 0) -> bytes:
    """A NetFlow version 9 packet of sets, each a number and its content (RFC 3954, section 5)."""
    body = b""
    for number, content in sets:
        padded = content + bytes(-len(content) % 4)
        body += struct.pack(">HH", number, 4 + len(padded)) + padded
    return struct.pack(">HHIIII", 9, 1, UPTIME_MS, now_s, sequence, domain) + body


def template(number: int, layout: Sequence[tuple[int, int]]) -> tuple[int, bytes]:
    """A template set (RFC 3954, section 5.2)."""
    fields = b"".join(struct.pack(">HH", *each) for each in layout)
    return 0, struct.pack(">HH", number, len(layout)) + fields


def data(number: int, layout: Sequence[tuple[int, int]], sent: Sequence[Sent]) -> tuple[int, bytes]:
    """A data set of flows (RFC 3954, section 5.3)."""
    rows = [flow.values() for flow in sent]
    return number, b"".join(row[kind].to_bytes(size, "big") for row in rows for kind, size in layout)


def sampling_announced(interval: int) -> list[tuple[int, bytes]]:
    """An options template and its data: samplingInterval, element 34 (RFC 3954, section 6.1).

    Alone, because that is what nfcapd 1.7.1 learns from: with samplingAlgorithm beside it, or as Cisco's
    elements 48 to 50, it does not.
    """
    scope, option = (1, 4), (34, 4)
    fields = b"".join(struct.pack(">HH", *each) for each in (scope, option))
    return [(1, struct.pack(">HHH", 257, 4, 4) + fields), (257, struct.pack(">II", 1, interval))]


def sflow_sample(sent: Sent, *, sequence: int, interval: int) -> bytes:
    """An sFlow datagram with one sampled TCP packet (sFlow version 5, sections 5.3 and 5.4)."""
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 1_000, 1, 0, 64, 6, 0)
    ip += ip_address(sent.src).packed + ip_address(sent.dst).packed
    tcp = struct.pack(">HHIIBBHHH", sent.src_port, sent.dst_port, 1, 1, 0x50, 0x10, 1_000, 0, 0)
    frame = bytes(12) + b"\x08\x00" + ip + tcp
    frame += bytes(-len(frame) % 4)
    raw = struct.pack(">IIII", 1, 1_014, 4, len(frame)) + frame
    record = struct.pack(">II", 1, len(raw)) + raw
    sample = struct.pack(">IIIIIIII", sequence, 1, interval, interval, 0, 1, 2, 1) + record
    agent = struct.pack(">II", 5, 1) + ip_address("192.0.2.9").packed
    head = agent + struct.pack(">III", 0, sequence, UPTIME_MS)
    return head + struct.pack(">I", 1) + struct.pack(">II", 1, len(sample)) + sample


def junk() -> list[bytes]:
    """What is no export, or a broken one: 5 packets of something else, 3 broken v5, v9 and IPFIX."""
    return [
        b"x", b"GET / HTTP/1.0\r\n\r\n", bytes(30), b"\x00\x63" + bytes(40), bytes(5),
        b"\x00\x05\xff\xff" + bytes(40), b"\x00\x09" + bytes(4), b"\x00\x0a\xff\xff" + b"\x01" * 60,
    ]  # fmt: skip


def payloads(folder: Path) -> list[bytes]:
    """Other vendors' packets; those of one vendor with their templates first."""
    paths = [path for path in folder.glob("*.dat") if path.stat().st_size < LARGEST_BYTES]

    def key(path: Path) -> tuple[str, bool, str]:
        vendor = path.name.replace("_test", "").split("_tpl")[0].split("_opttpl")[0].split("_data")[0]
        return vendor, "tpl" not in path.name, path.name

    return [path.read_bytes() for path in sorted(paths, key=key)]


def send(packets: Iterable[bytes], port: int) -> None:
    """Sends packets to a port of this machine, slowly, and waits until they were taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for packet in packets:
            out.sendto(packet, (LOOPBACK, port))
            time.sleep(PACE_S)
    taken(port)


def taken(port: int) -> None:
    """Waits until nothing lies in the socket's queue: a collector that ends leaves it unread."""
    for _ in range(200):
        time.sleep(0.05)
        rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
        if not any(row[1].endswith(f":{port:04X}") and row[4].split(":")[1] != "0" * 8 for row in rows):
            return
    raise TimeoutError(f"nobody reads port {port}")


def free_ports(count: int) -> list[int]:
    """UDP ports of the loopback interface that nobody has now."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def softflowd(capture: Path, port: int, *, version: int) -> bool:
    """Lets the real softflowd export the flows of a capture; False where it is not installed."""
    program = shutil.which("softflowd") or shutil.which("softflowd", path="/usr/sbin")
    if program is None:
        return False
    command = [program, "-r", str(capture), "-n", f"{LOOPBACK}:{port}", "-v", str(version), "-d", "-a",
               "-A", "milli", "-p", str(capture.with_suffix(".pid")), "-c", "none"]  # fmt: skip
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    taken(port)
    return True


def nfreplay(file: Path, port: int) -> None:
    """Lets the real nfreplay send an nfcapd file of layout 2 as NetFlow v9."""
    subprocess.run(
        ["nfreplay", "-r", str(file), "-H", LOOPBACK, "-p", str(port), "-v", "9", "-d", "500"],
        check=True, timeout=60, capture_output=True,
    )  # fmt: skip
    taken(port)
