"""Which flows does a binary SiLK file hold? FT_RWGENERIC, FT_RWIPV6, FT_RWIPV6ROUTING, either byte order.

A file is 16 bytes of start, header entries, then records: bare, or in blocks of zlib (libsilk: skheader.h,
skstream.c, skiobuf.c). Files compressed with LZO or Snappy are refused with the command that rewrites them.
Text that `rwcut` printed is read by rwcut.py.

SiLK writes one-way records without sampling interval. The sensor is its number: its name is in silk.conf.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.errors import UnreadableSource
from headwater.ingest.answered import told_by_flags
from headwater.ingest.columns import flow_batch
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.silk_layouts import (
    FORMAT_NAMES,
    REMEDY,
    HourFile,
    Records,
    addresses,
    layout_of,
    needs_hour,
    protocol_and_flags,
    sensors,
    times_ms,
)
from headwater.ingest.source import SourceFile

MAGIC = b"\xde\xad\xbe\xef"
_START = struct.Struct(">4sBBBBIHH")  # magic, flags, format, file version, compression, SiLK, length, version
_ENTRY = struct.Struct(">II")  # header entry: its type and its length, these 8 bytes included
_PACKED_FILE = struct.Struct(">qII")  # entry 1: start of the hour in ms, flow type, sensor
_BLOCK = struct.Struct(">II")  # bytes compressed, bytes uncompressed
_EXPANDED_HEADER = 16  # the first file version with header entries (SiLK 1.0, 2007)
_COMPRESSIONS = {0: "none", 1: "zlib", 2: "lzo1x", 3: "snappy"}
_BLOCK_MAX = 1 << 20  # bytes; SiLK's own blocks are 64 KiB (skiobuf.h)
_CHUNK_BYTES = 4 << 20
_NO_SENSOR = 0xFFFF  # silk_types.h: SK_INVALID_SENSOR
_ICMP, _TCP = (1, 58), 6


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself before its records.

    Attributes:
        layout: of one record.
        zipped: whether records come in zlib blocks.
        hour: times and sensor that the header holds for all records, or None.
    """

    layout: np.dtype[Any]  # Any: structured
    zipped: bool
    hour: HourFile | None


class SilkReader:
    """Binary SiLK flow files."""

    name = "silk"
    title = "SiLK binary"
    position_unit: PositionUnit = "record"
    rank = 0

    def sniff(self, source: SourceFile) -> bool:
        """Whether the file starts with SiLK's magic number."""
        return source.head.startswith(MAGIC) and len(source.head) >= _START.size

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The file's flows, some megabytes of records at a time.

        Raises:
            UnreadableSource: no SiLK flow file, or a format, version or compression that is not read here.
        """
        with source.open(rejects) as stream:
            header = read_header(stream, source.name)
            record = 0
            for raw in _chunks(stream, header, rejects):
                if isinstance(raw, int):
                    record += raw
                    continue
                records = np.frombuffer(raw, header.layout)
                yield Chunk(_flows(records, header.hour, options), np.arange(record, record + len(records)))
                record += len(records)


def read_header(stream: io.BufferedReader, name: str) -> Header:
    """The header of an open file; the stream stands at the first record afterwards.

    Raises:
        UnreadableSource: as for `SilkReader.read`.
    """
    start = stream.read(_START.size)
    if len(start) < _START.size or not start.startswith(MAGIC):
        raise UnreadableSource(f"{name}: no SiLK file: it does not start with the bytes de ad be ef")
    _, flags, file_format, file_version, compression, _, length, version = _START.unpack(start)
    called = FORMAT_NAMES.get(file_format, f"format 0x{file_format:02X}")
    if file_version < _EXPANDED_HEADER:
        raise UnreadableSource(f"{name}: a SiLK file from before 2007; {REMEDY}")
    layout = layout_of(file_format, version, big_endian=bool(flags & 1))
    if layout is None:
        raise UnreadableSource(f"{name}: SiLK {called} version {version} is not read; {REMEDY}")
    if length not in {0, layout.itemsize}:
        raise UnreadableSource(
            f"{name}: SiLK {called} version {version} has records of {layout.itemsize} bytes, not {length}"
        )
    if compression not in {0, 1}:
        kind = _COMPRESSIONS.get(compression, f"number {compression}")
        raise UnreadableSource(f"{name}: SiLK compression {kind} is not read; {REMEDY}")
    hour = _entries(stream, name)
    if needs_hour(layout) and hour is None:
        raise UnreadableSource(
            f"{name}: SiLK {called} version {version} without the hour in its header; {REMEDY}"
        )
    return Header(layout, compression == 1, hour)


def _entries(stream: io.BufferedReader, name: str) -> HourFile | None:
    """Reads the header entries up to the last, which has type 0."""
    hour = None
    while True:
        head = stream.read(_ENTRY.size)
        kind, length = _ENTRY.unpack(head) if len(head) == _ENTRY.size else (0, 0)
        body = stream.read(length - _ENTRY.size) if _ENTRY.size <= length <= _BLOCK_MAX else b""
        if length < _ENTRY.size or len(body) < length - _ENTRY.size:
            raise UnreadableSource(
                f"{name}: its SiLK header is cut off or damaged; take the file from its source again"
            )
        if kind == 0:
            return hour
        if kind == 1 and len(body) >= _PACKED_FILE.size:
            start_ms, _, sensor = _PACKED_FILE.unpack_from(body)
            hour = HourFile(start_ms, sensor)


def _chunks(stream: io.BufferedReader, header: Header, rejects: Rejects) -> Iterator[bytes | int]:
    """Whole records, some megabytes at a time; a number stands for that many records that are lost."""
    size = header.layout.itemsize
    pending, seen = bytearray(), 0
    for part in _blocks(stream, rejects) if header.zipped else iter(lambda: stream.read(_CHUNK_BYTES), b""):
        if isinstance(part, int):
            whole = len(pending) // size * size
            if whole:
                yield bytes(pending[:whole])
            lost = (part + len(pending) - whole) // size or 1
            seen += whole // size
            rejects.add("block corrupt", offset=seen, count=lost)
            pending.clear()
            seen += lost
            yield lost
            continue
        pending += part
        if len(pending) >= _CHUNK_BYTES:
            whole = len(pending) // size * size
            yield bytes(pending[:whole])
            del pending[:whole]
            seen += whole // size
    whole = len(pending) // size * size
    if whole:
        yield bytes(pending[:whole])
    if len(pending) > whole:
        rejects.add("file cut off", offset=seen + whole // size, detail="the last record is not complete")


def _blocks(stream: io.BufferedReader, rejects: Rejects) -> Iterator[bytes | int]:
    """Uncompressed blocks; for a block that is corrupt the number of bytes that it should have held."""
    number = 0
    while head := stream.read(_BLOCK.size):
        packed, full = _BLOCK.unpack(head) if len(head) == _BLOCK.size else (0, 0)
        if len(head) == _BLOCK.size and not (0 < packed <= _BLOCK_MAX and 0 < full <= _BLOCK_MAX):
            yield 1  # without its length the next block cannot be found
            rejects.note(f"block {number} has an impossible length: nothing after it was read")
            return
        body = stream.read(packed)
        if len(head) < _BLOCK.size or len(body) < packed:
            yield from _cut(body)
            return
        yield _inflated(body, full)
        number += 1


def _cut(body: bytes) -> Iterator[bytes]:
    """What can be had of a block whose end is missing, and a byte more, that it be known as cut off."""
    try:
        yield zlib.decompressobj().decompress(body, _BLOCK_MAX)
    except zlib.error:
        yield b""
    yield b"\0"


def _inflated(body: bytes, full: int) -> bytes | int:
    engine = zlib.decompressobj()
    try:
        plain = engine.decompress(body, full + 1)
    except zlib.error:
        return full
    return plain if len(plain) == full else full


def _flows(records: Records, hour: HourFile | None, options: ReadOptions) -> pa.RecordBatch:
    start_ms, elapsed_ms = times_ms(records, hour)
    proto, flags = protocol_and_flags(records)
    src_hi, src_lo = addresses(records, "src").arrow()
    dst_hi, dst_lo = addresses(records, "dst").arrow()
    portless = np.isin(proto, _ICMP)  # SiLK keeps ICMP type and code in the place of dPort
    # a time that 64-bit microseconds cannot hold becomes null
    sane = (start_ms >= 0) & (start_ms < 1 << 52)
    batch = flow_batch(
        {
            "start": pa.array(np.where(sane, start_ms, 0) * 1000, mask=~sane),
            "end": pa.array(np.where(sane, start_ms + elapsed_ms, 0) * 1000, mask=~sane),
            "src_hi": src_hi,
            "src_lo": src_lo,
            "dst_hi": dst_hi,
            "dst_lo": dst_lo,
            "src_port": np.where(portless, 0, records["sport"]),
            "dst_port": np.where(portless, 0, records["dport"]),
            "proto": proto,
            "packets": _counter(records["packets"]),
            "bytes": _counter(records["bytes"]),
            "tcp_flags": pa.array(flags, mask=proto != _TCP),
            "sensor": _sensor_names(sensors(records, hour), options),
            "sampling": pa.array([options.sampling] * len(records), pa.int32()),
        }
    )
    return told_by_flags(batch)


def _counter(values: npt.NDArray[np.unsignedinteger[Any]]) -> npt.NDArray[np.int64]:  # Any: two widths
    """Counts as int64; what does not fit becomes the largest, which screening then calls absurd."""
    return np.minimum(values.astype(np.uint64), np.uint64(np.iinfo(np.int64).max)).astype(np.int64)


def _sensor_names(numbers: npt.NDArray[np.int64], options: ReadOptions) -> pa.Array:
    distinct, codes = np.unique(numbers, return_inverse=True)
    names = [options.sensor if number == _NO_SENSOR else str(number) for number in distinct.tolist()]
    return pa.array(names, pa.string()).take(pa.array(codes))


register(SilkReader())
