"""Where do collected files lie until they are stored? A folder in which no file is lost or taken twice.

    SPOOL/lock                        held by the one `collect` that works here
    SPOOL/<listener>/<run>/           where one run of nfcapd writes; its `lock` is held by nfcapd itself
    SPOOL/ready/<listener>~<run>~<file>     closed, to be stored
    SPOOL/done/<day>/                 stored, kept for some days
    SPOOL/unreadable/                 what cannot be read; never deleted

A file moves by one rename at a time, and only forward. It moves to `done` after the lake's commit; killed in
between, it is read again, and the lake knows its digest. Each run has a folder of its own because nfcapd
appends to a file of the same name, which would change one that is stored.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from headwater.errors import BadSetting

LOCK, LOG, PID = "lock", "log", "pid"
_CLOSED = re.compile(r"nfcapd\.\d{12,14}")  # what nfcapd and sfcapd call a file once it is closed
_OPEN = re.compile(r"nfcapd\.current\.\d+")
_SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class Spool:
    """A spool folder.

    Attributes:
        folder: the folder; made by `held`.
    """

    folder: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the spool for this process.

        Raises:
            BadSetting: another process holds it, or the folder cannot be written.
        """
        try:
            for name in ("ready", "done", "unreadable"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as why:
            raise BadSetting(
                f"{self.folder}: {why.strerror}; name a folder that can be written with --spool"
            ) from None
        try:
            if not _lock(handle):
                raise BadSetting(
                    f"{self.folder}: another `headwater collect` works in this spool; end it, give it all "
                    "ports, or name another folder with --spool"
                )
            yield
        finally:
            os.close(handle)

    def new_run(self, listener: str) -> Path:
        """A new folder for one run of a listener's collector."""
        run = self.folder / listener / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        run.mkdir(parents=True)
        return run

    def runs(self) -> list[Path]:
        """The folders of all runs, oldest first within a listener."""
        return sorted(path.parent for path in self.folder.glob(f"*/*/{LOCK}"))

    def claim(self, run: Path, *, ended: bool) -> list[Path]:
        """Moves a run's closed files to `ready`; those of a run that has ended all, and its folder goes.

        Args:
            run: the run's folder.
            ended: whether its collector has ended: then a file that it never closed is whole as it is.

        Returns:
            The files in `ready`, oldest first.
        """
        claimed = []
        for path in sorted(run.iterdir()):
            if _CLOSED.fullmatch(path.name) or (ended and _OPEN.fullmatch(path.name)):
                if path.stat().st_size == 0:  # killed before its first byte
                    path.unlink()
                    continue
                target = self.folder / "ready" / _SEPARATOR.join((run.parent.name, run.name, path.name))
                path.rename(target)
                claimed.append(target)
        if ended:
            shutil.rmtree(run)
        return claimed

    def ready(self) -> list[Path]:
        """The files to be stored, oldest first within a listener."""
        return sorted(path for path in (self.folder / "ready").iterdir() if path.is_file())

    def done(self, path: Path, *, keep: bool) -> None:
        """Puts a stored file away, or deletes it."""
        if not keep:
            path.unlink()
            return
        day = self.folder / "done" / f"{datetime.now(UTC):%Y-%m-%d}"
        day.mkdir(exist_ok=True)
        path.rename(day / path.name)

    def unreadable(self, path: Path) -> Path:
        """Puts a file aside that cannot be read; where it lies now."""
        return path.rename(self.folder / "unreadable" / path.name)

    def expire(self, *, keep_days: int, today: date) -> int:
        """Deletes days of stored files that are older than `keep_days`; how many days it deleted."""
        deleted = 0
        for day in (self.folder / "done").iterdir():
            with suppress(ValueError):  # something of the user's own
                if date.fromisoformat(day.name) < today - timedelta(days=keep_days):
                    shutil.rmtree(day)
                    deleted += 1
        return deleted


def written_s(path: Path) -> tuple[float, float]:
    """Between which moments a file in `ready` was written, seconds since 1970 UTC.

    It begins when its collector started or when its interval did (nfcapd's name for it), and ends with the
    last change. One that was never closed says of its beginning only when the collector started.
    """
    _, run, name = path.name.split(_SEPARATOR, 2) if path.name.count(_SEPARATOR) >= 2 else ("", "", "")
    begun = [
        _moment(run.partition("-")[0], "%Y%m%dT%H%M%S"),
        _moment(name.rpartition(".")[2], "%Y%m%d%H%M%S"),
    ]
    return max(begun), path.stat().st_mtime


def _moment(text: str, form: str) -> float:
    """0 where it says none; names of files have no seconds where intervals have none."""
    with suppress(ValueError):
        whole = text.ljust(14, "0") if "T" not in form else text
        return datetime.strptime(whole, form).replace(tzinfo=UTC).timestamp()
    return 0.0


def listener_of(path: Path) -> str:
    """The listener whose collector wrote a file in `ready`."""
    return path.name.partition(_SEPARATOR)[0]


def is_alive(run: Path) -> bool:
    """Whether the collector of a run still runs: it holds the run's lock as long as it lives."""
    handle = os.open(run / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        return not _lock(handle)
    finally:
        os.close(handle)


def lock_of(run: Path) -> int:
    """A file descriptor that holds the run's lock, to be inherited by its collector and then closed here."""
    handle = os.open(run / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    _lock(handle)
    return handle


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
