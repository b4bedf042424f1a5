"""Zeek conn.log: what a line becomes, and what is said of lines that become nothing.

The lines are written here in the form that Zeek's manual gives ("conn.log", "Log Files and Formats").
"""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import ReadOptions, reader_named, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.zeek import ANSWERED

FIELDS = [
    "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration",
    "orig_bytes", "resp_bytes", "conn_state", "missed_bytes", "history", "orig_pkts", "orig_ip_bytes",
    "resp_pkts", "resp_ip_bytes", "tunnel_parents",
]  # fmt: skip
HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#open\t2020-06-05-14-40-00\n#fields\t" + "\t".join(FIELDS) + "\n#types\ttime\n"
)
CLOSE = "#close\t2020-06-05-15-00-00\n"
DNS = {
    "ts": "1591367999.305988", "uid": "CMdzit1AMNsmfAIiQc", "id.orig_h": "192.168.4.76",
    "id.orig_p": "36844", "id.resp_h": "192.168.4.1", "id.resp_p": "53", "proto": "udp", "service": "dns",
    "duration": "0.066852", "orig_bytes": "62", "resp_bytes": "141", "conn_state": "SF",
    "missed_bytes": "0", "history": "Dd", "orig_pkts": "2", "orig_ip_bytes": "118", "resp_pkts": "2",
    "resp_ip_bytes": "197", "tunnel_parents": "(empty)",
}  # fmt: skip
WEB = {**DNS, "id.resp_p": "443", "proto": "tcp", "history": "ShADadFf", "orig_pkts": "9"}
SCAN = {**WEB, "conn_state": "S0", "history": "S", "orig_pkts": "1", "orig_ip_bytes": "40", "resp_pkts": "0",
        "resp_ip_bytes": "0", "duration": "-", "orig_bytes": "-", "resp_bytes": "-"}  # fmt: skip


def _line(record: dict[str, str], fields: list[str] = FIELDS) -> str:
    return "\t".join(record.get(name, "-") for name in fields) + "\n"


def _read(
    path: Path, content: str | bytes, options: ReadOptions | None = None
) -> tuple[pa.Table, Rejects, list[int]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    source, rejects = SourceFile(path, "conn.log"), Rejects()
    reader = recognise(source)
    assert reader.name == "zeek"
    chunks = list(reader.read(source, options or ReadOptions(), rejects))
    table = pa.Table.from_batches([chunk.batch for chunk in chunks]) if chunks else pa.table({})
    return table, rejects, [int(place) for chunk in chunks for place in chunk.positions]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where a test writes its log."""
    return tmp_path / "some.log"


def test_a_connection_with_an_answer_becomes_two_records(log: Path) -> None:
    """Both ways have their own counts, addresses exchanged, and share a pair_id."""
    table, rejects, positions = _read(log, HEADER + _line(DNS) + CLOSE)
    rows = table.select(["src_port", "dst_port", "packets", "bytes", "pair_id", "answered"]).to_pylist()
    common = {"pair_id": 9, "answered": True}
    assert rows == [
        {"src_port": 36844, "dst_port": 53, "packets": 2, "bytes": 118, **common},
        {"src_port": 53, "dst_port": 36844, "packets": 2, "bytes": 197, **common},
    ]
    assert (positions, rejects.counts, rejects.notes) == ([9, 9], {}, [])


def test_addresses_and_times_are_exact(log: Path) -> None:
    """Microseconds survive, and the end is start plus duration: 1591367999.305988 + 0.066852."""
    table, _, _ = _read(log, HEADER + _line(DNS) + CLOSE)
    names = text_from_keys(table["src_hi"].to_numpy(), table["src_lo"].to_numpy()).to_pylist()
    times = [table[name].cast(pa.int64()).to_pylist()[0] for name in ("start", "end")]
    assert (names, times) == (["192.168.4.76", "192.168.4.1"], [1591367999305988, 1591367999372840])


def test_an_unanswered_attempt_is_one_record(log: Path) -> None:
    """Unset duration means end = start; nothing came back, so there is no second record and no pair."""
    table, _, _ = _read(log, HEADER + _line(SCAN) + CLOSE)
    row = table.to_pylist()[0]
    assert table.num_rows == 1
    assert (row["start"] == row["end"], row["pair_id"], row["answered"], row["tcp_flags"]) == (
        True, None, False, 2,
    )  # fmt: skip


def test_history_gives_flags_to_each_side(log: Path) -> None:
    """ShADadFf: the originator sent SYN, ACK, FIN (19), the responder SYN+ACK and FIN (19); UDP has none."""
    table, _, _ = _read(log, HEADER + _line(WEB) + _line({**WEB, "history": "ShR"}) + _line(DNS) + CLOSE)
    assert table["tcp_flags"].to_pylist() == [0x13, 0x02 | 0x04, None, 0x13, 0x12, None]


@pytest.mark.parametrize("state", [*ANSWERED, "RSTRH", "SHR", "-"])
def test_conn_state_says_whether_it_was_answered(log: Path, state: str) -> None:
    """As the table says; null for states that show the responder alone, or none."""
    table, _, _ = _read(log, HEADER + _line({**WEB, "conn_state": state}) + CLOSE)
    assert table["answered"].to_pylist()[0] is ANSWERED.get(state)


@pytest.mark.parametrize(("history", "expected"), [("Dd", True), ("DdR", None)])
def test_midstream_traffic_both_ways_was_answered(log: Path, history: str, expected: object) -> None:
    """OTH with packets from both sides shows an answer, unless a reset may be all of it."""
    table, _, _ = _read(log, HEADER + _line({**WEB, "conn_state": "OTH", "history": history}) + CLOSE)
    assert table["answered"].to_pylist()[0] is expected


def test_icmp_has_no_ports(log: Path) -> None:
    """Zeek writes type and code as ports; ICMP of IPv6 addresses is protocol 58."""
    ping = {**DNS, "proto": "icmp", "id.orig_p": "8", "id.resp_p": "0", "conn_state": "OTH", "resp_pkts": "0"}
    ping6 = {**ping, "id.orig_h": "2001:db8::1", "id.resp_h": "2001:db8::2", "id.orig_p": "128"}
    table, _, _ = _read(log, HEADER + _line({**ping, "resp_ip_bytes": "0"})
                        + _line({**ping6, "resp_ip_bytes": "0"}) + CLOSE)  # fmt: skip
    rows = [(row["proto"], row["src_port"], row["dst_port"]) for row in table.to_pylist()]
    assert rows == [(1, 0, 0), (58, 0, 0)]


def test_payload_bytes_stand_in_and_are_noted(log: Path) -> None:
    """Without orig_ip_bytes the payload's bytes count, and the report says so; packets stay unknown."""
    fields = [name for name in FIELDS if not name.endswith(("_pkts", "_ip_bytes"))]
    header = HEADER.replace("\t".join(FIELDS), "\t".join(fields))
    table, rejects, _ = _read(log, header + _line(DNS, fields) + CLOSE)
    assert table.select(["packets", "bytes"]).to_pylist() == [
        {"packets": None, "bytes": 62}, {"packets": None, "bytes": 141},
    ]  # fmt: skip
    assert rejects.notes == ["bytes are payload bytes where orig_ip_bytes and resp_ip_bytes are absent"]


def test_extra_and_reordered_fields_do_not_matter(log: Path) -> None:
    """Columns are found by #fields, whatever their order and company."""
    fields = [*reversed(FIELDS), "community_id"]
    table, rejects, _ = _read(
        log, HEADER.replace("\t".join(FIELDS), "\t".join(fields)) + _line(WEB, fields) + CLOSE
    )
    assert (table["packets"].to_pylist(), rejects.counts) == ([9, 2], {})


def test_an_open_file_is_noted_not_rejected(log: Path) -> None:
    """No #close: Zeek was still writing."""
    table, rejects, _ = _read(log, HEADER + _line(DNS))
    assert (table.num_rows, rejects.counts) == (2, {})
    assert "no #close" in rejects.notes[0]


def test_a_line_cut_off_is_counted(log: Path) -> None:
    """The last line's end is missing: the others are read, that one is counted with its line number."""
    table, rejects, _ = _read(log, HEADER + _line(DNS) + _line(WEB)[:60])
    assert (table.num_rows, rejects.counts) == (2, {"line cut off": 1})
    assert rejects.first_bad is not None
    assert rejects.first_bad.offset == 10


def test_a_header_in_mid_file_changes_the_columns(log: Path) -> None:
    """Files set one behind the other: the second header counts for what follows it, line numbers go on."""
    fields = list(reversed(FIELDS))
    second = HEADER.replace("\t".join(FIELDS), "\t".join(fields))
    content = HEADER + _line(SCAN) + CLOSE + second + _line({**SCAN, "orig_ip_bytes": "44"}, fields) + CLOSE
    table, rejects, positions = _read(log, content)
    assert (table["bytes"].to_pylist(), positions, rejects.counts) == ([40, 44], [9, 19], {})


def test_other_separators_and_marks_are_obeyed(log: Path) -> None:
    """#separator, #unset_field and #empty_field say how the file is written."""
    content = (HEADER + _line(SCAN) + CLOSE).replace("\t", "|").replace("\\x09", "\\x7c")
    content = content.replace("unset_field|-", "unset_field|NIL").replace("|-", "|NIL")
    table, rejects, _ = _read(log, content)
    assert (table["answered"].to_pylist(), rejects.counts) == ([False], {})


def test_relative_times_are_counted_and_the_remedy_named(log: Path) -> None:
    """Seconds since the start of a capture cannot be placed without --base-time."""
    table, rejects, _ = _read(log, HEADER + _line({**SCAN, "ts": "12.500000"}) + _line(SCAN) + CLOSE)
    assert (table.num_rows, rejects.counts) == (1, {"relative time": 1})
    assert "--base-time" in rejects.notes[0]


def test_base_time_places_relative_times(log: Path) -> None:
    """12.5 s after noon."""
    options = ReadOptions(base_time=datetime(2020, 6, 5, 12, tzinfo=UTC))
    table, rejects, _ = _read(log, HEADER + _line({**SCAN, "ts": "12.500000"}) + CLOSE, options)
    assert table["start"].to_pylist() == [datetime(2020, 6, 5, 12, 0, 12, 500000, tzinfo=UTC)]
    assert rejects.counts == {}


def test_wrong_values_become_null_for_the_screen(log: Path) -> None:
    """A value that is no number or address is null in that record alone; the next record is untouched."""
    wrong = {**SCAN, "id.orig_p": "x", "id.orig_h": "host", "orig_pkts": "1e999", "ts": "never"}
    table, _, _ = _read(log, HEADER + _line(wrong) + _line(SCAN) + CLOSE)
    row, sound = table.to_pylist()
    assert [row[name] for name in ("src_port", "src_hi", "packets", "start")] == [None] * 4
    assert (sound["src_port"], sound["packets"]) == (36844, 1)


def test_lines_with_too_few_fields_are_counted_by_line(log: Path) -> None:
    """Three of them, the first in line 9."""
    _, rejects, positions = _read(log, HEADER + "a\tb\n" * 3 + _line(SCAN) + CLOSE)
    assert (rejects.counts, positions) == ({"wrong number of fields": 3}, [12])
    assert rejects.first_bad is not None
    assert rejects.first_bad.offset == 9


def _json(record: dict[str, str], **more: object) -> str:
    numeric = {"ts", "id.orig_p", "id.resp_p", "duration"}
    typed = {
        k: float(v) if k in numeric or v.isdigit() else v
        for k, v in record.items()
        if v not in {"-", "(empty)"}
    }
    return json.dumps({**typed, **more}) + "\n"


def test_json_lines_give_the_same_records_as_tsv(log: Path) -> None:
    """The two forms of one log are equal, unset fields and all."""
    records = [DNS, WEB, SCAN]
    tsv, _, _ = _read(log, HEADER + "".join(map(_line, records)) + CLOSE)
    other, rejects, positions = _read(log, "".join(_json(record, tunnel_parents=[]) for record in records))
    assert other.drop(["pair_id"]).equals(tsv.drop(["pair_id"]))
    assert (rejects.counts, positions) == ({}, [1, 2, 3, 1, 2])


def test_json_damage_is_counted_by_line(log: Path) -> None:
    """A line of junk and a cut last line cost themselves alone."""
    content = _json(SCAN) + "{junk\n[1]\n\n" + _json(SCAN, **{"id.orig_p": "text"}) + _json(SCAN)[:40]
    table, rejects, positions = _read(log, content)
    assert rejects.counts == {"line is no JSON": 1, "line is no JSON object": 1, "line cut off": 1}
    assert (positions, table["src_port"].to_pylist()) == ([1, 5], [36844, None])


@pytest.mark.parametrize("ts", ["2020-06-05T14:39:59.305988Z", 1591367999305.988])
def test_json_times_in_all_of_zeeks_forms(log: Path, ts: object) -> None:
    """LogAscii::json_timestamps may be TS_ISO8601 or TS_MILLIS."""
    table, _, _ = _read(log, _json(SCAN, ts=ts))
    assert table["start"].cast(pa.int64()).to_pylist() == [1591367999305988]


def test_gzip_is_read_as_it_is(log: Path) -> None:
    """Zeek compresses rotated logs."""
    table, _, _ = _read(log, gzip.compress((HEADER + _line(DNS) + CLOSE).encode()))
    assert table.num_rows == 2


@pytest.mark.parametrize(
    "content",
    [
        HEADER.replace("conn_state", "query").replace("#path\tconn", "#path\tdns"),
        '{"ts":1.0,"uid":"x","id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2","query":"a.example"}\n',
        "# a comment\nstart,end\n",
    ],
)
def test_other_logs_are_not_taken(log: Path, content: str) -> None:
    """A dns.log has addresses and times too, but its lines are no flows."""
    log.write_text(content)
    assert not reader_named("zeek").sniff(SourceFile(log, "other.log"))
