"""Which sessions happen at moments fixed beforehand? A list, of which sampling keeps a part.

Every session carries a number u in [0, 1) and is kept where u is below the chance that sampling keeps one of
its shape. So the moments belong to the world; finer sampling sees more of the same sessions, coarser fewer,
and how many are seen at one rate can be decided when the list is made.
"""

from dataclasses import dataclass, field

import numpy as np

from headwater.simulate.profiles import Atoms, Shape
from headwater.simulate.randomness import Floats, Ints
from headwater.simulate.sessions import Sessions, Span


@dataclass(slots=True)
class ScheduleList:
    """Takes sessions up; `source` makes them a population.

    Attributes:
        name: what the truth calls the population.
    """

    name: str
    _columns: list[tuple[Ints, ...]] = field(default_factory=list)
    _times: list[tuple[Floats, Floats]] = field(default_factory=list)

    def add(
        self,
        client: int,
        server: int,
        *,
        port: int,
        shape: Shape,
        at: Floats,
        u: Floats,
        proto: int = 6,
        client_port: int = 0,
    ) -> None:
        """Takes up the sessions of one client with one server.

        Args:
            client: host that opens them.
            server: host that serves.
            port: the service's port.
            shape: what they look like.
            at: days from the world's start, shape (n,).
            u: kept where below the chance of their shape, in [0, 1), shape (n,).
            proto: IP protocol number.
            client_port: 0 where it is drawn from the ephemeral ports.
        """
        row = (client, server, port, proto, int(shape), client_port)
        self._columns.append(tuple(np.full(len(at), value, np.int64) for value in row))
        self._times.append((at.astype(np.float64), u.astype(np.float64)))

    def __len__(self) -> int:
        return sum(len(at) for at, _ in self._times)

    def source(self) -> "Schedule":
        """The sessions as a population, ordered by time."""
        if not self._times:
            raise ValueError(f"{self.name}: no sessions were taken up")
        client, server, port, proto, shape, client_port = (
            np.concatenate(c) for c in zip(*self._columns, strict=True)
        )
        at, u = (np.concatenate(c) for c in zip(*self._times, strict=True))
        order = np.argsort(at, kind="stable")
        return Schedule(
            self.name, client[order], server[order], port[order], proto[order], shape[order], at[order],
            u[order], client_port[order],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schedule:
    """Sessions as columns, shape (n,), ordered by time. A sessions.Source.

    Attributes:
        name: what the truth calls the population.
        client: hosts that open sessions.
        server: hosts that serve.
        port: the service's port.
        proto: IP protocol number.
        shape: profiles.Shape.
        at: days from the world's start.
        u: kept where below the chance of the shape.
        client_port: 0 where it is drawn from the ephemeral ports.
        scales: as in sessions.Source.
    """

    name: str
    client: Ints
    server: Ints
    port: Ints
    proto: Ints
    shape: Ints
    at: Floats
    u: Floats
    client_port: Ints
    scales: bool = False

    def seen(self, span: Span, atoms: Atoms) -> Ints:
        """Which sessions of the span sampling keeps, as row numbers."""
        low, high = np.searchsorted(self.at, [span.begin, span.end])
        rows = np.arange(low, high)
        kept: Ints = rows[self.u[rows] < atoms.seen[self.shape[rows]]]
        return kept

    def rate(self, span: Span, atoms: Atoms) -> float:
        """Sessions of the span that sampling keeps: a number, not a mean."""
        return float(len(self.seen(span, atoms)))

    def draw(self, rng: np.random.Generator, span: Span, atoms: Atoms) -> Sessions:
        """Those sessions; nothing is left to chance."""
        del rng
        which = self.seen(span, atoms)
        return Sessions(
            client=self.client[which],
            server=self.server[which],
            client_port=self.client_port[which],
            server_port=self.port[which],
            proto=self.proto[which],
            shape=self.shape[which],
            at=self.at[which],
        )
