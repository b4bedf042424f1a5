"""Text printed by Argus's ra becomes flows."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.errors import BadSetting, UnreadableSource
from headwater.ingest.reader import ReadOptions, reader_named, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.model.address import text_of

# The columns of CTU-13's binetflow files.
TITLES = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label"


def flows_of(
    folder: Path, content: str, options: ReadOptions | None = None
) -> tuple[list[dict[str, Any]], Rejects]:  # Any: a row's values are of many types
    """The flows and rejects of a file with this content."""
    path = folder / "flows.txt"
    path.write_text(content)
    rejects = Rejects()
    source = SourceFile(path, path.name)
    reader = recognise(source)
    assert reader.name == "argus"
    chunks = [chunk.batch for chunk in reader.read(source, options or ReadOptions(), rejects)]
    rows = pa.Table.from_batches(chunks).to_pylist() if chunks else []
    for row in rows:
        row["src"] = text_of(row["src_hi"], row["src_lo"]) if row["src_hi"] is not None else None
    return rows, rejects


def one(folder: Path, record: str) -> list[dict[str, Any]]:  # Any: as above
    """The flows of one record of a binetflow file."""
    return flows_of(folder, f"{TITLES}\n{record}\n")[0]


def pick(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:  # Any: as above
    """Some values of each row."""
    return [tuple(row[name] for name in names) for row in rows]


def test_a_record_with_two_sides_becomes_two_flows(tmp_path: Path) -> None:
    """SrcBytes 122 of TotBytes 184 leaves 62; State gives each side's flags (SYN 2, RST 4, ACK 16)."""
    rows = one(
        tmp_path,
        "2011/08/18 15:40:53.826372,2.98,tcp,192.0.2.1,63577,   ->,192.0.2.2,443,SR_SA,0,0,3,184,122,flow=x",
    )
    assert pick(rows, "src", "src_port", "bytes", "tcp_flags", "answered", "pair_id") == [
        ("192.0.2.1", 63577, 122, 6, True, 2),
        ("192.0.2.2", 443, 62, 18, True, 2),
    ]


def test_packets_whose_split_is_not_printed_are_null(tmp_path: Path) -> None:
    """Three packets of two sides may be 1 and 2 or 2 and 1: neither is invented."""
    rows = one(tmp_path, "2011/08/18 15:40:53,2,tcp,192.0.2.1,1,   ->,192.0.2.2,443,S_SA,0,0,3,184,122,")
    assert pick(rows, "packets") == [(None,), (None,)]


def test_two_packets_of_two_sides_are_one_each(tmp_path: Path) -> None:
    """Each side sent bytes, hence at least one packet; two in all leaves exactly one each."""
    rows = one(tmp_path, "2011/08/18 15:40:53,0.1,udp,192.0.2.1,9,  <->,192.0.2.2,53,CON,0,0,2,300,60,")
    assert pick(rows, "packets", "bytes") == [(1, 60), (1, 240)]


def test_packets_of_one_side_are_the_total(tmp_path: Path) -> None:
    """Where the other side sent no byte, all packets are the source's, and the flow has no pair."""
    rows = one(tmp_path, "2011/08/18 15:40:53,0.1,udp,192.0.2.1,9,   ->,192.0.2.2,53,INT,0,,4,400,400,")
    assert pick(rows, "packets", "bytes", "answered", "pair_id") == [(4, 400, False, None)]


def test_an_arrow_to_the_left_puts_the_destination_first(tmp_path: Path) -> None:
    """`<-` says that the record's destination opened: its flow comes first of the pair."""
    rows = one(tmp_path, "2011/08/18 15:40:53,2,tcp,192.0.2.1,443,  <-,192.0.2.2,5000,SA_S,0,0,2,120,60,")
    assert pick(rows, "src", "tcp_flags", "answered") == [("192.0.2.2", 2, True), ("192.0.2.1", 18, True)]


def test_a_refused_connection_is_not_answered(tmp_path: Path) -> None:
    """SYN answered by RST alone is a probe, though both sides sent a packet."""
    rows = one(tmp_path, "2011/08/18 15:40:53,2,tcp,192.0.2.1,5,   ->,192.0.2.2,443,S_RA,0,0,2,120,60,")
    assert pick(rows, "answered") == [(False,), (False,)]


def test_a_reset_in_the_middle_of_a_connection_is_an_answer(tmp_path: Path) -> None:
    """Without the opening SYN a reset ends a connection that existed."""
    rows = one(tmp_path, "2011/08/18 15:40:53,2,tcp,192.0.2.1,5,  <?>,192.0.2.2,443,PA_R,0,0,2,120,60,")
    assert pick(rows, "answered") == [(True,), (True,)]


def test_icmp_has_no_ports_and_its_errors_ask_for_no_answer(tmp_path: Path) -> None:
    """0x0303 is type 3, code 3 (port unreachable), not port 771."""
    rows = one(
        tmp_path, "2011/08/18 15:40:53,0,icmp,192.0.2.1,0x0303,   ->,192.0.2.2,0x4fa8,URP,0,,1,173,173,"
    )
    assert pick(rows, "proto", "src_port", "dst_port", "answered") == [(1, 0, 0, None)]


def test_hex_ports_of_other_protocols_are_ports(tmp_path: Path) -> None:
    """0x0035 is port 53."""
    rows = one(tmp_path, "2011/08/18 15:40:53,0,udp,192.0.2.1,0x1388,   ->,192.0.2.2,0x0035,INT,0,,1,73,73,")
    assert pick(rows, "src_port", "dst_port") == [(5000, 53)]


def test_what_ip_does_not_carry_is_counted_by_protocol(tmp_path: Path) -> None:
    """ARP and unknown names are rejects by name, at their line; rtp rides on UDP."""
    rows, rejects = flows_of(
        tmp_path,
        f"{TITLES}\n2011/08/18 15:39:35,1,rtp,192.0.2.1,5,   ->,192.0.2.2,7,INT,0,,1,60,60,\n"
        "2011/08/18 15:39:35,1,arp,192.0.2.1,,  who,192.0.2.2,,CON,,,6,360,180,\n"
        "2011/08/18 15:39:35,1,ipx/spx,00:15:17:2c:e5:2d,,   ->,ff:ff:ff:ff:ff:ff,,INT,,,1,60,60,\n",
    )
    assert pick(rows, "proto") == [(17,)]
    assert rejects.counts == {"not IP: arp": 1, "not IP: ipx/spx": 1}
    assert rejects.first_bad is not None
    assert rejects.first_bad.offset == 3


def test_tabs_and_printed_sides_need_no_guess(tmp_path: Path) -> None:
    """Tab-separated text, other columns in another order: packets and bytes of each side are printed."""
    rows, _ = flows_of(
        tmp_path,
        "SrcAddr\tSport\tDstAddr\tDport\tProto\tSrcPkts\tDstPkts\tSrcBytes\tDstBytes\tStartTime\tLastTime\n"
        "2001:db8::1\t40000\t2001:db8::2\t443\ttcp\t3\t5\t200\t4000\t1313674853.826372\t1313674854.000000\n",
        ReadOptions(sensor="edge", sampling=1),
    )
    assert pick(rows, "src", "packets", "bytes", "tcp_flags", "answered", "sensor", "sampling") == [
        ("2001:db8::1", 3, 200, None, True, "edge", 1),
        ("2001:db8::2", 5, 4000, None, True, "edge", 1),
    ]


def test_totals_alone_are_given_to_a_single_side_only(tmp_path: Path) -> None:
    """Without counters by side a one-way record keeps its totals; a two-way one has null."""
    rows, rejects = flows_of(
        tmp_path,
        "StartTime,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotPkts,TotBytes,State\n"
        "1313674853.5, e,udp,192.0.2.1,9,   ->,192.0.2.2,53,3,210,INT\n"
        "1313674853.5, e,udp,192.0.2.1,9,  <->,192.0.2.2,53,3,210,CON\n",
    )
    assert pick(rows, "packets", "bytes", "answered") == [
        (3, 210, False),
        (None, None, True),
        (None, None, True),
    ]
    assert rejects.notes == ["no column Dur or LastTime: each flow ends when it starts"]


def test_the_zone_that_was_assumed_is_noted(tmp_path: Path) -> None:
    """Dates are in the local time of where ra ran."""
    record = "2011/08/18 15:40:53,1,udp,192.0.2.1,9,   ->,192.0.2.2,53,INT,0,,3,210,210,"
    _, rejects = flows_of(tmp_path, f"{TITLES}\n{record}\n", ReadOptions(timezone="Europe/Prague"))
    assert rejects.notes == ["times name no zone; taken as Europe/Prague"]


def test_times_of_day_are_null_and_the_remedy_is_noted(tmp_path: Path) -> None:
    """The default time format of ra has no date; the report says how to print one."""
    rows, rejects = flows_of(
        tmp_path,
        "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes\n"
        "15:40:53.826372,1,udp,192.0.2.1,domain,   ->,192.0.2.2,53,INT,3,210,210\n",
    )
    assert pick(rows, "start", "src_port") == [(None, None)]
    assert rejects.notes == [
        "StartTime has no date: print the file again with ra -u",
        "some ports are names: print the file again with ra -n",
    ]


def test_a_record_without_packets_is_counted(tmp_path: Path) -> None:
    """Zero bytes on both sides is no flow."""
    rows, rejects = flows_of(
        tmp_path, f"{TITLES}\n2011/08/18 15:40:53,0,udp,192.0.2.1,9,   ->,192.0.2.2,53,INT,0,,0,0,0,\n"
    )
    assert (rows, rejects.counts) == ([], {"no packets on either side": 1})


def test_a_file_without_titles_is_refused_with_the_command_that_prints_them(tmp_path: Path) -> None:
    """`--format argus` on a file without titles says what is missing and how to get it."""
    path = tmp_path / "flows.txt"
    path.write_text("1,2,3\n")
    with pytest.raises(UnreadableSource, match=r"StartTime, Proto, SrcAddr, DstAddr.*ra -n"):
        next(reader_named("argus").read(SourceFile(path, "flows.txt"), ReadOptions(), Rejects()))


def test_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    """The option is checked before the first record is read."""
    with pytest.raises(BadSetting, match="Nowhere"):
        flows_of(tmp_path, f"{TITLES}\n", ReadOptions(timezone="Nowhere"))
