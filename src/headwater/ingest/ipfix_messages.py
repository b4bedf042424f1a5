"""Where do messages and sets lie in a file of IPFIX messages, and where does a damaged file make sense again?

An IPFIX file is messages one behind the other (RFC 5655, section 4); a message is a header of 16 bytes and
sets, a set a header of 4 bytes and records (RFC 7011, section 3).
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from headwater.ingest.rejects import Rejects

VERSION = 10
TEMPLATES, OPTIONS_TEMPLATES, FIRST_DATA = 2, 3, 256  # set identifiers, RFC 7011 section 3.3.2
_MESSAGE = struct.Struct(">HHIII")  # version, length, export time, sequence number, observation domain
_SET = struct.Struct(">HH")  # identifier, length
_READ_BYTES = 1 << 20
_LONGEST = 1 << 16  # a message's length has 16 bits


@dataclass(frozen=True, slots=True)
class Set:
    """One set: its identifier, the offset in the file of its first record, and its records."""

    identifier: int
    offset: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        offset: of its header in the file, in bytes.
        export_s: export time, seconds since 1970-01-01 UTC.
        domain: observation domain.
        sets: those that are sound.
    """

    offset: int
    export_s: int
    domain: int
    sets: list[Set]


def looks_like_messages(head: bytes) -> bool:
    """Whether bytes start with an IPFIX message whose sets fill it, or fill the bytes."""
    if len(head) < _MESSAGE.size:
        return False
    version, length, *_ = _MESSAGE.unpack_from(head)
    if version != VERSION or length < _MESSAGE.size + _SET.size:
        return False
    sets, damage = _sets(head, 0, min(length, len(head)), 0)
    return bool(sets) and damage is None


def messages(stream: io.BufferedReader, rejects: Rejects) -> Iterator[Message]:
    """The file's messages in order.

    Where a header or a set cannot be true, the search for the next message starts right there, and "damaged
    message" is counted with the offset of what is wrong.

    Args:
        stream: open file at its start.
        rejects: told damage.
    """
    window = _Window(stream)
    lost = False
    while window.fill(_MESSAGE.size):
        data, at = window.data, window.place
        version, length, export_s, _, domain = _MESSAGE.unpack_from(data, at)
        if version != VERSION or length < _MESSAGE.size:
            if not lost:
                rejects.add("damaged message", offset=window.offset, detail="no message header")
            lost = True
            window.seek_message()
            continue
        lost = False
        whole = window.fill(length)
        data, at = window.data, window.place
        sets, damage = _sets(data, at, min(at + length, len(data)), window.offset - at)
        yield Message(window.offset, export_s, domain, sets)
        if not whole:
            rejects.add("file cut off", offset=window.offset, detail="the last message is not complete")
            return
        if damage is not None:
            rejects.add("damaged message", offset=window.offset - at + damage, detail="no set header")
            window.place = damage
            window.seek_message()
            lost = True
        else:
            window.place += length
    if window.left and not lost:
        rejects.add("file cut off", offset=window.offset, detail="the last message is not complete")


def _sets(data: bytes, at: int, end: int, base: int) -> tuple[list[Set], int | None]:
    """The sets of the message at `at`, and where their chain breaks, or None."""
    found: list[Set] = []
    place = at + _MESSAGE.size
    while place + _SET.size <= end:
        identifier, length = _SET.unpack_from(data, place)
        known = identifier in {TEMPLATES, OPTIONS_TEMPLATES} or identifier >= FIRST_DATA
        message_end = at + _MESSAGE.unpack_from(data, at)[1]
        if not known or length < _SET.size or place + length > message_end:
            return found, place
        body = data[place + _SET.size : min(place + length, end)]
        found.append(Set(identifier, base + place + _SET.size, bytes(body)))
        place += length
    return found, None


def _plausible(data: bytes, at: int, *, whole: bool) -> bool:
    """Whether a message may start at `at`: its header, its first set and the header that follows agree."""
    if len(data) - at < _MESSAGE.size + _SET.size:
        return False
    version, length, *_ = _MESSAGE.unpack_from(data, at)
    identifier, set_length = _SET.unpack_from(data, at + _MESSAGE.size)
    if version != VERSION or length < _MESSAGE.size + _SET.size:
        return False
    if identifier not in {TEMPLATES, OPTIONS_TEMPLATES} and identifier < FIRST_DATA:
        return False
    if not _SET.size <= set_length <= length - _MESSAGE.size:
        return False
    after = at + length
    if after + 2 > len(data):
        return after == len(data) or not whole
    return data[after : after + 2] == b"\0\x0a"


class _Window:
    """A part of the file around the place of reading, a few megabytes at most."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self.data = b""
        self.place = 0
        self._stream = stream
        self._dropped = 0
        self._ended = False

    @property
    def offset(self) -> int:
        """The place of reading, in bytes from the file's start."""
        return self._dropped + self.place

    @property
    def left(self) -> int:
        """Bytes in the window from the place of reading on."""
        return len(self.data) - self.place

    def fill(self, size: int) -> bool:
        """Makes the window hold `size` bytes from the place of reading; False where the file ends before."""
        while self.left < size and not self._ended:
            more = self._stream.read(_READ_BYTES)
            self._ended = not more
            self._dropped += self.place
            self.data, self.place = self.data[self.place :] + more, 0
        return self.left >= size

    def seek_message(self) -> None:
        """Moves to the next place where a message may start, this one included, or to the file's end."""
        while True:
            self.fill(2 * _LONGEST)
            found = self.data.find(b"\0\x0a", self.place)
            if found < 0:
                self.place = max(self.place, len(self.data) - 1)
                if self._ended:
                    self.place = len(self.data)
                    return
                continue
            self.place = found
            if self.left < _LONGEST + 2 and not self._ended:
                continue
            if _plausible(self.data, found, whole=self._ended):
                return
            self.place += 1
