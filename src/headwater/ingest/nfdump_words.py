"""What do nfdump's words mean? Flags, protocols, ports and counts as nfdump prints them, as columns."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.written_times import microseconds
from headwater.model.service import PROTOCOLS

_FLAG_LETTERS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32, "E": 64, "C": 128}
_SCALES = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}  # nfdump scales by 1000, not 1024
_SCALED = r"^(?P<digits>\d+)(?P<fraction>\.\d+)?(?: ?(?P<unit>[KkMGT]))?$"
_DURATION = r"^(?:(?P<days>\d{1,9})d +)?(?:(?P<h>\d{1,9}):(?P<m>\d{1,9}):)?(?P<s>\d{1,9}(?:\.\d+)?)$"
_WRAPPED_S = 1e12  # seconds that no flow lasts
_PORTLESS = (1, 58)  # ICMP and ICMPv6: nfdump shows type and code in the place of the port
_INT64_MAX = (1 << 63) - 1
# Protocols 1 to 137 as nfdump 1.7.1 prints them, "-" where it prints a number or another's name: taken from
# what it printed of a capture with one packet of each.
_NAMES = """
    ICMP IGMP GGP IPIP ST TCP CBT EGP IGP BBN NVPII PUP ARGUS ENCOM XNET CHAOS UDP MUX DCN HMP PRM
    XNS Trnk1 Trnk2 Leaf1 Leaf2 RDP IRTP ISO-4 NETBK MFESP MEINP DCCP 3PC IDPR XTP DDP - TP++ IL
    IPv6 SDRP Rte6 Frag6 IDRP RSVP GRE MHRP BNA ESP AH INLSP SWIPE NARP MOBIL TLSP SKIP ICMP6 NOHE6
    OPTS6 HOST CFTP NET SATNT KLAN RVD IPPC FS SATM VISA IPCV CPNX CPHB WSN PVP BSATM SUNND WBMON
    WBEXP ISOIP VMTP SVMTP VINES TTP NSIGP DGP TCF EIGRP OSPF S-RPC LARP MTP AX.25 OS MICP SCCSP
    ETHIP ENCAP - GMTP IFMP PNNI PIM ARIS SCPS QNX A/N IPcmp SNP CpqPP IPXIP VRRP PGM 0hop L2TP DDX
    IATP STP SRP UTI SMP SM PTP ISIS4 FIRE CRTP CRUDP - IPLT SPS PIPE SCTP FC - MHEAD UDP-L MPLS
"""
_PROTOCOLS = PROTOCOLS | {
    name.lower(): number for number, name in enumerate(_NAMES.split(), 1) if name != "-"
}
TCP = 6
FIN, SYN, RST, ACK = 1, 2, 4, 16

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def moments_from_text(texts: pa.Array, *, zone: str) -> pa.Array:
    """Microseconds since 1970-01-01 UTC of `2015-06-02 05:15:11.000` or Unix seconds: int64, null where the
    text is neither.
    """
    if zone == "UTC":
        try:
            return texts.cast(pa.timestamp("us")).cast(pa.int64())  # the usual case, and much the faster
        except pa.ArrowInvalid:
            pass  # some text is no such time
    return microseconds(texts, zone=zone)


def durations_from_text(texts: pa.Array) -> pa.Array:
    """Microseconds of `195.336`, `00:03:15.336` or `2d 08:06:21.969`: int64, null where it is none."""
    try:
        seconds = texts.cast(pa.float64())
    except pa.ArrowInvalid:
        parts = pc.extract_regex(texts, _DURATION)
        seconds = _seconds(parts)
    values = np.asarray(seconds.fill_null(0))
    # 1.7.1 prints a duration below 0 in plain numbers as what is left of 2^64 milliseconds
    values = np.where(values > _WRAPPED_S, values - (1 << 64) / 1000, values)
    sound = np.asarray(seconds.is_valid()) & (np.abs(values) < _WRAPPED_S)
    return pa.array(np.round(np.where(sound, values, 0) * 1e6).astype(np.int64), mask=~sound)


def _seconds(parts: pa.Array) -> pa.Array:
    total = np.zeros(len(parts))
    for name, unit in (("days", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        text = pc.struct_field(parts, name)
        written = pc.fill_null(pc.not_equal(text, ""), pa.scalar(False))
        total += np.asarray(pc.if_else(written, text, "0").cast(pa.float64())) * unit
    return pa.array(total, mask=~np.asarray(parts.is_valid()))


def flags_from_text(texts: pa.Array) -> pa.Array:
    """TCP flags from `...AP.SF` (1.7), `.AP.SF` (1.6) or `0x1b`: int16, null where the text is neither."""
    coded = pc.utf8_trim_whitespace(texts).dictionary_encode()
    known = pa.array([_flags(text) for text in coded.dictionary.to_pylist()], pa.int16())
    return known.take(coded.indices)


def _flags(text: str) -> int | None:
    if text[:2].lower() == "0x":
        try:
            return int(text, 16) & 0xFF
        except ValueError:
            return None
    if not text or set(text) - set(_FLAG_LETTERS) - {"."}:
        return None
    return sum(_FLAG_LETTERS[letter] for letter in set(text) - {"."})


def protocols_from_text(texts: pa.Array) -> pa.Array:
    """Protocol numbers from names in any case or numbers: int16, null where the text is neither."""
    coded = pc.utf8_trim_whitespace(texts).dictionary_encode()
    known = pa.array([_protocol(text) for text in coded.dictionary.to_pylist()], pa.int16())
    return known.take(coded.indices)


def _protocol(text: str) -> int | None:
    if text.isascii() and text.isdigit() and int(text) <= 255:
        return int(text)
    return _PROTOCOLS.get(text.lower())


def counts_from_text(texts: pa.Array) -> tuple[pa.Array, int]:
    """Counts from plain numbers (`12020`) and scaled ones (`1.2 M`).

    Returns:
        int64 array, null where the text is no count, the largest int64 where it is beyond that; and how many
        were scaled, and so are rounded to a tenth of their unit.
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    try:
        return trimmed.cast(pa.int64()), 0  # the usual case, and much the faster
    except pa.ArrowInvalid:
        parts = pc.extract_regex(trimmed, _SCALED)
    unit = pc.utf8_upper(pc.fill_null(pc.struct_field(parts, "unit"), ""))
    plain = pc.equal(pc.binary_length(pc.struct_field(parts, "fraction")), 0)
    scaled = pc.and_(pc.is_valid(parts), pc.or_(pc.not_equal(unit, ""), pc.invert(plain)))
    number = pc.binary_join_element_wise(
        pc.struct_field(parts, "digits"), pc.struct_field(parts, "fraction"), ""
    ).cast(pa.float64())
    values = np.asarray(number.fill_null(0))
    for name, scale in _SCALES.items():
        values = np.where(np.asarray(pc.equal(unit, name)), values * scale, values)
    # plain digits are cast as integers: a float has no room for all of a 64-bit counter
    short = pc.and_(pc.invert(scaled), pc.less_equal(pc.binary_length(trimmed), 18)).fill_null(False)
    exact = np.asarray(pc.if_else(pc.and_(pc.is_valid(parts), short), trimmed, "0").cast(pa.int64()))
    rounded = np.where(values < float(_INT64_MAX), np.round(values), 0).astype(np.int64)
    result = np.where(values >= float(_INT64_MAX), _INT64_MAX, np.where(np.asarray(short), exact, rounded))
    return pa.array(result, mask=~np.asarray(pc.is_valid(parts))), int(pc.sum(scaled).as_py() or 0)


def own_counts(counts: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The counts with those of the flow itself in their place.

    A record with nothing but "out" counts was counted where it left the exporter (OUT_PKTS and OUT_BYTES of
    RFC 3954, section 8): they are its own. Beside "in" counts they are those of the way back.

    Args:
        counts: `packets`, `bytes`, `packets_back` and `bytes_back`, int64 arrays.
    """
    zero = {name: np.asarray(pc.fill_null(column, 0)) == 0 for name, column in counts.items()}
    egress = pa.array(zero["packets"] & zero["bytes"] & ~(zero["packets_back"] & zero["bytes_back"]))
    moved = {name: pc.if_else(egress, counts[f"{name}_back"], counts[name]) for name in ("packets", "bytes")}
    return moved | {name: pc.if_else(egress, 0, counts[name]) for name in ("packets_back", "bytes_back")}


def without_icmp_ports(ports: Int64s, proto: Int64s) -> Int64s:
    """The ports, 0 where the protocol has none."""
    return np.where(np.isin(proto, _PORTLESS), 0, ports)


def tcp_flags_or_null(flags: Int64s, proto: Int64s) -> pa.Array:
    """The flags as int16; null where the protocol is not TCP, or no flag is set: no TCP segment but a null
    scan's carries none, and exporters that know no flags send 0.
    """
    unknown = (proto != TCP) | (flags == 0)
    return pa.array(np.where(unknown, 0, flags & 0xFF).astype(np.int16), mask=unknown)
