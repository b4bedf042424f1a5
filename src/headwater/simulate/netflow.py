"""How does an exporter send a world's records? As NetFlow version 9 packets (RFC 3954), a source id a sensor.

Four templates: IPv4 and IPv6, each with and without TCP flags, because some exporters export none. The
sampling interval is announced as element 34 alone: from other options nfcapd 1.7.1 does not learn it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_VERSION, _HEADER = 9, ">HHIIII"
_MOST_BYTES = 1_400  # of the records in a packet: it fits one Ethernet frame
_OPTIONS_TEMPLATE, _SCOPE_SYSTEM, _SAMPLING_INTERVAL = 270, 1, 34
_MILLISECOND = timedelta(milliseconds=1)
# RFC 3954, section 8: number and length of each field, in the order of the columns below
_HEAD = (
    (22, 4),
    (21, 4),
    (2, 4),
    (1, 4),
    (7, 2),
    (11, 2),
    (4, 1),
)  # first, last, packets, bytes, ports, protocol
_FLAGS, _V4, _V6 = ((6, 1),), ((8, 4), (12, 4)), ((27, 16), (28, 16))
_COLUMNS: list[tuple[str, str]] = [
    ("first", ">u4"), ("last", ">u4"), ("packets", ">u4"), ("bytes", ">u4"), ("src_port", ">u2"),
    ("dst_port", ">u2"), ("proto", "u1"),
]  # fmt: skip
_ADDRESSES = {
    4: [("src_lo", ">u4"), ("dst_lo", ">u4")],
    6: [("src_hi", ">u8"), ("src_lo", ">u8"), ("dst_hi", ">u8"), ("dst_lo", ">u8")],
}
_IPV4_MAPPED = 0xFFFF  # upper half of the low word of an IPv4-mapped address (RFC 4291, section 2.5.5.2)


@dataclass(slots=True)
class Exporter:
    """One exporter.

    Attributes:
        source_id: its number, by which a collector tells it from others at the same address.
        boot: when its clock of milliseconds began; at most 49 days before what it sends.
        sampling: N of 1:N.
        sequence: packets sent so far.
    """

    source_id: int
    boot: datetime
    sampling: int
    sequence: int = 0

    def announcement(self, now: datetime) -> bytes:
        """A packet with all templates and the sampling interval."""
        fields = b"".join(_template(*key) for key in _TEMPLATES)
        options = struct.pack(">HHHHHHH", _OPTIONS_TEMPLATE, 4, 4, _SCOPE_SYSTEM, 4, _SAMPLING_INTERVAL, 4)
        interval = struct.pack(">II", self.source_id, self.sampling)
        return self._packet(now, [(0, fields), (1, options), (_OPTIONS_TEMPLATE, interval)])

    def packets(self, records: pa.RecordBatch, now: datetime) -> Iterator[bytes]:
        """Packets with records; times are kept to the millisecond.

        Args:
            records: of this exporter alone, in READ_SCHEMA.
            now: the exporter's clock; not before the records' ends.
        """
        for (family, flags), rows in _by_template(records):
            table = _rows(rows, family, flags=flags, boot=self.boot)
            most = _MOST_BYTES // table.dtype.itemsize
            for first in range(0, len(table), most):
                content = table[first : first + most].tobytes()
                yield self._packet(now, [(_TEMPLATES[family, flags], content)])

    def _packet(self, now: datetime, sets: list[tuple[int, bytes]]) -> bytes:
        body = b""
        for number, content in sets:
            padded = content + bytes(-len(content) % 4)
            body += struct.pack(">HH", number, 4 + len(padded)) + padded
        uptime_ms = (now - self.boot) // _MILLISECOND
        head = struct.pack(
            _HEADER, _VERSION, len(sets), uptime_ms, int(now.timestamp()), self.sequence, self.source_id
        )
        self.sequence += 1
        return head + body


_TEMPLATES = {(4, True): 260, (4, False): 261, (6, True): 262, (6, False): 263}


def by_sensor(records: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The records of each sensor, by name."""
    for sensor in sorted(set(records["sensor"].to_pylist())):
        yield sensor, records.filter(pc.equal(records["sensor"], sensor))


def _template(family: int, flags: bool) -> bytes:
    fields = _HEAD + (_FLAGS if flags else ()) + (_V4 if family == 4 else _V6)
    packed = b"".join(struct.pack(">HH", *each) for each in fields)
    return struct.pack(">HH", _TEMPLATES[family, flags], len(fields)) + packed


def _by_template(records: pa.RecordBatch) -> Iterator[tuple[tuple[int, bool], pa.RecordBatch]]:
    low, high = (records[name].to_numpy() for name in ("src_lo", "src_hi"))
    is_v4 = (high == 0) & (low >> 32 == _IPV4_MAPPED)
    has_flags = records["tcp_flags"].is_valid().to_numpy(zero_copy_only=False)
    for family, flags in _TEMPLATES:
        wanted = (is_v4 == (family == 4)) & (has_flags == flags)
        if wanted.any():
            yield (family, flags), records.filter(pa.array(wanted))


def _rows(records: pa.RecordBatch, family: int, *, flags: bool, boot: datetime) -> npt.NDArray[np.void]:
    """The records as the bytes of a template's fields."""
    columns = [*_COLUMNS, *([("tcp_flags", "u1")] if flags else []), *_ADDRESSES[family]]
    table = np.zeros(records.num_rows, np.dtype(columns))
    boot_us = int(boot.timestamp()) * 1_000_000
    for name, column in (("first", "start"), ("last", "end")):
        table[name] = (records[column].cast(pa.int64()).to_numpy() - boot_us) // 1_000
    for name, _ in columns[2:]:
        values = records[name].to_numpy(zero_copy_only=False).astype(np.int64)
        table[name] = (
            (values & 0xFFFFFFFF) if family == 4 and name.endswith("_lo") else values.view(np.uint64)
        )
    return table
