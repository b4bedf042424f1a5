"""Where in a SiLK record does each value lie? NumPy layouts of the flow formats that any SiLK writes out.

Offsets are those that SiLK's own source documents (libsilk: rwgenericio.c, rwipv6io.c, rwipv6routingio.c).
The formats that only rwflowpack writes, one hour and sensor a file, are not read; REMEDY rewrites them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from headwater.ingest.addresses import Keys, keys_from_ipv4, keys_from_ipv6

# libsilk, silk_files.h
FORMAT_NAMES = {
    0x09: "FT_AGGREGATEBAG", 0x0B: "FT_RWIPV6", 0x0C: "FT_RWIPV6ROUTING", 0x0D: "FT_RWAUGSNMPOUT",
    0x0E: "FT_RWAUGROUTING", 0x10: "FT_RWROUTED", 0x11: "FT_RWNOTROUTED", 0x12: "FT_RWSPLIT",
    0x13: "FT_RWFILTER", 0x14: "FT_RWAUGMENTED", 0x15: "FT_RWAUGWEB",
    0x16: "FT_RWGENERIC", 0x1C: "FT_FLOWCAP",
    0x1D: "FT_IPSET", 0x1F: "FT_RWWWW", 0x21: "FT_RWBAG", 0x25: "FT_PREFIXMAP",
}  # fmt: skip
REMEDY = (
    "rewrite it with: rwfilter --all-destination=NEW --compression-method=zlib FILE, or print it with rwcut"
)

_IPV6_RECORD = 0x80  # bit of tcp_state: the record is IPv6; without it an address is its last 4 bytes
_EXPANDED = 0x01  # bit of tcp_state: flags of the first and of the other packets are apart
_TCP_BIT, _STIME_BITS = 1 << 23, (1 << 22) - 1  # rwipv6io.c, "rflag_stime"

_UNTIL_SENSOR = {
    "start_ms": (0, "i8"), "elapsed_ms": (8, "u4"), "sport": (12, "u2"), "dport": (14, "u2"),
    "proto": (16, "u1"), "sensor": (18, "u2"), "flags": (20, "u1"), "tcp_state": (23, "u1"),
}  # fmt: skip
_GENERIC_SECONDS = {
    "src": (0, "u4"), "dst": (4, "u4"), "sport": (8, "u2"), "dport": (10, "u2"), "start_s": (20, "u4"),
    "elapsed_s": (24, "u4"), "packets": (28, "u4"), "bytes": (32, "u4"), "proto": (36, "u1"),
    "sensor": (38, "u2"), "flags": (40, "u1"), "tcp_state": (43, "u1"),
}  # fmt: skip
_GENERIC_52 = {"packets": (32, "u4"), "bytes": (36, "u4"), "src": (40, "u4"), "dst": (44, "u4")}
_IPV6_68 = {"packets": (28, "u4"), "bytes": (32, "u4"), "src": (36, "16u1"), "dst": (52, "16u1")}
_ROUTING_100 = {"packets": (32, "u8"), "bytes": (40, "u8"), "src": (48, "16u1"), "dst": (64, "16u1")}
_ROUTING_88 = {"packets": (32, "u4"), "bytes": (36, "u4"), "src": (40, "16u1"), "dst": (56, "16u1")}
# (file format, record version): (record's length in bytes, value: (offset, type))
_LAYOUTS: dict[tuple[int, int], tuple[int, dict[str, tuple[int, str]]]] = {
    (0x16, 2): (48, _GENERIC_SECONDS),
    (0x16, 3): (56, _GENERIC_SECONDS | {"start_rest_ms": (48, "u2"), "elapsed_rest_ms": (50, "u2")}),
    (0x16, 4): (56, _GENERIC_SECONDS | {"start_rest_ms": (48, "u2"), "elapsed_rest_ms": (50, "u2")}),
    (0x16, 5): (52, _UNTIL_SENSOR | _GENERIC_52),
    (0x0B, 1): (68, _UNTIL_SENSOR | _IPV6_68),
    (0x0B, 2): (56, {
        "rflag_stime": (0, "u4"), "proto_iflags": (4, "u1"), "tcp_state": (5, "u1"), "sport": (8, "u2"),
        "dport": (10, "u2"), "elapsed_ms": (12, "u4"), "packets": (16, "u4"), "bytes": (20, "u4"),
        "src": (24, "16u1"), "dst": (40, "16u1"),
    }),
    (0x0C, 1): (88, _UNTIL_SENSOR | _ROUTING_88),
    (0x0C, 2): (88, _UNTIL_SENSOR | _ROUTING_88),
    (0x0C, 3): (100, _UNTIL_SENSOR | _ROUTING_100),
}  # fmt: skip

Records = npt.NDArray[Any]  # Any: a structured dtype has no type of its own


@dataclass(frozen=True, slots=True)
class HourFile:
    """What the header of a file of one hour says for all its records.

    Attributes:
        start_ms: milliseconds since 1970-01-01 UTC that the records' times count from.
        sensor: number of the sensor.
    """

    start_ms: int
    sensor: int


def layout_of(file_format: int, version: int, *, big_endian: bool) -> np.dtype[Any] | None:  # Any: structured
    """The layout of a format's records, or None where it is not one that is read here."""
    known = _LAYOUTS.get((file_format, version))
    if known is None:
        return None
    length, fields = known
    order = ">" if big_endian else "<"
    types = [kind if kind.startswith("16") else order + kind for _, kind in fields.values()]
    offsets = [offset for offset, _ in fields.values()]
    return np.dtype({"names": list(fields), "formats": types, "offsets": offsets, "itemsize": length})


def needs_hour(layout: np.dtype[Any]) -> bool:  # Any: structured
    """Whether records of this layout count their times from the file header's."""
    return "rflag_stime" in (layout.names or ())


def times_ms(records: Records, hour: HourFile | None) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Start and duration of each record in milliseconds, shapes (records,)."""
    names = records.dtype.names or ()
    if hour is not None and "rflag_stime" in names:
        start = (records["rflag_stime"] & _STIME_BITS).astype(np.int64) + hour.start_ms
        return start, records["elapsed_ms"].astype(np.int64)
    if "start_ms" in names:
        return records["start_ms"].astype(np.int64), records["elapsed_ms"].astype(np.int64)
    start, elapsed = (records[name].astype(np.int64) * 1000 for name in ("start_s", "elapsed_s"))
    if "start_rest_ms" in names:
        start, elapsed = start + records["start_rest_ms"], elapsed + records["elapsed_rest_ms"]
    return start, elapsed


def protocol_and_flags(records: Records) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    """Protocol number and union of TCP flags of each record, shapes (records,)."""
    if "rflag_stime" not in (records.dtype.names or ()):
        return records["proto"].astype(np.int16), records["flags"].astype(np.int16)
    word, first = records["rflag_stime"], records["proto_iflags"].astype(np.int16)
    tcp = word & _TCP_BIT != 0
    rest = np.where(records["tcp_state"] & _EXPANDED != 0, (word >> 24).astype(np.int16), 0)
    return np.where(tcp, 6, first).astype(np.int16), np.where(tcp, first | rest, 0).astype(np.int16)


def sensors(records: Records, hour: HourFile | None) -> npt.NDArray[np.int64]:
    """Sensor number of each record, shape (records,)."""
    if "sensor" in (records.dtype.names or ()):
        return records["sensor"].astype(np.int64)
    return np.full(len(records), hour.sensor if hour else 0xFFFF, np.int64)


def addresses(records: Records, side: str) -> Keys:
    """Address keys of one side, "src" or "dst"."""
    raw = records[side]
    if raw.ndim == 1:
        return keys_from_ipv4(raw)
    keys = keys_from_ipv6(raw)
    v4 = keys_from_ipv4(np.ascontiguousarray(raw[:, 12:]).view(">u4")[:, 0])
    is_v6 = records["tcp_state"] & _IPV6_RECORD != 0
    return Keys(np.where(is_v6, keys.hi, v4.hi), np.where(is_v6, keys.lo, v4.lo), keys.ok)
