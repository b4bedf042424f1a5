"""Binary SiLK files become flows."""

import struct
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.errors import UnreadableSource
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.source import SourceFile
from headwater.model.address import text_of

GENERIC, IPV6, ROUTING = 0x16, 0x0B, 0x0C
START_MS = 1_434_553_200_013
HOUR_MS = 1_434_553_200_000


def header(file_format: int, version: int, length: int, *, big: bool = False, compression: int = 0) -> bytes:
    """A file's start and header entries: the hour with sensor 7, then the end mark."""
    start = struct.pack(
        ">IBBBBIHH", 0xDEADBEEF, big, file_format, 16, compression, 3_000_000, length, version
    )
    return start + struct.pack(">IIqII", 1, 24, HOUR_MS, 1, 7) + struct.pack(">II", 0, 8)


def generic(order: str = "<", **change: int) -> bytes:
    """A record of FT_RWGENERIC version 5 (rwgenericio.c): 192.0.2.1:5000 to 192.0.2.2:443, SYN and ACK."""
    v = {"start": START_MS, "proto": 6, "dport": 443, "bytes": 373} | change
    return struct.pack(
        f"{order}qIHHBBHBBBBHHHHIIIII",
        v["start"], 6, 5000, v["dport"], v["proto"], 1, 3, 18, 2, 16, 1, 0, 0, 0, 0,
        4, v["bytes"], 0xC0000201, 0xC0000202, 0,
    )  # fmt: skip


def flows_of(
    folder: Path, content: bytes
) -> tuple[list[dict[str, Any]], Rejects]:  # Any: values of many types
    """The flows and rejects of a file with this content; addresses as text."""
    path = folder / "flows.rw"
    path.write_bytes(content)
    rejects = Rejects()
    source = SourceFile(path, path.name)
    reader = recognise(source)
    assert reader.name == "silk"
    rows: list[dict[str, Any]] = []  # Any: as above
    for chunk in reader.read(source, ReadOptions(), rejects):
        assert len(chunk.positions) == chunk.batch.num_rows
        place = chunk.batch.schema.get_field_index("start")
        plain = chunk.batch.set_column(place, "start", chunk.batch["start"].cast(pa.int64()))
        rows += plain.drop_columns(["end"]).to_pylist()
    for row in rows:
        row["src"], row["dst"] = (text_of(row[f"{side}_hi"], row[f"{side}_lo"]) for side in ("src", "dst"))
    return rows, rejects


@pytest.mark.parametrize("big", [False, True])
def test_either_byte_order_gives_the_same_flow(tmp_path: Path, big: bool) -> None:
    """Bit 0 of the file's flags says that integers are big-endian."""
    rows, rejects = flows_of(tmp_path, header(GENERIC, 5, 52, big=big) + generic(">" if big else "<"))
    names = (
        "start",
        "src",
        "dst",
        "src_port",
        "dst_port",
        "proto",
        "packets",
        "bytes",
        "tcp_flags",
        "sensor",
    )
    assert rejects.total == 0
    assert [rows[0][name] for name in names] == [
        START_MS * 1000, "192.0.2.1", "192.0.2.2", 5000, 443, 6, 4, 373, 18, "3",
    ]  # fmt: skip


def test_seconds_and_milliseconds_apart_are_joined(tmp_path: Path) -> None:
    """FT_RWGENERIC version 3 keeps the milliseconds of start and duration at the record's end."""
    record = struct.pack(
        "<IIHHIHHIIIIBBHBBBBIHHHH",
        0xC0000201, 0xC0000202, 5000, 53, 0, 0, 0, START_MS // 1000, 2, 1, 74, 17, 1, 3, 0, 0, 0, 0, 0, 13, 5,
        0, 0,
    )  # fmt: skip
    rows, _ = flows_of(tmp_path, header(GENERIC, 3, 56) + record)
    assert (rows[0]["start"], rows[0]["dst_port"], rows[0]["tcp_flags"]) == (START_MS * 1000, 53, None)


def test_times_count_from_the_hour_of_the_header(tmp_path: Path) -> None:
    """FT_RWIPV6 version 2 packs flags, a TCP bit and 22 bits of milliseconds into one word (rwipv6io.c)."""
    word = 16 << 24 | 1 << 23 | 13
    record = struct.pack("<IBBHHHIII", word, 2, 0x81, 0, 5000, 443, 6, 4, 373) + bytes.fromhex(
        "20010db800000000000000000000000120010db8000000000000000000000002"
    )
    rows, _ = flows_of(tmp_path, header(IPV6, 2, 56) + record)
    names = ("start", "src", "dst", "proto", "tcp_flags", "sensor")
    assert [rows[0][name] for name in names] == [START_MS * 1000, "2001:db8::1", "2001:db8::2", 6, 18, "7"]


def test_ipv4_in_a_record_for_ipv6_is_ipv4(tmp_path: Path) -> None:
    """Without bit 0x80 of tcp_state the address is the last four bytes, whatever stands before them."""
    record = struct.pack("<qIHHBBHBBBBHHIQQ", START_MS, 6, 5000, 443, 6, 1, 3, 18, 2, 16, 1, 0, 0, 0, 4, 373)
    record += bytes(12) + b"\xc0\0\x02\x01" + bytes(10) + b"\xff\xff\xc0\0\x02\x02" + bytes(20)
    rows, _ = flows_of(tmp_path, header(ROUTING, 3, 100) + record)
    assert (rows[0]["src"], rows[0]["dst"], rows[0]["bytes"]) == ("192.0.2.1", "192.0.2.2", 373)


def test_icmp_has_no_ports_and_no_flags(tmp_path: Path) -> None:
    """SiLK keeps type and code in dPort: 771 is port unreachable."""
    rows, _ = flows_of(tmp_path, header(GENERIC, 5, 52) + generic(proto=1, dport=771))
    assert (rows[0]["src_port"], rows[0]["dst_port"], rows[0]["tcp_flags"]) == (0, 0, None)


def test_an_absurd_time_is_null(tmp_path: Path) -> None:
    """A start that microseconds in 64 bits cannot hold is null, and screening names it."""
    rows, _ = flows_of(tmp_path, header(GENERIC, 5, 52) + generic(start=1 << 62) + generic())
    assert [row["start"] for row in rows] == [None, START_MS * 1000]


def block(plain: bytes, *, damaged: bool = False) -> bytes:
    """A zlib block with its lengths; a damaged one is right in length only."""
    packed = bytearray(zlib.compress(plain))
    if damaged:
        packed[2:] = bytes(len(packed) - 2)
    return struct.pack(">II", len(packed), len(plain)) + bytes(packed)


def test_a_corrupt_block_costs_its_own_records_only(tmp_path: Path) -> None:
    """Of blocks of 2, 3 and 1 records the second is damaged: three records are counted from record 2 on."""
    content = header(GENERIC, 5, 52, compression=1)
    content += block(generic() * 2) + block(generic() * 3, damaged=True) + block(generic(bytes=99))
    rows, rejects = flows_of(tmp_path, content)
    assert [row["bytes"] for row in rows] == [373, 373, 99]
    assert (rejects.counts, rejects.first_bad) == ({"block corrupt": 3}, FirstBad(2, "block corrupt"))


@pytest.mark.parametrize("compression", [0, 1])
def test_a_file_cut_off_keeps_its_whole_records(tmp_path: Path, compression: int) -> None:
    """The end of the last record is missing: the two before it are read, the rest is counted once."""
    stored = zlib.compress(generic() * 3, 0)  # level 0: what is cut off is the last record and nothing else
    body = struct.pack(">II", len(stored), 156) + stored if compression else generic() * 3
    rows, rejects = flows_of(tmp_path, header(GENERIC, 5, 52, compression=compression) + body[:-16])
    assert len(rows) == 2
    assert rejects.counts == {"file cut off": 1}


def test_an_impossible_block_length_ends_the_file(tmp_path: Path) -> None:
    """Where the next block starts is lost: it is counted and noted, and memory is not filled on its word."""
    content = header(GENERIC, 5, 52, compression=1) + block(generic()) + b"\xff" * 64
    rows, rejects = flows_of(tmp_path, content)
    assert (len(rows), rejects.counts) == (1, {"block corrupt": 1})
    assert rejects.notes == ["block 1 has an impossible length: nothing after it was read"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (header(GENERIC, 5, 52, compression=2), "compression lzo1x is not read; .*rwfilter"),
        (header(GENERIC, 5, 52, compression=3), "compression snappy is not read"),
        (header(0x12, 5, 22), r"FT_RWSPLIT version 5 is not read; .*rwcut"),
        (header(0x1D, 4, 4), "FT_IPSET"),
        (header(GENERIC, 5, 50), "records of 52 bytes, not 50"),
        (header(GENERIC, 5, 52)[:30], "header is cut off or damaged"),
        (header(GENERIC, 5, 52)[:6] + b"\x02" + header(GENERIC, 5, 52)[7:], "before 2007"),
    ],
)
def test_what_is_not_read_is_refused_with_a_remedy(tmp_path: Path, content: bytes, message: str) -> None:
    """Other formats, compressions and damaged headers say what they are and what to run."""
    with pytest.raises(UnreadableSource, match=message):
        flows_of(tmp_path, content)
