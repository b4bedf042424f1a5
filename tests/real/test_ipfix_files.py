"""IPFIX of real exporters: a file of CESNET's and UDP payloads of a dozen vendors."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile
from headwater.model.address import text_of


def read(path: Path) -> tuple[pa.Table, Rejects]:
    """The file's screened flows and rejects."""
    rejects = Rejects()
    source = SourceFile(path, path.name)
    reader = recognise(source)
    assert reader.name == "ipfix"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    batches = [screen(chunk, rejects, now=now) for chunk in reader.read(source, ReadOptions(), rejects)]
    return pa.Table.from_batches(batches), rejects


def read_payloads(
    real_data: Path, folder: Path, *names: str
) -> tuple[list[dict[str, Any]], Rejects]:  # Any: rows
    """The flows of UDP payloads set one behind the other, which is what RFC 5655 calls a file."""
    path = folder / "payloads.ipfix"
    payloads = real_data / "netflow-payloads"
    path.write_bytes(b"".join((payloads / f"ipfix_test_{name}.dat").read_bytes() for name in names))
    table, rejects = read(path)
    rows = table.to_pylist()
    for row in rows:
        row["src"], row["dst"] = (text_of(row[f"{side}_hi"], row[f"{side}_lo"]) for side in ("src", "dst"))
    return rows, rejects


def test_every_record_of_the_file_is_a_flow(real_data: Path) -> None:
    """CESNET's file: counts and sums of a decoding with struct, record by record."""
    flows, rejects = read(real_data / "ipfix" / "example_flows.ipfix")
    assert rejects.total == 0
    assert (len(flows), pc.sum(flows["bytes"]).as_py(), pc.sum(flows["packets"]).as_py()) == (
        3979, 49_001_404, 56_695,
    )  # fmt: skip
    counts = {row["values"]: row["counts"] for row in flows["proto"].value_counts().to_pylist()}
    assert counts == {6: 2067, 17: 1852, 1: 57, 41: 3}


def test_addresses_of_both_families_are_read(real_data: Path) -> None:
    """20 of the file's records are by the templates for IPv6 (the same decoding)."""
    flows, _ = read(real_data / "ipfix" / "example_flows.ipfix")
    v4 = pc.and_(pc.equal(flows["src_hi"], 0), pc.equal(pc.shift_right(flows["src_lo"], 32), 0xFFFF))
    assert len(flows) - pc.sum(v4).as_py() == 20


def test_an_interval_of_zero_is_unknown_and_the_domain_names_the_sensor(real_data: Path) -> None:
    """The file's records carry samplingInterval 0, which says nothing; their observation domain is 6."""
    flows, _ = read(real_data / "ipfix" / "example_flows.ipfix")
    assert flows["sampling"].null_count == len(flows)
    assert flows["sensor"].unique().to_pylist() == ["domain 6"]


def test_openbsd(real_data: Path, tmp_path: Path) -> None:
    """26 flows, the last as netflow_spec.rb of logstash-codec-netflow, whose payload it is, writes it."""
    rows, rejects = read_payloads(real_data, tmp_path, "openbsd_pflow_tpl", "openbsd_pflow_data")
    last = rows[-1]
    names = ("src", "dst", "src_port", "dst_port", "proto", "packets", "bytes", "start", "end")
    assert (len(rows), rejects.total) == (26, 0)
    assert [last[name] for name in names] == [
        "192.168.0.1", "192.168.0.17", 80, 64026, 6, 8, 6425,
        datetime(2016, 7, 21, 13, 29, 59, tzinfo=UTC), datetime(2016, 7, 21, 13, 30, 1, tzinfo=UTC),
    ]  # fmt: skip


def test_vmware(real_data: Path, tmp_path: Path) -> None:
    """Fields of VMware's enterprise are stepped over; the first flow as netflow_spec.rb has it."""
    names = ("vmware_vds_tpl", "vmware_vds_data264", "vmware_vds_data266", "vmware_vds_data266_267")
    rows, rejects = read_payloads(real_data, tmp_path, *names)
    first = rows[0]
    assert (len(rows), rejects.total) == (5, 0)
    assert [first[name] for name in ("src", "dst", "dst_port", "tcp_flags", "packets")] == [
        "172.18.65.21", "172.18.65.211", 5985, 2, 2,
    ]  # fmt: skip


def test_nokia(real_data: Path, tmp_path: Path) -> None:
    """A record with a start alone, without counters, and a text of variable length (netflow_spec.rb)."""
    rows, _ = read_payloads(real_data, tmp_path, "nokia_bras_tpl", "nokia_bras_data256")
    started = datetime(2017, 12, 14, 7, 23, 45, 148000, tzinfo=UTC)
    names = ("src", "src_port", "dst", "dst_port", "packets", "bytes", "start", "end")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("10.0.1.228", 5878, "10.0.0.34", 80, None, None, started, started)
    ]


def test_netscaler(real_data: Path, tmp_path: Path) -> None:
    """Three flows, one with a cookie of more than 255 bytes; a set by a template never sent is counted."""
    rows, rejects = read_payloads(real_data, tmp_path, "netscaler_tpl", "netscaler_data")
    assert (len(rows), rejects.counts) == (3, {"data set without template": 1})


def test_yaf_sends_both_directions_in_one_record(real_data: Path, tmp_path: Path) -> None:
    """Two records make two pairs: a question to port 53 with its answer, and a TCP handshake."""
    rows, rejects = read_payloads(
        real_data,
        tmp_path,
        "yaf_tpls_option_tpl",
        "yaf_tpl45841",
        "yaf_data45841",
        "yaf_data45873",
        "yaf_data53248",
    )
    assert rejects.total == 0
    assert [(row["src"], row["dst_port"], row["bytes"], row["answered"]) for row in rows] == [
        ("172.16.32.201", 53, 132, True),
        ("172.16.32.100", 46086, 200, True),
        ("172.16.32.100", 9997, 172, True),
        ("172.16.32.215", 63499, 92, True),
    ]
    assert len({row["pair_id"] for row in rows}) == 2


def test_softflowd_tells_uptimes_and_sampling_by_options(real_data: Path) -> None:
    """Times count from the options' systemInitTimeMilliseconds; 1 packet taken and 0 left out is 1:1."""
    flows, rejects = read(real_data / "netflow-payloads" / "ipfix.dat")
    first = flows.slice(0, 1).to_pylist()[0]
    assert (rejects.total, flows["sampling"].unique().to_pylist()) == (0, [1])
    assert (first["dst_port"], first["packets"], first["bytes"]) == (22, 5, 260)
    assert first["start"].date() == datetime(2015, 5, 13, tzinfo=UTC).date()


def test_mikrotik_tells_no_start_to_count_from(real_data: Path, tmp_path: Path) -> None:
    """Uptimes alone place no flow: all 46 records are counted, and the report says why."""
    rows, rejects = read_payloads(real_data, tmp_path, "mikrotik_tpl", "mikrotik_data258", "mikrotik_data259")
    assert (rows, rejects.counts) == ([], {"no readable start": 46})
    assert "systemInitTimeMilliseconds" in rejects.notes[0]
