"""A file's bytes: unpacked by content, as far as they are sound, in whole lines, in bounded memory."""

import bz2
import gzip
import hashlib
import lzma
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.errors import UnreadableSource
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import LINE_MAX, SourceFile

LINES = b"".join(b"%d,192.0.2.%d\n" % (number, number % 250) for number in range(20_000))
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
    "zstd": lambda data: bytes(pa.compress(data, "zstd", asbytes=True)),
}


def _read(path: Path, data: bytes) -> tuple[bytes, Rejects]:
    path.write_bytes(data)
    rejects = Rejects()
    with SourceFile(path, path.name).open(rejects) as stream:
        return stream.read(), rejects


@pytest.mark.parametrize("kind", PACKERS)
def test_archives_are_known_by_content(kind: str, tmp_path: Path) -> None:
    """An archive is unpacked whatever its file is called, and its head is that of its content."""
    data, rejects = _read(tmp_path / "plain.txt", PACKERS[kind](LINES))
    source = SourceFile(tmp_path / "plain.txt", "plain.txt")
    assert (source.compression, source.head[:4], data == LINES, rejects.total) == (kind, b"0,19", True, 0)


@pytest.mark.parametrize("kind", PACKERS)
def test_members_one_behind_the_other_are_one_file(kind: str, tmp_path: Path) -> None:
    """`cat a.gz b.gz` unpacks to both (RFC 1952, section 2.2; the other formats' tools do the same)."""
    data, rejects = _read(tmp_path / "two", PACKERS[kind](LINES) + PACKERS[kind](b"end\n"))
    assert (data == LINES + b"end\n", rejects.total) == (True, 0)


@pytest.mark.parametrize("kind", PACKERS)
def test_an_archive_cut_off_gives_what_it_holds(kind: str, tmp_path: Path) -> None:
    """Of an archive without its end the beginning comes out, and the loss is counted."""
    packed = PACKERS[kind](LINES)
    data, rejects = _read(tmp_path / "cut", packed[: len(packed) - 10])
    assert LINES.startswith(data)
    assert sum(rejects.counts.values()) == 1
    assert set(rejects.counts) <= {"archive cut off", "archive corrupt"}


@pytest.mark.parametrize("kind", ["gzip", "xz", "bzip2"])
def test_a_corrupt_archive_is_counted_with_its_place(kind: str, tmp_path: Path) -> None:
    """Damage inside an archive ends it there; the reason and the offset are told."""
    packed = bytearray(PACKERS[kind](LINES))
    packed[len(packed) // 2 : len(packed) // 2 + 20] = bytes(20)
    data, rejects = _read(tmp_path / "corrupt", bytes(packed))
    assert len(data) <= len(LINES)
    assert rejects.counts == {"archive corrupt": 1}
    assert rejects.first_bad is not None
    assert 0 < rejects.first_bad.offset <= len(packed)


def test_zero_padding_behind_an_archive_is_no_damage(tmp_path: Path) -> None:
    """Tapes and some tools pad archives with zero bytes."""
    data, rejects = _read(tmp_path / "padded", gzip.compress(LINES) + bytes(512))
    assert (data == LINES, rejects.total) == (True, 0)


@pytest.mark.parametrize("kind", ["gzip", "xz", "bzip2"])
def test_a_bomb_comes_in_blocks(kind: str, tmp_path: Path) -> None:
    """64 MB of zeros pack to some kilobytes and still come out a few megabytes at a time at most."""
    path = tmp_path / "bomb"
    path.write_bytes(PACKERS[kind](bytes(64 << 20)))
    total, largest = 0, 0
    with SourceFile(path, "bomb").open(Rejects()) as stream:
        while piece := stream.read1():
            total, largest = total + len(piece), max(largest, len(piece))
    assert (total, largest <= 2 << 20) == (64 << 20, True)


def test_blocks_hold_whole_lines(tmp_path: Path) -> None:
    """Every block but the last ends with a newline, and together they are the file."""
    path = tmp_path / "lines"
    path.write_bytes(LINES + b"no newline")
    blocks = list(SourceFile(path, "lines").blocks(Rejects(), 1000))
    assert b"".join(blocks) == LINES + b"no newline"
    assert {block[-1:] for block in blocks[:-1]} == {b"\n"}


def test_a_line_without_end_comes_in_pieces(tmp_path: Path) -> None:
    """A file that is one endless line is not gathered in memory."""
    path = tmp_path / "endless"
    path.write_bytes(b"x" * (3 * LINE_MAX))
    sizes = [len(block) for block in SourceFile(path, "endless").blocks(Rejects())]
    assert len(sizes) > 1
    assert max(sizes) <= LINE_MAX + (2 << 20)


def test_the_digest_is_of_the_bytes_on_disk(tmp_path: Path) -> None:
    """The digest names the file as it is, packed or not."""
    packed = gzip.compress(LINES)
    (tmp_path / "a").write_bytes(packed)
    assert SourceFile(tmp_path / "a", "a").digest == hashlib.sha256(packed).hexdigest()


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    """The message names the file and what to do."""
    with pytest.raises(UnreadableSource, match=r"absent.*check the name"):
        _ = SourceFile(tmp_path / "absent", "absent").head
