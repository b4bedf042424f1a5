"""How do messages get into a folder, each once? Written under a hidden name first, then renamed.

The hidden file lies on the disk before the book says `begun`. After a cut it is still there, and the rename
never was, or it is gone, and it was: even where the message was fetched meanwhile.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from headwater.app.watch.settings import MailSink
from headwater.app.watch.sinks.attempt import Parcel, Undelivered
from headwater.present.events.mail import message


@dataclass(frozen=True, slots=True)
class MailDrop:
    """Drops messages into a folder.

    Attributes:
        sink: which folder, from whom and to whom.
    """

    sink: MailSink

    def prepare(self, parcel: Parcel) -> str:
        """Writes the message under its hidden name.

        Raises:
            Undelivered: the folder cannot be written.
        """
        found = self.sink
        text = message(parcel.shared, sender=found.sender, to=found.to, again=False)
        hidden = self._hidden(parcel)
        try:
            with hidden.open("wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            self._sync()
        except OSError as why:
            with suppress(OSError):
                hidden.unlink()
            raise Undelivered(
                f"{found.folder}: {why.strerror}; make the folder, or check its permissions and space"
            ) from None
        return "hidden"

    def arrived(self, parcel: Parcel) -> bool | None:
        """Whether the hidden file was renamed."""
        if not self.sink.folder.is_dir():
            raise Undelivered(f"{self.sink.folder}: is no folder; make it again", arrived=None)
        return not self._hidden(parcel).exists()

    def send(self, parcel: Parcel, *, again: bool) -> None:
        """Renames the message to its name.

        Raises:
            Undelivered: the folder cannot be written.
        """
        del again
        event = parcel.shared.event
        try:
            self._hidden(parcel).rename(self.sink.folder / f"{event.at:%Y%m%dT%H%M%SZ}-{event.id}.eml")
            self._sync()
        except OSError as why:
            raise Undelivered(f"{self.sink.folder}: {why.strerror}", arrived=None) from None

    def _hidden(self, parcel: Parcel) -> Path:
        return self.sink.folder / f".{parcel.shared.event.id}.eml.part"

    def _sync(self) -> None:
        """The folder's names on the disk."""
        handle = os.open(self.sink.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
