"""AWS VPC flow logs: the records that the VPC user guide prints, and what is made of them.

Source of the lines: Amazon VPC user guide, "Flow log record examples".
"""

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.errors import UnreadableSource
from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import ReadOptions, reader_named, recognise
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.source import SourceFile

ACCEPTED = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"  # noqa: E501 - as printed there
REJECTED = "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK"  # noqa: E501 - as printed there
NODATA = "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA"
SKIPDATA = "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA"
V3 = (
    "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport "
    "pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status"
)
_META = "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4"  # noqa: E501 - as printed there
SYN = f"{_META} 52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK"  # noqa: E501 - as printed there
SYN_ACK = f"{_META} 10.0.0.62 52.213.180.42 5001 43416 10.0.0.62 52.213.180.42 6 376 7 1566848875 1566848933 ACCEPT 18 OK"  # noqa: E501 - as printed there
Row = dict[str, Any]  # Any: a row's values are of many types


def _read(path: Path, *lines: str) -> tuple[list[Row], Rejects]:
    """The rows of a log of these lines, delivered as AWS does: packed with gzip."""
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    source, rejects = SourceFile(path, "log"), Rejects()
    reader = recognise(source)
    assert reader.name == "aws-vpc"
    rows: list[Row] = []
    for chunk in reader.read(source, ReadOptions(), rejects):
        table = chunk.batch
        for side in ("src", "dst"):
            keys = (table[f"{side}_{half}"].to_numpy() for half in ("hi", "lo"))
            table = table.append_column(side, text_from_keys(*keys))
        place = table.schema.get_field_index("start")
        rows += (
            table.set_column(place, "start", table["start"].cast(pa.int64()))
            .drop_columns(["end"])
            .to_pylist()
        )
    return rows, rejects


def test_the_default_format_needs_no_header(tmp_path: Path) -> None:
    """Version 2 is known by its shape, and its fields are where the guide says."""
    rows, rejects = _read(tmp_path / "log", ACCEPTED)
    got = [
        rows[0][n]
        for n in ("start", "src", "dst", "src_port", "dst_port", "proto", "packets", "bytes", "sensor")
    ]
    assert got == [
        1_418_530_010_000_000, "172.31.16.139", "172.31.16.21", 20641, 22, 6, 20, 4249,
        "eni-1235b8ca123456789",
    ]  # fmt: skip
    assert (rejects.total, rows[0]["answered"], rows[0]["tcp_flags"]) == (0, None, None)


def test_an_export_from_cloudwatch_has_a_time_before_each_line(tmp_path: Path) -> None:
    """The export's own time is no field of the flow."""
    rows, _ = _read(tmp_path / "log", f"2014-12-14T04:06:50.000Z {ACCEPTED}")
    assert (len(rows), rows[0]["start"], rows[0]["dst_port"]) == (1, 1_418_530_010_000_000, 22)


def test_a_rejected_flow_was_not_answered(tmp_path: Path) -> None:
    """REJECT says that nothing got through; ACCEPT alone says nothing of an answer."""
    rows, _ = _read(tmp_path / "log", ACCEPTED, REJECTED)
    assert [row["answered"] for row in rows] == [None, False]


def test_intervals_without_flows_are_counted_by_reason(tmp_path: Path) -> None:
    """NODATA and SKIPDATA rows are no flows and no damage to the rows beside them."""
    rows, rejects = _read(tmp_path / "log", ACCEPTED, NODATA, SKIPDATA, REJECTED)
    assert len(rows) == 2
    assert rejects.counts == {"no data in the interval (NODATA)": 1, "flows skipped by AWS (SKIPDATA)": 1}
    assert rejects.first_bad == FirstBad(2, "no data in the interval (NODATA)")


def test_a_header_gives_the_order_of_the_fields(tmp_path: Path) -> None:
    """Version 3 in the order of the guide's TCP example; SYN-ACK (18) shows that its sender answered."""
    rows, _ = _read(tmp_path / "log", V3, SYN, SYN_ACK)
    assert [(row["src"], row["src_port"], row["bytes"], row["packets"], row["answered"]) for row in rows] == [
        ("52.213.180.42", 43416, 568, 8, None), ("10.0.0.62", 5001, 376, 7, True),
    ]  # fmt: skip


def test_flags_are_kept_only_where_none_can_be_missing(tmp_path: Path) -> None:
    """AWS leaves out ACK: SYN over eight packets is no lone SYN, SYN of one packet is."""
    single = SYN.replace(" 568 8 ", " 60 1 ")
    rows, _ = _read(tmp_path / "log", V3, SYN, single, SYN_ACK)
    assert [row["tcp_flags"] for row in rows] == [None, 2, None]


def test_the_packets_own_addresses_count(tmp_path: Path) -> None:
    """Behind a NAT gateway srcaddr is the gateway and pkt-srcaddr who talks; without it srcaddr stands."""
    header = "interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol start end"
    rows, _ = _read(
        tmp_path / "log",
        header,
        "eni-1 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5 39812 80 6 1566848875 1566848933",
        "eni-1 10.0.0.220 2001:db8::5 - - 39812 80 6 1566848875 1566848933",
    )
    assert [(row["src"], row["dst"], row["packets"]) for row in rows] == [
        ("10.0.1.5", "203.0.113.5", None), ("10.0.0.220", "2001:db8::5", None),
    ]  # fmt: skip


def test_a_log_without_ports_is_refused(tmp_path: Path) -> None:
    """A custom format may leave out what a flow needs: the message names it."""
    path = tmp_path / "log"
    path.write_text("srcaddr dstaddr start end action\n192.0.2.1 192.0.2.2 1566848875 1566848933 ACCEPT\n")
    source = SourceFile(path, "log")
    with pytest.raises(UnreadableSource, match="leaves out dstport, protocol, srcport"):
        list(reader_named("aws-vpc").read(source, ReadOptions(), Rejects()))
