r"""Which flows does a file printed by Argus's `ra` hold? CSV (CTU-13's `binetflow`) or any delimiter.

`ra -c ,` and `ra -c '\t'` print one bidirectional record a line under a line of titles (ra(1),
argus-clients). Any selection and order of columns is understood that has StartTime, Proto, SrcAddr and
DstAddr.

A record becomes one flow for each side that sent something. Where both did, the two flows share a
`pair_id`, and the flow of the side that opened comes first: the source, or for a direction of `<-` or `<?`
the destination.

What Argus prints and FLOW means differ in four places:

- Counters. Bytes per side come from SrcBytes with DstBytes or TotBytes, packets per side from SrcPkts with
  DstPkts or TotPkts. Where only totals are printed (CTU-13 has no SrcPkts), a side's share is known if the
  other side sent nothing, or if each side sent and the total is two packets; otherwise it is null.
- Times. Both flows have the record's start and end: `ra` gives no times of each side. Argus's times carry
  no zone unless they are Unix seconds (`ra -u`).
- Bytes are layer 2 as `ra` prints them, and stay so.
- Ports of ICMP are its type and code, and become 0.

The column Label (CTU-13) is ignored: labels come into the lake as dated lists.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.errors import UnreadableSource
from headwater.ingest.addresses import keys_from_text
from headwater.ingest.argus_sides import Sides, answered, sides_of, tcp_flags
from headwater.ingest.columns import flow_batch
from headwater.ingest.delimited import Lines, first_line, lines
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.written_times import check_zone, microseconds, note_zone, seconds_to_microseconds
from headwater.model.service import protocol_number

NEEDED = ("StartTime", "Proto", "SrcAddr", "DstAddr")
_DELIMITERS = (",", "\t", ";", "|")
# Argus names what it recognised inside UDP in the place of the protocol (argus(8): rtp, rtcp, udt).
_INSIDE_UDP = {"rtp": 17, "rtcp": 17, "udt": 17}
_ICMP = (1, 58)
_TIME_OF_DAY = r"^\d{1,2}:\d{2}:\d{2}(\.\d*)?$"


def _delimiter(titles: str) -> str | None:
    """The delimiter of a line of ra's titles, or None where it is no such line."""
    for delimiter in _DELIMITERS:
        if set(NEEDED) <= {title.strip() for title in titles.split(delimiter)}:
            return delimiter
    return None


class ArgusReader:
    """Text printed by Argus's `ra`, with titles."""

    name = "argus"
    title = "Argus (ra text, binetflow)"
    position_unit: PositionUnit = "line"
    rank = 1

    def sniff(self, source: SourceFile) -> bool:
        """Whether the first line holds ra's titles."""
        return _delimiter(first_line(source.head)) is not None

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The file's flows, about a megabyte of text at a time.

        Raises:
            UnreadableSource: the first line does not hold the titles that are needed.
            BadSetting: the time zone does not exist.
        """
        titles = first_line(source.head)
        delimiter = _delimiter(titles)
        if delimiter is None:
            raise UnreadableSource(
                f"{source.name}: its first line holds no titles {', '.join(NEEDED)}; print it with "
                "ra -n -u -c , -s stime dur proto saddr sport dir daddr dport state spkts dpkts sbytes dbytes"
            )
        check_zone(options.timezone)
        for part in lines(source, rejects, delimiter=delimiter):
            found = _ip_only(part, rejects)
            if len(found):
                yield _flows(found, options, rejects)


def _ip_only(found: Lines, rejects: Rejects) -> Lines:
    """The rows whose protocol is carried by IP; the others are counted."""
    coded = found.columns["Proto"].dictionary_encode()
    names = coded.dictionary.to_pylist()
    codes = np.asarray(coded.indices)
    foreign = [code for code, name in enumerate(names) if _protocol(name) is None]
    for code in foreign:
        rows = np.flatnonzero(codes == code)
        reason = f"not IP: {names[code]}" if names[code].isprintable() and names[code] else "no protocol"
        rejects.add(reason[:40], offset=int(found.positions[rows[0]]), count=len(rows))
    keep = ~np.isin(codes, foreign)
    return found.where(keep) if foreign else found


def _protocol(name: str) -> int | None:
    try:
        return _INSIDE_UDP.get(name.lower()) or protocol_number(name)
    except ValueError:
        return None


def _flows(found: Lines, options: ReadOptions, rejects: Rejects) -> Chunk:
    proto = _protocols(found)
    sides = sides_of(found, proto)
    start, end = _times(found, options, rejects)
    source, target = (keys_from_text(found.columns[name]).arrow() for name in ("SrcAddr", "DstAddr"))
    columns = {
        "start": start,
        "end": end,
        "proto": pa.array(proto),
        "answered": answered(sides, proto),
        "sensor": _sensor(found, options),
        "sampling": pa.array([options.sampling] * len(found), pa.int32()),
    }
    sport, dport = (_ports(found, name, proto, rejects) for name in ("Sport", "Dport"))
    forward = columns | _way(source, target, sport, dport) | _counts(sides, proto, "src")
    back = columns | _way(target, source, dport, sport) | _counts(sides, proto, "dst")
    nobody = ~(sides.src_sent | sides.dst_sent)
    if nobody.any():
        rows = found.positions[nobody]
        rejects.add("no packets on either side", offset=int(rows.min()), count=len(rows))
    return _paired(found, sides, flow_batch(forward), flow_batch(back))


def _protocols(found: Lines) -> npt.NDArray[np.int16]:
    coded = found.columns["Proto"].dictionary_encode()
    numbers = [_protocol(name) or 0 for name in coded.dictionary.to_pylist()]
    codes: npt.NDArray[np.int32] = np.asarray(coded.indices)
    return np.array(numbers, np.int16)[codes]


def _times(found: Lines, options: ReadOptions, rejects: Rejects) -> tuple[pa.Array, pa.Array]:
    written = found.columns["StartTime"]
    start = microseconds(written, zone=options.timezone)
    if start.null_count and pc.any(pc.match_substring_regex(written, _TIME_OF_DAY)).as_py():
        rejects.note("StartTime has no date: print the file again with ra -u")
    note_zone(written, zone=options.timezone, rejects=rejects)
    if "Dur" in found.columns:
        return start, pc.add(start, seconds_to_microseconds(found.columns["Dur"]))
    if "LastTime" in found.columns:
        return start, microseconds(found.columns["LastTime"], zone=options.timezone)
    rejects.note("no column Dur or LastTime: each flow ends when it starts")
    return start, start


def _sensor(found: Lines, options: ReadOptions) -> pa.Array:
    given = pa.scalar(options.sensor, pa.string())
    if "SrcId" in found.columns:
        named = found.columns["SrcId"]
        return pc.if_else(pc.equal(named, ""), given, named)
    return pa.array([options.sensor] * len(found), pa.string())


def _ports(found: Lines, name: str, proto: npt.NDArray[np.int16], rejects: Rejects) -> pa.Array:
    """A side's ports: 0 for ICMP and where none is printed, null where the text is no number."""
    if name not in found.columns:
        rejects.note(f"no column {name}: its ports are 0")
        return pa.array(np.zeros(len(found), np.int32))
    coded = found.columns[name].dictionary_encode()
    known = [_port(text) for text in coded.dictionary.to_pylist()]
    ports = pa.array(known, pa.int32()).take(coded.indices)
    ports = pc.if_else(pa.array(np.isin(proto, _ICMP)), pa.scalar(0, pa.int32()), ports)
    if ports.null_count:
        rejects.note("some ports are names: print the file again with ra -n")
    return ports


@lru_cache(maxsize=1 << 17)  # ports come again in every block
def _port(text: str) -> int | None:
    """A port in decimal or as 0x… in hex; "" is 0, for fragments and protocols without ports."""
    try:
        return min(int(text, 16 if text.startswith("0x") else 10), 1 << 16) if text else 0
    except ValueError:
        return None


def _way(
    source: tuple[pa.Array, pa.Array],
    target: tuple[pa.Array, pa.Array],
    src_port: pa.Array,
    dst_port: pa.Array,
) -> dict[str, pa.Array]:
    return {
        "src_hi": source[0],
        "src_lo": source[1],
        "dst_hi": target[0],
        "dst_lo": target[1],
        "src_port": src_port,
        "dst_port": dst_port,
    }


def _counts(sides: Sides, proto: npt.NDArray[np.int16], side: str) -> dict[str, pa.Array]:
    packets, octets, state = (
        (sides.src_packets, sides.src_bytes, sides.src_state)
        if side == "src"
        else (sides.dst_packets, sides.dst_bytes, sides.dst_state)
    )
    return {"packets": packets, "bytes": octets, "tcp_flags": tcp_flags(state, proto)}


def _paired(found: Lines, sides: Sides, forward: pa.RecordBatch, back: pa.RecordBatch) -> Chunk:
    """The flows that were sent, record by record, the opening side's first."""
    count = len(found)
    rows = np.column_stack([np.arange(count), np.arange(count) + count])
    sent = np.column_stack([sides.src_sent, sides.dst_sent])
    rows[sides.dst_opened] = rows[sides.dst_opened, ::-1]
    sent[sides.dst_opened] = sent[sides.dst_opened, ::-1]
    taken = rows[sent]
    both = pa.Table.from_batches([forward, back]).take(pa.array(taken)).combine_chunks()
    batch = both.to_batches(max_chunksize=max(1, len(taken)))
    record = taken % count if count else taken
    pairs = pa.array(found.positions[record], mask=~(sides.src_sent & sides.dst_sent)[record])
    out = batch[0] if batch else forward.slice(0, 0)
    place = out.schema.get_field_index("pair_id")
    return Chunk(out.set_column(place, "pair_id", pairs), found.positions[record])


register(ArgusReader())
