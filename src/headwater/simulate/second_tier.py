"""Who stands behind the upstreams? A second tier, and what shares upstreams for another reason.

Managers come to several upstreams to run them, at hours of work of one time zone, seldom and long. A backend
is where several upstreams keep what they have in common. Beside them stand those that a count of shared
upstreams finds as well: monitoring, administrators of hosting companies, managed services, backup, research.
Brute force, scanning, names, clocks and updates come with every world.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from headwater.simulate.contacts import ContactList
from headwater.simulate.hosts import HostKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Floats, Ints, lognormal, stream
from headwater.simulate.schedule import ScheduleList
from headwater.simulate.sessions import Source
from headwater.simulate.upstreams import Upstream

_MANAGED_PORTS = (22, 3_389, 22, 1_194, 3_306)  # how upstreams are run; one port each manager
_BACKEND_PORTS = (5_432, 443, 27_017, 38_400)
_RESEARCH_PORTS = (443, 22, 80, 8_080)
_ADMIN_HOURS = (9.0, 18.0)  # local time
_WORKDAYS = 5


class BehindKind(StrEnum):
    """Why a host is in contact with upstreams."""

    MANAGER = "manager"  # planted: it runs them
    BACKEND = "backend"  # planted: they use it in common
    MONITOR = "monitoring"
    HOST_ADMIN = "hosting company's administrator"
    CONTRACTOR = "managed service"
    BACKUP = "backup service"
    RESEARCHER = "researcher"


PLANTED = (BehindKind.MANAGER, BehindKind.BACKEND)


@dataclass(frozen=True, slots=True)
class Behind:
    """One host that is in contact with upstreams.

    Attributes:
        kind: why.
        host: number of its host.
        port: its own in server role, that of the upstreams in client role; 0 where there are several.
        role: "server" (upstreams connect to it) or "client" (it connects to them).
        upstreams: places in the world's list of upstreams.
        others: other hosts in contact with it on that port.
    """

    kind: BehindKind
    host: int
    port: int
    role: str
    upstreams: tuple[int, ...]
    others: int


class SecondTier:
    """Makes what stands behind the upstreams; `sources` are its sessions, `found` says who they are.

    Args:
        population: the ordinary hosts.
        upstreams: of the world.
        c2s: hosts of its C2s, for research.
    """

    def __init__(self, population: Population, upstreams: list[Upstream], c2s: Ints) -> None:
        self._population, self._upstreams, self._c2s = population, upstreams, c2s
        self._wanted = population.settings.second_tier
        self._rng = stream(population.seed, "second tier")
        self._moments = ScheduleList("second tier")
        self._contacts = ContactList("second tier's neighbours")
        self.found: list[Behind] = []
        if upstreams:
            self._planted()
            self._decoys()

    def sources(self, *, salt: int) -> list[Source]:
        """The sessions, none where nothing was planted.

        Args:
            salt: decides which quarters of days are busy.
        """
        found: list[Source] = []
        if len(self._moments):
            found.append(self._moments.source())
        if len(self._contacts):
            found.append(self._contacts.source(salt=salt, steadiness=0.5))
        return found

    def _planted(self) -> None:
        wanted, rng = self._wanted, self._rng
        for number in range(wanted.managers):
            where = NetworkKind.RESIDENTIAL if number % 2 == 0 else NetworkKind.HOSTING
            host, mine = self._host(HostKind.OPERATOR, where), self._links()
            zone = float(rng.integers(24)) / 24
            port = _MANAGED_PORTS[number % len(_MANAGED_PORTS)]
            others = self._servers(int(rng.integers(wanted.strangers + 1)))
            for target in [self._upstreams[place].host for place in mine] + others.tolist():
                self._at_work(host, target, port=port, per_day=self._rate(wanted.sessions_median), zone=zone)
            self.found.append(Behind(BehindKind.MANAGER, host, port, "client", mine, len(others)))
        for number in range(wanted.backends):
            host, mine = self._host(HostKind.OPERATOR, NetworkKind.HOSTING), self._links()
            port = _BACKEND_PORTS[number % len(_BACKEND_PORTS)]
            others = self._servers(int(rng.integers(wanted.strangers + 1)))
            self._serves(host, mine, others, port=port, shape=Shape.BACKEND, median=wanted.backend_median)
            self.found.append(Behind(BehindKind.BACKEND, host, port, "server", mine, len(others)))

    def _decoys(self) -> None:
        wanted, rng = self._wanted, self._rng
        for number in range(wanted.monitors):
            mine, others = self._some(2, 5), self._servers(wanted.monitored)
            port = (9_100, 22, 443, 10_050)[number % 4]
            host = self._host(HostKind.DECOY, NetworkKind.HOSTING)
            self._visits(host, mine, others, port=port, shape=Shape.SIDE, median=6.0)
            self.found.append(Behind(BehindKind.MONITOR, host, port, "client", mine, len(others)))
        self._host_admins()
        for _ in range(wanted.contractors):
            count = 1 + int(rng.binomial(2, wanted.contractor_further))
            mine, others = self._some(count, count), self._servers(int(rng.integers(8, 40)))
            self._administers(BehindKind.CONTRACTOR, self._host(HostKind.DECOY), mine, others)
        for number in range(wanted.backups):
            mine, others = self._some(2, 5), self._servers(wanted.backed_up)
            port = (873, 22, 443)[number % 3]
            host = self._host(HostKind.DECOY, NetworkKind.HOSTING)
            self._serves(host, mine, others, port=port, shape=Shape.BULK, median=1.0)
            self.found.append(Behind(BehindKind.BACKUP, host, port, "server", mine, len(others)))
        for _ in range(wanted.researchers):
            self._research()

    def _host_admins(self) -> None:
        """Those of the companies that host most upstreams: they come to a part of each company's servers."""
        roll, population = self._population.roll, self._population
        homes = roll.network_of(np.array([each.host for each in self._upstreams]))
        numbers, counts = np.unique(homes, return_counts=True)
        racks = roll.network_of(population.servers)
        for network in numbers[np.argsort(-counts, kind="stable")][: self._wanted.host_admins].tolist():
            mine = tuple(np.flatnonzero(homes == network).tolist())
            servers = population.servers[racks == network]
            others = self._rng.choice(servers, min(self._wanted.host_servers, len(servers)), replace=False)
            host = int(roll.add(HostKind.DECOY, np.array([network]))[0])
            self._administers(BehindKind.HOST_ADMIN, host, mine, others)

    def _administers(self, kind: BehindKind, host: int, mine: tuple[int, ...], others: Ints) -> None:
        """One who runs servers for a living, upstreams among them, and looks like a manager but for these."""
        zone = float(self._rng.integers(24)) / 24
        for target in [self._upstreams[place].host for place in mine] + others.tolist():
            self._at_work(host, int(target), port=22, per_day=self._rate(0.3), zone=zone)
        self.found.append(Behind(kind, host, 22, "client", mine, len(others)))

    def _research(self) -> None:
        """One who looks at upstreams and C2s once they are known: on their own ports and on others."""
        rng, days = self._rng, float(self._population.settings.days)
        host = self._host(HostKind.TRACKER, NetworkKind.RESEARCH)
        mine = tuple(range(len(self._upstreams)))
        begin = days * rng.uniform(0.3, 0.7)
        for place in mine:
            upstream = self._upstreams[place]
            own = (upstream.port,) if upstream.role == "server" else ()
            for port in (*own, *_RESEARCH_PORTS):
                self._contacts.add(
                    host, upstream.host, port=port, shape=Shape.VISIT, per_day=0.4, begin=begin, end=days
                )
        for port in _RESEARCH_PORTS:
            self._contacts.add(
                host, self._c2s, port=port, shape=Shape.VISIT, per_day=0.4, begin=begin, end=days
            )
        self.found.append(Behind(BehindKind.RESEARCHER, host, 0, "client", mine, len(self._c2s)))

    def _host(self, kind: HostKind, where: NetworkKind = NetworkKind.RESIDENTIAL) -> int:
        network = self._population.some_networks(where, 1, self._rng)
        return int(self._population.roll.add(kind, network)[0])

    def _links(self) -> tuple[int, ...]:
        """Upstreams of one planted host, drawn at random."""
        return self._some(self._wanted.links_low, self._wanted.links_high)

    def _some(self, low: int, high: int) -> tuple[int, ...]:
        count = min(int(self._rng.integers(low, high + 1)), len(self._upstreams))
        places = self._rng.choice(len(self._upstreams), count, replace=False)
        return tuple(sorted(int(place) for place in places))

    def _servers(self, count: int) -> Ints:
        servers = self._population.servers
        return self._rng.choice(servers, min(count, len(servers)), replace=False)

    def _rate(self, median: float) -> float:
        return float(lognormal(self._rng, median=median, spread=0.6, size=1)[0])

    def _at_work(self, client: int, server: int, *, port: int, per_day: float, zone: float) -> None:
        """Sessions on weekdays, at hours of work of a time zone (a share of a day behind UTC)."""
        days, rng = self._population.settings.days, self._rng
        workdays = np.flatnonzero(np.arange(days) % 7 < _WORKDAYS)  # worlds begin on a Monday
        count = rng.poisson(per_day, len(workdays))
        day = np.repeat(workdays, count)
        hour = rng.uniform(*_ADMIN_HOURS, len(day))
        at: Floats = day + hour / 24 + zone - 0.5
        kept = (at >= 0) & (at < days)
        self._moments.add(
            client, server, port=port, shape=Shape.ADMIN, at=at[kept], u=rng.random(int(kept.sum()))
        )

    def _serves(
        self, host: int, mine: tuple[int, ...], others: Ints, *, port: int, shape: Shape, median: float
    ) -> None:
        """Upstreams and others connect to it all the time."""
        self._lasting(self._with(mine, others), host, port=port, shape=shape, median=median)

    def _visits(
        self, host: int, mine: tuple[int, ...], others: Ints, *, port: int, shape: Shape, median: float
    ) -> None:
        """It connects to upstreams and others all the time."""
        self._lasting(host, self._with(mine, others), port=port, shape=shape, median=median)

    def _with(self, mine: tuple[int, ...], others: Ints) -> Ints:
        return np.concatenate([np.array([self._upstreams[place].host for place in mine]), others])

    def _lasting(
        self, clients: Ints | int, servers: Ints | int, *, port: int, shape: Shape, median: float
    ) -> None:
        size = max(np.size(clients), np.size(servers))
        self._contacts.add(
            clients, servers, port=port, shape=shape,
            per_day=lognormal(self._rng, median=median, spread=0.6, size=size),
            begin=0.0, end=float(self._population.settings.days),
        )  # fmt: skip
