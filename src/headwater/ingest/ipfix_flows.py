"""What do IPFIX data records say as flows? One flow a record, two where it counts both directions.

Counters: the delta of a flow's report (octetDeltaCount 1, packetDeltaCount 2), else the total since the
flow's start (85, 86), else an initiator's (231, 298). Both directions are in one record by RFC 5103 (the same
elements under enterprise 29305) or as a responder's counters (232, 299).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from headwater.ingest.addresses import Keys, text_from_keys
from headwater.ingest.answered import told_by_flags
from headwater.ingest.columns import flow_batch
from headwater.ingest.ipfix_templates import Element, Rows, Template
from headwater.ingest.ipfix_values import (
    REVERSE,
    Bools,
    Column,
    Int64s,
    addresses,
    number,
    sampling_interval,
    starts_and_ends,
)
from headwater.ingest.reader import Chunk

_OCTETS: tuple[Element, ...] = ((0, 1), (0, 85), (0, 231))
_PACKETS: tuple[Element, ...] = ((0, 2), (0, 86), (0, 298))
_OCTETS_BACK: tuple[Element, ...] = ((REVERSE, 1), (REVERSE, 85), (0, 232))
_PACKETS_BACK: tuple[Element, ...] = ((REVERSE, 2), (REVERSE, 86), (0, 299))
# CERT's registry (enterprise 6871): initialTCPFlags 14, unionTCPFlags 15 of the later packets,
# reverseFlowDeltaMilliseconds 21; with bit 0x4000 of the other direction. YAF sends no tcpControlBits.
_CERT, _CERT_REVERSE, _CERT_DELAY = 6871, 0x4000, (6871, 21)
_SOURCE, _DESTINATION = (8, 27), (12, 28)  # sourceIPv4Address, sourceIPv6Address; the same of the destination
_SOURCE_PORTS: tuple[Element, ...] = ((0, 7), (0, 180), (0, 182))  # any, of UDP, of TCP
_DESTINATION_PORTS: tuple[Element, ...] = ((0, 11), (0, 181), (0, 183))
_SELECTORS: tuple[Element, ...] = ((0, 302), (0, 48))  # selectorId, samplerId
WHOLE_DOMAIN = -1  # stands for a selector where an options record names none
_FIN, _SYN, _RST, _PSH = 1, 2, 4, 8
_ICMP, _TCP = (1, 58), 6


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of records beyond themselves.

    Attributes:
        export_us: export time of each record's message, microseconds since 1970, shape (rows,).
        offsets: byte of the file at which each record starts, shape (rows,).
        started_ms: when the exporter started, or None.
        sampling: packet sampling interval by selector; under WHOLE_DOMAIN the one of all selectors.
        sampling_given: the interval to take where neither record nor exporter names one, or None.
        sensor: name to take where the record names no exporter, or None.
    """

    export_us: Int64s
    offsets: Int64s
    started_ms: int | None
    sampling: dict[int, int]
    sampling_given: int | None
    sensor: str | None


def is_flow_template(template: Template) -> bool:
    """Whether its records can be flows: they have an address of either side."""
    return template.has(*((0, element) for element in _SOURCE)) and template.has(
        *((0, element) for element in _DESTINATION)
    )


def counts_both_ways(template: Template) -> bool:
    """Whether its records count both directions."""
    return template.has(*_OCTETS_BACK, *_PACKETS_BACK)


def flows_of(template: Template, rows: Rows, around: Surroundings) -> Chunk:
    """The flows of records of one template.

    Args:
        template: of the records.
        rows: records, shape (rows,).
        around: what is known beyond them.

    Returns:
        Flows in order; the two directions of one record one behind the other, with the record's offset as
        pair_id.
    """
    source, destination = addresses(rows, *_SOURCE), addresses(rows, *_DESTINATION)
    proto = number(rows, (0, 4))
    src_port, dst_port = (_ports(rows, proto, ports) for ports in (_SOURCE_PORTS, _DESTINATION_PORTS))
    start, end = starts_and_ends(rows, export_us=around.export_us, started_ms=around.started_ms)
    start, end = start.or_else(end), end.or_else(start)
    shared = {
        "proto": _arrow(proto),
        "sensor": _sensor(rows, around),
        "sampling": _arrow(_sampling(rows, around)),
    }
    octets, packets = number(rows, *_OCTETS), number(rows, *_PACKETS)
    flags = _flags(rows, 0, 0)
    forward = shared | _way(source, destination, src_port, dst_port) | {
        "start": _arrow(start), "end": _arrow(end), "bytes": _arrow(octets), "packets": _arrow(packets),
        "tcp_flags": _arrow(_of_tcp(flags, proto)),
    }  # fmt: skip
    if not counts_both_ways(template):
        return Chunk(told_by_flags(flow_batch(forward)), around.offsets)
    octets_back, packets_back = number(rows, *_OCTETS_BACK), number(rows, *_PACKETS_BACK)
    flags_back = _flags(rows, REVERSE, _CERT_REVERSE)
    start_back, end_back = _times_back(rows, around, start, end)
    back = shared | _way(destination, source, dst_port, src_port) | {
        "start": _arrow(start_back), "end": _arrow(end_back), "bytes": _arrow(octets_back),
        "packets": _arrow(packets_back), "tcp_flags": _arrow(_of_tcp(flags_back, proto)),
    }  # fmt: skip
    sent_back = _sent(octets_back, packets_back)
    sent = _sent(octets, packets) | ~sent_back
    refused = _refused(flags, flags_back, proto)
    answered = {"answered": pa.array(sent & sent_back & ~refused)}
    return _paired(forward | answered, back | answered, np.column_stack([sent, sent_back]), around.offsets)


def _times_back(rows: Rows, around: Surroundings, start: Column, end: Column) -> tuple[Column, Column]:
    """The other direction's times: its own, else those of the record, its start later by CERT's delay."""
    own_start, own_end = starts_and_ends(
        rows, export_us=around.export_us, started_ms=around.started_ms, enterprise=REVERSE
    )
    delay = number(rows, _CERT_DELAY)
    later = np.minimum(start.values + delay.values * 1000, end.values)
    late = Column(later, start.ok & end.ok & delay.ok & (delay.values < 1 << 40))
    return own_start.or_else(late).or_else(start), own_end.or_else(end)


def _ports(rows: Rows, proto: Column, elements: tuple[Element, ...]) -> Column:
    """Ports; 0 for ICMP, whose type and code some exporters put there, and where records have no ports."""
    ports = number(rows, *elements)
    return Column(np.where(ports.ok & ~np.isin(proto.values, _ICMP), ports.values, 0), np.ones_like(ports.ok))


def _flags(rows: Rows, enterprise: int, bit: int) -> Column:
    """TCP flags of one direction; of tcpControlBits the lower 8 of 16 bits (RFC 9293)."""
    control = number(rows, (enterprise, 6))
    first, later = (number(rows, (_CERT, element | bit)) for element in (14, 15))
    cert = Column(first.values | later.values, first.ok & later.ok)
    flags = control.or_else(cert)
    return Column(flags.values & 0xFF, flags.ok)


def _of_tcp(flags: Column, proto: Column) -> Column:
    return Column(flags.values, flags.ok & proto.ok & (proto.values == _TCP))


def _refused(flags: Column, flags_back: Column, proto: Column) -> Bools:
    """Whether a SYN met nothing but RST."""
    known: Bools = flags.ok & flags_back.ok & (proto.values == _TCP)
    lone_reset: Bools = flags_back.values & (_FIN | _SYN | _RST | _PSH) == _RST
    opened: Bools = flags.values & _SYN != 0
    return known & lone_reset & opened


def _sent(octets: Column, packets: Column) -> Bools:
    return (octets.ok & (octets.values > 0)) | (packets.ok & (packets.values > 0))


def _sampling(rows: Rows, around: Surroundings) -> Column:
    """The interval that the record names, else its selector's, else its domain's, else the one given."""
    own = sampling_interval(rows)
    selector = number(rows, *_SELECTORS)
    named = Column(np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_))
    for key, interval in around.sampling.items():
        hit = selector.ok & (selector.values == key)
        named = named.or_else(Column(np.full(len(rows), interval), hit))
    # one interval everywhere in the domain is every record's; several without a selector are nobody's
    distinct = set(around.sampling.values())
    common = distinct.pop() if len(distinct) == 1 else around.sampling.get(WHOLE_DOMAIN)
    rest = common if common is not None else around.sampling_given
    chosen = own.or_else(named)
    if rest is None:
        return chosen
    return chosen.or_else(Column(np.full(len(rows), rest, np.int64), np.ones(len(rows), np.bool_)))


def _sensor(rows: Rows, around: Surroundings) -> pa.Array:
    """exporterIPv4Address (130) or exporterIPv6Address (131) of the record, else the name given."""
    exporter = addresses(rows, 130, 131)
    known = exporter.ok & ((exporter.hi != 0) | (exporter.lo & 0xFFFFFFFF != 0))  # 0.0.0.0 and :: say nothing
    names = pa.array([around.sensor] * len(rows), pa.string())
    if not known.any():
        return names
    texts = text_from_keys(exporter.hi, exporter.lo)
    return pa.compute.if_else(pa.array(known), texts, names)


def _way(source: Keys, target: Keys, src_port: Column, dst_port: Column) -> dict[str, pa.Array]:
    src_hi, src_lo = source.arrow()
    dst_hi, dst_lo = target.arrow()
    return {
        "src_hi": src_hi,
        "src_lo": src_lo,
        "dst_hi": dst_hi,
        "dst_lo": dst_lo,
        "src_port": _arrow(src_port),
        "dst_port": _arrow(dst_port),
    }


def _arrow(column: Column) -> pa.Array:
    return pa.array(column.values, mask=~column.ok)


def _paired(forward: dict[str, pa.Array], back: dict[str, pa.Array], sent: Bools, offsets: Int64s) -> Chunk:
    """The directions that sent something, record by record."""
    count = len(offsets)
    rows = np.column_stack([np.arange(count), np.arange(count) + count])[sent]
    record = rows % max(count, 1)
    paired: Bools = sent[:, 0] & sent[:, 1]
    pairs = pa.array(offsets[record], mask=~paired[record])
    both = pa.Table.from_batches([flow_batch(forward), flow_batch(back)]).combine_chunks()
    batch = both.to_batches(max_chunksize=2 * count + 1)[0].take(pa.array(rows))
    return Chunk(batch.set_column(batch.schema.get_field_index("pair_id"), "pair_id", pairs), offsets[record])
