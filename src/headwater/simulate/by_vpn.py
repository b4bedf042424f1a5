"""Who comes to upstreams by VPN? Managers, and customers of a provider among whose servers upstreams stand.

A manager's tunnel ends on the upstream itself and is up while he works. A provider's customers have the same
ports and stay as long; each has a few servers of the provider, and some have three upstreams among them.
"""

from dataclasses import dataclass

import numpy as np

from headwater.simulate.behind import Behind, BehindKind, Placing
from headwater.simulate.hosts import HostKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Floats
from headwater.simulate.schedule import ScheduleList
from headwater.simulate.sessions import TCP, UDP


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of VPN.

    Attributes:
        name: what it is called.
        port: of the tunnel.
        proto: IP protocol number.
        exchange: port of an exchange of keys before it, 0 for none.
        mirrored: both sides speak from the same port, so that neither the port nor fan-in tells who came.
    """

    name: str
    port: int
    proto: int
    exchange: int = 0
    mirrored: bool = False


# IKE: both sides use 500, and 4500 (RFC 7296, sections 2 and 2.23)
WAYS = (
    Way("WireGuard", 51_820, UDP),
    Way("OpenVPN", 1_194, UDP),
    Way("OpenVPN", 1_194, TCP),
    Way("IKE", 4_500, UDP, exchange=500, mirrored=True),
)


def tunnel(
    moments: ScheduleList, client: int, server: int, *, way: Way, at: Floats, rng: np.random.Generator
) -> None:
    """Takes up the tunnels of one client to one server, and the exchanges of keys before them.

    Args:
        moments: takes them up.
        client: host that comes.
        server: host where the tunnel ends.
        way: kind of VPN.
        at: days from the world's start.
        rng: source of chance.
    """
    if way.exchange:
        moments.add(
            client, server, port=way.exchange, shape=Shape.KEYS, at=at, u=rng.random(len(at)),
            proto=way.proto, client_port=way.exchange if way.mirrored else 0,
        )  # fmt: skip
    moments.add(
        client, server, port=way.port, shape=Shape.TUNNEL, at=at, u=rng.random(len(at)), proto=way.proto,
        client_port=way.port if way.mirrored else 0,
    )  # fmt: skip


class ByVpn(Placing):
    """Places managers who come by VPN, and providers with their customers."""

    def placed(self) -> list[Behind]:
        """Providers, and managers whose tunnels end where no provider has that port already."""
        wanted, rng = self.wanted, self.rng
        taken: dict[tuple[int, int], tuple[int, ...]] = {}
        for number in range(wanted.vpn_providers):
            way = WAYS[number % len(WAYS)]
            taken[way.port, way.proto] = self._provider(way.port, way.proto)
        for number in range(wanted.vpn_managers):
            where = NetworkKind.RESIDENTIAL if number % 2 == 0 else NetworkKind.HOSTING
            host, way = self.host(HostKind.OPERATOR, where), WAYS[number % len(WAYS)]
            mine = self.some(wanted.links_low, wanted.links_high, but=taken.get((way.port, way.proto), ()))
            zone = float(rng.integers(24)) / 24
            others = self.servers(int(rng.integers(wanted.strangers + 1)))
            for target in self.together(mine, others).tolist():
                at = self.working(self.rate(wanted.sessions_median), zone)
                tunnel(self.moments, host, target, way=way, at=at, rng=rng)
            self.found.append(
                Behind(BehindKind.MANAGER, host, way.port, "client", mine, len(others), way.proto)
            )
        return self.found

    def _provider(self, port: int, proto: int) -> tuple[int, ...]:
        """Upstreams and others are servers of one; each customer has a few, a third come at hours of work."""
        wanted, rng = self.wanted, self.rng
        places = self.some(3, 4)
        servers = self.together(places, self.servers(wanted.vpn_servers))
        people = self.population.residential
        for number, customer in enumerate(rng.choice(people, wanted.vpn_customers, replace=False).tolist()):
            used = rng.choice(len(servers), int(rng.integers(1, wanted.vpn_used + 1)), replace=False)
            zone = float(rng.integers(24)) / 24
            for server in servers[used].tolist():
                rate = self.rate(wanted.vpn_median)
                if number % 3 == 0:
                    at = self.working(rate, zone)
                    self.moments.add(
                        customer,
                        server,
                        port=port,
                        shape=Shape.SURF,
                        at=at,
                        u=rng.random(len(at)),
                        proto=proto,
                    )
                else:
                    self.contacts.add(
                        customer, server, port=port, proto=proto, shape=Shape.SURF, per_day=rate, begin=0.0,
                        end=float(self.population.settings.days),
                    )  # fmt: skip
            mine = tuple(places[place] for place in sorted(used[used < len(places)].tolist()))
            if len(mine) > 1:
                kind, others = BehindKind.VPN_CUSTOMER, len(used) - len(mine)
                self.found.append(Behind(kind, customer, port, "client", mine, others, proto))
        return places
