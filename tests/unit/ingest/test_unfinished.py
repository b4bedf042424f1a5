import bz2
import gzip
import io
import lzma
import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.ingest.nfcapd_blocks import _LAYOUT_2
from headwater.ingest.source import SourceFile
from headwater.ingest.unfinished import Unfinished, unfinished

CSV = b"start,end,src,dst\n1600000000,1600000001,192.0.2.1,192.0.2.2\n"


def _parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"start": list(range(1000))}), out)
    return out.getvalue()


def _nfcapd(*, blocks: int = 1, declared: int = 1) -> bytes:
    head = _LAYOUT_2.pack(0xA50C, 2, 0, 0, 0, 0, 0, 0, 0, 0, declared)
    return head + blocks * (struct.pack("<IIHH", 1, 100, 3, 0) + bytes(100))


def _asked(folder: Path, content: bytes) -> Unfinished | None:
    path = folder / "file"
    path.write_bytes(content)
    return unfinished(SourceFile(path, "file"))


WHOLE = {
    "csv": CSV,
    "json": b'{"records": []}',
    "json lines": b'{"a": 1}\n{"a": 2}\n',
    "gzip": gzip.compress(CSV),
    "two gzip archives": gzip.compress(CSV) + gzip.compress(CSV),
    "bzip2": bz2.compress(CSV),
    "xz": lzma.compress(CSV),
    "zstd": pa.compress(CSV, codec="zstd", asbytes=True),
    "parquet": _parquet(),
    "zeek": b"#separator \\x09\n#fields\tts\n1\n#close\t2026-01-01-00-00-00\n",
    "nfcapd": _nfcapd(),
    "ipfix": struct.pack(">HHIII", 10, 20, 0, 0, 0) + bytes(4),
}
SURE = {
    "gzip": "archive", "bzip2": "archive", "xz": "archive", "zstd": "archive", "parquet": "footer",
    "zeek": "#close", "nfcapd": "blocks are cut off", "ipfix": "message is cut off",
}  # fmt: skip


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_file_lacks_nothing(tmp_path: Path, kind: str) -> None:
    """Every format as its writer leaves it."""
    assert _asked(tmp_path, WHOLE[kind]) is None


@pytest.mark.parametrize("kind", SURE)
def test_a_file_without_its_end_is_unfinished_for_sure(tmp_path: Path, kind: str) -> None:
    """The last bytes are missing: the format itself says so."""
    found = _asked(tmp_path, WHOLE[kind][:-3])
    assert found is not None
    assert (found.sure, SURE[kind] in found.lacks) == (True, True)


def test_half_a_line_of_text_may_be_unfinished(tmp_path: Path) -> None:
    """Some writers leave the last newline out, so it is not sure."""
    assert _asked(tmp_path, CSV[:-4]) == Unfinished("its last line has no end", sure=False)


def test_half_a_line_in_a_whole_archive_may_be_unfinished(tmp_path: Path) -> None:
    """As without the archive."""
    assert _asked(tmp_path, gzip.compress(CSV[:-4])) == Unfinished("its last line has no end", sure=False)


def test_an_nfcapd_file_that_was_never_closed(tmp_path: Path) -> None:
    """Whole blocks, and a header that names none: nfcapd writes the number when it closes."""
    assert _asked(tmp_path, _nfcapd(declared=0)) == Unfinished("nfcapd has not closed it", sure=True)


def test_an_empty_file_may_be_unfinished(tmp_path: Path) -> None:
    """A writer has made it and not begun."""
    assert _asked(tmp_path, b"") == Unfinished("it is empty", sure=False)


def test_a_parquet_file_whose_footer_is_longer_than_itself(tmp_path: Path) -> None:
    """The magic number at both ends is not enough."""
    assert _asked(tmp_path, b"PAR1" + struct.pack("<I", 10_000) + b"PAR1") is not None
