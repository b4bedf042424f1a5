"""What does a packet of NetFlow v5, v9 or IPFIX say about its exporter? Its header, and where its sets lie.

Flow records are not looked at. Formats: Cisco, NetFlow version 5 (header of 24 octets); RFC 3954, section 5;
RFC 7011, section 3. Whatever a packet holds, nothing is raised and no more than MAX_SETS sets are walked.
"""

import struct
from typing import NamedTuple

V5, V9, IPFIX = 5, 9, 10
FIRST_DATA = 256  # identifiers from here on are of data; below are templates and what nobody uses
MAX_SETS = 1_024  # of a packet: one of 64 KiB could hold 16,000 empty ones
_V5, _V9, _IPFIX = struct.Struct(">HHIIIIHH"), struct.Struct(">HHIIII"), struct.Struct(">HHIII")
_SET = struct.Struct(">HH")
_V5_RECORD_BYTES, _V5_MOST = 48, 30


Octets = bytes | memoryview


class Set(NamedTuple):
    """One set: its identifier, and where its content begins and ends in the packet."""

    identifier: int
    start: int
    end: int


class Packet(NamedTuple):
    """One packet.

    Attributes:
        version: 5, 9 or 10 (IPFIX).
        domain: source or observation domain; of version 5 the engine's type and number, as nfcapd's.
        sequence: number of its first unit: flow (5), packet (9), record (IPFIX).
        units: how many units it holds: flows of version 5, 1 of version 9; of IPFIX its sets say it, here 0.
        clock_s: the exporter's clock, seconds since 1970 UTC.
        uptime_ms: since the exporter started, modulo 2^32; None for IPFIX.
        interval: N of 1:N in the header of version 5, 0 where it says none.
        sets: of version 9 and IPFIX.
    """

    version: int
    domain: int
    sequence: int
    units: int
    clock_s: int
    uptime_ms: int | None
    interval: int
    sets: tuple[Set, ...]


def packet_in(payload: Octets) -> Packet | None:
    """The packet in a datagram's payload; None where it is none of these versions or shorter than its header.

    Args:
        payload: all octets behind the UDP header.
    """
    if len(payload) < _IPFIX.size:
        return None
    version = payload[0] << 8 | payload[1]
    if version == V5:
        return _version_5(payload)
    if version == V9 and len(payload) >= _V9.size:
        _, _, uptime, clock, sequence, domain = _V9.unpack_from(payload)
        return Packet(V9, domain, sequence, 1, clock, uptime, 0, _sets(payload, _V9.size, len(payload)))
    if version == IPFIX:
        _, length, clock, sequence, domain = _IPFIX.unpack_from(payload)
        if not _IPFIX.size <= length <= len(payload):
            return None
        return Packet(IPFIX, domain, sequence, 0, clock, None, 0, _sets(payload, _IPFIX.size, length))
    return None


def _version_5(payload: Octets) -> Packet | None:
    if len(payload) < _V5.size:
        return None
    _, count, uptime, clock, _, sequence, engine, sampling = _V5.unpack_from(payload)
    if not 1 <= count <= _V5_MOST or len(payload) < _V5.size + count * _V5_RECORD_BYTES:
        return None  # nfcapd refuses it, too
    return Packet(V5, engine, sequence, count, clock, uptime, sampling & 0x3FFF, ())


def _sets(payload: Octets, place: int, end: int) -> tuple[Set, ...]:
    found: list[Set] = []
    while place + _SET.size <= end and len(found) < MAX_SETS:
        identifier, length = _SET.unpack_from(payload, place)
        if length < _SET.size or place + length > end:
            break  # padding, or damage: nfcapd stops here, too
        found.append(Set(identifier, place + _SET.size, place + length))
        place += length
    return tuple(found)
