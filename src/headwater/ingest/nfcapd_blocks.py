"""Where are the blocks of an nfcapd file, which are whole, and how does a damaged file become a sound one?

nfdump refuses a file whose end is missing, and stops at the first block it cannot read. Every block says
its own length, so the whole ones can be copied into a file that nfdump accepts.

Layout 1 (nfdump 1.6): 12 bytes of header, 128 of ident, 136 of statistics, then the blocks.
Layout 2 (nfdump 1.7): 40 bytes of header, the blocks, then an appendix (ident and statistics).
Both are little-endian where the collector was. Source: nfdump, src/libnffile/nffile.h and nffileV2.h.
"""

import bz2
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from headwater.errors import UnreadableSource

MAGIC = b"\x0c\xa5"  # 0xA50C as a little-endian machine writes it
MAGIC_SWAPPED = b"\xa5\x0c"
_LAYOUT_1_BYTES = 276
_LAYOUT_2 = struct.Struct("<HHIQBBHIQII")
_BLOCK = struct.Struct("<IIHH")  # records, bytes that follow, type, flags
_FLAGS_OFFSET, _COUNT_OFFSET = 4, 8  # of flags and number of blocks in layout 1
_LAYOUT_1_BZIP2, _LAYOUT_2_BZIP2 = 0x8, 2  # a flag, and a number
_BLOCK_MAX_BYTES = 1 << 26  # nfdump writes blocks of 1 MiB, at most 5 MiB; more is a damaged length
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """One block.

    Attributes:
        offset: of its header, in bytes.
        size: of the block with its header, in bytes.
        records: how many it says to hold; those of exporters and statistics count too.
        origin: its offset in the file that the user named.
    """

    offset: int
    size: int
    records: int
    origin: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What the headers of an nfcapd file say.

    Attributes:
        version: 1 or 2.
        blocks: the whole blocks, in file order.
        expected: number of blocks that the file header names; 0 where the collector never closed the file.
        bzip2: whether the blocks are bzip2, where nfdump 1.7 says nothing of blocks that it cannot unpack.
        appendix: whether what stands behind the blocks is whole; nfdump 1.7.1 never ends on some that is not.
        damage: what ends the blocks before the file's end, "" where nothing does.
        damage_offset: where that is, in bytes.
        records_lost: records of the block that is cut, at least 1 where there is damage.
    """

    version: int
    blocks: tuple[Block, ...]
    expected: int
    bzip2: bool
    appendix: bool = True
    damage: str = ""
    damage_offset: int = 0
    records_lost: int = 0

    @property
    def sound(self) -> bool:
        """Whether nfdump can be given the file as it is."""
        return not self.damage and self.appendix and self.expected == len(self.blocks)


def layout_of(path: Path, *, name: str) -> Layout:
    """The blocks of an nfcapd file.

    Args:
        path: the file, decompressed.
        name: what the user called it, for messages.

    Raises:
        UnreadableSource: another byte order, an unknown layout, or too short for a file header.
    """
    length = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_LAYOUT_1_BYTES)
        if head.startswith(MAGIC_SWAPPED):
            raise UnreadableSource(
                f"{name}: written on a machine of the other byte order, which nfdump does not read; "
                "there, convert it with `nfdump -r FILE -6 -o csv` and ingest the text"
            )
        version = int.from_bytes(head[2:4], "little")
        needed = {1: _LAYOUT_1_BYTES, 2: _LAYOUT_2.size}.get(version)
        if needed is None or not head.startswith(MAGIC):
            raise UnreadableSource(f"{name}: nfcapd layout {version} is not known; layouts 1 and 2 are")
        if len(head) < needed:
            raise UnreadableSource(f"{name}: cut off within its file header, at byte {len(head)} of {needed}")
        end, appendix_blocks = length, 0
        if version == 1:
            flags, expected = struct.unpack_from("<II", head, _FLAGS_OFFSET)
            bzip2 = bool(flags & _LAYOUT_1_BZIP2)
        else:
            fields = _LAYOUT_2.unpack_from(head)
            appendix_blocks, appendix_offset, expected = fields[6], fields[8], fields[10]
            bzip2 = fields[4] == _LAYOUT_2_BZIP2
            if appendix_blocks and needed <= appendix_offset <= length:
                end = appendix_offset
        blocks, damage, offset, lost = _walk(stream, start=needed, end=end)
        behind, wrong, _, _ = _walk(stream, start=end, end=length)
        appendix = not wrong and len(behind) == appendix_blocks
    if expected > len(blocks) and not damage:
        damage, offset, lost = "file cut off", end, 1
    return Layout(version, tuple(blocks), expected, bzip2, appendix, damage, offset, lost)


def _walk(stream: BinaryIO, *, start: int, end: int) -> tuple[list[Block], str, int, int]:
    """The whole blocks; what ends them before `end`, where, and how many records that costs."""
    blocks: list[Block] = []
    offset = start
    while offset < end:
        stream.seek(offset)
        header = stream.read(min(_BLOCK.size, end - offset))
        if len(header) < _BLOCK.size:
            return blocks, "file cut off", offset, 1
        records, size, _, _ = _BLOCK.unpack(header)
        if not 0 < size <= _BLOCK_MAX_BYTES or records > _BLOCK_MAX_BYTES:
            return blocks, "block header damaged", offset, 1
        if offset + _BLOCK.size + size > end:
            return blocks, "file cut off", offset, max(records, 1)
        blocks.append(Block(offset, _BLOCK.size + size, records, offset))
        offset += _BLOCK.size + size
    return blocks, "", 0, 0


def unpacks(path: Path, block: Block) -> bool:
    """Whether a bzip2 block is what was written: bzip2 carries a checksum."""
    with path.open("rb") as stream:
        stream.seek(block.offset + _BLOCK.size)
        try:
            bz2.decompress(stream.read(block.size - _BLOCK.size))
        except (OSError, ValueError):
            return False
    return True


def copy_blocks(path: Path, to: Path, *, version: int, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Writes an nfcapd file of some of another's blocks, in the same layout and without an appendix.

    Returns:
        The blocks at their new places.
    """
    copied = []
    with path.open("rb") as stream, to.open("wb") as out:
        if version == 1:
            head = bytearray(stream.read(_LAYOUT_1_BYTES))
            struct.pack_into("<I", head, _COUNT_OFFSET, len(blocks))
        else:
            fields = list(_LAYOUT_2.unpack(stream.read(_LAYOUT_2.size)))
            fields[6], fields[8], fields[10] = 0, 0, len(blocks)
            head = bytearray(_LAYOUT_2.pack(*fields))
        out.write(head)
        for block in blocks:
            copied.append(Block(out.tell(), block.size, block.records, block.origin))
            stream.seek(block.offset)
            left = block.size
            while piece := stream.read(min(left, _COPY_BYTES)):
                out.write(piece)
                left -= len(piece)
    return tuple(copied)
