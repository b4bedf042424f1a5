"""Who stands behind the upstreams? A second tier, and what shares upstreams for another reason.

Managers come to several upstreams to run them, at hours of work of one time zone, seldom and long. A backend
is where several upstreams keep what they have in common. Beside them stand those that a count of shared
upstreams finds as well: monitoring, administrators of hosting companies, managed services, backup, research.
Brute force, scanning, names, clocks and updates come with every world. Where a world asks for it some come by
VPN (by_vpn.py).
"""

import numpy as np

from headwater.simulate.behind import Behind, BehindKind, Placing
from headwater.simulate.by_vpn import ByVpn
from headwater.simulate.contacts import ContactList
from headwater.simulate.hosts import HostKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Ints, stream
from headwater.simulate.schedule import ScheduleList
from headwater.simulate.sessions import Source
from headwater.simulate.upstreams import Upstream

_MANAGED_PORTS = (22, 3_389, 22, 1_194, 3_306)  # how upstreams are run; one port each manager
_BACKEND_PORTS = (5_432, 443, 27_017, 38_400)
_RESEARCH_PORTS = (443, 22, 80, 8_080)


class SecondTier(Placing):
    """Makes what stands behind the upstreams; `sources` are its sessions, `found` says who they are.

    Args:
        population: the ordinary hosts.
        upstreams: of the world.
        c2s: hosts of its C2s, for research.
    """

    def __init__(self, population: Population, upstreams: list[Upstream], c2s: Ints) -> None:
        super().__init__(
            population, upstreams, rng=stream(population.seed, "second tier"),
            moments=ScheduleList("second tier"), contacts=ContactList("second tier's neighbours"),
        )  # fmt: skip
        self._c2s = c2s
        if upstreams:
            self._planted()
            self._decoys()
            vpn = ByVpn(
                population, upstreams, rng=stream(population.seed, "by VPN"), moments=self.moments,
                contacts=self.contacts,
            )  # fmt: skip
            self.found += vpn.placed()

    def sources(self, *, salt: int) -> list[Source]:
        """The sessions, none where nothing was planted.

        Args:
            salt: decides which quarters of days are busy.
        """
        found: list[Source] = []
        if len(self.moments):
            found.append(self.moments.source())
        if len(self.contacts):
            found.append(self.contacts.source(salt=salt, steadiness=0.5))
        return found

    def _planted(self) -> None:
        wanted, rng = self.wanted, self.rng
        for number in range(wanted.managers):
            where = NetworkKind.RESIDENTIAL if number % 2 == 0 else NetworkKind.HOSTING
            host, mine = self.host(HostKind.OPERATOR, where), self._links()
            zone = float(rng.integers(24)) / 24
            port = _MANAGED_PORTS[number % len(_MANAGED_PORTS)]
            others = self.servers(int(rng.integers(wanted.strangers + 1)))
            for target in [self.upstreams[place].host for place in mine] + others.tolist():
                self._at_work(host, target, port=port, per_day=self.rate(wanted.sessions_median), zone=zone)
            self.found.append(Behind(BehindKind.MANAGER, host, port, "client", mine, len(others)))
        for number in range(wanted.backends):
            host, mine = self.host(HostKind.OPERATOR, NetworkKind.HOSTING), self._links()
            port = _BACKEND_PORTS[number % len(_BACKEND_PORTS)]
            others = self.servers(int(rng.integers(wanted.strangers + 1)))
            self._serves(host, mine, others, port=port, shape=Shape.BACKEND, median=wanted.backend_median)
            self.found.append(Behind(BehindKind.BACKEND, host, port, "server", mine, len(others)))

    def _decoys(self) -> None:
        wanted, rng = self.wanted, self.rng
        for number in range(wanted.monitors):
            mine, others = self.some(2, 5), self.servers(wanted.monitored)
            port = (9_100, 22, 443, 10_050)[number % 4]
            host = self.host(HostKind.DECOY, NetworkKind.HOSTING)
            self._visits(host, mine, others, port=port, shape=Shape.SIDE, median=6.0)
            self.found.append(Behind(BehindKind.MONITOR, host, port, "client", mine, len(others)))
        self._host_admins()
        for _ in range(wanted.contractors):
            count = 1 + int(rng.binomial(2, wanted.contractor_further))
            mine, others = self.some(count, count), self.servers(int(rng.integers(8, 40)))
            self._administers(BehindKind.CONTRACTOR, self.host(HostKind.DECOY), mine, others)
        for number in range(wanted.backups):
            mine, others = self.some(2, 5), self.servers(wanted.backed_up)
            port = (873, 22, 443)[number % 3]
            host = self.host(HostKind.DECOY, NetworkKind.HOSTING)
            self._serves(host, mine, others, port=port, shape=Shape.BULK, median=1.0)
            self.found.append(Behind(BehindKind.BACKUP, host, port, "server", mine, len(others)))
        for _ in range(wanted.researchers):
            self._research()

    def _host_admins(self) -> None:
        """Those of the companies that host most upstreams: they come to a part of each company's servers."""
        roll, population = self.population.roll, self.population
        homes = roll.network_of(np.array([each.host for each in self.upstreams]))
        numbers, counts = np.unique(homes, return_counts=True)
        racks = roll.network_of(population.servers)
        for network in numbers[np.argsort(-counts, kind="stable")][: self.wanted.host_admins].tolist():
            mine = tuple(np.flatnonzero(homes == network).tolist())
            servers = population.servers[racks == network]
            others = self.rng.choice(servers, min(self.wanted.host_servers, len(servers)), replace=False)
            host = int(roll.add(HostKind.DECOY, np.array([network]))[0])
            self._administers(BehindKind.HOST_ADMIN, host, mine, others)

    def _administers(self, kind: BehindKind, host: int, mine: tuple[int, ...], others: Ints) -> None:
        """One who runs servers for a living, upstreams among them, and looks like a manager but for these."""
        zone = float(self.rng.integers(24)) / 24
        for target in [self.upstreams[place].host for place in mine] + others.tolist():
            self._at_work(host, int(target), port=22, per_day=self.rate(0.3), zone=zone)
        self.found.append(Behind(kind, host, 22, "client", mine, len(others)))

    def _research(self) -> None:
        """One who looks at upstreams and C2s once they are known: on their own ports and on others."""
        rng, days = self.rng, float(self.population.settings.days)
        host = self.host(HostKind.TRACKER, NetworkKind.RESEARCH)
        mine = tuple(range(len(self.upstreams)))
        begin = days * rng.uniform(0.3, 0.7)
        for place in mine:
            upstream = self.upstreams[place]
            own = (upstream.port,) if upstream.role == "server" else ()
            for port in (*own, *_RESEARCH_PORTS):
                self.contacts.add(
                    host, upstream.host, port=port, shape=Shape.VISIT, per_day=0.4, begin=begin, end=days
                )
        for port in _RESEARCH_PORTS:
            self.contacts.add(
                host, self._c2s, port=port, shape=Shape.VISIT, per_day=0.4, begin=begin, end=days
            )
        self.found.append(Behind(BehindKind.RESEARCHER, host, 0, "client", mine, len(self._c2s)))

    def _links(self) -> tuple[int, ...]:
        """Upstreams of one planted host, drawn at random."""
        return self.some(self.wanted.links_low, self.wanted.links_high)

    def _at_work(self, client: int, server: int, *, port: int, per_day: float, zone: float) -> None:
        """Sessions on weekdays, at hours of work of a time zone (a share of a day behind UTC)."""
        at = self.working(per_day, zone)
        self.moments.add(client, server, port=port, shape=Shape.ADMIN, at=at, u=self.rng.random(len(at)))

    def _serves(
        self, host: int, mine: tuple[int, ...], others: Ints, *, port: int, shape: Shape, median: float
    ) -> None:
        """Upstreams and others connect to it all the time."""
        self.lasting(self.together(mine, others), host, port=port, shape=shape, median=median)

    def _visits(
        self, host: int, mine: tuple[int, ...], others: Ints, *, port: int, shape: Shape, median: float
    ) -> None:
        """It connects to upstreams and others all the time."""
        self.lasting(host, self.together(mine, others), port=port, shape=shape, median=median)
