"""Who uses which service? Clients with lasting preferences among services of heavy-tailed popularity.

A client's i-th preference is a hash of (client, i) looked up in the services' cumulative popularity. So a
client returns to the same services on every day, popular services have many clients, and nothing is stored
per client. Services may come in groups (regions, networks, roles): then part of a client's preferences, or
all, stay within its own group.
"""

from dataclasses import dataclass

import numpy as np

from headwater.simulate.profiles import Atoms, Shape
from headwater.simulate.randomness import Bools, Floats, Ints, hashed
from headwater.simulate.sessions import Sessions, Span


@dataclass(frozen=True, slots=True)
class Offer:
    """Services to choose from, ordered by group.

    Attributes:
        host: serving hosts, shape (services,).
        port: their ports.
        proto: their protocols.
        ladder: cumulative popularity, rising from above 0 to 1.
        group_low: where each group begins on the ladder, shape (groups,).
        group_high: where it ends.
    """

    host: Ints
    port: Ints
    proto: Ints
    ladder: Floats
    group_low: Floats
    group_high: Floats


def offer(*, host: Ints, port: Ints, proto: Ints, popularity: Floats, group: Ints, groups: int) -> Offer:
    """Services in the order that `Offer` needs; a group without services offers those of all groups."""
    order = np.argsort(group, kind="stable")
    ladder = np.cumsum(popularity[order])
    ladder /= ladder[-1]
    edges = np.searchsorted(group[order], np.arange(groups + 1))
    steps = np.concatenate([[0.0], ladder])
    low, high = steps[edges[:-1]], steps[edges[1:]]
    empty = edges[:-1] == edges[1:]
    return Offer(
        host[order], port[order], proto[order], ladder, np.where(empty, 0.0, low), np.where(empty, 1.0, high)
    )


@dataclass(frozen=True, slots=True)
class Preferences:
    """Sessions of clients with services they prefer. A sessions.Source.

    Attributes:
        name: what the truth calls it.
        clients: hosts, shape (clients,).
        activity: cumulative activity of the clients, rising to 1.
        client_group: each client's group, shape (clients,).
        own_group: share of preferences that stay within the client's group.
        services: what there is to choose from.
        per_day: sessions of all clients in one day.
        shape: what the sessions look like.
        slots: how many preferences a client has.
        slot_exponent: the i-th preference is used in proportion to i to minus this.
        salt: makes these preferences differ from those of other populations.
        rhythm: depth of the daily rhythm, 0 to below 1.
        zone_days: each client's time zone as a share of a day, shape (clients,).
        daily: preferences change every day (guessing passwords) instead of lasting.
        active_days: share of days on which a client does anything.
        client_port: 0, or the fixed port from which clients speak.
        scales: as in sessions.Source.
    """

    name: str
    clients: Ints
    activity: Floats
    client_group: Ints
    own_group: float
    services: Offer
    per_day: float
    shape: Shape
    slots: int
    salt: int
    zone_days: Floats
    slot_exponent: float = 1.0
    rhythm: float = 0.2
    daily: bool = False
    active_days: float = 1.0
    client_port: int = 0
    scales: bool = True

    def rate(self, span: Span, atoms: Atoms) -> float:
        """Expected sessions that sampling keeps, over a whole day's rhythm."""
        return self.per_day * span.days * float(atoms.seen[self.shape])

    def draw(self, rng: np.random.Generator, span: Span, atoms: Atoms) -> Sessions:
        """Sessions in the span: drawn at the busiest rate, then thinned by rhythm and by idle days."""
        mean = self.rate(span, atoms) * (1.0 + self.rhythm) / self.active_days
        size = int(rng.poisson(mean))
        at = span.begin + span.days * rng.random(size)
        who = np.searchsorted(self.activity, rng.random(size), side="right")
        who = np.minimum(who, len(self.clients) - 1)
        awake = self._awake(rng, who, at)
        who, at = who[awake], at[awake]
        size = len(who)
        service = self._choice(who, self._slot(rng, size), at)
        client, server = self.clients[who], self.services.host[service]
        sessions = Sessions(
            client=client,
            server=server,
            client_port=np.full(size, self.client_port),
            server_port=self.services.port[service],
            proto=self.services.proto[service],
            shape=np.full(size, int(self.shape)),
            at=at,
        )
        return sessions.keep(client != server)  # nobody is its own client

    def _awake(self, rng: np.random.Generator, who: Ints, at: Floats) -> Bools:
        # people are busiest at 20:00 of their own time
        local = at + self.zone_days[who] - 20 / 24
        level = (1.0 + self.rhythm * np.cos(2 * np.pi * local)) / (1.0 + self.rhythm)
        awake: Bools = rng.random(len(who)) < level
        if self.active_days < 1.0:
            awake &= hashed(self.salt + 2, self.clients[who], at.astype(np.int64)) < self.active_days
        return awake

    def _slot(self, rng: np.random.Generator, size: int) -> Ints:
        weights = np.arange(1, self.slots + 1, dtype=np.float64) ** -self.slot_exponent
        ladder = np.cumsum(weights / weights.sum())
        return np.minimum(np.searchsorted(ladder, rng.random(size), side="right"), self.slots - 1)

    def _choice(self, who: Ints, slot: Ints, at: Floats) -> Ints:
        client = self.clients[who]
        keys = (client, slot, at.astype(np.int64)) if self.daily else (client, slot)
        u = hashed(self.salt, *keys)
        if self.own_group > 0:
            group = self.client_group[who]
            low, high = self.services.group_low[group], self.services.group_high[group]
            own = low + u * (high - low)
            u = (
                own
                if self.own_group >= 1
                else np.where(hashed(self.salt + 1, *keys) < self.own_group, own, u)
            )
        found: Ints = np.searchsorted(self.services.ladder, u, side="right")
        return np.minimum(found, len(self.services.host) - 1)
