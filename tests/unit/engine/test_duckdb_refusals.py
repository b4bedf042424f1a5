"""What DuckDB cannot do is told with file, place and remedy."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.engine.connect import Engine, connect
from headwater.engine.sorted_files import write_sorted
from headwater.errors import BadSetting, LakeError

TIGHT = "duckdb://?memory=25MB&threads=1"  # too little to sort 16 MB in


def _numbers(path: Path) -> Path:
    """A million random numbers."""
    table = pa.table({"n": np.random.default_rng(1).random(1_000_000), "m": np.arange(1_000_000)})
    pq.write_table(table, path, row_group_size=250_000, use_dictionary=False, compression="none")
    return path


@contextmanager
def _small_files_only(size: int) -> Iterator[None]:
    """The system refuses to make any file larger, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _sort(engine: Engine, numbers: Path, target: Path, *, spilling: str = "1GB") -> None:
    engine.backend.raw_sql(f"SET max_temp_directory_size = '{spilling}'").fetchall()
    table = engine.flows([str(numbers)])
    write_sorted(engine, table, target, order=["n"], group_rows=100_000, encodings={}, purpose="sorting")


@pytest.mark.parametrize("where", ["page", "footer"])
@pytest.mark.parametrize(
    ("folder", "remedy"), [("flows", "restore the file from a backup"), ("by_host", "compact --rebuild")]
)
def test_a_file_that_the_engine_does_not_name_is_found(
    tmp_path: Path, where: str, folder: str, remedy: str
) -> None:
    """Garbage in one file of three: that one is named, with its own remedy."""
    names = [tmp_path / folder / f"{number}.parquet" for number in range(3)]
    for path in names:
        path.parent.mkdir(exist_ok=True)
        pq.write_table(pa.table({"t": [f"text {n}" for n in range(100_000)]}), path, compression="zstd")
    held = bytearray(names[1].read_bytes())
    at, size = (len(held) // 2, 1_000) if where == "page" else (len(held) - 300, 200)
    held[at : at + size] = b"Z" * size
    names[1].write_bytes(held)
    with pytest.raises(LakeError) as refused, connect() as engine:
        _last(engine, names)
    assert f"{names[1]}: this file cannot be read" in str(refused.value)
    assert remedy in str(refused.value)


def _last(engine: Engine, names: list[Path]) -> None:
    flows = engine.flows([str(name) for name in names])
    engine.fetch(flows.agg(n=flows.t.max()), purpose="the last text")


def test_a_full_disk_while_spilling_is_told(tmp_path: Path) -> None:
    """The folder is named, as is what was done before; nothing of what was spilled is left."""
    numbers = _numbers(tmp_path / "numbers.parquet")
    spill = tmp_path / "spill"
    spill.mkdir()
    with (
        pytest.raises(LakeError, match=rf"sorting: no space left in {spill}.* what was done before stays"),
        connect(f"{TIGHT}&spill={spill}") as engine,
        _small_files_only(100_000),
    ):
        _sort(engine, numbers, tmp_path / "sorted.parquet")
    assert list(spill.iterdir()) == []


def test_a_disk_too_small_to_spill_to_is_told(tmp_path: Path) -> None:
    """DuckDB takes nine tenths of what is free and no more; the folder and what helps are named."""
    numbers = _numbers(tmp_path / "numbers.parquet")
    with (
        pytest.raises(BadSetting, match=rf"sorting: .* does not fit into {tmp_path}.*spill=DIR"),
        connect(f"{TIGHT}&spill={tmp_path}") as engine,
    ):
        _sort(engine, numbers, tmp_path / "sorted.parquet", spilling="1MB")


def test_a_full_disk_where_the_file_is_written_is_told(tmp_path: Path) -> None:
    """The device that is always full takes the file's place: its folder is named."""
    numbers = _numbers(tmp_path / "numbers.parquet")
    (tmp_path / "sorted.parquet").symlink_to("/dev/full")
    with pytest.raises(LakeError, match=f"sorting: no space left in {tmp_path};"), connect() as engine:
        _sort(engine, numbers, tmp_path / "sorted.parquet")
