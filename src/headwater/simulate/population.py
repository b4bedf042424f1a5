"""Who lives in a world before any botnet comes? Its ordinary hosts, their services and their latent roles."""

from dataclasses import dataclass

import numpy as np

from headwater.simulate.hosts import HostKind, HostRoll
from headwater.simulate.networks import NetworkKind, Networks, make_networks, zipf_sizes
from headwater.simulate.randomness import Ints, stream
from headwater.simulate.settings import WorldSettings

# Ports of ordinary servers, with how common each is
_PORTS = np.array([443, 80, 22, 25, 993, 8080, 3306, 8443, 5432, 21, 1194, 27_017, 38_400, 50_000])
_PORT_WEIGHTS = np.array([30, 20, 8, 8, 5, 6, 3, 4, 2, 3, 3, 1, 3, 4]) / 100
_SERVICES_PER_SERVER = 1.4


@dataclass(frozen=True, slots=True)
class Population:
    """Ordinary hosts.

    Attributes:
        settings: the world's settings.
        seed: the world's seed.
        networks: where everybody lives.
        roll: takes further hosts up.
        residential: hosts of people.
        nat: shared egresses.
        servers: ordinary servers.
        role: latent role of each server, shape (servers,).
        service_host: serving host of each ordinary service.
        service_port: its port.
        dark: addresses without a host.
        infrastructure: name of a kind of infrastructure to its hosts.
        scanners: scanning hosts.
        brute_forcers: hosts that guess passwords.
        vpn: exits of VPN services.
        checkers: hosts that check open proxies.
    """

    settings: WorldSettings
    seed: int
    networks: Networks
    roll: HostRoll
    residential: Ints
    nat: Ints
    servers: Ints
    role: Ints
    service_host: Ints
    service_port: Ints
    dark: Ints
    infrastructure: dict[str, Ints]
    scanners: Ints
    brute_forcers: Ints
    vpn: Ints
    checkers: Ints

    def some_networks(self, kind: NetworkKind, size: int, rng: np.random.Generator) -> Ints:
        """`size` networks of a kind, drawn as their sizes are: large networks are met more often."""
        numbers = self.networks.of_kind(kind)
        weights = np.arange(1, len(numbers) + 1, dtype=np.float64) ** -self.settings.places.network_exponent
        return rng.choice(numbers, size=size, p=weights / weights.sum())


# Hosts of each kind of infrastructure: fixed, as the big providers are few however many clients they have
_INFRASTRUCTURE = {"resolver": 24, "clock": 16, "content": 60, "update": 10, "mail": 120}


def make_population(settings: WorldSettings, seed: int) -> Population:
    """The ordinary hosts of a world."""
    rng = stream(seed, "population")
    places, hostile = settings.places, settings.hostile
    networks = make_networks(settings, rng)
    roll = HostRoll(networks)

    def spread(kind: NetworkKind, count: int) -> Ints:
        numbers = networks.of_kind(kind)
        sizes = zipf_sizes(count, parts=len(numbers), exponent=places.network_exponent)
        return np.repeat(numbers, sizes)

    def anywhere(count: int, residential: float) -> Ints:
        people = networks.of_kind(NetworkKind.RESIDENTIAL)
        racks = networks.of_kind(NetworkKind.HOSTING)
        return np.where(rng.random(count) < residential, rng.choice(people, count), rng.choice(racks, count))

    servers = roll.add(HostKind.SERVER, spread(NetworkKind.HOSTING, places.servers))
    extra = rng.random(len(servers)) < _SERVICES_PER_SERVER - 1
    service_host = np.concatenate([servers, servers[extra]])
    return Population(
        settings=settings,
        seed=seed,
        networks=networks,
        roll=roll,
        residential=roll.add(HostKind.RESIDENTIAL, spread(NetworkKind.RESIDENTIAL, places.residential)),
        nat=roll.add(HostKind.NAT, rng.choice(networks.of_kind(NetworkKind.RESIDENTIAL), places.nat_egress)),
        servers=servers,
        role=_roles(settings, rng, roll.network_of(servers)),
        service_host=service_host,
        service_port=rng.choice(_PORTS, size=len(service_host), p=_PORT_WEIGHTS),
        dark=roll.add(HostKind.DARK, anywhere(places.dark, 0.7)),
        infrastructure={
            name: roll.add(HostKind.INFRASTRUCTURE, rng.choice(networks.of_kind(NetworkKind.CONTENT), count))
            for name, count in _INFRASTRUCTURE.items()
        },
        scanners=roll.add(HostKind.SCANNER, anywhere(hostile.scanners, 0.3)),
        brute_forcers=roll.add(HostKind.BRUTE_FORCER, anywhere(hostile.brute_forcers, 0.7)),
        vpn=roll.add(HostKind.VPN, anywhere(hostile.vpn_exits, 0.0)),
        checkers=roll.add(HostKind.CHECKER, anywhere(hostile.proxy_checkers, 0.2)),
    )


def _roles(settings: WorldSettings, rng: np.random.Generator, network: Ints) -> Ints:
    """A latent role for each server: half follow what is usual in their network, half any."""
    count = settings.background.roles
    weights = np.arange(1, count + 1, dtype=np.float64) ** -0.7
    usual = rng.choice(count, size=int(network.max()) + 1, p=weights / weights.sum())
    own = rng.choice(count, size=len(network), p=weights / weights.sum())
    return np.where(rng.random(len(network)) < 0.5, usual[network], own)
