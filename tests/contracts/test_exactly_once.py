"""Does every file end up in the lake exactly once, whatever happens to the runs that store it?

Real processes, really killed. Most are forked from a server that has the imports behind it, which saves a
second each; the kill by chance and the two at once go through the command line.
"""

import importlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import headwater.app.ingest as use_case
from headwater.ingest.source import SourceFile
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

FILES = 8
FLOWS = 30_000  # a file; they span two days, so that every file is in two partitions
EPOCH_S = 1_600_000_000

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["headwater.app.ingest", "duckdb"])


@dataclass(frozen=True)
class Death:
    """Where a run kills itself: at the n-th call of a function, just before or just after it."""

    module: str
    holder: str
    name: str
    nth: int
    when: str

    def arrange(self) -> None:
        """Puts the death in the function's place."""
        holder = getattr(importlib.import_module(self.module), self.holder)
        real = getattr(holder, self.name)
        calls = 0

        def dying(*args: Any, **named: Any) -> Any:  # Any: handed through
            nonlocal calls
            calls += 1
            if calls == self.nth and self.when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(*args, **named)
            if calls == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        setattr(holder, self.name, dying)


def _run(lake: Path, paths: Sequence[Path], *, one_by_one: bool, death: Death | None) -> None:
    """What a forked process does; `one_by_one` commits after each file, so that deaths meet every stage."""
    if one_by_one:
        use_case.COMMIT_ROWS = 1
    if death is not None:
        death.arrange()
    report = use_case.ingest([str(path) for path in paths], lake=lake)
    sys.exit(report.rejected)


def _start(
    lake: Path, paths: Sequence[Path], *, one_by_one: bool = True, death: Death | None = None
) -> BaseProcess:
    run = _FORKS.Process(
        target=_run, args=(lake, list(paths)), kwargs={"one_by_one": one_by_one, "death": death}
    )
    run.start()
    return run


def _finish(run: BaseProcess) -> int | None:
    run.join(timeout=120)
    return run.exitcode


def _command(lake: Path, paths: Sequence[Path]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "headwater", "--lake", str(lake), "ingest", *map(str, paths), "--json"],
        stdout=subprocess.DEVNULL,
    )


def _write_csv(path: Path, seed: int) -> None:
    """FLOWS flows as CSV with canonical names; every seed gives other bytes."""
    draw = np.random.default_rng(seed)
    start = EPOCH_S + np.sort(draw.integers(0, 90_000, FLOWS))
    host, port, size = (
        draw.integers(low, high, FLOWS) for low, high in ((1, 255), (1024, 65536), (40, 9999))
    )
    lines = [
        f"{s},{s + 1},10.0.{h}.1,192.0.2.{h},{p},443,tcp,3,{b}"
        for s, h, p, b in zip(start, host, port, size, strict=True)
    ]
    header = "start,end,src,dst,src_port,dst_port,proto,packets,bytes"
    path.write_text("\n".join([header, *lines]) + "\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FILES files of flows."""
    target = tmp_path_factory.mktemp("flows")
    for number in range(FILES):
        _write_csv(target / f"{number}.csv", seed=number)
    return target


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, int]:
    """What the lake must hold in the end: each file's digest and its flows."""
    return {SourceFile(path, path.name).digest: FLOWS for path in folder.iterdir()}


def _stored(lake: Path) -> dict[str, int]:
    """Flows by source, as DuckDB counts them in the newest snapshot; nothing where there is no lake yet."""
    if not (lake / "flows" / "_delta_log" / "00000000000000000000.json").exists():
        return {}
    files = list(snapshot(open_lake(lake)).files)
    if not files:
        return {}
    query = "SELECT source, count(*) FROM read_parquet(?) GROUP BY source"
    return dict(duckdb.connect().execute(query, [files]).fetchall())


def _whole_files_only(stored: dict[str, int], expected: dict[str, int]) -> bool:
    return stored.items() <= expected.items()


def test_killed_at_random_moments(tmp_path: Path, folder: Path, expected: dict[str, int]) -> None:
    """After each of twelve runs killed by chance: all or nothing of each file; the next run completes it."""
    moments = random.Random(20200914)  # noqa: S311  # a seeded test, no secret
    began = time.monotonic()
    assert _finish(_start(tmp_path / "undisturbed", [folder])) == 0
    undisturbed_s = time.monotonic() - began
    killed = 0
    for number in range(12):
        lake = tmp_path / f"lake{number % 3}"  # four runs in a row meet what the ones before left
        run = _start(lake, [folder])
        time.sleep(moments.uniform(0.05, 0.9) * undisturbed_s)
        run.kill()
        killed += _finish(run) == -signal.SIGKILL
        assert _whole_files_only(_stored(lake), expected)
    assert killed >= 1  # on a busy machine a run may end before its moment; the test below chooses moments
    for number in range(3):
        assert _finish(_start(tmp_path / f"lake{number}", [folder])) == 0
        assert _stored(tmp_path / f"lake{number}") == expected


_TABLE, _PARQUET = ("deltalake", "DeltaTable"), ("pyarrow.parquet", "ParquetWriter")
MOMENTS = {  # where the run dies, and how many files it has committed by then
    "before the table is made": (Death(*_TABLE, "create", 1, "before"), 0),
    "before the first row group": (Death(*_PARQUET, "write_table", 1, "before"), 0),
    "between the days of a file": (Death(*_PARQUET, "write_table", 2, "before"), 0),
    "once a file is closed": (Death("headwater.lake.parquet_files", "OpenFile", "close", 2, "after"), 0),
    "before the commit": (Death(*_TABLE, "create_write_transaction", 1, "before"), 0),
    "after the commit": (Death(*_TABLE, "create_write_transaction", 1, "after"), 1),
    "before the third commit": (Death(*_TABLE, "create_write_transaction", 3, "before"), 2),
    "after the third commit": (Death(*_TABLE, "create_write_transaction", 3, "after"), 3),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_chosen_moment(
    tmp_path: Path, folder: Path, expected: dict[str, int], moment: str
) -> None:
    """Killed at each stage of storing a file: files committed before are whole, the next run completes."""
    death, committed = MOMENTS[moment]
    lake = tmp_path / "lake"
    assert _finish(_start(lake, [folder], death=death)) == -signal.SIGKILL
    stored = _stored(lake)
    assert _whole_files_only(stored, expected)
    assert len(stored) == committed
    assert _finish(_start(lake, [folder])) == 0
    assert _stored(lake) == expected


def test_orphans_of_a_killed_run_stay_invisible(
    tmp_path: Path, folder: Path, expected: dict[str, int]
) -> None:
    """A run killed before its commit leaves Parquet files that no snapshot lists, then or later."""
    lake, death = tmp_path / "lake", Death(*_TABLE, "create_write_transaction", 1, "before")
    _finish(_start(lake, [folder], one_by_one=False, death=death))
    orphans = {str(path) for path in (lake / "flows").resolve().glob("day=*/*.parquet")}
    assert orphans
    assert _finish(_start(lake, [folder])) == 0
    assert orphans.isdisjoint(snapshot(open_lake(lake)).files)
    assert _stored(lake) == expected


def test_killed_on_the_command_line(tmp_path: Path, folder: Path, expected: dict[str, int]) -> None:
    """The command itself, killed once its first Parquet file is there, leaves whole files only."""
    lake = tmp_path / "lake"
    run = _command(lake, [folder])
    while not list(lake.glob("flows/day=*/*.parquet")) and run.poll() is None:
        time.sleep(0.001)
    run.kill()
    assert run.wait() == -signal.SIGKILL
    assert _whole_files_only(_stored(lake), expected)
    assert _command(lake, [folder]).wait() == 0
    assert _stored(lake) == expected


def test_no_space(tmp_path: Path, folder: Path, expected: dict[str, int]) -> None:
    """A run that can write no more says so in one line and leaves no Parquet file; the next completes it."""
    lake = tmp_path / "lake"
    # RLIMIT_FSIZE stands for a full disk: writing beyond 64 kB of a file fails
    limited = f"ulimit -f 64 && exec {sys.executable} -m headwater --lake {lake} ingest {folder}"
    run = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "check permissions and free space, then repeat" in run.stderr
    assert list(lake.glob("flows/day=*/*.parquet")) == []
    assert _finish(_start(lake, [folder])) == 0
    assert _stored(lake) == expected


def test_two_commands_at_once(tmp_path: Path, folder: Path, expected: dict[str, int]) -> None:
    """Two commands that store the same folder at the same time both succeed; each file is there once."""
    lake = tmp_path / "lake"
    runs = [_command(lake, [folder]) for _ in range(2)]
    assert [run.wait() for run in runs] == [0, 0]
    assert _stored(lake) == expected


def test_same_files_by_three_processes_at_once(
    tmp_path: Path, folder: Path, expected: dict[str, int]
) -> None:
    """Three processes that commit the same files one by one in three orders succeed; each is there once."""
    lake, paths = tmp_path / "lake", sorted(folder.iterdir())
    runs = [_start(lake, order) for order in (paths, paths[::-1], paths[3:] + paths[:3])]
    assert [_finish(run) for run in runs] == [0, 0, 0]
    assert _stored(lake) == expected


def test_other_files_by_two_processes_at_once(tmp_path: Path, folder: Path, expected: dict[str, int]) -> None:
    """Two processes with half the files each, one in common, both succeed; nothing is lost or twice there."""
    lake, paths = tmp_path / "lake", sorted(folder.iterdir())
    halves = (paths[: FILES // 2 + 1], paths[FILES // 2 :])
    runs = [_start(lake, half, one_by_one=False) for half in halves]
    assert [_finish(run) for run in runs] == [0, 0]
    assert _stored(lake) == expected


def test_again_and_under_another_name(tmp_path: Path, folder: Path, expected: dict[str, int]) -> None:
    """The same bytes again, also under another name, add nothing: not even a version."""
    lake, renamed = tmp_path / "lake", tmp_path / "renamed.dat"
    assert _finish(_start(lake, [folder])) == 0
    version = snapshot(open_lake(lake)).version
    os.link(folder / "0.csv", renamed)
    assert _finish(_start(lake, [renamed, folder])) == 0
    assert _stored(lake) == expected
    assert snapshot(open_lake(lake)).version == version
