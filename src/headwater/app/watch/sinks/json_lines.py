"""How do events get into a file of JSON lines, each once? After a cut the file itself is looked at."""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from headwater.app.watch.settings import JsonSink
from headwater.app.watch.sinks.attempt import Parcel, Undelivered, Untraceable
from headwater.present.events.document import document, line


@dataclass(frozen=True, slots=True)
class JsonFile:
    """Appends to a file, and syncs it to the disk.

    Attributes:
        sink: which file.
    """

    sink: JsonSink

    @property
    def _path(self) -> Path:
        return self.sink.file or Path()

    def prepare(self, parcel: Parcel) -> str:
        """The file's number and length before the line."""
        del parcel
        try:
            found = self._path.stat()
        except OSError:
            return "0 0"
        return f"{found.st_ino} {found.st_size}"

    def arrived(self, parcel: Parcel) -> bool | None:
        """Whether the line stands behind the length of then; what was cut off in it is taken away."""
        number, size = (int(part) for part in parcel.delivery.token.split())
        try:
            with self._path.open("r+b") as file:
                found = os.fstat(file.fileno())
                if number not in (0, found.st_ino) or found.st_size < size:
                    return None  # another file by now: rotated
                file.seek(size)
                written = file.read()
                whole = written.rpartition(b"\n")[0]
                if written and not written.endswith(b"\n"):
                    file.truncate(size + len(whole) + (1 if whole else 0))
        except FileNotFoundError:
            return False if number == 0 else None
        except OSError as why:
            raise Undelivered(f"{self._path}: {why.strerror}", arrived=None) from None
        return f'"id": "{parcel.shared.event.id}"'.encode("ascii") in whole

    def send(self, parcel: Parcel, *, again: bool) -> None:
        """Appends the line.

        Raises:
            Undelivered: the file cannot be written.
        """
        text = line(document(parcel.shared, again=again)).encode("ascii")
        try:
            with self._path.open("ab", buffering=0) as file:
                before = os.fstat(file.fileno()).st_size
                try:
                    _write_all(file, text)
                except OSError:
                    with suppress(OSError):  # a pipe has no length
                        file.truncate(before)
                    raise
        except OSError as why:
            raise Undelivered(
                f"{self._path}: {why.strerror}; check the folder, its permissions and space"
            ) from None


def _write_all(file: FileIO, text: bytes) -> None:
    """Writes all of it and syncs it to the disk; a full disk takes a part first, and says so at the rest."""
    rest = memoryview(text)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class JsonStdout(Untraceable):
    """Writes to stdout. What a pipe has swallowed cannot be looked at: after a cut the line comes again."""

    def send(self, parcel: Parcel, *, again: bool) -> None:
        """Writes the line.

        Raises:
            Undelivered: nobody reads it any more.
        """
        try:
            sys.stdout.write(line(document(parcel.shared, again=again)))
            sys.stdout.flush()
        except OSError as why:
            raise Undelivered(f"stdout: {why.strerror}", arrived=None) from None
