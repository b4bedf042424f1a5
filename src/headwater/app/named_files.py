"""Which files does the user mean? Paths, folders, globs and standard input become a list of sources."""

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from headwater.errors import UnreadableSource
from headwater.ingest.source import SourceFile
from headwater.lake.tables import is_lake

STANDARD_INPUT = "-"


@contextmanager
def named_files(paths: Sequence[str]) -> Iterator[list[SourceFile]]:
    """The files that the paths stand for, in the order given; within a folder or glob sorted by path.

    A folder stands for every file under it but hidden ones (collectors keep their state there: nfcapd's
    `.nfstat`), pipes and sockets, and those of a lake. Standard input and pipes named by themselves are
    copied to temporary files, which are removed when the context ends.

    Args:
        paths: a file, a folder, a glob (`**` spans folders) or `-`.

    Raises:
        UnreadableSource: a path stands for nothing, or a pipe cannot be copied.
    """
    with tempfile.TemporaryDirectory(prefix="headwater-") as spool:
        yield [source for path in paths for source in _expanded(path, Path(spool))]


def _expanded(path: str, spool: Path) -> list[SourceFile]:
    if path == STANDARD_INPUT:
        return [_spooled(path, spool)]
    if path and Path(path).is_dir():
        return [_source(found) for found in _under(path)]
    if os.path.lexists(path):
        return [_spooled(path, spool) if Path(path).is_fifo() else _source(path)]
    if glob.has_magic(path):
        matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207  # Path.glob takes no absolute pattern
        if matches:
            # a folder and the files under it both match `**`: the files are enough
            return [
                source
                for match in matches
                if not ("**" in path and Path(match).is_dir())
                for source in _expanded(match, spool)
            ]
        raise UnreadableSource(f"{path}: nothing matches; check the pattern, and quote it from the shell")
    raise UnreadableSource(f"{path or repr(path)}: there is no such file or folder; check the name")


def _under(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        if is_lake(Path(parent)):
            folders.clear()  # a lake's Parquet files are flows already stored
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            found = os.path.join(parent, name)  # noqa: PTH118  # keeps the path as the user wrote it
            # reading a pipe or a socket that happens to lie there would wait for ever
            if not name.startswith(".") and (Path(found).is_file() or not Path(found).exists()):
                yield found


def _source(path: str) -> SourceFile:
    return SourceFile(Path(path), path)


def _spooled(path: str, spool: Path) -> SourceFile:
    handle, copy = tempfile.mkstemp(dir=spool)
    try:
        with os.fdopen(handle, "wb") as target:
            if path == STANDARD_INPUT:
                shutil.copyfileobj(sys.stdin.buffer, target)
            else:
                with Path(path).open("rb") as pipe:
                    shutil.copyfileobj(pipe, target)
    except OSError as why:
        raise UnreadableSource(
            f"{path}: cannot be copied to {spool.parent} ({why.strerror}); set TMPDIR to a folder with space"
        ) from None
    return SourceFile(Path(copy), path)
