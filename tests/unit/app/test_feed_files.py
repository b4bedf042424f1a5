"""A feed's bytes as text: archives, encodings, and what is no text."""

import bz2
import gzip
import zipfile
from pathlib import Path

import pytest

from headwater.app.feed_files import text_of_file
from headwater.errors import UnreadableSource
from headwater.ingest.source import SourceFile
from headwater.intel.refusals import Refusals

TEXT = "address,family\n185.1.2.3,émotet\n"


def read(path: Path, raw: bytes) -> tuple[str, Refusals]:
    """The text of a file with these bytes."""
    path.write_bytes(raw)
    refusals = Refusals()
    return text_of_file(SourceFile(path, path.name), refusals), refusals


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        gzip.compress(TEXT.encode()),
        bz2.compress(TEXT.encode()),
    ],
    ids=["utf-8", "bom", "utf-16", "gzip", "bzip2"],
)
def test_same_text_however_it_is_stored(tmp_path: Path, raw: bytes) -> None:
    """Encoding and compression are recognised by the first bytes."""
    assert read(tmp_path / "x", raw)[0] == TEXT


def test_zip_of_one_file(tmp_path: Path) -> None:
    """ThreatFox's full export is a ZIP with one CSV in it."""
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("full.csv", TEXT)
    assert text_of_file(SourceFile(tmp_path / "x.zip", "x.zip"), Refusals()) == TEXT


def test_zip_of_several_files_is_refused(tmp_path: Path) -> None:
    """Which of them is the feed is not guessed."""
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a", TEXT)
        archive.writestr("b", TEXT)
    with pytest.raises(UnreadableSource, match="a ZIP with 2 files; unpack it"):
        text_of_file(SourceFile(tmp_path / "x.zip", "x.zip"), Refusals())


def test_damaged_zip_is_refused(tmp_path: Path) -> None:
    """A cut ZIP has no directory."""
    with pytest.raises(UnreadableSource, match="cannot be unpacked"):
        read(tmp_path / "x.zip", b"PK\x03\x04" + b"x" * 50)


def test_old_encoding_is_read_and_said(tmp_path: Path) -> None:
    """Windows-1252 is what is left where UTF-8 does not fit."""
    text, refusals = read(tmp_path / "x", TEXT.encode("cp1252"))
    assert (text, refusals.notes) == (TEXT, ["not utf-8 at byte 25; read as Windows-1252"])


def test_cut_archive_gives_what_is_sound(tmp_path: Path) -> None:
    """The part before the cut is read, and the cut is counted."""
    raw = gzip.compress((TEXT * 2000).encode(), compresslevel=0)
    text, refusals = read(tmp_path / "x.gz", raw[: len(raw) // 2])
    assert (text[: len(TEXT)], list(refusals.by_reason)) == (TEXT, ["archive cut off"])


def test_binary_data_is_refused(tmp_path: Path) -> None:
    """A flow archive given by mistake is named for what it is not."""
    with pytest.raises(UnreadableSource, match="binary data"):
        read(tmp_path / "x", b"\x0c\xa5\x01\x00" * 100)
