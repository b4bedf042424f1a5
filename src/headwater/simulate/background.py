"""What goes on without any botnet? The ordinary populations of sessions."""

import numpy as np

from headwater.simulate.hosts import HostKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.population import Population
from headwater.simulate.preferences import Offer, Preferences, offer
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Floats, Ints, salt, stream
from headwater.simulate.scanning import SCANNED_PORTS, Scanning
from headwater.simulate.sessions import TCP, UDP, Source

_GUESSED = np.array([22, 22, 22, 3389, 3389, 445, 23, 5900])  # where passwords are guessed


class Background:
    """Makes the ordinary populations; the botnet's machines take part in them as any other host does.

    Args:
        population: the ordinary hosts.
        others: further servers (C2s, upstreams, decoys), which use names, clocks and updates too.
        other_roles: the latent role of each of them.
    """

    def __init__(self, population: Population, *, others: Ints, other_roles: Ints) -> None:
        self._population = population
        self._settings = population.settings.background
        self._racks = np.concatenate([population.servers, others])
        self._roles = np.concatenate([population.role, other_roles])
        self._people = np.concatenate([population.residential, population.nat])
        self._crowd = np.concatenate(
            [
                np.ones(len(population.residential)),
                np.full(len(population.nat), population.settings.places.nat_people),
            ]
        )

    def sources(self) -> list[Source]:
        """All populations of the background."""
        return [*self._people_sources(), *self._rack_sources(), *self._hostile_sources(), self._overlay()]

    def _region(self, hosts: Ints) -> Ints:
        return self._population.networks.region[self._population.roll.network_of(hosts)]

    def _stream(self, name: str) -> np.random.Generator:
        return stream(self._population.seed, "background", name)

    def _offer(
        self,
        name: str,
        host: Ints,
        port: Ints | int,
        *,
        group: Ints | None = None,
        groups: int = 0,
        proto: int = TCP,
    ) -> Offer:
        """Services in random order of popularity, by region unless another grouping is given."""
        rank: Floats = self._stream(name).permutation(len(host)).astype(np.float64) + 1.0
        return offer(
            host=host,
            port=np.broadcast_to(port, len(host)).astype(np.int64),
            proto=np.full(len(host), proto),
            popularity=rank**-self._settings.popularity_exponent,
            group=self._region(host) if group is None else group,
            groups=groups or self._settings.regions,
        )

    def _preferences(
        self,
        name: str,
        clients: Ints,
        services: Offer,
        *,
        per_host: float,
        shape: Shape,
        slots: int,
        people: bool = False,
        group: Ints | None = None,
        own_group: float | None = None,
        daily: bool = False,
        active_days: float = 1.0,
        client_port: int = 0,
    ) -> Preferences:
        busy: Floats = 1.0 + self._stream(name + " activity").pareto(
            self._settings.activity_tail, len(clients)
        )
        busy = np.minimum(busy, 1_000.0)
        if clients is self._people:
            busy = busy * self._crowd
        region = self._region(clients)
        return Preferences(
            name=name,
            clients=clients,
            activity=np.cumsum(busy) / busy.sum(),
            client_group=region if group is None else group,
            own_group=self._settings.regional_share if own_group is None else own_group,
            services=services,
            per_day=per_host * len(clients),
            shape=shape,
            slots=slots,
            salt=salt(self._population.seed, name),
            zone_days=region / self._settings.regions,
            rhythm=self._settings.rhythm if people else 0.15,
            daily=daily,
            active_days=active_days,
            client_port=client_port,
        )

    def _people_sources(self) -> list[Source]:
        world, rates = self._population, self._settings
        web = self._offer("web", world.service_host, world.service_port)
        content = self._offer("bulk", world.infrastructure["content"], 443)
        names = self._offer("names", world.infrastructure["resolver"], 53, proto=UDP)
        clocks = self._offer("clocks", world.infrastructure["clock"], 123, proto=UDP)
        updates = self._offer("updates", world.infrastructure["update"], 443)
        everyone = np.concatenate([self._people, self._racks])
        return [
            self._preferences(
                "web", self._people, web, per_host=rates.web, shape=Shape.WEB, slots=60, people=True
            ),
            self._preferences(
                "bulk", self._people, content, per_host=rates.bulk, shape=Shape.BULK, slots=12, people=True
            ),
            self._preferences(
                "names", everyone, names, per_host=rates.names, shape=Shape.NAME, slots=2, own_group=0.8
            ),
            self._preferences(
                "clocks",
                everyone,
                clocks,
                per_host=rates.clocks,
                shape=Shape.CLOCK,
                slots=4,
                own_group=0.6,
                client_port=123,
            ),
            self._preferences(
                "updates", everyone, updates, per_host=rates.updates, shape=Shape.UPDATE, slots=3
            ),
        ]

    def _rack_sources(self) -> list[Source]:
        world, rates = self._population, self._settings
        mail = self._offer("mail", world.infrastructure["mail"], 25)
        misc = self._offer("misc", world.service_host, world.service_port)
        network = world.roll.network_of(self._racks)
        return [
            self._preferences("mail", world.servers, mail, per_host=rates.mail, shape=Shape.MAIL, slots=25),
            self._preferences("misc", self._racks, misc, per_host=rates.misc, shape=Shape.MISC, slots=12),
            self._preferences(
                "network side", self._racks, self._side("network"), per_host=rates.network_side,
                shape=Shape.SIDE, slots=4, group=network, own_group=1.0,
            ),
            self._preferences(
                "role side", self._racks, self._side("role"), per_host=rates.role_side, shape=Shape.SIDE,
                slots=4, group=self._roles, own_group=0.95,
            ),
        ]  # fmt: skip

    def _side(self, kind: str) -> Offer:
        """Services that only one hosting network uses, or that one latent role brings along."""
        world, settings, rng = self._population, self._settings, self._stream(kind + " side")
        if kind == "network":
            racks = world.networks.of_kind(NetworkKind.HOSTING)
            group = np.repeat(racks, settings.services_per_network)
            host, groups = world.roll.add(HostKind.INFRASTRUCTURE, group), len(world.networks.kind)
        else:
            group = np.repeat(np.arange(settings.roles), settings.services_per_role)
            where = world.some_networks(NetworkKind.HOSTING, len(group), rng)
            host, groups = world.roll.add(HostKind.INFRASTRUCTURE, where), settings.roles
        port = rng.choice(
            np.array([443, 80, 3128, 873, 5666, 6556, 8443, 10_050, 2087, 9_100]), size=len(host)
        )
        return self._offer(kind + " side", host, port, group=group, groups=groups)

    def _hostile_sources(self) -> list[Source]:
        world, hostile = self._population, self._population.settings.hostile
        rate = hostile.brute_sessions * hostile.brute_active
        found: list[Source] = []
        if len(world.brute_forcers):
            port = _GUESSED[self._stream("guessed").integers(len(_GUESSED), size=len(self._racks))]
            targets = self._offer("guesses", self._racks, port)
            found.append(
                self._preferences(
                    "guesses", world.brute_forcers, targets, per_host=rate, shape=Shape.GUESS, slots=30,
                    own_group=0.0, daily=True, active_days=hostile.brute_active,
                )
            )  # fmt: skip
        return found

    def scanning(self, hosts: int, kinds: Ints) -> Scanning:
        """The scanners, once all hosts are known.

        Args:
            hosts: number of hosts of the world.
            kinds: HostKind of each.
        """
        hostile, rng = self._population.settings.hostile, self._stream("scanning")
        size = len(self._population.scanners)
        low, high = np.log(hostile.coverage_low), np.log(hostile.coverage_high)
        return Scanning(
            name="scanning",
            scanners=self._population.scanners,
            # most scanners reach little, a few nearly everything
            coverage=np.exp(low + (high - low) * rng.random(size) ** 1.5),
            port_from=np.minimum(rng.geometric(0.25, size) - 1, len(SCANNED_PORTS) - 1),
            port_count=np.minimum(rng.geometric(0.4, size), len(SCANNED_PORTS)),
            targets=hosts,
            dark=(kinds == HostKind.DARK).astype(np.int64),
            salt=salt(self._population.seed, "open ports"),
        )

    def _overlay(self) -> Source:
        """A peer-to-peer overlay: members among people and servers, every one on a high port of its own."""
        world, settings, rng = self._population, self._settings, self._stream("overlay")
        size = settings.peers
        rented = min(size // 10, len(self._racks))
        members = np.concatenate(
            [
                rng.choice(world.residential, min(size - rented, len(world.residential)), replace=False),
                rng.choice(self._racks, rented, replace=False),
            ]
        )
        peers = self._offer("overlay", members, rng.integers(10_000, 65_000, size=len(members)), proto=UDP)
        return self._preferences(
            "overlay",
            members,
            peers,
            per_host=settings.peer_sessions,
            shape=Shape.PEER,
            slots=80,
            own_group=0.0,
        )
