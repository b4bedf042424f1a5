"""Who is in contact with whom, and when? Lasting contacts: a client, a service, a rate, a window.

Contact is bursty: within a window the rate of every contact changes from one quarter of a day to the next by
a factor with mean 1 and a long tail, so that many quarters are silent and some are busy.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.special import gammaincinv

from headwater.simulate.profiles import Atoms, Shape
from headwater.simulate.randomness import Floats, Ints, hashed
from headwater.simulate.sessions import Sessions, Span

BLOCKS_PER_DAY = 4
_STEPS = 512


def _burst_table(steadiness: float) -> Floats:
    """Quantiles of a Gamma distribution with mean 1 and shape `steadiness`, made to have mean exactly 1."""
    quantiles = np.asarray(gammaincinv(steadiness, (np.arange(_STEPS) + 0.5) / _STEPS), np.float64)
    return quantiles / float(quantiles.mean())


@dataclass(slots=True)
class ContactList:
    """Takes contacts up; `source` makes them a population of sessions.

    Attributes:
        name: what the truth calls the population.
    """

    name: str
    _columns: list[tuple[Ints, ...]] = field(default_factory=list)
    _times: list[tuple[Floats, ...]] = field(default_factory=list)

    def add(
        self,
        client: Ints | int,
        server: Ints | int,
        *,
        port: Ints | int,
        proto: int = 6,
        shape: Shape,
        per_day: Floats | float,
        begin: Floats | float,
        end: Floats | float,
    ) -> None:
        """Takes up contacts; all arguments are scalars or arrays of one shape (contacts,).

        Args:
            client: hosts that open sessions.
            server: hosts that serve.
            port: the service's port.
            proto: IP protocol number.
            shape: what the sessions look like.
            per_day: mean sessions per day.
            begin: first day, counted from the world's start.
            end: last day.
        """
        whole = np.broadcast_arrays(client, server, port, proto, int(shape))
        parts = np.broadcast_arrays(whole[0], per_day, begin, end)
        size = parts[0].size
        self._columns.append(tuple(np.resize(column, size).astype(np.int64) for column in whole))
        self._times.append(tuple(np.resize(column, size).astype(np.float64) for column in parts[1:]))

    def __len__(self) -> int:
        return sum(len(columns[0]) for columns in self._columns)

    def source(self, *, salt: int, steadiness: float, scales: bool = False) -> "Contacts":
        """The contacts as a population.

        Args:
            salt: decides which quarters are busy.
            steadiness: shape of the Gamma distribution of the rate; 1 is mildly bursty, 0.2 very.
            scales: as in sessions.Source.
        """
        if not self._columns:
            raise ValueError(f"{self.name}: no contacts were taken up")
        client, server, port, proto, shape = (np.concatenate(c) for c in zip(*self._columns, strict=True))
        per_day, begin, end = (np.concatenate(c) for c in zip(*self._times, strict=True))
        return Contacts(
            self.name,
            client,
            server,
            port,
            proto,
            shape,
            per_day,
            begin,
            end,
            salt,
            _burst_table(steadiness),
            scales,
        )


@dataclass(frozen=True, slots=True)
class Contacts:
    """Lasting contacts as columns, shape (contacts,). A sessions.Source.

    Attributes:
        name: what the truth calls the population.
        client: hosts that open sessions.
        server: hosts that serve.
        port: the service's port.
        proto: IP protocol number.
        shape: profiles.Shape of the sessions.
        per_day: mean sessions per day.
        begin: first day.
        end: last day.
        salt: decides which quarters are busy.
        bursts: quantiles of the factor on the rate.
        scales: as in sessions.Source.
    """

    name: str
    client: Ints
    server: Ints
    port: Ints
    proto: Ints
    shape: Ints
    per_day: Floats
    begin: Floats
    end: Floats
    salt: int
    bursts: Floats
    scales: bool = False

    def rate(self, span: Span, atoms: Atoms) -> float:
        """Expected sessions that sampling keeps, bursts averaged out."""
        overlap = np.minimum(self.end, span.end) - np.maximum(self.begin, span.begin)
        return float((np.maximum(overlap, 0) * self.per_day * atoms.seen[self.shape]).sum())

    def draw(self, rng: np.random.Generator, span: Span, atoms: Atoms) -> Sessions:
        """Sessions in the span."""
        live = np.flatnonzero((self.begin < span.end) & (self.end > span.begin))
        lots = [self._block(rng, live, piece, atoms) for piece in _blocks(span)]
        who = np.concatenate([lot[0] for lot in lots])
        return Sessions(
            client=self.client[who],
            server=self.server[who],
            client_port=np.zeros(len(who), np.int64),
            server_port=self.port[who],
            proto=self.proto[who],
            shape=self.shape[who],
            at=np.concatenate([lot[1] for lot in lots]),
        )

    def _block(self, rng: np.random.Generator, live: Ints, span: Span, atoms: Atoms) -> tuple[Ints, Floats]:
        low = np.maximum(self.begin[live], span.begin)
        length = np.maximum(np.minimum(self.end[live], span.end) - low, 0)
        block = np.array([int(np.floor(span.begin * BLOCKS_PER_DAY + 1e-6))])
        burst = self.bursts[(hashed(self.salt, live, block) * _STEPS).astype(np.int64)]
        mean = length * self.per_day[live] * burst * atoms.seen[self.shape[live]]
        count = rng.poisson(mean)
        which = np.repeat(np.arange(len(live)), count)
        return live[which], low[which] + length[which] * rng.random(len(which))


def _blocks(span: Span) -> list[Span]:
    """The span cut where quarters of days meet."""
    first = int(np.floor(span.begin * BLOCKS_PER_DAY + 1e-6)) + 1
    last = int(np.ceil(span.end * BLOCKS_PER_DAY - 1e-6)) - 1
    cuts = [span.begin, *(block / BLOCKS_PER_DAY for block in range(first, last + 1)), span.end]
    return [Span(low, high) for low, high in pairwise(cuts) if high > low]
