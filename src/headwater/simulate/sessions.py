"""What happens between two hosts? Sessions as columns, before anything is observed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from headwater.simulate.profiles import Atoms
from headwater.simulate.randomness import Bools, Floats, Ints

TCP, UDP = 6, 17
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a world's time, in days from its start: [begin, end)."""

    begin: float
    end: float

    @property
    def days(self) -> float:
        """Its length."""
        return self.end - self.begin

    @property
    def day(self) -> int:
        """The day that it lies in."""
        return int(np.floor(self.begin + 1e-9))


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions as columns, shape (n,); every one of them has at least one packet that sampling keeps.

    Attributes:
        client: host that opened it.
        server: host that serves.
        client_port: 0 where it is drawn from the ephemeral ports.
        server_port: the service's port.
        proto: IP protocol number.
        shape: profiles.Shape.
        at: start in days from the world's start.
    """

    client: Ints
    server: Ints
    client_port: Ints
    server_port: Ints
    proto: Ints
    shape: Ints
    at: Floats

    def __len__(self) -> int:
        return len(self.client)

    def keep(self, mask: Bools) -> "Sessions":
        """The sessions where `mask` is true."""
        return Sessions(
            self.client[mask], self.server[mask], self.client_port[mask], self.server_port[mask],
            self.proto[mask], self.shape[mask], self.at[mask],
        )  # fmt: skip

    def columns(self) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Floats]:
        """All columns in the order of their declaration."""
        return (
            self.client, self.server, self.client_port, self.server_port, self.proto, self.shape, self.at,
        )  # fmt: skip


def joined(parts: Sequence[Sessions]) -> Sessions:
    """Several lots of sessions as one."""
    columns = zip(*(part.columns() for part in parts), strict=True)
    return Sessions(*(np.concatenate(column) for column in columns))


class Source(Protocol):
    """A population of sessions."""

    @property
    def name(self) -> str:
        """What the truth calls it."""
        ...

    @property
    def scales(self) -> bool:
        """Whether it belongs to the background, which a wish for more records makes busier."""
        ...

    def rate(self, span: Span, atoms: Atoms) -> float:
        """Expected number of sessions in the span of which sampling keeps a packet."""
        ...

    def draw(self, rng: np.random.Generator, span: Span, atoms: Atoms) -> Sessions:
        """Those sessions."""
        ...
