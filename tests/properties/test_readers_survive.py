"""Hostile bytes: whatever a file holds, every reader gives sound flows or counts, and nothing else happens.

A reader may refuse a file (HeadwaterError), give fewer flows, and count rejects. It may not raise anything
else, invent records, or give flows that the screen would pass once and refuse the next time.
"""

import bz2
import gzip
import lzma
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flow_samples import sample
from headwater.errors import HeadwaterError
from headwater.ingest.columns import READ_SCHEMA
from headwater.ingest.reader import Reader, ReadOptions, reader_named, readers, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = [reader.name for reader in readers()]
SLOW = {"nfcapd", "pcap"}  # each file starts an outside program
SAMPLE_BYTES = 6_000  # of a sample: enough for headers and dozens of records
bounded = settings(
    derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zstd": lambda data: pa.compress(data, "zstd", asbytes=True),
}
junk = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [b"\0", b"\n", b"\r\n", b'"', b",", b"\t", b"\xff\xfe", b"-1", b"9" * 30, b"1e400", b"nan"]
    ),
)


@st.composite
def mutated(draw: st.DrawFn, sound: bytes) -> bytes:
    """The bytes after one to four of: flip, cut, insert, duplicate, splice, overwrite, cut off."""
    data = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, len(data)))
        last = min(len(data), first + draw(st.integers(0, 64)))
        other = draw(st.integers(0, len(data)))
        how = draw(st.integers(0, 6))
        if how == 0 and first < len(data):
            data[first] ^= 1 << draw(st.integers(0, 7))
        elif how == 1:
            del data[first:last]
        elif how == 2:
            data[first:first] = draw(junk)
        elif how == 3:
            data[other:other] = data[first:last]
        elif how == 4:
            data[first:last] = data[other : other + last - first]
        elif how == 5:
            data[first:last] = draw(junk)
        else:
            del data[first:]
    return bytes(data)


def _examine(reader: Reader | None, path: Path, data: bytes) -> None:
    """Reads the bytes, by a reader or by the one that recognises them, and checks what comes."""
    path.write_bytes(data)
    rejects, rows, refusal = Rejects(), 0, "none"
    source = SourceFile(path, path.name)
    try:
        for chunk in (reader or recognise(source)).read(source, ReadOptions(), rejects):
            assert chunk.batch.schema == READ_SCHEMA
            assert len(chunk.positions) == chunk.batch.num_rows
            chunk.batch.validate(full=True)
            rows += chunk.batch.num_rows
            flows = screen(chunk, rejects, now=NOW)
            again = Rejects()
            assert screen(type(chunk)(flows, chunk.positions[: flows.num_rows]), again, now=NOW).equals(flows)
            assert again.total == 0
    except HeadwaterError as why:
        refusal = str(why)
    assert refusal != ""
    assert rows <= 2 * len(data) + 100  # a record takes bytes, and gives two flows at most
    assert all(count > 0 for count in rejects.counts.values())
    assert (rejects.total > 0) == (rejects.first_bad is not None)


def _sound(name: str, request: pytest.FixtureRequest) -> bytes:
    found = sample(name, None)
    if isinstance(found, str):
        found = sample(name, request.getfixturevalue("real_data"))
    if isinstance(found, str):
        pytest.skip(found)
    # Parquet is read from its end
    return found.data if name == "parquet" else found.data[:SAMPLE_BYTES]


@pytest.mark.parametrize("name", NAMES)
def test_mutated_samples(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Mutations of a sound file, given to the format's own reader and to whichever recognises them."""
    sound = _sound(name, request)

    @settings(bounded, max_examples=12 if name in SLOW else 40)
    @given(mutated(sound))
    def survives(data: bytes) -> None:
        _examine(reader_named(name), tmp_path / "flows", data)
        _examine(None, tmp_path / "flows", data)

    survives()


@pytest.mark.parametrize("name", NAMES)
def test_junk(name: str, tmp_path: Path) -> None:
    """Bytes that are no flow file at all, the empty file among them, given to each reader by name."""

    @settings(bounded, max_examples=5 if name in SLOW else 25)
    @given(st.binary(max_size=300))
    def survives(data: bytes) -> None:
        _examine(reader_named(name), tmp_path / "flows", data)

    survives()
    _examine(reader_named(name), tmp_path / "flows", b"")


@pytest.mark.parametrize("name", NAMES)
def test_another_formats_file(name: str, tmp_path: Path) -> None:
    """A sound file of every other format, given to a reader by mistake, is refused or counted."""
    for other in NAMES:
        found = sample(other, None)
        if isinstance(found, str):
            continue
        _examine(reader_named(name), tmp_path / "flows", found.data)


@pytest.mark.parametrize("packing", PACKERS)
def test_mutated_archives(packing: str, tmp_path: Path) -> None:
    """Mutations of an archive of a sound file, of every kind of archive."""
    found = sample("csv", None)
    assert not isinstance(found, str)
    sound = PACKERS[packing](found.data)

    @settings(bounded, max_examples=40)
    @given(mutated(sound))
    def survives(data: bytes) -> None:
        _examine(reader_named("csv"), tmp_path / "flows", data)

    survives()
