"""Is somebody still writing this file? What its end lacks, where its format has an end that shows.

Formats with an end mark are sure: Parquet's footer, a compressed archive's last block, the number of blocks
in an nfcapd file's header, Zeek's `#close` line, an IPFIX message's length. Other text is taken for
unfinished while its last line has no newline, which is not sure: some writers leave the last one out.
"""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from headwater.errors import UnreadableSource
from headwater.ingest.nfcapd_blocks import MAGIC, layout_of
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import BLOCK_BYTES, SourceFile

_PARQUET = b"PAR1"
_PARQUET_END_BYTES = 8  # length of the metadata, and the magic number again
_TAIL_BYTES = 4096
_ZEEK, _ZEEK_CLOSED = b"#separator", re.compile(rb"^#close[^\n]*\n", re.MULTILINE)
_IPFIX_VERSION, _IPFIX_HEADER_BYTES = b"\x00\x0a", 16


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a file's end lacks.

    Attributes:
        lacks: in words, for a report.
        sure: whether the format guarantees that a whole file has it.
    """

    lacks: str
    sure: bool


def unfinished(source: SourceFile) -> Unfinished | None:
    """What the end of a file lacks, or None where it looks whole.

    Args:
        source: the file, read anew: nothing of it may be cached from before it grew.

    Raises:
        UnreadableSource: it cannot be opened.
    """
    head = source.raw_head
    if not head:
        return Unfinished("it is empty", sure=False)
    if head.startswith(_PARQUET):
        return None if _has_footer(source.path) else Unfinished("its Parquet footer is missing", sure=True)
    if head.startswith(MAGIC):
        return _nfcapd(source)
    if head.startswith(_IPFIX_VERSION):
        return _ipfix(source.path)
    rejects, tail = Rejects(), b""
    if source.compression:
        head = source.head
        with source.open(rejects) as stream:
            while block := stream.read(BLOCK_BYTES):
                tail = (tail + block)[-_TAIL_BYTES:]
    else:
        tail = _last(source.path, _TAIL_BYTES)
    if rejects.counts:
        return Unfinished("its archive ends before its end mark", sure=True)
    return _text(head, tail)


def _text(head: bytes, tail: bytes) -> Unfinished | None:
    if head.startswith(_ZEEK):  # also other logs of Zeek, which `ingest` then does not recognise
        return None if _ZEEK_CLOSED.search(tail) else Unfinished("its #close line is missing", sure=True)
    # a document of JSON ends with its bracket, and binary formats have no lines
    if b"\0" in head or tail.endswith((b"\n", b"}", b"]")):
        return None
    return Unfinished("its last line has no end", sure=False)


def _has_footer(path: Path) -> bool:
    size, end = path.stat().st_size, _last(path, _PARQUET_END_BYTES)
    if len(end) < _PARQUET_END_BYTES or not end.endswith(_PARQUET):
        return False
    return bool(int.from_bytes(end[:4], "little") + _PARQUET_END_BYTES + len(_PARQUET) <= size)


def _nfcapd(source: SourceFile) -> Unfinished | None:
    try:
        layout = layout_of(source.path, name=source.name)
    except UnreadableSource:
        return Unfinished("its nfcapd header is cut off or unknown", sure=False)
    if layout.damage == "file cut off":
        return Unfinished("its nfcapd blocks are cut off", sure=True)
    if layout.blocks and not layout.expected:
        return Unfinished("nfcapd has not closed it", sure=True)
    return None


def _ipfix(path: Path) -> Unfinished | None:
    """Walks the messages: each says its length (RFC 7011, section 3.1)."""
    size, place = path.stat().st_size, 0
    with path.open("rb") as stream:
        while place < size:
            stream.seek(place)
            header = stream.read(_IPFIX_HEADER_BYTES)
            version, length = struct.unpack_from(">HH", header) if len(header) >= 4 else (10, 0)
            if len(header) == _IPFIX_HEADER_BYTES and (version != 10 or length < _IPFIX_HEADER_BYTES):
                return None  # damaged or no IPFIX: the reader says what it is
            if place + max(length, _IPFIX_HEADER_BYTES) > size:
                return Unfinished("its last IPFIX message is cut off", sure=True)
            place += length
    return None


def _last(path: Path, count: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - count, 0))
        return stream.read(count)
