"""CSV, JSON lines and Parquet: what a table's rows become, and what is said of rows that become nothing."""

import gzip
import json
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.errors import BadSetting, FormatUnknown
from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import ReadOptions, reader_named, recognise
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.source import SourceFile
from headwater.model.address import key_of

HEADER = "start,end,src,dst,src_port,dst_port,proto,packets,bytes"
ROW = "1591367999,1591368000,192.0.2.1,198.51.100.7,40000,443,tcp,9,1200"
START_US = 1_591_367_999_000_000
Row = dict[str, Any]  # Any: a row's values are of many types


def _read(
    path: Path, content: str | bytes, options: ReadOptions | None = None, *, reader: str = ""
) -> tuple[list[Row], Rejects, list[int]]:
    """The rows of a file with this content, its rejects, and the rows' positions; addresses as text."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    source, rejects = SourceFile(path, path.name), Rejects()
    mapped = options is not None and options.map_file is not None
    chosen = reader_named(reader) if reader else recognise(source, mapped=mapped)
    rows: list[Row] = []
    positions: list[int] = []
    for chunk in chosen.read(source, options or ReadOptions(), rejects):
        keys = {
            side: [chunk.batch[f"{side}_{half}"].fill_null(0) for half in ("hi", "lo")]
            for side in ("src", "dst")
        }
        texts = {
            side: text_from_keys(*(half.to_numpy() for half in halves)).to_pylist()
            for side, halves in keys.items()
        }
        times = {name: chunk.batch[name].cast(pa.int64()).to_pylist() for name in ("start", "end")}
        rest = chunk.batch.drop_columns(["start", "end"]).to_pylist()
        rows += [
            row | {name: values[at] for name, values in (texts | times).items()}
            for at, row in enumerate(rest)
        ]
        positions += chunk.positions.tolist()
    return rows, rejects, positions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test writes its table, under a name that says nothing."""
    return tmp_path / "table"


def test_canonical_csv(path: Path) -> None:
    """A row of the contract's columns is a flow; the unit of its times is reported."""
    rows, rejects, positions = _read(path, f"{HEADER}\n{ROW}\n")
    got = {name: rows[0][name] for name in (*HEADER.split(","), "sampling", "answered")}
    assert got == {
        "start": START_US, "end": START_US + 1_000_000, "src": "192.0.2.1", "dst": "198.51.100.7",
        "src_port": 40000, "dst_port": 443, "proto": 6, "packets": 9, "bytes": 1200, "sampling": None,
        "answered": None,
    }  # fmt: skip
    assert (positions, rejects.notes) == ([2], ["times read as epoch seconds, by their size"])


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_dialects_of_csv(path: Path, delimiter: str, newline: str) -> None:
    """A byte order mark, quotes, other delimiters and Windows' line ends change nothing."""
    quoted = delimiter.join(f'"{cell}"' for cell in ROW.split(","))
    content = newline.join(
        ["\ufeff" + HEADER.replace(",", delimiter), quoted, ROW.replace(",", delimiter), ""]
    )
    rows, rejects, positions = _read(path, content)
    assert (rows[0] == rows[1], rows[0]["src"], positions, rejects.total) == (True, "192.0.2.1", [2, 3], 0)


def test_a_quoted_cell_may_hold_the_delimiter(path: Path) -> None:
    """A delimiter within quotes separates nothing."""
    rows, _, _ = _read(path, f'{HEADER},sensor\n{ROW},"core, east"\n')
    assert rows[0]["sensor"] == "core, east"


def test_wrong_column_counts_are_counted_with_their_lines(path: Path) -> None:
    """Lines with too few or too many cells are counted, blank ones are not, and positions stay right."""
    rows, rejects, positions = _read(path, f"{HEADER}\n{ROW}\n{ROW},5\n\n1,2,3\n{ROW}\n")
    assert (len(rows), positions) == (2, [2, 6])
    assert rejects.counts == {"wrong number of fields": 2}
    assert rejects.first_bad == FirstBad(3, "wrong number of fields: 10 instead of 9")


def test_a_stray_quote_costs_its_own_line(path: Path) -> None:
    """A quote that nobody closes does not swallow the lines behind it."""
    rows, rejects, positions = _read(path, f'{HEADER}\n{ROW}\n"{ROW}\n{ROW}\n{ROW}\n')
    assert (len(rows), positions, rejects.counts) == (3, [2, 4, 5], {"wrong number of fields": 1})


def test_a_cell_that_cannot_be_read_is_null_and_its_neighbours_stay(path: Path) -> None:
    """One word in a column of numbers makes one null, not a lost file."""
    rows, _, _ = _read(path, f"{HEADER}\n{ROW}\n{ROW.replace('1200', 'many')}\n{ROW}\n")
    assert [row["bytes"] for row in rows] == [1200, None, 1200]


def test_protocols_without_ports_have_port_0(path: Path) -> None:
    """What stands in the place of an ICMP record's port is its type and code."""
    rows, _, _ = _read(path, f"{HEADER}\n{ROW.replace('tcp', 'icmp').replace('443', '771')}\n")
    assert (rows[0]["src_port"], rows[0]["dst_port"], rows[0]["proto"]) == (0, 0, 1)


def test_flags_tell_whether_it_was_answered(path: Path) -> None:
    """ACK without RST has heard an answer; repeated SYN alone has not; UDP has no flags."""
    rows, _, _ = _read(path, f"{HEADER},tcp_flags\n{ROW},27\n{ROW},2\n{ROW.replace('tcp', 'udp')},27\n")
    assert [(row["tcp_flags"], row["answered"]) for row in rows] == [(27, True), (2, False), (None, None)]


def test_sensor_and_sampling_of_the_user_fill_gaps_only(path: Path) -> None:
    """What a record says of itself outranks what the user says of the file."""
    rows, _, _ = _read(
        path,
        f"{HEADER},sensor,sampling\n{ROW},core,100\n{ROW},,\n",
        ReadOptions(sensor="edge", sampling=1000),
    )
    assert [(row["sensor"], row["sampling"]) for row in rows] == [("core", 100), ("edge", 1000)]


def test_positions_go_on_over_blocks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines keep their numbers however the file is cut into blocks."""
    monkeypatch.setattr("headwater.ingest.tabular_csv.BLOCK_BYTES", 1000)
    _, rejects, positions = _read(path, f"{HEADER}\n" + f"{ROW}\n" * 500 + "bad\n" + f"{ROW}\n" * 500)
    assert positions == [*range(2, 502), *range(503, 1003)]
    assert rejects.first_bad == FirstBad(502, "wrong number of fields: 1 instead of 9")


def test_json_lines(path: Path) -> None:
    """Objects with any other keys; numbers as numbers or text; damaged and blank lines."""
    row = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | {"extra": {"a": [1]}}
    number = row | {"start": 1591367999, "bytes": 1200}
    rows, rejects, positions = _read(path, f"{json.dumps(row)}\n\n{{broken\n{json.dumps(number)}\n[1]\n")
    assert [(row["start"], row["bytes"], row["src"]) for row in rows] == [(START_US, 1200, "192.0.2.1")] * 2
    assert (positions, rejects.counts) == ([1, 4], {"no JSON object": 2})


def test_goflow2_json_needs_no_map(path: Path) -> None:
    """The record of goflow2's README (IPv6, protocol by name, nanoseconds); sampling 0 would be unknown."""
    record = {
        "type": "SFLOW_5", "time_received_ns": 1681583295157626000, "sampling_rate": 100,
        "sampler_address": "192.168.0.1", "time_flow_start_ns": 1681583295157626000,
        "time_flow_end_ns": 1681583295157626000, "bytes": 1500, "packets": 1, "src_addr": "fd01::1",
        "dst_addr": "fd01::2", "etype": "IPv6", "proto": "TCP", "src_port": 443, "dst_port": 50001,
    }  # fmt: skip
    unsampled = record | {"sampling_rate": 0}
    rows, rejects, _ = _read(path, f"{json.dumps(record)}\n{json.dumps(unsampled)}\n")
    first = rows[0]
    assert [row["sampling"] for row in rows] == [100, None]
    assert (first["start"], first["src"], first["proto"]) == (1681583295157626, "fd01::1", 6)
    assert (first["sensor"], rejects.notes) == (
        "192.168.0.1",
        ["columns read by the map goflow2 (goflow2 JSON)"],
    )


def test_pmacct_json_needs_no_map(path: Path) -> None:
    """JSON of nfacctd with timestamps, and without them, where the aggregate's time bin stands in."""
    record = {
        "event_type": "purge", "ip_src": "188.39.246.174", "ip_dst": "88.99.84.253", "port_src": 52000,
        "port_dst": 443, "tcp_flags": "27", "ip_proto": "tcp",
        "timestamp_start": "2022-04-16 13:30:00.250000",
        "timestamp_end": "2022-04-16 13:30:09.000000", "packets": 18, "bytes": 11882,
    }  # fmt: skip
    rows, _, _ = _read(path, json.dumps(record) + "\n")
    got = [rows[0][name] for name in ("start", "proto", "tcp_flags", "dst_port", "bytes")]
    assert got == [1_650_115_800_250_000, 6, 27, 443, 11882]  # date -u -d '2022-04-16 13:30:00.25' +%s%6N
    bin_only = {name: record[name] for name in ("ip_src", "ip_dst", "ip_proto", "packets", "bytes")} | {
        "stamp_inserted": "2022-04-16 13:30:00", "stamp_updated": "2022-04-16 13:35:01",
    }  # fmt: skip
    rows, _, _ = _read(path, json.dumps(bin_only) + "\n")
    assert (rows[0]["start"], rows[0]["dst_port"]) == (1_650_115_800_000_000, 0)


def test_akvorado_export_needs_no_map(path: Path) -> None:
    """ClickHouse's CSVWithNames: IPv4 in IPv6, one time a flow."""
    rows, _, _ = _read(
        path,
        '"TimeReceived","SamplingRate","ExporterAddress","ExporterName","SrcAddr","DstAddr","Proto","SrcPort",'
        '"DstPort","Bytes","Packets"\n"2023-04-15 18:28:15",1000,"::ffff:192.0.2.9","edge1",'
        '"::ffff:192.0.2.1","2001:db8::1",17,53,50001,1500,1\n',
    )
    got = [rows[0][name] for name in ("start", "end", "src", "dst", "sensor", "sampling")]
    assert got == [1681583295000000, 1681583295000000, "192.0.2.1", "2001:db8::1", "edge1", 1000]


def test_akvorado_parquet_has_addresses_as_bytes(path: Path) -> None:
    """ClickHouse's types in Parquet: IPv6 as 16 bytes, DateTime as milliseconds; without a name the
    exporter is its address.
    """
    packed = pa.binary(16)
    mapped = bytes(10) + b"\xff\xff"
    table = pa.table(
        {
            "TimeReceived": pa.array([1681583295000] * 2, pa.timestamp("ms", "UTC")),
            "SamplingRate": pa.array([1000, 0], pa.uint64()),
            "ExporterAddress": pa.array([mapped + bytes([192, 0, 2, 9])] * 2, packed),
            "SrcAddr": pa.array([mapped + bytes([192, 0, 2, 1]), IPv6Address("2001:db8::5").packed], packed),
            "DstAddr": pa.array(
                [mapped + bytes([198, 51, 100, 7]), IPv6Address("2001:db8::1").packed], packed
            ),
            "Proto": pa.array([17, 6], pa.uint32()), "SrcPort": pa.array([53, 443], pa.uint16()),
            "DstPort": pa.array([50001] * 2, pa.uint16()), "Bytes": pa.array([1500] * 2, pa.uint64()),
            "Packets": pa.array([1] * 2, pa.uint64()),
        }
    )  # fmt: skip
    pq.write_table(table, path)
    rows, rejects, _ = _read(path, path.read_bytes())
    got = [[row[name] for name in ("start", "src", "dst", "sensor", "sampling")] for row in rows]
    assert got == [
        [1681583295000000, "192.0.2.1", "198.51.100.7", "192.0.2.9", 1000],
        [1681583295000000, "2001:db8::5", "2001:db8::1", "192.0.2.9", None],
    ]
    assert rejects.counts == {}


def test_parquet_of_any_types(path: Path) -> None:
    """Timestamps of any unit, unsigned and small integers, dictionaries; what packs the file is no matter."""
    table = pa.table(
        {
            "start": pa.array([START_US], pa.timestamp("us", "UTC")).cast(pa.timestamp("ns", "UTC")),
            "end": pa.array([START_US // 1_000_000], pa.timestamp("s")),
            "src": pa.array(["192.0.2.1"]).dictionary_encode(),
            "dst": pa.array(["2001:db8::1"], pa.large_string()),
            "src_port": pa.array([40000], pa.uint16()), "dst_port": pa.array([443.0]),
            "proto": pa.array([6], pa.uint8()), "bytes": pa.array([2**63 + 5], pa.uint64()),
        }
    )  # fmt: skip
    pq.write_table(table, path)
    plain, _, positions = _read(path, path.read_bytes())
    packed, _, _ = _read(path, gzip.compress(path.read_bytes()))
    got = [
        plain[0][name] for name in ("start", "end", "src", "dst", "src_port", "dst_port", "proto", "bytes")
    ]
    assert got == [START_US, START_US, "192.0.2.1", "2001:db8::1", 40000, 443, 6, None]
    assert (packed, positions) == (plain, [0])


def test_parquet_with_address_keys(path: Path) -> None:
    """The lake's own columns are read as they are."""
    (hi, lo), (hi6, lo6) = key_of("192.0.2.1"), key_of("2001:db8::1")
    table = pa.table(
        {"start": pa.array([START_US], pa.timestamp("us", "UTC")), "end": [START_US],
         "src_hi": [hi], "src_lo": [lo], "dst_hi": [hi6], "dst_lo": [lo6], "src_port": [1], "dst_port": [2],
         "proto": [17], "answered": [True], "pair_id": [7]}
    )  # fmt: skip
    pq.write_table(table, path)
    rows, _, _ = _read(path, path.read_bytes())
    assert [rows[0][name] for name in ("src", "dst", "answered", "pair_id")] == [
        "192.0.2.1",
        "2001:db8::1",
        True,
        7,
    ]


def test_a_damaged_row_group_costs_itself(path: Path) -> None:
    """Of three row groups the middle one is damaged: its rows are counted, the others' are read."""
    columns = dict(zip(HEADER.split(","), ([cell] * 300 for cell in ROW.split(",")), strict=True))
    pq.write_table(pa.table(columns), path, row_group_size=100, compression="zstd")
    data = bytearray(path.read_bytes())
    group = pq.ParquetFile(path).metadata.row_group(1)
    at = group.column(2).dictionary_page_offset or group.column(2).data_page_offset
    data[at : at + 40] = b"\xff" * 40
    rows, rejects, positions = _read(path, bytes(data))
    assert (len(rows), rejects.counts) == (200, {"damaged row group": 100})
    assert (positions[0], positions[100], rejects.first_bad and rejects.first_bad.offset) == (0, 200, 100)


def test_a_map_names_the_columns(path: Path, tmp_path: Path) -> None:
    """Any names, with unit, scale and default, through a map; the table is recognised as one."""
    mapping = tmp_path / "my.toml"
    mapping.write_text(
        '[columns]\nstart = { column = "t0", unit = "s" }\nduration = { column = "ms", unit = "ms" }\n'
        'src = "from"\ndst = "to"\nsrc_port = { default = 0 }\ndst_port = "port"\n'
        'proto = { default = "tcp" }\nbytes = { column = "kB", scale = 1000 }\n'
    )
    rows, rejects, _ = _read(
        path,
        "t0,ms,from,to,port,kB\n1591367999,250,192.0.2.1,192.0.2.2,22,1.5\n",
        ReadOptions(map_file=mapping),
    )
    got = [
        rows[0][name] for name in ("start", "end", "dst", "src_port", "dst_port", "proto", "bytes", "packets")
    ]
    assert got == [START_US, START_US + 250_000, "192.0.2.2", 0, 22, 6, 1500, None]
    assert rejects.notes == []


def test_unknown_columns_are_not_guessed(path: Path) -> None:
    """A table with other names is not recognised; named by --format, the message lists columns and remedy."""
    with pytest.raises(FormatUnknown, match=r"--map FILE\.toml"):
        _read(path, "a,b,c\n1,2,3\n")
    with pytest.raises(BadSetting, match=r"no column called start.*has: a, b, c.*--map"):
        _read(path, "a,b,c\n1,2,3\n", reader="csv")


def test_a_map_needs_a_table(path: Path) -> None:
    """A map for something that is no table is refused with what it needs."""
    with pytest.raises(FormatUnknown, match="CSV with a header line, JSON lines or Parquet"):
        _read(path, b"\x00\x01\x02", ReadOptions(map_file=Path("goflow2")))
