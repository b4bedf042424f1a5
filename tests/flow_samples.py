"""One sound sample of every flow format, for the tests that hold for all readers.

Text formats and SiLK, pcap and Parquet are built here in the form that their tools write (the sources stand
beside each); nfcapd and IPFIX are real files by others, so those two need the `real_data` folder.
"""

import io
import json
import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

EPOCH_S = 1_591_367_999  # 2020-06-05 14:39:59 UTC, the first time of every sample built here


@dataclass(frozen=True, slots=True)
class Sample:
    """A sound file of one format.

    Attributes:
        data: its bytes.
        grown: a sound file of about n times as many records, or None where none can be made.
        damaged: the file with damage that no reader may pass over.
    """

    data: bytes
    grown: Callable[[int], bytes] | None
    damaged: bytes


def _text(title: str, record: Callable[[int], str], *, count: int = 40) -> Sample:
    """A text of one title line (or none) and records, damaged by junk over the middle of its second half."""

    def grown(factor: int) -> bytes:
        return (title + "".join(record(place) for place in range(count)) * factor).encode()

    data = grown(1)
    return Sample(data, grown, _junk(data, (len(title) + 3 * len(data)) // 4))


def _junk(data: bytes, place: int) -> bytes:
    junk = b"\xff\x00|,{\t" * 10
    return data[:place] + junk + data[place + len(junk) :]


def _address(place: int) -> str:
    return f"192.0.2.{place % 250 + 1}" if place % 5 else f"2001:db8::{place % 250 + 1:x}"


def _peer(place: int) -> str:
    return "198.51.100.7" if place % 5 else "2001:db8:1::7"


_NAMES = ("start", "end", "src", "dst", "src_port", "dst_port", "proto", "packets", "bytes", "tcp_flags")


def _row(place: int) -> tuple[object, ...]:
    start = (EPOCH_S + place) * 1000
    return (start, start + 250, _address(place), _peer(place), 40_000 + place, 443, 6, 9, 1200, 27)


def csv() -> Sample:
    """Canonical names; times in epoch milliseconds."""
    return _text(",".join(_NAMES) + "\n", lambda place: ",".join(map(str, _row(place))) + "\n")


def jsonl() -> Sample:
    """Canonical names."""
    return _text("", lambda place: json.dumps(dict(zip(_NAMES, _row(place), strict=True))) + "\n")


def parquet() -> Sample:
    """Canonical names; damaged by the loss of the footer."""

    def grown(factor: int) -> bytes:
        rows = [_row(place) for place in range(40)]
        columns = {name: [row[at] for row in rows] * factor for at, name in enumerate(_NAMES)}
        out = io.BytesIO()
        # plain and unpacked: the file grows with its rows
        pq.write_table(
            pa.table(columns), out, row_group_size=10_000, compression="none", use_dictionary=False
        )
        return out.getvalue()

    data = grown(1)
    return Sample(data, grown, data[: len(data) * 2 // 3])


def aws() -> Sample:
    """Version 2 of AWS VPC flow logs: Amazon VPC user guide, "Flow log record examples"."""
    return _text(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
        "action log-status\n",
        lambda place: (
            f"2 123456789010 eni-1235b8ca123456789 {_address(place)} {_peer(place)} {20_000 + place} 22 6 20 "
            f"4249 {EPOCH_S + place} {EPOCH_S + place + 60} ACCEPT OK\n"
        ),
    )


def azure() -> Sample:
    """NSG flow log version 2: Azure Network Watcher, "Flow logging for network security groups"."""

    def record(place: int) -> str:
        tuples = [f"{EPOCH_S + place},{_address(place)},{_peer(place)},44931,443,T,O,A,E,30,16978,24,14008"]
        card = {"mac": "000D3AF87856", "flowTuples": tuples}
        properties = {"Version": 2, "flows": [{"rule": "DefaultRule_AllowInternetOut", "flows": [card]}]}
        return json.dumps(
            {
                "time": "2020-06-05T14:40:35Z",
                "category": "NetworkSecurityGroupFlowEvent",
                "properties": properties,
            }
        )

    def grown(factor: int) -> bytes:
        return ('{"records":[' + ",".join([record(place) for place in range(40)] * factor) + "]}").encode()

    data = grown(1)
    return Sample(data, grown, _junk(data, len(data) * 3 // 4))


def azure_csv() -> Sample:
    """Columns of msticpy's export of Azure Traffic Analytics."""
    return _text(
        "TenantId,FlowStartTime,FlowEndTime,VMIPAddress,SrcIP,DestIP,L4Protocol,DestPort,FlowDirection,"
        "AllowedOutFlows,AllowedInFlows,DeniedInFlows,DeniedOutFlows,AllExtIPs\n",
        lambda place: (
            f"x,2020-06-05 14:39:{place % 60:02}.000,2020-06-05 14:59:59.000,10.0.3.5,,,T,443.0,O,4.0,0.0,"
            f"0.0,0.0,203.0.113.{place}\n"
        ),
    )


def zeek() -> Sample:
    """conn.log as TSV: the Zeek manual, "conn.log"."""
    fields = (
        "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes "
        "conn_state missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes"
    ).replace(" ", "\t")
    return _text(
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
        f"#open\t2020-06-05-14-40-00\n#fields\t{fields}\n#types\ttime\n",
        lambda place: (
            f"{EPOCH_S + place}.305988\tCMdzit1AMNsmfAIiQc\t{_address(place)}\t36844\t{_peer(place)}\t443\t"
            "tcp\t-\t0.066852\t62\t141\tSF\t0\tShADadFf\t9\t618\t7\t697\n"
        ),
    )


def argus() -> Sample:
    """The columns of CTU-13's binetflow files (Garcia et al. 2014)."""
    return _text(
        "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label\n",
        lambda place: (
            f"2011/08/18 15:40:{place % 60:02}.826372,0.5,tcp,{_address(place)},4{place:04},   ->,"
            f"{_peer(place)},80,SRPA_FSPA,0,0,12,3000,1000,flow=Background\n"
        ),
    )


def rwcut() -> Sample:
    """Default fields of SiLK's rwcut 3."""
    return _text(
        "            sIP|            dIP|sPort|dPort|pro|   packets|     bytes|   flags|"
        "                  sTime| duration|                  eTime|sen|\n",
        lambda place: (
            f"{_address(place):>15}|{_peer(place):>15}|{20_000 + place}|   88|  6|         4|       373|"
            f" SRPA   |2015/06/17T15:00:{place % 60:02}.013|    0.000|"
            f"2015/06/17T15:00:{place % 60:02}.013| S3|\n"
        ),
    )


def silk() -> Sample:
    """FT_RWGENERIC version 5 without compression (SiLK, rwgenericio.c and skheader.c)."""
    header = struct.pack(">IBBBBIHH", 0xDEADBEEF, 0, 0x16, 16, 0, 3_000_000, 52, 5) + struct.pack(">II", 0, 8)

    def record(place: int) -> bytes:
        addresses = (0xC0000201 + place, 0xC6336407, 0)
        return struct.pack(
            "<qIHHBBHBBBBHHHHIIIII",
            (EPOCH_S + place) * 1000, 6, 5000 + place, 443, 6, 1, 3, 18, 2, 16, 1, 0, 0, 0, 0, 4, 373,
            *addresses,
        )  # fmt: skip

    def grown(factor: int) -> bytes:
        return header + b"".join(record(place) for place in range(40)) * factor

    data = grown(1)
    return Sample(data, grown, data[:-16])


def pcap() -> Sample:
    """Microsecond pcap of TCP segments over Ethernet (draft-ietf-opsawg-pcap, RFC 791, RFC 9293)."""

    def packet(place: int) -> bytes:
        segment = struct.pack(">HHIIBBHHH", 40_000 + place, 443, place, 0, 0x50, 0x02, 65535, 0, 0)
        addresses = bytes([192, 0, 2, place + 1, 198, 51, 100, 7])
        packet = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), place, 0, 64, 6, 0) + addresses
        frame = b"\x02" * 6 + b"\x04" * 6 + b"\x08\x00" + packet + segment
        return struct.pack("<IIII", EPOCH_S + place, 0, len(frame), len(frame)) + frame

    def grown(factor: int) -> bytes:
        head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        return head + b"".join(packet(place) for place in range(40)) * factor

    data = grown(1)
    return Sample(data, None, data[:-30])


def nfcapd(real_data: Path) -> Sample:
    """The file of CESNET's Nemea."""
    data = next(path for path in sorted((real_data / "nfcapd").iterdir()) if path.is_file()).read_bytes()
    return Sample(data, None, data[: len(data) * 2 // 3])


def nfdump(real_data: Path) -> Sample | None:
    """What nfdump prints with -o csv of the same file; None where nfdump is missing."""
    program = shutil.which("nfdump")
    if program is None:
        return None
    file = next(path for path in sorted((real_data / "nfcapd").iterdir()) if path.is_file())
    printed = subprocess.run([program, "-r", file, "-o", "csv"], capture_output=True, check=True).stdout
    title, records = (
        printed.partition(b"\n")[0] + b"\n",
        printed.partition(b"\n")[2].splitlines(keepends=True),
    )
    body = b"".join(records[:400])
    data = title + body
    return Sample(data, lambda factor: title + body * factor, _junk(data, len(data) * 3 // 4))


def ipfix(real_data: Path) -> Sample:
    """The file of CESNET's ipfixcol2: whole messages, so two files in a row are one (RFC 5655, section 6)."""
    data = (real_data / "ipfix" / "example_flows.ipfix").read_bytes()
    return Sample(data, lambda factor: data * factor, data[:-100])


_BUILT: dict[str, Callable[[], Sample]] = {
    "csv": csv, "jsonl": jsonl, "parquet": parquet, "aws-vpc": aws, "azure": azure, "azure-csv": azure_csv,
    "zeek": zeek, "argus": argus, "rwcut": rwcut, "silk": silk, "pcap": pcap,
}  # fmt: skip
_REAL: dict[str, Callable[[Path], Sample | None]] = {
    "nfcapd": nfcapd,
    "nfdump": nfdump,
    "ipfix": ipfix,
}
_TOOLS = {"nfcapd": "nfdump", "pcap": "nfpcapd", "nfdump": "nfdump"}


def known() -> frozenset[str]:
    """The readers that there is a sample for."""
    return frozenset(_BUILT) | frozenset(_REAL)


def sample(reader: str, real_data: Path | None) -> Sample | str:
    """The sample for a reader by its name, or why there is none here.

    Args:
        reader: a reader's `name`.
        real_data: the folder of real data, or None where it is absent.
    """
    tool = _TOOLS.get(reader)
    if tool is not None and shutil.which(tool) is None:
        return f"{tool} is not installed"
    if reader in _BUILT:
        return _BUILT[reader]()
    if real_data is None:
        return "no real data: set HEADWATER_TEST_DATA to a folder that has it"
    return _REAL[reader](real_data) or f"{tool} is not installed"
