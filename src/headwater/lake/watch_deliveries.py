"""Which events has which sink to get yet, and how far did each delivery come? A part of the watch's book.

A delivery is `waiting`, then `begun` before its first byte leaves, then `done`. One that is found `begun` was
cut off between: the sink itself looks whether it arrived, where that can be known.
"""

from dataclasses import dataclass
from pathlib import Path

from headwater.lake.watch_book import connected, event_from, explained
from headwater.model.event import Event

STUCK = 8  # failed attempts of one event


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one sink.

    Attributes:
        event: the event.
        begun: whether an earlier attempt was cut off, so that it may have arrived.
        token: what the sink noted before that attempt.
        attempts: how many failed.
    """

    event: Event
    begun: bool
    token: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What a sink has to get yet.

    Attributes:
        sink: its name.
        events: how many.
        why: why the last attempt failed; "" where none did.
    """

    sink: str
    events: int
    why: str


class Deliveries:
    """The deliveries in a book, for one thread.

    Args:
        path: the book's file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with explained(path):
            self._base = connected(path)

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    def due(self, sink: str, *, now_s: float) -> list[Delivery]:
        """What a sink is to get now, oldest first; nothing while one that failed waits for its next attempt.

        One that failed STUCK times holds the others up no longer.

        Args:
            sink: its name.
            now_s: seconds since 1970, by the machine's clock.
        """
        with explained(self._path):
            paused = self._base.execute(
                "SELECT 1 FROM deliveries WHERE sink = ? AND state IN ('waiting', 'begun') "
                "AND next_try_s > ? AND attempts < ?",
                (sink, now_s, STUCK),
            )
            if paused.fetchone() is not None:
                return []
            rows = self._base.execute(
                "SELECT document, deliveries.state, token, attempts FROM deliveries "
                "JOIN events ON events.id = deliveries.event WHERE sink = ? "
                "AND deliveries.state IN ('waiting', 'begun') AND next_try_s <= ? ORDER BY deliveries.rowid",
                (sink, now_s),
            ).fetchall()
            return [
                Delivery(event_from(document), state == "begun", token, n)
                for document, state, token, n in rows
            ]

    def begin(self, event: Event, sink: str, *, token: str) -> None:
        """Notes that an event is about to leave."""
        self._set(event, sink, "state = 'begun', token = ?", token)

    def done(self, event: Event, sink: str) -> None:
        """Notes that it arrived."""
        self._set(event, sink, "state = 'done', why = ''")

    def failed(self, event: Event, sink: str, *, why: str, next_try_s: float, arrived: bool | None) -> None:
        """Notes that an attempt failed.

        Args:
            event: the event.
            sink: its name.
            why: what happened.
            next_try_s: when to try again, seconds since 1970.
            arrived: False where it certainly did not; None: it may have.
        """
        state = "waiting" if arrived is False else "begun"
        self._set(
            event, sink, "state = ?, attempts = attempts + 1, why = ?, next_try_s = ?", state, why, next_try_s
        )

    def owed(self) -> list[Owed]:
        """What has not arrived, sink by sink."""
        with explained(self._path):
            rows = self._base.execute(
                "SELECT sink, count(*), max(why) FROM deliveries WHERE state IN ('waiting', 'begun') "
                "GROUP BY sink ORDER BY sink"
            ).fetchall()
            return [Owed(*row) for row in rows]

    def _set(self, event: Event, sink: str, what: str, *values: str | float) -> None:
        with explained(self._path):
            self._base.execute(
                f"UPDATE deliveries SET {what} WHERE event = ? AND sink = ?",  # noqa: S608  # our own words
                (*values, event.id, sink),
            )
