"""Which files of a followed folder are settled? A journal beside the tables, so that each is looked at once.

Whether flows are in the lake, the table's transactions alone say (headwater.lake.writer). The journal saves
reading a month of files again after a restart, and remembers which complaints were made.

    LAKE/followed/<digest of the folder's path>.jsonl   {"format": 1, "folder", "reading"}, then a line a file

A file that changes after its flows were stored has grown where it still begins with what it began with. Its
number in the file system does not tell: file systems give the number of a deleted file to the next one.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headwater.errors import LakeError
from headwater.lake.tables import Lake

FORMAT = 1
_NAME_DIGITS = 16
_HEAD_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class FileState:
    """What changes when a file is written to or replaced.

    Attributes:
        inode: its number in the file system.
        size: in bytes.
        changed_ns: time of its last change, nanoseconds since 1970.
    """

    inode: int
    size: int
    changed_ns: int


def state_of(path: Path) -> FileState:
    """The state of a file now.

    Raises:
        OSError: it is gone, or cannot be looked at.
    """
    found = path.stat()
    return FileState(found.st_ino, found.st_size, found.st_mtime_ns)


def head_of(path: Path, size: int) -> str:
    """How a file begins: a digest of at most its first 4,096 bytes.

    Args:
        path: the file.
        size: no byte behind it counts.

    Raises:
        OSError: it is gone, or cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.sha256(file.read(min(size, _HEAD_BYTES))).hexdigest()


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one file.

    Attributes:
        state: the file as it was then.
        stored: whether its flows are in the lake.
        why: why not, or "".
        head: as from `head_of`, for its size then; "" where an earlier headwater did not note it.
    """

    state: FileState
    stored: bool
    why: str = ""
    head: str = ""

    def has_grown(self, path: Path, state: FileState) -> bool:
        """Whether a file that changed is the same one with more in it, rather than another.

        Args:
            path: the file.
            state: as it is now.

        Raises:
            OSError: it is gone, or cannot be read.
        """
        if not self.head:
            return state.inode == self.state.inode
        return state.size >= self.state.size and head_of(path, self.state.size) == self.head


class Journal:
    """The settled files of one folder.

    Args:
        lake: the lake.
        folder: the folder that is followed.
        reading: how its files are read; files that were refused when they were read otherwise are forgotten.

    Raises:
        LakeError: the journal cannot be read or written, or was written by a newer headwater.
    """

    def __init__(self, lake: Lake, folder: Path, *, reading: str) -> None:
        self._reading = reading
        self._folder = os.path.realpath(folder)
        digest = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:_NAME_DIGITS]
        self._path = lake.path("followed") / f"{digest}.jsonl"
        self._settled: dict[str, Settled] = {}
        try:
            self._load()
            self._rewrite()
        except OSError as why:
            raise LakeError(f"{self._path}: {why.strerror}; check permissions and free space") from None

    def __getitem__(self, path: str) -> Settled | None:
        """What became of a file, by its path under the folder; None where it is not settled."""
        return self._settled.get(path)

    def settle(self, files: dict[str, Settled]) -> None:
        """Remembers what became of files.

        Raises:
            LakeError: the journal cannot be written.
        """
        self._settled |= files
        try:
            with self._path.open("a", encoding="utf-8") as out:
                out.writelines(_line(path, settled) for path, settled in files.items())
        except OSError as why:
            raise LakeError(f"{self._path}: {why.strerror}; check permissions and free space") from None

    def _load(self) -> None:
        if not self._path.exists():
            return
        lines = self._path.read_text(encoding="utf-8").splitlines()
        header = _parsed(lines[0]) if lines else {}
        version = header.get("format")
        if isinstance(version, int) and version > FORMAT:
            raise LakeError(
                f"{self._path}: has format {version}, newer than this headwater; install a newer one"
            )
        for line in lines[1:]:
            entry = _parsed(line)  # a line cut by a kill says nothing: that file is looked at again
            try:
                state = FileState(entry["inode"], entry["size"], entry["changed_ns"])
                settled = Settled(state, entry["stored"], entry["why"], entry.get("head", ""))
                if settled.stored or header.get("reading") == self._reading:
                    self._settled[entry["path"]] = settled
            except (KeyError, TypeError):
                continue

    def _rewrite(self) -> None:
        """Leaves out files that are gone, so that the journal does not grow for ever."""
        self._settled = {
            path: settled
            for path, settled in self._settled.items()
            if os.path.lexists(os.path.join(self._folder, path))  # noqa: PTH118  # as bytes of any name
        }
        self._path.parent.mkdir(exist_ok=True)
        partial = self._path.with_suffix(".part")
        with partial.open("w", encoding="utf-8") as out:
            header = {"format": FORMAT, "folder": self._folder, "reading": self._reading}
            out.write(json.dumps(header) + "\n")
            out.writelines(_line(path, settled) for path, settled in self._settled.items())
        partial.replace(self._path)


def _line(path: str, settled: Settled) -> str:
    state = settled.state
    entry = {
        "path": path, "inode": state.inode, "size": state.size, "changed_ns": state.changed_ns,
        "stored": settled.stored, "why": settled.why, "head": settled.head,
    }  # fmt: skip
    return json.dumps(entry) + "\n"


def _parsed(line: str) -> dict[str, Any]:  # Any: what JSON can say
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
