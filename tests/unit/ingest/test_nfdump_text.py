"""nfdump's text in the forms that other versions print, from their source and manual."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.ingest.reader import ReadOptions, reader_named, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

# output_csv.c of 1.6 and 1.7.1
CSV_1_6 = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das\n"
# output_csv_fast.c, 1.7.2 to 1.7.4
CSV_1_7_2 = (
    "cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,"
    "packets,bytes\n"
)
# output_csv.c of 1.7.5, "csv predefined"
CSV_1_7_5 = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n"
LINE_1_6 = (
    "Date first seen          Duration Proto      Src IP Addr:Port          Dst IP Addr:Port   Packets    "
    "Bytes Flows\n"
)
SUMMARY = "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n1,12020,5,588454,75,970\n"


def _read(path: Path, text: str, zone: str = "UTC") -> tuple[list[dict[str, object]], Rejects, list[int]]:
    path.write_text(text)
    source, rejects = SourceFile(path, "flows.txt"), Rejects()
    reader = recognise(source)
    assert reader.name == "nfdump"
    chunks = list(reader.read(source, ReadOptions(timezone=zone), rejects))
    rows = pa.Table.from_batches([chunk.batch for chunk in chunks]).to_pylist() if chunks else []
    return rows, rejects, [int(place) for chunk in chunks for place in chunk.positions]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Where a test writes what nfdump printed."""
    return tmp_path / "text"


LINES = {  # one record in four forms
    CSV_1_6: "2015-06-02 05:15:11,2015-06-02 05:18:26,195.336,10.0.0.1,10.11.22.33,23,46742,TCP,.AP.SF,0,0,5,"
    "12020,0,0,0,0,0,0",
    CSV_1_7_2: "1,2,1433222111000,1433222306336,6,10.0.0.1,23,10.11.22.33,46742,0,0,0,0,...AP.SF,0,5,12020",
    CSV_1_7_5: "2015-06-02 05:15:11.000,00:03:15.336,TCP,10.0.0.1,23,10.11.22.33,46742,5,12020,1",
    LINE_1_6: "2015-06-02 05:15:11.000   195.336 TCP         10.0.0.1:23    ->      10.11.22.33:46742        "
    "5    12020     1",
}


@pytest.mark.parametrize(
    ("title", "line"), LINES.items(), ids=["csv 1.6", "csv 1.7.2", "csv 1.7.5", "line 1.6"]
)
def test_each_version_s_form_is_understood(text: Path, title: str, line: str) -> None:
    """Times, addresses, ports, protocol and counts are the same in each."""
    (row,), rejects, positions = _read(text, title + line + "\n" + SUMMARY)
    assert (row["start"], row["end"]) == (
        datetime(2015, 6, 2, 5, 15, 11, tzinfo=UTC),
        datetime(2015, 6, 2, 5, 18, 26, 336000, tzinfo=UTC),
    )
    ends = [row[name] for name in ("src_lo", "dst_lo", "src_port", "dst_port", "proto", "packets", "bytes")]
    assert ends == [0xFFFF0A000001, 0xFFFF0A0B1621, 23, 46742, 6, 5, 12020]
    assert (rejects.counts, positions) == ({}, [2])


@pytest.mark.parametrize("first", ["# fmt:", "fmt:", "# -o fmt:", '# -o "fmt:'])
def test_a_format_in_the_first_line_tells_the_columns(text: Path, first: str) -> None:
    """Any order, any separators; tokens of no use are passed over."""
    line = "10.0.0.1|10.0.0.2|17|  53|5353|1 of 64| 7|2015-06-02 05:15:11.250|2015-06-02 05:15:12.000\n"
    written = first + "%sa|%da|%pr|%sp|%dp|%pkt of %byt|%in|%ts|%te" + ('"' if '"' in first else "") + "\n"
    (row,), rejects, positions = _read(text, written + line)
    assert [row[name] for name in ("src_port", "dst_port", "proto", "packets", "bytes")] == [
        53,
        5353,
        17,
        1,
        64,
    ]
    assert (rejects.counts, positions) == ({}, [2])


def test_times_are_in_the_zone_that_the_user_names(text: Path) -> None:
    """Nfdump prints the collector's local time: 05:15 in Prague in June is 03:15 UTC."""
    line = "2015-06-02 05:15:11.000,00:00:01.000,TCP,10.0.0.1,23,10.0.0.2,46742,5,12020,1\n"
    (row,), _, _ = _read(text, CSV_1_7_5 + line, zone="Europe/Prague")
    assert row["start"] == datetime(2015, 6, 2, 3, 15, 11, tzinfo=UTC)


def test_counts_both_ways_become_two_records(text: Path) -> None:
    """`-o biline`: out is the way back, with addresses exchanged and a common pair_id."""
    title = LINE_1_6.replace("Packets    Bytes", "Out Pkt   In Pkt Out Byte  In Byte")
    line = (
        "2015-06-02 05:15:11.000   195.336 TCP  10.0.0.1:23    <->  10.0.0.2:46742   3  5  300  1.5 M   1\n"
    )
    rows, rejects, positions = _read(text, title + line)
    found = [(row["src_port"], row["packets"], row["bytes"], row["pair_id"], row["answered"]) for row in rows]
    assert found == [(23, 5, 1_500_000, 2, True), (46742, 3, 300, 2, True)]
    assert (positions, rejects.notes) == (
        [2, 2],
        ["times name no zone; taken as UTC", "counts such as 1.2 M are rounded; nfdump -N prints them plain"],
    )


@pytest.mark.parametrize(
    ("title", "zone", "notes"),
    [
        (CSV_1_7_5, "UTC", ["times name no zone; taken as UTC"]),
        (CSV_1_7_5, "Asia/Tokyo", ["times name no zone; taken as Asia/Tokyo"]),
        (CSV_1_7_2, "Asia/Tokyo", []),
    ],
)
def test_the_zone_that_was_assumed_is_noted(text: Path, title: str, zone: str, notes: list[str]) -> None:
    """Dates are in the local time of where nfdump ran; Unix times need no zone."""
    _, rejects, _ = _read(text, title + LINES[title] + "\n", zone)
    assert [note for note in rejects.notes if "zone" in note] == notes


def test_lines_that_are_no_records_are_counted_where_they_stand(text: Path) -> None:
    """A sound line between two broken ones is read."""
    sound = "2015-06-02 05:15:11.000   195.336 TCP  10.0.0.1:23    ->  10.0.0.2:46742   5  12020   1\n"
    rows, rejects, positions = _read(text, LINE_1_6 + "junk\n" + sound + sound[:50] + "\n")
    assert (len(rows), positions, rejects.counts) == (1, [3], {"line not understood": 2})
    assert rejects.first_bad is not None
    assert rejects.first_bad.offset == 2


def test_values_that_are_none_become_null(text: Path) -> None:
    """An unknown protocol, a bad address and a bad count stay null for the screen; the line is not lost."""
    line = "2015-06-02 05:15:11.000,x,nonsense,10.0.0.300,23,10.0.0.2,46742,five,12020,1\n"
    (row,), _, _ = _read(text, CSV_1_7_5 + line)
    assert [row[name] for name in ("end", "proto", "src_lo", "packets", "bytes")] == [
        None,
        None,
        None,
        None,
        12020,
    ]


def test_ports_of_icmp_are_no_ports(text: Path) -> None:
    """Nfdump prints `type.code` behind the address: 8.0 is an echo request."""
    line = "2015-06-02 05:15:11.000   0.000 ICMP  10.0.0.1:0    ->  10.0.0.2:8.0   1  28   1\n"
    (row,), _, _ = _read(text, LINE_1_6 + line)
    assert (row["src_port"], row["dst_port"], row["proto"]) == (0, 0, 1)


@pytest.mark.parametrize("other", ["start,end,src,dst\n", "ts,uid,id.orig_h\n", "Date,Close\n", ""])
def test_other_text_is_not_taken(text: Path, other: str) -> None:
    """Only nfdump's own titles are."""
    text.write_text(other)
    assert not reader_named("nfdump").sniff(SourceFile(text, "text"))
