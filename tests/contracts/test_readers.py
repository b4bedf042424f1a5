"""What every reader promises (headwater.ingest.reader.Reader), tried on every reader there is."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import flow_samples
from flow_samples import Sample
from headwater.ingest import cloud_aws, cloud_azure, tabular_csv, tabular_json, tabular_parquet
from headwater.ingest.columns import READ_SCHEMA
from headwater.ingest.reader import Chunk, Reader, ReadOptions, readers, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MISLEADING = {"zeek": "report.parquet", "parquet": "conn.log", "nfcapd": "flows.csv"}
SLOW = {"azure"}  # read record by record, which tracing allocations makes slower still
_MEBI = 1 << 20


@pytest.fixture(params=[reader.name for reader in readers()])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Each reader in turn."""
    return next(reader for reader in readers() if reader.name == request.param)


@pytest.fixture
def sample(reader: Reader, request: pytest.FixtureRequest) -> Sample:
    """A sound file of the reader's format."""
    try:
        found = flow_samples.sample(reader.name, None)
        if isinstance(found, str):
            found = flow_samples.sample(reader.name, request.getfixturevalue("real_data"))
    except KeyError:
        pytest.fail(f"tests/flow_samples.py has no sample for the reader {reader.name}")
    if isinstance(found, str):
        pytest.skip(found)
    return found


def _read(reader: Reader, path: Path) -> tuple[list[Chunk], Rejects]:
    rejects = Rejects()
    return list(reader.read(SourceFile(path, path.name), ReadOptions(), rejects)), rejects


@pytest.fixture
def file(reader: Reader, sample: Sample, tmp_path: Path) -> Path:
    """The sample on disk, under a name that says something else."""
    path = tmp_path / MISLEADING.get(reader.name, "nfcapd.202001010000")
    path.write_bytes(sample.data)
    return path


def test_the_schema_is_read_schema(reader: Reader, file: Path) -> None:
    """Every batch has exactly READ_SCHEMA, so times are microseconds UTC, and every row a position."""
    chunks, _ = _read(reader, file)
    assert chunks
    assert {chunk.batch.schema == READ_SCHEMA for chunk in chunks} == {True}
    assert [len(chunk.positions) for chunk in chunks] == [chunk.batch.num_rows for chunk in chunks]


def test_a_sound_file_passes_the_screen(reader: Reader, file: Path) -> None:
    """Of a sound file hardly a record is refused, and what is refused is counted: none goes missing."""
    chunks, rejects = _read(reader, file)
    read, told = sum(chunk.batch.num_rows for chunk in chunks), rejects.total
    kept = sum(screen(chunk, rejects, now=NOW).num_rows for chunk in chunks)
    assert kept + rejects.total == read + told
    assert kept > 0.9 * (read + told)


def test_units_are_those_of_flow(reader: Reader, file: Path) -> None:
    """Times lie in the samples' years, flows last less than a day, protocols are those of real traffic."""
    chunks, rejects = _read(reader, file)
    flows = pa.Table.from_batches([screen(chunk, rejects, now=NOW) for chunk in chunks])
    start, end = (np.asarray(flows[name].cast(pa.int64())) for name in ("start", "end"))
    years = {datetime.fromtimestamp(us / 1e6, UTC).year for us in (start.min(), end.max())}
    assert years <= set(range(2005, 2026))
    assert (end - start).max() < 86_400 * 1_000_000
    assert set(flows["proto"].to_pylist()) <= {1, 2, 6, 17, 41, 47, 50, 58}
    assert pa.compute.max(flows["dst_port"]).as_py() > 0


def test_exactly_one_reader_claims_it(reader: Reader, file: Path) -> None:
    """The content alone decides, whatever the file is called, and no two formats overlap."""
    source = SourceFile(file, file.name)
    assert [each.name for each in readers() if each.sniff(source)] == [reader.name]
    assert recognise(source).name == reader.name


def test_damage_is_counted(reader: Reader, sample: Sample, tmp_path: Path) -> None:
    """A damaged file is read without an exception, and what is lost is counted with its first place."""
    path = tmp_path / "damaged"
    path.write_bytes(sample.damaged)
    chunks, rejects = _read(reader, path)
    for chunk in chunks:
        screen(chunk, rejects, now=NOW)
    assert rejects.total > 0
    assert rejects.first_bad is not None
    assert rejects.first_bad.offset >= 0


def test_an_archive_reads_as_its_content(reader: Reader, file: Path, tmp_path: Path) -> None:
    """Packed with zstd or not, the flows are the same."""
    packed = tmp_path / "packed"
    with pa.CompressedOutputStream(packed, "zstd") as out:
        out.write(file.read_bytes())
    plain, unpacked = (
        pa.Table.from_batches([chunk.batch for chunk in _read(reader, path)[0]]) for path in (file, packed)
    )
    assert unpacked.equals(plain)


def _peak(reader: Reader, path: Path) -> int:
    """The most bytes that reading held at any chunk: Arrow's and Python's own."""
    held, arrow = 0, pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        chunks: Iterator[Chunk] = reader.read(SourceFile(path, path.name), ReadOptions(), Rejects())
        for _ in chunks:
            held = max(held, pa.total_allocated_bytes() - arrow + tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return held


def test_memory_does_not_grow_with_the_file(
    reader: Reader, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file three times as large holds hardly more memory while it is read."""
    # small pieces, so that both files are long beside the few pieces that are held at a time
    for module in (tabular_csv, tabular_json, cloud_aws):
        monkeypatch.setattr(module, "BLOCK_BYTES", 1 << 18)
    monkeypatch.setattr(tabular_parquet, "BATCH_ROWS", 1 << 13)
    monkeypatch.setattr(cloud_azure, "BATCH_TUPLES", 1 << 10)
    if sample.grown is None:
        pytest.skip("no larger file of this format can be made here; an outside program reads it in pieces")
    peaks, sizes = [], []
    for mebibytes in (2, 6) if reader.name in SLOW else (6, 18):
        path = tmp_path / "grown"
        path.write_bytes(sample.grown(max(1, mebibytes * _MEBI // len(sample.data))))
        sizes.append(path.stat().st_size)
        peaks.append(_peak(reader, path))
    assert peaks[1] - peaks[0] < (sizes[1] - sizes[0]) / 2


def test_every_reader_has_a_sample() -> None:
    """A new reader brings its sample, so that it is held to this contract."""
    assert {reader.name for reader in readers()} <= flow_samples.known()
