"""Text that Debian's argus and ra print over a packet capture written here."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from captures import ACK, BEGIN_S, ICMP, PSH_ACK, SYN, SYN_ACK, TCP, UDP, packet, pcap_of, tcp, udp
from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile

pytestmark = pytest.mark.skipif(
    shutil.which("argus") is None or shutil.which("ra") is None,
    reason="argus and ra are not installed: apt-get install argus-server argus-client",
)

CLIENT, SERVER = "10.0.0.1", "192.0.2.7"
PACKETS = [
    (0.25, packet(CLIENT, SERVER, TCP, tcp(40000, 443, SYN))),
    (0.35, packet(SERVER, CLIENT, TCP, tcp(443, 40000, SYN_ACK))),
    (0.45, packet(CLIENT, SERVER, TCP, tcp(40000, 443, ACK))),
    (0.55, packet(CLIENT, SERVER, TCP, tcp(40000, 443, PSH_ACK, bytes(100)))),
    (1.25, packet(CLIENT, SERVER, UDP, udp(5353, 53, bytes(20)))),
    (2.25, packet(CLIENT, SERVER, ICMP, b"\x08\0\0\0\0\1\0\1")),
    (3.25, packet("2001:db8::1", "2001:db8::2", UDP, udp(1000, 2000, bytes(2)))),
]
FIELDS = "stime dur proto saddr sport dir daddr dport state stos dtos pkts bytes spkts dpkts sbytes dbytes"


def _printed(folder: Path, *options: str) -> Path:
    """What ra prints of the capture, tab-separated, numbers as numbers."""
    capture, records, text = folder / "a.pcap", folder / "a.argus", folder / "a.txt"
    capture.write_bytes(pcap_of(PACKETS))
    subprocess.run(["argus", "-X", "-r", capture, "-w", records], check=True, capture_output=True)
    command = ["ra", "-nn", *options, "-r", str(records), "-c", "\t", "-s", *FIELDS.split()]
    text.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    return text


def _flows(path: Path) -> tuple[list[dict[str, object]], Rejects]:
    source, rejects = SourceFile(path, path.name), Rejects()
    rows = []
    for chunk in recognise(source).read(source, ReadOptions(), rejects):
        batch = screen(chunk, rejects, now=datetime(2026, 1, 1, tzinfo=UTC))
        for side in ("src", "dst"):
            texts = text_from_keys(batch[f"{side}_hi"].to_numpy(), batch[f"{side}_lo"].to_numpy())
            batch = batch.append_column(side, texts)
        rows += batch.to_pylist()
    return rows, rejects


def test_flows_of_a_capture_come_back_from_ra(tmp_path: Path) -> None:
    """Four exchanges: TCP both ways (3 packets and 1), UDP, ICMP without ports, IPv6; see PACKETS."""
    rows, _ = _flows(_printed(tmp_path, "-u"))
    told = [
        (row["src"], row["src_port"], row["dst"], row["dst_port"], row["proto"], row["packets"])
        for row in rows
    ]
    assert told == [
        (CLIENT, 40000, SERVER, 443, TCP, 3),
        (SERVER, 443, CLIENT, 40000, TCP, 1),
        (CLIENT, 5353, SERVER, 53, UDP, 1),
        (CLIENT, 0, SERVER, 0, ICMP, 1),
        ("2001:db8::1", 1000, "2001:db8::2", 2000, UDP, 1),
    ]


def test_times_of_ra_are_epoch_seconds_with_u(tmp_path: Path) -> None:
    """Ra -u prints seconds since 1970; the capture begins at BEGIN_S + 0.25."""
    rows, _ = _flows(_printed(tmp_path, "-u"))
    assert rows[0]["start"] == datetime.fromtimestamp(BEGIN_S + 0.25, UTC)


def test_argus_own_management_records_are_counted(tmp_path: Path) -> None:
    """The first and last line of ra's output tell about argus itself: no flows, but counted."""
    _, rejects = _flows(_printed(tmp_path, "-u"))
    assert rejects.total == 2


def test_times_without_a_date_are_refused_with_a_remedy(tmp_path: Path) -> None:
    """By default ra prints the time of day only: nothing can be placed, and the report says what to do."""
    rows, rejects = _flows(_printed(tmp_path))
    assert (rows, rejects.notes) == ([], ["StartTime has no date: print the file again with ra -u"])
