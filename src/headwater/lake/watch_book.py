"""What does a watch know, what has it told, and to whom? One SQLite file in the lake, each step on disk.

    DIR/watch/book.sqlite    what was known after the last cycle, every event, every delivery
    DIR/watch/lock           held by the one watch that works in this lake

A cycle's events and what is known behind them are written in one transaction, so that a watch that is killed
tells each change later, or has told it, and never both or neither. SQLite syncs each commit to the disk.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from headwater.errors import BadSetting, LakeError
from headwater.lake.tables import Lake
from headwater.model.event import Event
from headwater.model.remembered import Memory

FORMAT = 1  # of the tables below; a change adds a converter for each step
FOLDER, BOOK, LOCK = "watch", "book.sqlite", "lock"
BUSY_S = 60.0  # that one thread waits for another's commit
_TABLES = """
    CREATE TABLE IF NOT EXISTS known (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS events (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, found_on TEXT NOT NULL,
        over_on TEXT, left_on TEXT, document TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS deliveries (
        event TEXT NOT NULL REFERENCES events (id), sink TEXT NOT NULL, state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, next_try_s REAL NOT NULL DEFAULT 0,
        token TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '', PRIMARY KEY (event, sink)) STRICT;
"""
_MEMORY, _EVENT = TypeAdapter(Memory), TypeAdapter(Event)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that has not left.

    Attributes:
        event: the event.
        over_on: the day whose budget it exceeded, ISO 8601; "" for none.
    """

    event: Event
    over_on: str


class Book:
    """The book of one lake; `opened` makes it.

    Args:
        path: the SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with explained(path):
            self._base = connected(path)
            self._begin()

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    def memory(self) -> Memory:
        """What was known after the last cycle; nothing before the first one.

        Raises:
            LakeError: the book is damaged.
        """
        with explained(self.path):
            row = self._base.execute("SELECT value FROM known WHERE name = 'memory'").fetchone()
            return Memory() if row is None else _MEMORY.validate_json(row[0])

    def record(self, memory: Memory, events: Sequence[Event], *, day: str) -> list[Event]:
        """Writes what is known now and the events that led to it, in one step.

        Args:
            memory: what is known now.
            events: what was found; one that is in the book already is left as it is.
            day: on which day, ISO 8601.

        Returns:
            The events that were not in the book.

        Raises:
            LakeError: the book is damaged or cannot be written.
        """
        with explained(self.path), transaction(self._base):
            found = []
            for event in events:
                done = self._base.execute(
                    "INSERT OR IGNORE INTO events (id, kind, state, found_on, document) "
                    "VALUES (?, ?, 'waiting', ?, ?)",
                    (event.id, event.kind.value, day, _EVENT.dump_json(event).decode()),
                )
                found += [event] if done.rowcount else []
            self._base.execute(
                "INSERT OR REPLACE INTO known (name, value) VALUES ('memory', ?)",
                (_MEMORY.dump_json(memory).decode(),),
            )
        return found

    def waiting(self) -> list[Waiting]:
        """The events that have not left, the most urgent first.

        Raises:
            LakeError: the book is damaged.
        """
        with explained(self.path):
            rows = self._base.execute(
                "SELECT document, coalesce(over_on, '') FROM events WHERE state = 'waiting'"
            )
            found = [Waiting(_EVENT.validate_json(document), day) for document, day in rows]
        return sorted(found, key=lambda one: one.event.urgency)

    def left_on(self, day: str) -> dict[str, int]:
        """How many events of each kind left by themselves on a day.

        Raises:
            LakeError: the book is damaged.
        """
        with explained(self.path):
            rows = self._base.execute(
                "SELECT kind, count(*) FROM events WHERE left_on = ? AND state = 'left' AND kind <> 'digest' "
                "GROUP BY kind",
                (day,),
            )
            return dict(rows.fetchall())

    def release(
        self,
        *,
        leaving: Sequence[Event],
        over: Sequence[Event],
        digests: Sequence[Event],
        sinks: Sequence[str],
        noticed: Sequence[str],
        day: str,
    ) -> None:
        """Lets events leave to the sinks, and notes which do not, in one step.

        Args:
            leaving: what leaves by itself.
            over: what exceeds today's budget.
            digests: leave in the place of the events that they list.
            sinks: names of the sinks.
            noticed: names of those that get notices, too.
            day: today, ISO 8601.

        Raises:
            LakeError: the book is damaged or cannot be written.
        """
        with explained(self.path), transaction(self._base):
            for event in over:
                self._base.execute("UPDATE events SET over_on = ? WHERE id = ?", (day, event.id))
            for event in leaving:
                self._leave(event, "left", day)
            for digest in digests:
                self._base.execute(
                    "INSERT OR IGNORE INTO events (id, kind, state, found_on, document) "
                    "VALUES (?, ?, 'waiting', ?, ?)",
                    (digest.id, digest.kind.value, day, _EVENT.dump_json(digest).decode()),
                )
                self._leave(digest, "left", day)
                for event in digest.events:
                    self._leave(event, "in digest", day)
            for event in [*leaving, *digests]:
                self._base.executemany(
                    "INSERT OR IGNORE INTO deliveries (event, sink, state) VALUES (?, ?, 'waiting')",
                    [(event.id, sink) for sink in (noticed if event.is_notice else sinks)],
                )

    def _leave(self, event: Event, state: str, day: str) -> None:
        self._base.execute("UPDATE events SET state = ?, left_on = ? WHERE id = ?", (state, day, event.id))

    def _begin(self) -> None:
        if self._base.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("its pages contradict each other")
        with transaction(self._base):
            for statement in _TABLES.split(";"):
                self._base.execute(statement)
            self._base.execute("INSERT OR IGNORE INTO known VALUES ('format', ?)", (str(FORMAT),))
        (written,) = self._base.execute("SELECT value FROM known WHERE name = 'format'").fetchone()
        if not written.isdecimal() or int(written) > FORMAT:
            raise LakeError(
                f"{self.path}: has format {written!a} and this headwater reads up to {FORMAT}; install a "
                "newer one"
            )


@contextmanager
def opened(lake: Lake) -> Iterator[Book]:
    """The lake's book, held for this process.

    Raises:
        BadSetting: another watch works in this lake.
        LakeError: the book is damaged, of a newer format, or cannot be written.
    """
    folder = lake.path(FOLDER)
    try:
        folder.mkdir(exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as why:
        raise LakeError(f"{folder}: {why.strerror}; check the permissions and space of the lake") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadSetting(
                f"{folder}: another `headwater watch` works in this lake; end it first"
            ) from None
        book = Book(folder / BOOK)
        try:
            yield book
        finally:
            book.close()
    finally:
        os.close(handle)


def event_from(document: str) -> Event:
    """An event as the book keeps it."""
    return _EVENT.validate_json(document)


def connected(path: Path) -> sqlite3.Connection:
    """A connection of its own, whose commits are on the disk when they return."""
    base = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    base.execute("PRAGMA synchronous = EXTRA")
    return base


@contextmanager
def transaction(base: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
        base.execute("COMMIT")
    except BaseException:
        if base.in_transaction:
            base.execute("ROLLBACK")
        raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Says what is the matter with the file, and what to do."""
    try:
        yield
    except sqlite3.OperationalError as why:
        raise LakeError(f"{path}: {why}; check its permissions and the disk's space") from None
    except (sqlite3.DatabaseError, ValidationError) as why:
        first = str(why).partition("\n")[0]
        raise LakeError(
            f"{path}: damaged ({first}); move it away and start again: what is there then is told once more, "
            "under the same ids"
        ) from None
