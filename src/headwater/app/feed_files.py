"""How do a feed's bytes become text? Decompressed, unpacked where they are one file in a ZIP, and decoded."""

import zipfile

from headwater.errors import UnreadableSource
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.intel.refusals import Refusals

LARGEST_BYTES = 2 << 30  # ThreatFox's full export has some 0.5 GB; a bomb in an archive has more
_ZIP = b"PK\x03\x04"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_of_file(source: SourceFile, refusals: Refusals) -> str:
    """The text of a feed's file.

    Args:
        source: the file; gzip, bzip2, xz, zstd and a ZIP with one file in it are unpacked.
        refusals: told of a damaged archive (place: byte offset) and of an unusual encoding.

    Returns:
        The text: UTF-8, UTF-16 with its mark (Excel's "Unicode text"), else Windows-1252.

    Raises:
        UnreadableSource: no such file, several files in a ZIP, more than 2 GB, or binary data.
    """
    raw = _unpacked(source, refusals)
    encoding = next((name for mark, name in _BOMS if raw.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in raw:
        raise UnreadableSource(f"{source.name}: binary data, not a feed's text; check what file it is")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as why:
        refusals.note(f"not {encoding.removesuffix('-sig')} at byte {why.start}; read as Windows-1252")
        return raw.decode("cp1252", errors="replace")


def _unpacked(source: SourceFile, refusals: Refusals) -> bytes:
    rejects = Rejects()
    if source.raw_head.startswith(_ZIP):
        return _from_zip(source)
    try:
        with source.open(rejects) as stream:
            raw = stream.read(LARGEST_BYTES + 1)
    except OSError as why:
        raise UnreadableSource(
            f"{source.name}: {why.strerror}; check the name and your permissions"
        ) from None
    for reason, count in rejects.counts.items():
        offset = rejects.first_bad.offset if rejects.first_bad else 0
        refusals.add(reason, place=offset, count=count)
    return _checked(raw, source)


def _from_zip(source: SourceFile) -> bytes:
    try:
        with zipfile.ZipFile(source.path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if len(names) != 1:
                raise UnreadableSource(
                    f"{source.name}: a ZIP with {len(names)} files; unpack it and name the files"
                )
            with archive.open(names[0]) as stream:
                return _checked(stream.read(LARGEST_BYTES + 1), source)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as why:
        raise UnreadableSource(f"{source.name}: the ZIP cannot be unpacked ({why}); fetch it again") from None


def _checked(raw: bytes, source: SourceFile) -> bytes:
    if len(raw) > LARGEST_BYTES:
        raise UnreadableSource(f"{source.name}: more than 2 GB of text; split it")
    return raw
