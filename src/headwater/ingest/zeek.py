"""Which flows does a Zeek conn.log hold? One connection gives up to two one-way records.

Fields are those of `Conn::Info` (Zeek manual, base/protocols/conn/main.zeek). The originator is the sender of
the first record, the responder of the second.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.addresses import keys_from_text
from headwater.ingest.columns import flow_batch
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.two_way import both_ways
from headwater.ingest.written_times import microseconds
from headwater.ingest.zeek_lines import Lines, json_lines, numbers, tsv_lines
from headwater.model.service import PROTOCOLS

# Whether the responder answered, by `conn_state` as the manual describes it. A state of which only the
# responder's side was seen (RSTRH, SHR) may be backscatter; OTH is decided by what both sides sent.
ANSWERED: dict[str, bool] = {
    "S0": False,  # attempt seen, no reply
    "S1": True,  # established, not terminated
    "SF": True,  # normal establishment and termination
    "REJ": False,  # attempt rejected
    "S2": True,  # established, close attempt by the originator
    "S3": True,  # established, close attempt by the responder
    "RSTO": True,  # established, originator aborted
    "RSTR": True,  # established, responder aborted
    "RSTOS0": False,  # SYN then RST by the originator, no SYN-ACK
    "SH": False,  # SYN then FIN by the originator, no SYN-ACK
}
# Flags that each letter of `history` stands for; upper case is the originator. `d` is payload, which is sent
# with ACK once a connection stands (RFC 9293, section 3.1). Checksum errors, gaps, retransmissions and
# windows (c, g, t, w) say nothing of flags.
_HISTORY_FLAGS = {"s": 0x02, "h": 0x12, "a": 0x10, "d": 0x10, "f": 0x01, "r": 0x04, "i": 0x05, "q": 0x02}

_FLOAT, _TEXT = pa.float64(), pa.string()
_FIELDS: dict[str, pa.DataType] = {
    "ts": _FLOAT, "id.orig_h": _TEXT, "id.orig_p": _FLOAT, "id.resp_h": _TEXT, "id.resp_p": _FLOAT,
    "proto": _TEXT, "duration": _FLOAT, "conn_state": _TEXT, "history": _TEXT, "ip_proto": _FLOAT,
    "orig_pkts": _FLOAT, "orig_ip_bytes": _FLOAT, "orig_bytes": _FLOAT,
    "resp_pkts": _FLOAT, "resp_ip_bytes": _FLOAT, "resp_bytes": _FLOAT,
}  # fmt: skip
_RELATIVE_BELOW_S = 1e8  # 1973: before it, a number of seconds counts from the start of a capture
_MILLISECONDS_FROM = 1e11  # the year 5138 in seconds: above it, LogAscii::json_timestamps was TS_MILLIS
_TCP, _ICMP, _ICMP6 = 6, 1, 58
_JSON_SIGN = re.compile(rb'"conn_state"\s*:|"_path"\s*:\s*"conn"')
_TSV_SIGN = re.compile(rb"^#path\s+conn\s*$|^#fields\b.*\bconn_state\b", re.MULTILINE)


class ZeekReader:
    """Zeek conn.log, TSV and JSON lines, closed or still being written."""

    name = "zeek"
    title = "Zeek conn.log"
    position_unit: PositionUnit = "line"
    rank = 1

    def sniff(self, source: SourceFile) -> bool:
        """Whether the header, or the first JSON object, is that of a conn.log rather than another log."""
        head = source.head.lstrip(b"\xef\xbb\xbf\r\n\t ")
        if head.startswith(b"#"):
            return head.startswith((b"#separator", b"#fields")) and _TSV_SIGN.search(head) is not None
        first = head.partition(b"\n")[0]
        return first.startswith(b"{") and b'"id.orig_h"' in first and _JSON_SIGN.search(first) is not None

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The file's records, as headwater.ingest.reader.Reader."""
        head = source.head.lstrip(b"\xef\xbb\xbf\r\n\t ")
        if head.startswith(b"{"):
            fields = dict(_FIELDS)
            if re.search(rb'"ts"\s*:\s*"', head):  # LogAscii::json_timestamps was TS_ISO8601
                fields["ts"] = _TEXT
            lines = json_lines(source, pa.schema(list(fields.items())), rejects)
        else:
            lines = tsv_lines(source, list(_FIELDS), rejects)
        for some in lines:
            chunk = _flows(some, options, rejects)
            if chunk.batch.num_rows:
                yield chunk


def _flows(lines: Lines, options: ReadOptions, rejects: Rejects) -> Chunk:
    count = len(lines.positions)
    field = {name: lines.columns.get(name, pa.nulls(count, kind)) for name, kind in _FIELDS.items()}
    start, keep = _starts(field["ts"], lines, options.base_time, rejects)
    duration = _rounded(pc.multiply(numbers(field["duration"]), 1e6))
    columns: dict[str, Any] = {  # Any: NumPy or Arrow arrays alike
        "start": start,
        "end": pc.add(start, pc.fill_null(duration, 0)),
    }
    for side, end in (("src", "orig"), ("dst", "resp")):
        keys = keys_from_text(field[f"id.{end}_h"].cast(_TEXT))
        columns[f"{side}_hi"], columns[f"{side}_lo"] = keys.arrow()
        columns[f"{side}_port"] = numbers(field[f"id.{end}_p"])
    proto = _protocols(field, columns["src_hi"], columns["src_lo"])
    icmp = pc.is_in(proto, pa.array([_ICMP, _ICMP6], pa.int16()))
    for side in ("src", "dst"):  # type and code stand in the place of ICMP's ports
        columns[f"{side}_port"] = pc.if_else(icmp, 0.0, columns[f"{side}_port"])
    columns["proto"] = proto
    sent, back = _counts(field, "orig", rejects), _counts(field, "resp", rejects)
    tcp = pc.fill_null(pc.equal(proto, _TCP), pa.scalar(False))
    forth_flags, back_flags = _flags(field["history"], tcp)
    columns |= {**sent, "tcp_flags": forth_flags, "answered": _answered(field, sent, back)}
    forth = flow_batch(columns)
    if not keep.all():
        rows = pa.array(np.flatnonzero(keep))
        forth, back_flags = forth.take(rows), back_flags.take(rows)
        back = {name: column.take(rows) for name, column in back.items()}
    return both_ways(forth, {**back, "tcp_flags": back_flags}, lines.positions[keep])


def _rounded(values: pa.Array) -> pa.Array:
    """Floats as int64; null where they do not fit."""
    fits = pc.less(pc.abs(values), float(1 << 62))
    return pc.round(pc.if_else(fits, values, pa.scalar(None, _FLOAT))).cast(pa.int64())


def _starts(
    ts: pa.Array, lines: Lines, base_time: datetime | None, rejects: Rejects
) -> tuple[pa.Array, np.typing.NDArray[np.bool_]]:
    """Microseconds UTC, and which rows can be placed in time."""
    keep = np.ones(len(ts), np.bool_)
    seconds = numbers(ts)
    if ts.type == _TEXT and seconds.null_count:
        return pc.coalesce(_rounded(pc.multiply(seconds, 1e6)), microseconds(ts, zone="UTC")), keep
    seconds = pc.if_else(pc.greater(seconds, _MILLISECONDS_FROM), pc.divide(seconds, 1e3), seconds)
    micros = _rounded(pc.multiply(seconds, 1e6))
    relative = np.asarray(pc.fill_null(pc.less(seconds, _RELATIVE_BELOW_S), pa.scalar(False)))
    if not relative.any():
        return micros, keep
    if base_time is not None:
        base = round(base_time.timestamp() * 1e6)
        return pc.add(micros, pa.array(np.where(relative, base, 0))), keep
    rejects.add("relative time", offset=int(lines.positions[relative].min()), count=int(relative.sum()))
    rejects.note(
        "times count from the start of a capture; --base-time TIME says when that was and places them"
    )
    return micros, ~relative


def _protocols(field: Mapping[str, pa.Array], src_hi: pa.Array, src_lo: pa.Array) -> pa.Array:
    """Protocol numbers: `ip_proto` where Zeek (7.1 and newer) has it, else by the name in `proto`."""
    coded = field["proto"].cast(_TEXT).dictionary_encode()
    names = [PROTOCOLS.get(name.lower()) for name in coded.dictionary.to_pylist()]
    number = pc.coalesce(
        _rounded(numbers(field["ip_proto"])).cast(pa.int16(), safe=False),
        pa.array(names, pa.int16()).take(coded.indices),
    )
    v6 = pc.or_(pc.not_equal(src_hi, 0), pc.not_equal(pc.shift_right(src_lo, 32), 0xFFFF))
    # Zeek says icmp of both families
    return pc.if_else(pc.and_(pc.equal(number, _ICMP), v6), pa.scalar(_ICMP6, pa.int16()), number)


def _counts(field: Mapping[str, pa.Array], side: str, rejects: Rejects) -> dict[str, pa.Array]:
    """Packets and bytes of one side: bytes of IP packets where Zeek counts them, else payload."""
    packets, whole = numbers(field[f"{side}_pkts"]), numbers(field[f"{side}_ip_bytes"])
    payload = numbers(field[f"{side}_bytes"])
    if whole.null_count and pc.any(pc.and_(pc.is_null(whole), pc.is_valid(payload))).as_py():
        rejects.note("bytes are payload bytes where orig_ip_bytes and resp_ip_bytes are absent")
    return {"packets": _rounded(packets), "bytes": _rounded(pc.coalesce(whole, payload))}


def _flags(history: pa.Array, tcp: pa.Array) -> tuple[pa.Array, pa.Array]:
    """TCP flags of the originator and of the responder; null where no letter tells of one."""
    coded = history.cast(_TEXT).dictionary_encode()
    sides = []
    for is_upper in (True, False):
        known = [_union(letters, is_upper=is_upper) for letters in coded.dictionary.to_pylist()]
        flags = pa.array(known, pa.int16()).take(coded.indices)
        sides.append(pc.if_else(tcp, flags, pa.scalar(None, pa.int16())))
    return sides[0], sides[1]


def _union(letters: str, *, is_upper: bool) -> int | None:
    flags = 0
    for letter in set(letters):
        if letter.isupper() == is_upper:
            flags |= _HISTORY_FLAGS.get(letter.lower(), 0)
    return flags or None


def _answered(
    field: Mapping[str, pa.Array], sent: Mapping[str, pa.Array], back: Mapping[str, pa.Array]
) -> pa.Array:
    state = field["conn_state"].cast(_TEXT)
    coded = state.dictionary_encode()
    known = pa.array([ANSWERED.get(name) for name in coded.dictionary.to_pylist()], pa.bool_())
    both = pc.and_(pc.greater(sent["packets"], 0), pc.greater(back["packets"], 0))
    reset = pc.fill_null(pc.match_substring_regex(field["history"].cast(_TEXT), "[rR]"), pa.scalar(False))
    spoke = pc.and_(pc.and_(pc.equal(state, "OTH"), both), pc.invert(reset))
    mutual = pc.if_else(spoke, pa.scalar(True), pa.scalar(None, pa.bool_()))
    return pc.coalesce(known.take(coded.indices), mutual)


register(ZeekReader())
