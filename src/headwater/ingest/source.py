"""Where do the bytes come from? One file: opened by content, decompressed, and read as far as it is sound."""

import bz2
import hashlib
import io
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from headwater.errors import UnreadableSource
from headwater.ingest.rejects import Rejects

HEAD_BYTES = 1 << 16  # enough for the header of every format here
BLOCK_BYTES = 1 << 20
LINE_MAX = 1 << 24  # bytes; a longer line is no record of any format, and is cut so that memory stays bounded
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)


def _plain(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as why:
        raise UnreadableSource(f"{path}: {why.strerror}; check the name and your permissions") from None


@dataclass(frozen=True)
class SourceFile:
    """One file to ingest.

    Attributes:
        path: where its bytes are.
        name: what the user called it; differs from `path` for standard input.
    """

    path: Path
    name: str

    @cached_property
    def raw_head(self) -> bytes:
        """The first bytes of the file as they are on disk."""
        with _plain(self.path) as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def compression(self) -> str:
        """gzip, xz, bzip2, zstd or "": by the first bytes, whatever the file is called."""
        return next((name for magic, name in _MAGIC if self.raw_head.startswith(magic)), "")

    @cached_property
    def head(self) -> bytes:
        """The first bytes after decompression, for recognising the format."""
        with self.open(Rejects()) as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes on disk, in hex."""
        with _plain(self.path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def open(self, rejects: Rejects) -> io.BufferedReader:
        """The decompressed bytes; where an archive is cut or corrupt the stream ends instead of failing.

        Args:
            rejects: told "archive cut off" or "archive corrupt" with the offset in the compressed file.
        """
        raw = _plain(self.path)
        if not self.compression:
            return raw
        return io.BufferedReader(_Tolerant(raw, self.compression, rejects), BLOCK_BYTES)

    def blocks(self, rejects: Rejects, size: int = BLOCK_BYTES) -> Iterator[bytes]:
        """Whole lines in blocks of about `size` bytes; a last line without a newline comes as it is.

        A line longer than LINE_MAX comes in pieces, each with a newline at its end.
        """
        with self.open(rejects) as stream:
            parts: list[bytes] = []
            held = 0
            while block := stream.read(size):
                cut = block.rfind(b"\n") + 1
                if cut:
                    yield b"".join([*parts, block[:cut]])
                    parts, held = [], 0
                parts.append(block[cut:])
                held += len(block) - cut
                if held > LINE_MAX:
                    yield b"".join([*parts, b"\n"])
                    parts, held = [], 0
            if held:
                yield b"".join(parts)


class _Gzip:
    """zlib's decompressor with the interface that those of lzma and bz2 share."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(wbits=31)

    eof = property(lambda self: self._engine.eof)
    unused_data = property(lambda self: self._engine.unused_data)
    needs_input = property(lambda self: not self._engine.unconsumed_tail)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._engine.decompress(self._engine.unconsumed_tail + data, max_length)


def _decompressor(kind: str) -> Any:  # Any: three libraries, one interface
    return {"gzip": _Gzip, "xz": lzma.LZMADecompressor, "bzip2": bz2.BZ2Decompressor}[kind]()


class _Tolerant(io.RawIOBase):
    """Decompresses as far as the archive is sound, then says what is wrong and ends."""

    def __init__(self, raw: io.BufferedReader, kind: str, rejects: Rejects) -> None:
        self._raw, self._kind, self._rejects = raw, kind, rejects
        self._pending, self._done = b"", False
        self._zstd = pa.CompressedInputStream(raw, "zstd") if kind == "zstd" else None
        self._engine: Any = None if self._zstd else _decompressor(kind)

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()

    def readinto(self, buffer: Any, /) -> int:  # Any: the buffer protocol has no name in Python 3.11
        while not self._pending and not self._done:
            self._pending = self._next()
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size

    def _next(self) -> bytes:
        try:
            return self._next_zstd() if self._zstd else self._next_block()
        except (zlib.error, lzma.LZMAError, OSError, EOFError, pa.ArrowException) as why:
            self._stop("archive corrupt", str(why))
            return b""

    def _next_zstd(self) -> bytes:
        data: bytes = self._zstd.read(BLOCK_BYTES)  # type: ignore[union-attr]  # only called where it exists
        self._done = not data
        return data

    def _next_block(self) -> bytes:
        engine = self._engine
        if engine.eof:
            # several archives one behind the other are one file (RFC 1952, section 2.2)
            rest = engine.unused_data or self._raw.read(BLOCK_BYTES)
            if not rest.lstrip(b"\0"):
                self._done = True
                return b""
            self._engine = engine = _decompressor(self._kind)
            return bytes(engine.decompress(rest, BLOCK_BYTES))
        block = self._raw.read(BLOCK_BYTES) if engine.needs_input else b""
        if engine.needs_input and not block:
            self._stop("archive cut off", f"the {self._kind} archive ends before its end mark")
            return b""
        # at most a block at a time: a few bytes may unpack to gigabytes
        return bytes(engine.decompress(block, BLOCK_BYTES))

    def _stop(self, reason: str, why: str) -> None:
        self._done = True
        self._rejects.add(reason, offset=self._raw.tell(), detail=why)
