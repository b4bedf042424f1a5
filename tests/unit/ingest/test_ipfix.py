"""IPFIX files become flows. The messages are written byte by byte as RFC 7011, section 3 draws them."""

import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.errors import UnreadableSource
from headwater.ingest.ipfix import IpfixReader
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.source import SourceFile
from headwater.model.address import text_of

EXPORT_S = 1_434_553_300  # 2015-06-17 15:01:40 UTC


def message(*sets: bytes, domain: int = 0, export_s: int = EXPORT_S) -> bytes:
    """A message with these sets."""
    body = b"".join(sets)
    return struct.pack(">HHIII", 10, 16 + len(body), export_s, 0, domain) + body


def record_set(identifier: int, *records: bytes, padding: int = 0) -> bytes:
    """A set with these records."""
    body = b"".join(records) + bytes(padding)
    return struct.pack(">HH", identifier, 4 + len(body)) + body


def template(identifier: int, *fields: tuple[int, ...], scopes: int = 0) -> bytes:
    """A template's record: fields are (element, length) or (element, length, enterprise)."""
    out = struct.pack(">HH", identifier, len(fields)) + (struct.pack(">H", scopes) if scopes else b"")
    for element, length, *enterprise in fields:
        out += struct.pack(">HH", element | (0x8000 if enterprise else 0), length)
        out += struct.pack(">I", *enterprise) if enterprise else b""
    return out


def templates(*records: bytes) -> bytes:
    """A template set."""
    return record_set(2, *records)


def options(*records: bytes) -> bytes:
    """An options template set."""
    return record_set(3, *records)


# The fields that the tests' IPv4 flows have in common, and a flow of them: 192.0.2.1:5000 to 192.0.2.2:443.
ADDRESSES = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1))
TCP_FLOW = bytes.fromhex("c0000201 c0000202 1388 01bb 06")
# The same with start and end in milliseconds, 1 s and 0.5 s before the export, 600 octets, 7 packets.
FLOW = (*ADDRESSES, (152, 8), (153, 8), (1, 4), (2, 4))
TIMES = struct.pack(">QQ", EXPORT_S * 1000 - 1000, EXPORT_S * 1000 - 500)
RECORD = TCP_FLOW + TIMES + struct.pack(">II", 600, 7)


def flows_of(
    folder: Path, content: bytes, options_of: ReadOptions | None = None
) -> tuple[list[dict[str, Any]], Rejects]:  # Any: a row's values are of many types
    """The flows and rejects of a file with this content; addresses as text, times in microseconds."""
    path = folder / "flows.ipfix"
    path.write_bytes(content)
    rejects = Rejects()
    source = SourceFile(path, path.name)
    reader = recognise(source)
    assert reader.name == "ipfix"
    rows: list[dict[str, Any]] = []  # Any: as above
    for chunk in reader.read(source, options_of or ReadOptions(), rejects):
        plain = pa.Table.from_batches([chunk.batch])
        for name in ("start", "end"):
            place = plain.schema.get_field_index(name)
            plain = plain.set_column(place, name, plain[name].cast(pa.int64()))
        positions = pa.array(chunk.positions)
        rows += plain.append_column("position", positions).to_pylist()
    for row in rows:
        row["src"], row["dst"] = (text_of(row[f"{side}_hi"], row[f"{side}_lo"]) for side in ("src", "dst"))
    return rows, rejects


def pick(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:  # Any: as above
    """Some values of each row."""
    return [tuple(row[name] for name in names) for row in rows]


def test_a_flow_has_the_values_of_its_record(tmp_path: Path) -> None:
    """Addresses, ports, protocol, times, counters and the place of the record in the file."""
    rows, rejects = flows_of(tmp_path, message(templates(template(256, *FLOW)), record_set(256, RECORD)))
    names = ("src", "dst", "src_port", "dst_port", "proto", "start", "end", "bytes", "packets", "position")
    start = EXPORT_S * 1_000_000 - 1_000_000
    # header 16, template set 4 + 4 + 9 fields of 4, data set's header 4: byte 64
    assert pick(rows, *names) == [
        ("192.0.2.1", "192.0.2.2", 5000, 443, 6, start, start + 500_000, 600, 7, 64)
    ]
    assert rejects.total == 0


def test_padding_is_no_record(tmp_path: Path) -> None:
    """Fewer bytes at a set's end than a record needs are padding."""
    rows, rejects = flows_of(
        tmp_path, message(templates(template(256, *FLOW)), record_set(256, RECORD, RECORD, padding=3))
    )
    assert (len(rows), rejects.total) == (2, 0)


BOOT_MS = EXPORT_S * 1000 - 9000
NTP = (EXPORT_S + 2_208_988_800) << 32 | 1 << 31  # half a second after the export, RFC 7011 section 6.1.9


@pytest.mark.parametrize(
    ("fields", "values", "start", "end"),
    [
        (((150, 4), (151, 4)), struct.pack(">II", EXPORT_S - 2, EXPORT_S - 1), -2_000_000, -1_000_000),
        (((152, 8), (153, 8)), TIMES, -1_000_000, -500_000),
        (((154, 8), (155, 8)), struct.pack(">QQ", NTP, NTP), 500_000, 500_000),
        (((156, 8), (157, 8)), struct.pack(">QQ", NTP, NTP), 500_000, 500_000),
        (((158, 4), (159, 4)), struct.pack(">II", 3_000_000, 1_000_000), -3_000_000, -1_000_000),
        (((160, 8), (22, 4), (21, 4)), struct.pack(">QII", BOOT_MS, 1000, 4000), -8_000_000, -5_000_000),
        (((152, 8), (161, 4)), struct.pack(">QI", EXPORT_S * 1000, 250), 0, 250_000),
        (((153, 8), (162, 4)), struct.pack(">QI", EXPORT_S * 1000, 250), -250, 0),
        (((323, 8),), struct.pack(">Q", EXPORT_S * 1000), 0, 0),
    ],
    ids=["s", "ms", "us", "ns", "before-export", "uptime", "duration-ms", "duration-us", "observed"],
)  # fmt: skip
def test_each_clock_is_understood(
    tmp_path: Path, fields: tuple[tuple[int, int], ...], values: bytes, start: int, end: int
) -> None:
    """All ways in which records tell their times; expected are microseconds from the export time."""
    rows, _ = flows_of(
        tmp_path, message(templates(template(256, *ADDRESSES, *fields)), record_set(256, TCP_FLOW + values))
    )
    export = EXPORT_S * 1_000_000
    assert pick(rows, "start", "end") == [(export + start, export + end)]


def test_uptimes_count_from_the_start_that_options_tell(tmp_path: Path) -> None:
    """The element systemInitTimeMilliseconds in an options record places the flows behind it."""
    content = message(
        options(template(300, (149, 4), (160, 8), scopes=1)),
        templates(template(256, *ADDRESSES, (22, 4), (21, 4))),
        record_set(300, struct.pack(">IQ", 0, EXPORT_S * 1000 - 10_000)),
        record_set(256, TCP_FLOW + struct.pack(">II", 1000, 2000)),
    )
    rows, _ = flows_of(tmp_path, content)
    assert pick(rows, "start") == [((EXPORT_S - 9) * 1_000_000,)]


def test_uptimes_without_a_start_are_null_and_noted(tmp_path: Path) -> None:
    """Nothing places them; the report says why."""
    content = message(
        templates(template(256, *ADDRESSES, (22, 4), (21, 4))), record_set(256, TCP_FLOW + bytes(8))
    )
    rows, rejects = flows_of(tmp_path, content)
    assert pick(rows, "start", "end") == [(None, None)]
    assert rejects.notes[0].startswith("times count from the exporter's start, which it never told")


def test_reduced_lengths_and_unknown_fields(tmp_path: Path) -> None:
    """Counters of 3 and 5 bytes (RFC 7011, section 6.2); an enterprise's field is known by length only."""
    content = message(
        templates(template(256, *ADDRESSES, (99, 3, 9), (1, 3), (2, 5), (152, 8), (153, 8))),
        record_set(256, TCP_FLOW + b"\1\2\3" + b"\1\0\0" + b"\0\0\1\0\1" + TIMES),
    )
    rows, _ = flows_of(tmp_path, content)
    assert pick(rows, "bytes", "packets") == [(65_536, 65_537)]


def test_fields_of_variable_length_are_stepped_over(tmp_path: Path) -> None:
    """One byte of length, or 255 and two more (RFC 7011, section 7)."""
    fields = (*ADDRESSES, (96, 0xFFFF), (1, 4), (96, 0xFFFF, 9), (152, 8), (153, 8))
    first = TCP_FLOW + b"\x03dns" + struct.pack(">I", 11) + b"\0" + TIMES
    second = TCP_FLOW + b"\xff\x01\x00" + bytes(256) + struct.pack(">I", 22) + b"\x01x" + TIMES
    rows, rejects = flows_of(
        tmp_path, message(templates(template(256, *fields)), record_set(256, first, second))
    )
    assert (pick(rows, "bytes"), rejects.total) == ([(11,), (22,)], 0)
    assert rows[1]["position"] - rows[0]["position"] == len(first)


def test_a_record_longer_than_its_set_is_damage(tmp_path: Path) -> None:
    """The records before it are kept."""
    good, bad = TCP_FLOW + b"\x01x" + TIMES, TCP_FLOW + b"\xf0x" + TIMES
    rows, rejects = flows_of(
        tmp_path,
        message(
            templates(template(256, *ADDRESSES, (96, 0xFFFF), (152, 8), (153, 8))), record_set(256, good, bad)
        ),
    )
    assert (len(rows), rejects.counts) == (1, {"damaged record": 1})


def test_a_biflow_becomes_two_flows(tmp_path: Path) -> None:
    """The other direction's counters and flags are the same elements under enterprise 29305 (RFC 5103)."""
    fields = (*FLOW, (6, 1), (1, 4, 29305), (2, 4, 29305), (6, 2, 29305))
    answer = bytes([2 | 16]) + struct.pack(">IIH", 5000, 9, 2 | 16)
    silence = bytes([2]) + struct.pack(">IIH", 0, 0, 0)
    refusal = bytes([2]) + struct.pack(">IIH", 40, 1, 4 | 16)
    rows, _ = flows_of(
        tmp_path,
        message(
            templates(template(256, *fields)),
            record_set(256, RECORD + answer, RECORD + silence, RECORD + refusal),
        ),
    )
    first, last = rows[0]["position"], rows[3]["position"]
    assert pick(rows, "src", "src_port", "bytes", "packets", "tcp_flags", "answered", "pair_id") == [
        ("192.0.2.1", 5000, 600, 7, 18, True, first),
        ("192.0.2.2", 443, 5000, 9, 18, True, first),
        ("192.0.2.1", 5000, 600, 7, 2, False, None),
        ("192.0.2.1", 5000, 600, 7, 2, False, last),
        ("192.0.2.2", 443, 40, 1, 20, False, last),
    ]


def test_icmp_has_no_ports_and_only_tcp_has_flags(tmp_path: Path) -> None:
    """Some exporters put ICMP's type and code into the destination's port."""
    record = bytes.fromhex("c0000201 c0000202 0000 0303 01") + TIMES + struct.pack(">II", 1, 1) + b"\2"
    rows, _ = flows_of(tmp_path, message(templates(template(256, *FLOW, (6, 1))), record_set(256, record)))
    assert pick(rows, "dst_port", "tcp_flags") == [(0, None)]


@pytest.mark.parametrize(
    ("fields", "value", "interval"),
    [
        (((34, 4),), struct.pack(">I", 512), 512),
        (((305, 4), (306, 4)), struct.pack(">II", 1, 999), 1000),
        (((309, 4), (310, 4)), struct.pack(">II", 2, 200), 100),
        (((311, 8),), struct.pack(">d", 0.001), 1000),
        (((34, 4),), struct.pack(">I", 0), None),
    ],
    ids=["34", "305+306", "309/310", "311", "0-is-unknown"],
)
def test_each_way_of_telling_the_sampling_interval(
    tmp_path: Path, fields: tuple[tuple[int, int], ...], value: bytes, interval: int | None
) -> None:
    """In an options record it holds for the domain's flows behind it (RFC 5477, section 8.2)."""
    content = message(
        options(template(300, (144, 4), *fields, scopes=1)),
        templates(template(256, *FLOW)),
        record_set(300, bytes(4) + value),
        record_set(256, RECORD),
    )
    assert pick(flows_of(tmp_path, content)[0], "sampling") == [(interval,)]


def test_sampling_changes_from_where_options_say_so(tmp_path: Path) -> None:
    """Flows before the second options record keep the first interval; other domains learn nothing of it."""
    start = message(
        options(template(300, (149, 4), (34, 4), scopes=1)), templates(template(256, *FLOW)), domain=7
    )
    parts = [
        message(record_set(300, struct.pack(">II", 7, n)), record_set(256, RECORD), domain=7)
        for n in (10, 20)
    ]
    other = message(templates(template(256, *FLOW)), record_set(256, RECORD), domain=8)
    rows, _ = flows_of(tmp_path, start + parts[0] + parts[1] + other)
    assert pick(rows, "sampling", "sensor") == [(10, "domain 7"), (20, "domain 7"), (None, "domain 8")]


def test_a_selector_has_its_own_interval(tmp_path: Path) -> None:
    """Flows name the selector that chose their packets."""
    content = message(
        options(template(300, (302, 4), (34, 4), scopes=1)),
        templates(template(256, *FLOW, (302, 4))),
        record_set(300, struct.pack(">IIII", 1, 100, 2, 200)),
        record_set(
            256, RECORD + struct.pack(">I", 2), RECORD + struct.pack(">I", 1), RECORD + struct.pack(">I", 3)
        ),
    )
    assert pick(flows_of(tmp_path, content)[0], "sampling") == [(200,), (100,), (None,)]


def test_the_exporter_of_a_record_goes_before_the_name_given(tmp_path: Path) -> None:
    """A record's exporterIPv4Address is its sensor; the name given at ingest is for the others."""
    content = message(
        templates(template(256, *FLOW, (130, 4)), template(257, *FLOW)),
        record_set(256, RECORD + bytes([198, 51, 100, 7])),
        record_set(257, RECORD),
    )
    rows, _ = flows_of(tmp_path, content, ReadOptions(sensor="edge", sampling=64))
    assert pick(rows, "sensor", "sampling") == [("198.51.100.7", 64), ("edge", 64)]


def test_templates_belong_to_their_domain_and_can_be_withdrawn(tmp_path: Path) -> None:
    """Data of another domain, and data behind a withdrawal, have no template and are counted."""
    content = message(templates(template(256, *FLOW)), domain=1)
    content += message(record_set(256, RECORD), domain=2)
    content += message(record_set(256, RECORD), templates(template(256)), record_set(256, RECORD), domain=1)
    rows, rejects = flows_of(tmp_path, content)
    assert (len(rows), rejects.counts) == (1, {"data set without template": 2})


def test_a_template_that_changes_is_used_from_there_on(tmp_path: Path) -> None:
    """The same identifier with other fields: each record is read as the template before it says."""
    longer = (*FLOW, (6, 1))
    content = message(templates(template(256, *FLOW)), record_set(256, RECORD))
    content += message(templates(template(256, *longer)), record_set(256, RECORD + b"\x12"))
    assert pick(flows_of(tmp_path, content)[0], "tcp_flags") == [(None,), (18,)]


def test_records_without_addresses_are_counted(tmp_path: Path) -> None:
    """Counters of an interface are no flow."""
    content = message(templates(template(256, (10, 4), (1, 4))), record_set(256, bytes(16)))
    rows, rejects = flows_of(tmp_path, content)
    assert (rows, rejects.counts) == ([], {"no addresses in template": 2})


def test_a_damaged_message_costs_itself(tmp_path: Path) -> None:
    """The search for the next message starts at what is wrong; its offset is told."""
    good = message(templates(template(256, *FLOW)), record_set(256, RECORD))
    later = message(record_set(256, RECORD))
    junk = b"\xffjunk\0\x0a" * 9
    rows, rejects = flows_of(tmp_path, good + junk + later)
    assert (len(rows), rejects.counts) == (2, {"damaged message": 1})
    assert rejects.first_bad == FirstBad(len(good), "damaged message: no message header")


def test_a_length_that_swallows_the_next_message_gives_it_back(tmp_path: Path) -> None:
    """A header that claims 40 bytes too many: the chain of sets breaks, and the next message is found."""
    good = message(templates(template(256, *FLOW)), record_set(256, RECORD))
    wrong = bytearray(message(record_set(256, RECORD)))
    wrong[2:4] = (len(wrong) + 40).to_bytes(2)
    rows, rejects = flows_of(tmp_path, good + bytes(wrong) + message(record_set(256, RECORD)) * 2)
    assert (len(rows), rejects.counts) == (4, {"damaged message": 1})


def test_a_file_cut_off_keeps_what_is_whole(tmp_path: Path) -> None:
    """Of the last message's two records the first is complete."""
    content = message(templates(template(256, *FLOW))) + message(record_set(256, RECORD, RECORD))
    rows, rejects = flows_of(tmp_path, content[:-5])
    assert (len(rows), rejects.counts) == (1, {"file cut off": 1})


@pytest.mark.parametrize(
    "broken", [b"\1\0\0\x05\0\x08", struct.pack(">HHHH", 256, 1, 1, 0), b"\0\x09\0\x01\0\1\0\4"]
)
def test_a_damaged_template_is_counted(tmp_path: Path, broken: bytes) -> None:
    """Fields that are missing, records of no length and identifiers of sets are no templates."""
    rows, rejects = flows_of(
        tmp_path, message(record_set(2, broken), templates(template(257, *FLOW)), record_set(257, RECORD))
    )
    assert (len(rows), rejects.counts) == (1, {"damaged template": 1})


def test_a_file_without_messages_is_refused(tmp_path: Path) -> None:
    """`--format ipfix` on something else says so."""
    path = tmp_path / "flows.ipfix"
    path.write_bytes(b"no flows here" * 10)
    with pytest.raises(UnreadableSource, match="no IPFIX message"):
        list(IpfixReader().read(SourceFile(path, path.name), ReadOptions(), Rejects()))
