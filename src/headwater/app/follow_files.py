"""Which files of followed folders are finished and not stored yet? Looked at again and again, told once."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from headwater.app.follow_settings import FollowSettings
from headwater.ingest.source import SourceFile
from headwater.ingest.unfinished import unfinished
from headwater.lake.followed import FileState, Journal, Settled, head_of, state_of
from headwater.lake.tables import is_lake

_GROWN = (
    "changed after its flows were stored; what was added is not in the lake, because the first part would be "
    "stored twice: leave out files that are still written with --skip"
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one file, or about all, that waits or needs a hand; each is told once.

    Attributes:
        path: the file; "" where it concerns all.
        why: what is the matter.
    """

    path: str
    why: str


@dataclass(slots=True)
class _Seen:
    """A file that is not settled: its state, since when, and what its end lacks (asked once a state)."""

    state: FileState
    since_s: float
    ready_since_s: float | None = None
    lacks: str = ""
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """A finished file that is to be stored.

    Attributes:
        path: the file.
        name: its path under the folder that is followed.
        journal: where what becomes of it is remembered.
        state: the file as it was when it was found finished.
        head: how it began then, as from `headwater.lake.followed.head_of`.
        since_s: when that was, by the monotonic clock.
    """

    path: str
    name: str
    journal: Journal
    state: FileState
    head: str
    since_s: float


@dataclass(slots=True)
class FollowedFiles:
    """The files of some folders.

    Attributes:
        folders: each folder with its journal.
        settings: which files count and when they are finished.
        tell: told what is the matter with files.
        changed_s: when a file last came or changed, by the monotonic clock.
        refused: how many files were given up.
    """

    folders: Sequence[tuple[Path, Journal]]
    settings: FollowSettings
    tell: Callable[[Remark], None]
    changed_s: float = field(default_factory=time.monotonic)
    refused: int = 0
    _seen: dict[str, _Seen] = field(default_factory=dict)  # by path
    _passed: dict[str, FileState] = field(default_factory=dict)  # not to be tried again by this run

    @property
    def waiting(self) -> int:
        """How many files are neither finished nor given up."""
        return sum(seen.ready_since_s is None for seen in self._seen.values())

    @property
    def undecided(self) -> bool:
        """Whether a file has not stood still for long enough to be judged."""
        return any(seen.ready_since_s is None and not seen.lacks for seen in self._seen.values())

    def look(self) -> list[Ready]:
        """Looks through the folders; the files that are finished now, sorted by path within a folder.

        Raises:
            LakeError: the journal cannot be written.
        """
        ready, there = [], set[str]()
        for folder, journal in self.folders:
            for path in _under(str(folder), self.settings):
                there.add(path)
                name = os.path.relpath(path, folder)
                try:
                    state = state_of(Path(path))
                    if self._is_open(journal, path, name, state) and self._is_finished(journal, path, name):
                        since_s = self._seen[path].ready_since_s or 0.0
                        head = head_of(Path(path), state.size)
                        ready.append(Ready(path, name, journal, state, head, since_s))
                except OSError:
                    continue  # gone meanwhile
        for gone in self._seen.keys() - there:
            del self._seen[gone]
        return ready

    def settle(self, file: Ready, *, stored: bool, why: str = "") -> None:
        """Remembers what became of a file: it is not looked at again unless it changes."""
        file.journal.settle({file.name: Settled(file.state, stored, why, file.head)})
        self._seen.pop(file.path, None)

    def refuse(self, file: Ready, why: str) -> None:
        """Gives a file up, and says so once."""
        self._refuse(file.journal, file.path, file.name, Settled(file.state, stored=False, why=why))

    def again(self, file: Ready) -> None:
        """Looks at a file anew, as if it had just come."""
        self._seen.pop(file.path, None)

    def pass_over(self, file: Ready) -> None:
        """Leaves a file alone until it changes or another run comes."""
        self._seen.pop(file.path, None)
        self._passed[file.path] = file.state

    def _is_open(self, journal: Journal, path: str, name: str, state: FileState) -> bool:
        """Whether a file that stood still since the last look is still to be judged; notes its changes."""
        settled = journal[name]
        if (settled is not None and settled.state == state) or self._passed.get(path) == state:
            self._seen.pop(path, None)
            return False
        seen = self._seen.get(path)
        if seen is None or seen.state != state:
            self.changed_s = time.monotonic()
            self._seen[path] = _Seen(state, self.changed_s)
            return False
        if settled is None or not settled.stored or not settled.has_grown(Path(path), state):
            return True
        if time.monotonic() - seen.since_s >= self.settings.settle_s:
            self._refuse(journal, path, name, Settled(state, True, _GROWN, head_of(Path(path), state.size)))
        return False

    def _is_finished(self, journal: Journal, path: str, name: str) -> bool:
        """Whether a file that stands still is finished, as far as can be seen; gives up what never is."""
        seen, now_s = self._seen[path], time.monotonic()
        if seen.ready_since_s is not None:
            return True
        if now_s - seen.since_s < self.settings.settle_s:
            return False
        if not seen.lacks:
            found = unfinished(SourceFile(Path(path), path))
            if found is None:
                seen.ready_since_s = now_s
                return True
            seen.lacks, seen.sure = found.lacks, found.sure
        if now_s - seen.since_s < self.settings.patience_s:
            return False
        if seen.sure:
            why = f"stays unfinished: {seen.lacks}; if nobody writes it any more, `headwater ingest` takes it"
            self._refuse(journal, path, name, Settled(seen.state, stored=False, why=why))
            return False
        seen.ready_since_s = now_s
        return True

    def _refuse(self, journal: Journal, path: str, name: str, settled: Settled) -> None:
        journal.settle({name: settled})
        self._seen.pop(path, None)
        self.refused += 1
        self.tell(Remark(path, settled.why))


def _under(folder: str, settings: FollowSettings) -> Iterator[str]:
    """The regular files under a folder that count, sorted; those of lakes and hidden folders do not."""
    for parent, folders, names in os.walk(folder):
        if is_lake(Path(parent)):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(parent, name)  # noqa: PTH118  # keeps the path as the user wrote it
            if settings.counts(name) and Path(path).is_file():
                yield path
