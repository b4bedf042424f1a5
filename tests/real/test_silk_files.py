"""The two SiLK files of the Go package chrispassas/silk: the same hour in two formats."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile
from headwater.model.address import text_of

FILES = ("FT_RWGENERIC-v5-c1-L.dat", "FT_RWIPV6ROUTING-v3-c1-L.dat")


def read(path: Path) -> tuple[pa.Table, Rejects]:
    """The file's screened flows and rejects."""
    rejects = Rejects()
    source = SourceFile(path, path.name)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    chunks = recognise(source).read(source, ReadOptions(), rejects)
    return pa.Table.from_batches([screen(chunk, rejects, now=now) for chunk in chunks]), rejects


@pytest.fixture(scope="module", params=FILES)
def flows(request: pytest.FixtureRequest, real_data: Path) -> pa.Table:
    """One file's flows."""
    table, rejects = read(real_data / "silk" / request.param)
    assert rejects.total == 0
    return table


def test_every_record_is_a_flow(flows: pa.Table) -> None:
    """The Go package's test expects 245,340 records in each of its files."""
    assert len(flows) == 245_340


def test_the_first_records_are_those_the_go_package_names(flows: pa.Table) -> None:
    """Every column of the first two records as file_test.go of chrispassas/silk gives them."""
    seen = [
        (
            text_of(row["src_hi"], row["src_lo"]), text_of(row["dst_hi"], row["dst_lo"]), row["src_port"],
            row["dst_port"], row["proto"], row["packets"], row["bytes"], row["tcp_flags"],
            round(row["start"].timestamp() * 1000), row["end"] - row["start"], row["sensor"],
        )
        for row in flows.slice(0, 2).to_pylist()
    ]  # fmt: skip
    ms = datetime(2000, 1, 1, 0, 0, 0, 6000, tzinfo=UTC) - datetime(2000, 1, 1, tzinfo=UTC)
    assert seen == [
        ("192.168.40.20", "10.0.40.54", 88, 60339, 6, 4, 373, 30, 1434553200013, ms, "3"),
        ("192.168.20.58", "128.63.2.53", 29070, 53, 17, 1, 74, None, 1434553200025, ms * 0, "3"),
    ]


def test_all_flows_start_in_the_hour_of_the_header(flows: pa.Table) -> None:
    """The hour is 2015-06-17 15:00 UTC (0x14e0208ad80 ms); flows of other hours lie in other files."""
    span = pc.min_max(flows["start"]).as_py()
    hour = datetime.fromtimestamp(0x14E0208AD80 / 1000, UTC)
    assert hour == datetime(2015, 6, 17, 15, tzinfo=UTC)
    assert hour <= span["min"] <= span["max"] < datetime(2015, 6, 17, 16, tzinfo=UTC)


def test_name_service_is_udp_of_small_packets(flows: pa.Table) -> None:
    """Port 53 is mostly UDP, and no flow has fewer than 20 bytes a packet, the length of an IPv4 header."""
    dns = flows.filter(pc.field("dst_port") == 53)
    udp = pc.sum(pc.equal(dns["proto"], 17)).as_py()
    assert udp > 0.95 * len(dns) > 1000
    assert pc.min(pc.divide(flows["bytes"], flows["packets"])).as_py() >= 20


def test_protocols_with_flags_and_ports_are_tcp_and_udp(flows: pa.Table) -> None:
    """Flags stand at TCP only; ICMP has no ports; ports of the other protocols are 0."""
    assert set(flows.filter(pc.field("tcp_flags").is_valid())["proto"].unique().to_pylist()) == {6}
    others = flows.filter(~pc.field("proto").isin([6, 17]))
    assert (pc.max(others["src_port"]).as_py(), pc.max(others["dst_port"]).as_py()) == (0, 0)


def test_both_formats_hold_the_same_flows(real_data: Path) -> None:
    """The files are one hour written twice by SiLK: every column of every record is equal."""
    generic, routing = (read(real_data / "silk" / name)[0] for name in FILES)
    assert generic.equals(routing)
