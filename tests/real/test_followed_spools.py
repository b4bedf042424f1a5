"""Spools that something else fills, followed while it does: nfcapd elsewhere, Zeek, pipelines of Parquet.

nfcapd is the real one; Zeek's rotation and the pipelines' tables are made as these programs make them.
"""

import gzip
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import exporters
from headwater.app.follow import FollowSummary, follow
from headwater.app.follow_files import Remark
from headwater.app.follow_settings import FollowSettings
from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import IngestReport
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

ZEEK = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#open\t2024-05-01-00-00-00\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration"
    "\tconn_state\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n"
)
CLOSED = "#close\t2024-05-01-01-00-00\n"
START_S = 1_714_525_200  # 2024-05-01 01:00 UTC


@dataclass
class Followed:
    """What a run stored and said."""

    summary: FollowSummary
    lake: Path
    said: list[str] = field(default_factory=list)

    def flows(self) -> list[tuple[str, str, int, str | None, int | None]]:
        """Source, destination, source port, sensor and sampling of every flow in the lake."""
        table = ds.dataset(list(snapshot(open_lake(self.lake)).files)).to_table()
        ends = [
            text_from_keys(table[f"{side}_hi"].to_numpy(), table[f"{side}_lo"].to_numpy()).to_pylist()
            for side in ("src", "dst")
        ]
        rest = [table[name].to_pylist() for name in ("src_port", "sensor", "sampling")]
        return sorted(zip(*ends, *rest, strict=True), key=str)


def _followed(folder: Path, fill: Callable[[], None], *, skip: str = "", only: str = "") -> Followed:
    """Follows a folder while `fill` works, and until nothing has changed for two seconds."""
    settings = FollowSettings(
        only=(only,) if only else (), skip=(skip,) if skip else (), settle_s=0.3, patience_s=60.0,
        commit_s=0.0, poll_s=0.1, until_idle_s=2.0,
    )  # fmt: skip
    found = Followed(FollowSummary(), folder.parent / "lake")

    def tell(what: IngestReport | Remark) -> None:
        if isinstance(what, Remark):
            found.said.append(what.why)

    beside = threading.Thread(target=fill)
    beside.start()
    found.summary = follow([folder], lake=found.lake, stop=threading.Event(), tell=tell, settings=settings)
    beside.join()
    return found


@pytest.mark.skipif(shutil.which("nfcapd") is None, reason="nfcapd is not installed: apt-get install nfdump")
def test_nfcapd_elsewhere(tmp_path: Path) -> None:
    """It rotates every two seconds beside us and is ended in the middle of an interval: every flow is there
    once, its open file is never read, and nothing is complained of.
    """
    folder = tmp_path / "spool"
    folder.mkdir()
    (port,) = exporters.free_ports(1)
    sent = [exporters.flows("198.18.10", 30, first=30 * n) for n in range(4)]

    def fill() -> None:
        command = ["nfcapd", "-w", str(folder), "-p", str(port), "-b", exporters.LOOPBACK, "-t", "2"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as collector:
            time.sleep(0.7)
            for number, part in enumerate(sent):
                packet = exporters.v5(part, sequence=30 * number, now_s=int(time.time()))
                exporters.send([packet], port)
                time.sleep(1.0)
            collector.terminate()
            collector.wait(timeout=20)

    found = _followed(folder, fill)
    assert [flow[:3] for flow in found.flows()] == sorted(
        ((one.src, one.dst, one.src_port) for part in sent for one in part), key=str
    )
    assert (found.said, found.summary.rejected, found.summary.waiting) == ([], 0, 0)


def test_zeek_s_rotation(tmp_path: Path) -> None:
    """The live log grows, is closed, packed and moved into the day's folder under Zeek's name, and a new one
    begins: what was rotated is stored once, the live one and other logs are left alone.
    """
    folder = tmp_path / "logs"
    folder.mkdir()

    def line(number: int) -> str:
        ends = f"192.0.2.1\t{number}\t198.51.100.7\t443"
        return f"{START_S}.5\tC{number}\t{ends}\ttcp\t-\tS0\t1\t40\t0\t0\n"

    def fill() -> None:
        live = folder / "conn.log"
        for hour in range(2):
            live.write_text(ZEEK)
            for number in range(3):
                with live.open("a") as log:
                    log.write(line(1_000 * (hour + 1) + number))
                time.sleep(0.2)
            (folder / "dns.log").write_text(ZEEK)
            done = folder / "2024-05-01" / f"conn.{hour:02}:00:00-{hour + 1:02}:00:00.log.gz"
            done.parent.mkdir(exist_ok=True)
            partial = done.with_suffix(".gz.part")
            partial.write_bytes(gzip.compress((live.read_text() + CLOSED).encode()))
            partial.rename(done)
        live.write_text(ZEEK + line(9_999))

    found = _followed(folder, fill, only="conn.*", skip="conn.log")
    assert [flow[2] for flow in found.flows()] == [1_000, 1_001, 1_002, 2_000, 2_001, 2_002]
    assert (found.said, found.summary.rejected) == ([], 0)


def _bytes(text: str) -> bytes:
    """Sixteen bytes as ClickHouse keeps every address."""
    return ip_address(text if ":" in text else f"::ffff:{text}").packed


AKVORADO = pa.table(
    {
        "TimeReceived": pa.array([START_S * 1_000] * 2, pa.timestamp("ms", "UTC")),
        "SamplingRate": pa.array([1_000] * 2, pa.uint64()), "ExporterName": ["edge1"] * 2,
        "SrcAddr": pa.array([_bytes("192.0.2.1"), _bytes("2001:db8::1")], pa.binary(16)),
        "DstAddr": pa.array([_bytes("198.51.100.7"), _bytes("2001:db8::7")], pa.binary(16)),
        "Proto": pa.array([6, 17], pa.uint32()), "SrcPort": pa.array([40_000, 40_001], pa.uint16()),
        "DstPort": pa.array([443, 53], pa.uint16()), "Bytes": pa.array([120] * 2, pa.uint64()),
        "Packets": pa.array([1] * 2, pa.uint64()),
    }
)  # fmt: skip
GOFLOW2 = pa.table(
    {
        "time_flow_start_ns": pa.array([START_S * 10**9] * 2, pa.uint64()),
        "time_flow_end_ns": pa.array([START_S * 10**9 + 5] * 2, pa.uint64()), "sampling_rate": [1_000] * 2,
        "sampler_address": ["edge1"] * 2, "src_addr": ["192.0.2.1", "2001:db8::1"],
        "dst_addr": ["198.51.100.7", "2001:db8::7"], "proto": ["TCP", "UDP"], "src_port": [40_000, 40_001],
        "dst_port": [443, 53], "bytes": [120] * 2, "packets": [1] * 2,
    }
)  # fmt: skip


def _filled_up(text: str) -> bytes:
    """Sixteen bytes as goflow2's message has an address in a FixedString(16)."""
    return ip_address(text).packed.ljust(16, b"\0")


GOFLOW2_BYTES = pa.table(
    {
        **{name: GOFLOW2[name] for name in GOFLOW2.column_names if not name.endswith("_addr")},
        "src_addr": pa.array([_filled_up("192.0.2.1"), _filled_up("2001:db8::1")], pa.binary(16)),
        "dst_addr": pa.array([_filled_up("198.51.100.7"), _filled_up("2001:db8::7")], pa.binary(16)),
        "etype": pa.array([0x0800, 0x86DD], pa.uint32()),
    }
)


@pytest.mark.parametrize(
    "table", [AKVORADO, GOFLOW2, GOFLOW2_BYTES], ids=["akvorado", "goflow2", "goflow2 in ClickHouse"]
)
def test_parquet_of_a_pipeline(tmp_path: Path, table: pa.Table) -> None:
    """Written in pieces: stored once it has its footer, with addresses of both families, the
    exporter and its sampling.
    """
    folder = tmp_path / "spool"
    folder.mkdir()
    pq.write_table(table, tmp_path / "whole")
    content = (tmp_path / "whole").read_bytes()

    def fill() -> None:
        with (folder / "flows-0001.parquet").open("wb") as out:
            for piece in (content[:100], content[100:-20], content[-20:]):
                out.write(piece)
                out.flush()
                time.sleep(0.6)

    found = _followed(folder, fill)
    assert found.flows() == [
        ("192.0.2.1", "198.51.100.7", 40_000, "edge1", 1_000),
        ("2001:db8::1", "2001:db8::7", 40_001, "edge1", 1_000),
    ]
    assert (found.said, found.summary.files, found.summary.rejected) == ([], 1, 0)
