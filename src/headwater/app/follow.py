"""How are files stored that something else goes on writing into a folder? Once each, once they are whole."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from headwater.app.follow_files import FollowedFiles, Ready, Remark
from headwater.app.follow_settings import FollowSettings
from headwater.app.ingest import REASONS, checked, ingest
from headwater.errors import BadSetting, HeadwaterError
from headwater.ingest.reader import FileReport, IngestReport, ReadOptions, reader_named
from headwater.lake.followed import Journal, state_of
from headwater.lake.tables import create_lake

AGAIN_S, AGAIN_MAX_S = 2.0, 60.0  # before storing is tried again after it failed; doubled each time
_MISSING = "program missing"
_WHOLE_FILE = frozenset(reason for _, reason in REASONS) | {"reader failed"}
Tell = Callable[[IngestReport | Remark], None]


@dataclass(frozen=True, slots=True)
class FollowSummary:
    """What became of everything that was followed.

    Attributes:
        files: files settled, with those that were in the lake before.
        flows: flows stored.
        rejected: records, and files, that were not.
        waiting: files that still were unfinished.
        lake_version: version of the flow table after the last commit; -1 where there was none.
    """

    files: int = 0
    flows: int = 0
    rejected: int = 0
    waiting: int = 0
    lake_version: int = -1


def follow(
    folders: Sequence[Path],
    *,
    lake: Path,
    stop: threading.Event,
    tell: Tell,
    settings: FollowSettings | None = None,
    format_name: str | None = None,
    options: ReadOptions | None = None,
) -> FollowSummary:
    """Stores what comes into folders until `stop` is set or nothing has changed for as long as asked.

    Args:
        folders: what to follow, with everything below.
        lake: the lake's folder; made where there is none.
        stop: set it to end; what is finished by then is stored.
        tell: told each batch stored, and what is the matter with files, each once, also across restarts.
        settings: which files count and when they are finished.
        format_name: the reader for all files; None recognises each by its content.
        options: what the files do not say.

    Raises:
        FormatUnknown: no format is called `format_name`.
        BadSetting: an option is impossible, or a folder is none.
        LakeError: the lake cannot be made, or is none.
    """
    checked(options or ReadOptions())
    if format_name is not None:
        reader_named(format_name)
    for folder in folders:
        if not folder.is_dir():
            raise BadSetting(f"{folder}: is no folder; --follow needs folders that exist")
    made, chosen = create_lake(lake), settings or FollowSettings()
    reading = repr(
        (format_name, options or ReadOptions())
    )  # with other options a file that was refused may be readable
    journals = [(folder, Journal(made, folder, reading=reading)) for folder in folders]
    run = _Run(
        FollowedFiles(journals, chosen, tell), lake, chosen, format_name, options or ReadOptions(), tell
    )
    return run.until(stop)


@dataclass(slots=True)
class _Run:
    """One call of `follow`."""

    found: FollowedFiles
    lake: Path
    settings: FollowSettings
    format_name: str | None
    options: ReadOptions
    tell: Tell
    files: int = 0
    flows: int = 0
    rejected: int = 0
    version: int = -1

    def until(self, stop: threading.Event) -> FollowSummary:
        pause_s, again_s = AGAIN_S, 0.0
        while True:
            last = stop.is_set() or self._is_idle()
            try:
                ready = self.found.look()
                if last or (time.monotonic() >= again_s and self._is_due(ready)):
                    self._store_all(ready)
                    pause_s = AGAIN_S
            except (HeadwaterError, OSError) as why:
                if last:
                    raise
                self.tell(Remark("", f"{why}; next try in {pause_s:.0f} s"))
                again_s = time.monotonic() + pause_s
                pause_s = min(2 * pause_s, AGAIN_MAX_S)
            if last:
                rejected = self.rejected + self.found.refused
                return FollowSummary(self.files, self.flows, rejected, self.found.waiting, self.version)
            stop.wait(self.settings.poll_s)

    def _is_idle(self) -> bool:
        idle_s = self.settings.until_idle_s
        still_s = time.monotonic() - self.found.changed_s
        return idle_s is not None and still_s >= idle_s and not self.found.undecided

    def _is_due(self, ready: Sequence[Ready]) -> bool:
        """Whether what is ready is worth a commit."""
        if not ready:
            return False
        waited_s = time.monotonic() - min(file.since_s for file in ready)
        size, chosen = sum(file.state.size for file in ready), self.settings
        return waited_s >= chosen.commit_s or size >= chosen.commit_bytes or len(ready) >= chosen.commit_files

    def _store_all(self, ready: Sequence[Ready]) -> None:
        for first in range(0, len(ready), self.settings.commit_files):
            self._store(ready[first : first + self.settings.commit_files])

    def _store(self, batch: Sequence[Ready]) -> None:
        """Stores files and remembers what became of them."""
        try:
            report = ingest(
                [file.path for file in batch], lake=self.lake, format_name=self.format_name,
                options=self.options,
            )  # fmt: skip
        except BadSetting as why:  # none of them can be read without an option that was not given
            for file in batch:
                self.found.refuse(file, str(why))
            return
        self.version = report.lake_version
        for file, told in zip(batch, report.files, strict=True):
            self._settle(file, told)
        self.flows += report.flows
        self.found.changed_s = time.monotonic()
        self.tell(report)

    def _settle(self, file: Ready, told: FileReport) -> None:
        failed = _WHOLE_FILE & set(told.rejected or {})
        if failed and _changed(file):
            self.found.again(file)
            return
        self.files += 1
        self.rejected += sum((told.rejected or {}).values())
        if _MISSING in failed:
            self.found.pass_over(file)  # the next run may find the program
            return
        why = told.first_bad.why if failed and told.first_bad else ""
        self.found.settle(file, stored=not failed, why=why)


def _changed(file: Ready) -> bool:
    """Whether it is another file now, or none."""
    try:
        return state_of(Path(file.path)) != file.state
    except OSError:
        return True
