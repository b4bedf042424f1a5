"""What came of an attempt to deliver? Every sink answers in the same way."""

from dataclasses import dataclass
from typing import Protocol

from headwater.lake.watch_deliveries import Delivery
from headwater.present.events.sharing import Shared


class Undelivered(Exception):
    """The attempt failed.

    Args:
        why: what happened, without secrets.
        arrived: False where the event certainly did not arrive; None where it may have.
    """

    def __init__(self, why: str, *, arrived: bool | None = False) -> None:
        super().__init__(why)
        self.arrived = arrived


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event ready for one sink.

    Attributes:
        shared: as its TLP lets it leave.
        delivery: what the book knows of earlier attempts.
    """

    shared: Shared
    delivery: Delivery


class Carrier(Protocol):
    """Brings events to one sink. `prepare`, then a note in the book, then `send`.

    After a cut between the two, `arrived` is asked with what `prepare` gave before it.
    """

    def prepare(self, parcel: Parcel) -> str:
        """Does what leaves no trace outside; a note by which `arrived` can tell."""

    def arrived(self, parcel: Parcel) -> bool | None:
        """Whether an attempt that was cut off arrived; None: that cannot be known."""

    def send(self, parcel: Parcel, *, again: bool) -> None:
        """Sends it.

        Raises:
            Undelivered: it failed.
        """


class Untraceable:
    """What carriers share into whose sink nobody can look: after a cut the event is sent again."""

    __slots__ = ()

    def prepare(self, parcel: Parcel) -> str:
        """Nothing."""
        del parcel
        return ""

    def arrived(self, parcel: Parcel) -> bool | None:
        """That cannot be known."""
        del parcel
        return None
