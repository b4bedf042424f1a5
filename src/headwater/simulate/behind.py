"""Who is in contact with upstreams, and how is one placed? Shared by all that plants such hosts."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from headwater.simulate.contacts import ContactList
from headwater.simulate.hosts import HostKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Floats, Ints, lognormal
from headwater.simulate.schedule import ScheduleList
from headwater.simulate.sessions import TCP
from headwater.simulate.upstreams import Upstream
from headwater.simulate.working_hours import at_work


class BehindKind(StrEnum):
    """Why a host is in contact with upstreams."""

    MANAGER = "manager"  # planted: it runs them
    BACKEND = "backend"  # planted: they use it in common
    MONITOR = "monitoring"
    HOST_ADMIN = "hosting company's administrator"
    CONTRACTOR = "managed service"
    BACKUP = "backup service"
    RESEARCHER = "researcher"
    VPN_CUSTOMER = "customer of a VPN provider"


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
        proto: IP protocol number.
    """

    kind: BehindKind
    host: int
    port: int
    role: str
    upstreams: tuple[int, ...]
    others: int
    proto: int = TCP


class Placing:
    """Places hosts in contact with upstreams; `found` says who they are.

    Args:
        population: the ordinary hosts.
        upstreams: of the world.
        rng: source of chance.
        moments: takes up sessions at fixed moments.
        contacts: takes up lasting contact.
    """

    def __init__(
        self,
        population: Population,
        upstreams: list[Upstream],
        *,
        rng: np.random.Generator,
        moments: ScheduleList,
        contacts: ContactList,
    ) -> None:
        self.population, self.upstreams, self.rng = population, upstreams, rng
        self.moments, self.contacts = moments, contacts
        self.wanted = population.settings.second_tier
        self.found: list[Behind] = []

    def host(self, kind: HostKind, where: NetworkKind = NetworkKind.RESIDENTIAL) -> int:
        """A new host."""
        network = self.population.some_networks(where, 1, self.rng)
        return int(self.population.roll.add(kind, network)[0])

    def some(self, low: int, high: int, *, but: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Upstreams drawn at random, none of those in `but`."""
        able = np.setdiff1d(np.arange(len(self.upstreams)), but)
        count = min(int(self.rng.integers(low, high + 1)), len(able))
        places = self.rng.choice(len(able), count, replace=False)
        return tuple(sorted(able[places].tolist()))

    def servers(self, count: int) -> Ints:
        """Ordinary servers."""
        servers = self.population.servers
        return self.rng.choice(servers, min(count, len(servers)), replace=False)

    def rate(self, median: float) -> float:
        """How often somebody comes, around a median."""
        return float(lognormal(self.rng, median=median, spread=0.6, size=1)[0])

    def working(self, per_day: float, zone: float) -> Floats:
        """Moments at hours of work of a time zone, in days from the world's start."""
        return at_work(self.rng, days=self.population.settings.days, per_day=per_day, zone=zone)

    def together(self, mine: tuple[int, ...], others: Ints) -> Ints:
        """Hosts of some upstreams, and others."""
        return np.concatenate([np.array([self.upstreams[place].host for place in mine]), others])

    def lasting(
        self, clients: Ints | int, servers: Ints | int, *, port: int, shape: Shape, median: float
    ) -> None:
        """Contact at any hour, all the time."""
        size = max(np.size(clients), np.size(servers))
        self.contacts.add(
            clients, servers, port=port, shape=shape,
            per_day=lognormal(self.rng, median=median, spread=0.6, size=size),
            begin=0.0, end=float(self.population.settings.days),
        )  # fmt: skip
