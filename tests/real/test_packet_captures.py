"""Packet captures, written here byte by byte, metered by nfpcapd and read from what it writes."""

import gzip
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from captures import ACK, BEGIN_S, ICMP, PSH_ACK, SYN, SYN_ACK, TCP, UDP, packet, pcap_of, pcapng_of, tcp, udp
from headwater.errors import ToolMissing, UnreadableSource
from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

pytestmark = pytest.mark.skipif(
    shutil.which("nfpcapd") is None, reason="nfpcapd is not installed: apt-get install nfdump"
)

CLIENT, SERVER = "10.0.0.1", "192.0.2.7"


PACKETS = [  # seconds after BEGIN_S, frame
    (0.25, packet(CLIENT, SERVER, TCP, tcp(40000, 443, SYN))),
    (0.35, packet(SERVER, CLIENT, TCP, tcp(443, 40000, SYN_ACK))),
    (0.45, packet(CLIENT, SERVER, TCP, tcp(40000, 443, ACK))),
    (0.55, packet(CLIENT, SERVER, TCP, tcp(40000, 443, PSH_ACK, bytes(100)))),
    (1.25, packet(CLIENT, SERVER, UDP, udp(5353, 53, bytes(20)))),
    (2.25, packet(CLIENT, SERVER, ICMP, b"\x08\0\0\0\0\1\0\1")),
    (3.25, packet("2001:db8::1", "2001:db8::2", UDP, udp(1000, 2000, bytes(2)))),
]


def _read(path: Path, content: bytes) -> tuple[pa.Table, Rejects]:
    path.write_bytes(content)
    source, rejects = SourceFile(path, path.name), Rejects()
    chunks = list(recognise(source).read(source, ReadOptions(), rejects))
    return pa.Table.from_batches([chunk.batch for chunk in chunks]) if chunks else pa.table({}), rejects


def _summary(table: pa.Table) -> list[tuple[object, ...]]:
    names = {
        side: text_from_keys(table[f"{side}_hi"].to_numpy(), table[f"{side}_lo"].to_numpy()).to_pylist()
        for side in ("src", "dst")
    }
    wanted = ("src_port", "dst_port", "proto", "packets", "bytes", "tcp_flags", "answered")
    values = [table[name].to_pylist() for name in wanted]
    return sorted(zip(names["src"], names["dst"], *values, strict=True), key=str)


EXPECTED = [  # bytes by hand: IPv4 header 20, TCP 20, UDP 8, ICMP 8, IPv6 header 40
    ("10.0.0.1", "192.0.2.7", 0, 0, 1, 1, 28, None, None),
    ("10.0.0.1", "192.0.2.7", 40000, 443, 6, 3, 220, SYN | PSH_ACK, True),
    ("10.0.0.1", "192.0.2.7", 5353, 53, 17, 1, 48, None, None),
    ("192.0.2.7", "10.0.0.1", 443, 40000, 6, 1, 40, SYN_ACK, True),
    ("2001:db8::1", "2001:db8::2", 1000, 2000, 17, 1, 50, None, None),
]


@pytest.mark.parametrize(
    "content",
    [pcap_of(PACKETS), pcap_of(PACKETS, order=">"), pcapng_of(PACKETS), gzip.compress(pcap_of(PACKETS))],
    ids=["pcap", "other byte order", "pcapng", "gzip"],
)
def test_a_capture_becomes_its_flows(tmp_path: Path, content: bytes) -> None:
    """Seven packets are five one-way flows, in every form of capture."""
    table, rejects = _read(tmp_path / "capture", content)
    assert (_summary(table), rejects.counts) == (EXPECTED, {})


def test_times_are_those_of_the_packets(tmp_path: Path) -> None:
    """To the millisecond, which is what nfpcapd stores."""
    table, _ = _read(tmp_path / "capture", pcap_of(PACKETS[:4]))
    begin = datetime.fromtimestamp(BEGIN_S, UTC)
    spans = [
        ((start - begin).total_seconds(), (end - begin).total_seconds())
        for start, end in zip(table["start"].to_pylist(), table["end"].to_pylist(), strict=True)
    ]
    assert sorted(spans) == [(0.25, 0.55), (0.35, 0.35)]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [(lambda whole: whole[:-30], "file cut off"), (lambda whole: whole + b"\xff" * 99, "capture damaged")],
)
def test_a_damaged_capture_gives_what_came_before(tmp_path: Path, damage: object, reason: str) -> None:
    """The sound packets are metered; the damage is counted."""
    assert callable(damage)
    _, rejects = _read(tmp_path / "capture", damage(pcap_of(PACKETS)))
    table, _ = _read(tmp_path / "again", damage(pcap_of(PACKETS)))
    assert rejects.counts == {reason: 1}
    assert _summary(table)[:4] == EXPECTED[:4]


def test_a_capture_cut_within_its_header_is_refused(tmp_path: Path) -> None:
    """The message is libpcap's."""
    with pytest.raises(UnreadableSource, match="truncated dump file"):
        _read(tmp_path / "capture", pcap_of([])[:10])


def test_without_nfpcapd_the_message_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without it still gets every other format."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ToolMissing, match="apt-get install nfdump"):
        _read(tmp_path / "capture", pcap_of(PACKETS))


def test_flows_that_nfdump_joined_become_two_records(tmp_path: Path) -> None:
    """`nfdump -b` stores both ways in one record; they come apart again and share a pair_id."""
    capture, flows, joined = tmp_path / "capture", tmp_path / "flows", tmp_path / "joined"
    capture.write_bytes(pcap_of(PACKETS[:4]))
    flows.mkdir()
    subprocess.run(["nfpcapd", "-r", capture, "-w", flows], check=True, capture_output=True)
    subprocess.run(["nfdump", "-R", flows, "-b", "-w", joined], check=True, capture_output=True)
    table, rejects = _read(tmp_path / "copy", joined.read_bytes())
    sides = [row[:7] for row in _summary(table)]
    assert sides == [EXPECTED[1][:7], EXPECTED[3][:7]]
    assert (table["pair_id"].to_pylist(), table["answered"].to_pylist()) == ([0, 0], [True, True])
    assert rejects.counts == {}
