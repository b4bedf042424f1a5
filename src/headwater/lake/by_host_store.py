"""How does a part of the copy by host come to be, and how do old ones go? One writer at a time.

A part is written in a hidden folder, flushed to the disk and renamed into its place, which is one step. What
a killed run leaves is hidden, read by nobody, and removed by the next run.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq

from headwater.errors import LakeError
from headwater.lake.by_host import (
    BY_HOST,
    INDEX,
    MARKER,
    Part,
    days_with_parts,
    described,
    index_of,
    parts_of_day,
    readable,
)
from headwater.lake.tables import Lake

GRACE_S = 3_600.0  # a hunt may still read a part that another one has replaced


@contextmanager
def only_writer(lake: Lake) -> Iterator[None]:
    """Makes sure that nobody else writes to the copy; leftovers of killed runs are removed.

    Raises:
        LakeError: another run is at work, or the folder cannot be written.
    """
    root = lake.path(BY_HOST)
    try:
        root.mkdir(exist_ok=True)
        lock = (root / ".lock").open("w")
    except OSError as why:
        raise LakeError(f"{root}: {why.strerror}; check the permissions of the lake's folder") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LakeError(f"{root}: another `headwater compact` is at work; wait for its end") from None
        for left in root.glob("day=*/.*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def new_part(lake: Lake, day: date) -> Iterator[Path]:
    """A hidden folder to write a part into; whatever is left in it afterwards is removed.

    Raises:
        LakeError: it cannot be made.
    """
    folder = lake.path(BY_HOST) / f"day={day.isoformat()}" / f".part-{uuid4().hex}"
    try:
        folder.mkdir(parents=True)
    except OSError as why:
        raise LakeError(
            f"{folder.parent}: {why.strerror}; check permissions and free space, then repeat: what was done "
            "before stays"
        ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, *, day: date, flows: int, covers: Iterable[str], sample_limit: int) -> Part:
    """Completes a part and puts it in its place.

    Args:
        folder: as from `new_part`, with hosts-*.parquet and the sample in it.
        day: the day of its flows.
        flows: how many they are.
        covers: the flow table's files that it stands for.
        sample_limit: the sample holds all flows with an edge hash below.

    Raises:
        LakeError: there is no space, or the folder cannot be written.
    """
    target = folder.with_name(folder.name.removeprefix("."))
    try:
        pq.write_table(index_of(sorted(folder.glob("hosts-*.parquet"))), folder / INDEX, compression="zstd")
        files = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
        part = Part(target, day, time.time_ns(), flows, frozenset(covers), sample_limit, files)
        (folder / MARKER).write_text(described(part), encoding="utf-8")
        for path in (*folder.iterdir(), folder):
            _flush(path)
        folder.rename(target)
        _flush(target.parent)
    except OSError as why:
        raise LakeError(
            f"{folder.parent}: {why.strerror or why}; free some space and repeat: what was done before stays"
        ) from None
    return part


def remove_replaced(lake: Lake, day: date, *, files: Collection[str], now: bool = False) -> None:
    """Removes parts that later ones have made needless.

    Those all of whose files later parts cover; and those that stand for files which are no longer in the
    table, because small files were merged: old versions are read raw then.

    Args:
        lake: the lake.
        day: of which day.
        files: the flow table's files now.
        now: also where a hunt that began before may still read them.
    """
    parts = parts_of_day(lake, day)
    latest = time.time_ns() - (0 if now else int(GRACE_S * 1e9))
    for place, part in enumerate(parts):
        later = [other for other in parts[:place] if other.made_ns <= latest]
        covered = {name for other in later for name in other.covers}
        if later and (part.covers <= covered or not part.covers <= set(files)):
            remove(part.folder)


def remove_unreadable(lake: Lake) -> None:
    """Removes parts that cannot be read or were written by a newer headwater."""
    for day in days_with_parts(lake):
        for marker in sorted((lake.path(BY_HOST) / f"day={day.isoformat()}").glob("part-*")):
            if not readable(marker):
                remove(marker)


def remove(folder: Path) -> None:
    """Removes a part: it is gone at once, its files soon after."""
    hidden = folder.with_name(f".gone-{uuid4().hex}")
    folder.rename(hidden)
    shutil.rmtree(hidden, ignore_errors=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
