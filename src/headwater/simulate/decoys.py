"""What does a count of shared C2s find instead of an upstream? Decoys, in contact for another reason.

This file: what C2s use like others do (popular services, images, panels, side services of a family, proxies).
lookouts.py: those who watch C2s (trackers, sinkholes). attacks.py: targets of denial of service.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from headwater.simulate.botnet import C2, Botnet, C2Kind
from headwater.simulate.contacts import ContactList
from headwater.simulate.hosts import HostKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Floats, Ints, lognormal, stream


class DecoyKind(StrEnum):
    """Why a decoy is in contact with C2s."""

    POPULAR = "popular service"
    IMAGE = "shared image"
    PANEL = "reseller panel"
    FAMILY_SIDE = "family side service"
    PROXY_JUDGE = "proxy judge"
    PROXY_CHECKER = "proxy checker"
    VPN_EXIT = "vpn exit"
    TRACKER = "tracker"
    SINKHOLE = "sinkhole"
    COLLECTOR = "sinkhole collector"
    DOS_TARGET = "denial-of-service target"


@dataclass(frozen=True, slots=True)
class Decoy:
    """One decoy.

    Attributes:
        kind: why it is in contact with C2s.
        host: number of its host.
        port: its port in server role, the port on the C2s in client role; 0 where there are several.
        proto: IP protocol number.
        role: "server" or "client".
        c2s: places in Botnet.c2s of the C2s that it is in contact with.
        others: number of other hosts in contact with it on that port.
    """

    kind: DecoyKind
    host: int
    port: int
    proto: int
    role: str
    c2s: tuple[int, ...]
    others: int


@dataclass(slots=True)
class Trickster:
    """Places decoys and their contacts.

    Attributes:
        population: the ordinary hosts.
        botnet: the C2s.
        rng: source of chance.
        contacts: takes the contacts up.
        found: the decoys so far.
    """

    population: Population
    botnet: Botnet
    rng: np.random.Generator
    contacts: ContactList
    found: list[Decoy]

    def host(self, kind: HostKind = HostKind.DECOY, where: NetworkKind = NetworkKind.HOSTING) -> int:
        """A new host for a decoy."""
        network = self.population.some_networks(where, 1, self.rng)
        return int(self.population.roll.add(kind, network)[0])

    def some(self, pool: Ints, count: int) -> Ints:
        """`count` hosts of a pool, or all where there are fewer."""
        return self.rng.choice(pool, min(count, len(pool)), replace=False)

    def pick(self, places: list[int], count: int) -> list[int]:
        """`count` C2s of some, or all where there are fewer."""
        return sorted(int(place) for place in self.some(np.array(places, np.int64), count))

    def windows(self, places: list[int], *, widened: float = 0.0) -> tuple[Ints, Floats, Floats]:
        """Hosts, first and last days of C2s, `widened` days on both sides."""
        c2s: list[C2] = [self.botnet.c2s[place] for place in places]
        return (
            np.array([c2.host for c2 in c2s], np.int64),
            np.array([c2.begin for c2 in c2s]) - widened,
            np.array([c2.end for c2 in c2s]) + widened,
        )

    def rates(self, count: int, median: float) -> Floats:
        """Sessions per day of `count` contacts."""
        return lognormal(self.rng, median=median, spread=0.9, size=count)

    def service(
        self,
        kind: DecoyKind,
        host: int,
        port: int,
        places: list[int],
        others: Ints,
        *,
        median: float,
        widened: float,
    ) -> None:
        """A service that C2s use around their lives and others use all the time."""
        c2_hosts, begin, end = self.windows(places, widened=widened)
        self.contacts.add(
            c2_hosts,
            host,
            port=port,
            shape=Shape.SIDE,
            per_day=self.rates(len(places), median),
            begin=begin,
            end=end,
        )
        self.contacts.add(
            others, host, port=port, shape=Shape.SIDE, per_day=self.rates(len(others), median),
            begin=0.0, end=float(self.population.settings.days),
        )  # fmt: skip
        self.found.append(Decoy(kind, host, port, 6, "server", tuple(places), len(others)))


def make_decoys(population: Population, botnet: Botnet) -> tuple[list[Decoy], ContactList]:
    """The decoys that C2s use as others do, and their contacts."""
    work = Trickster(population, botnet, stream(population.seed, "decoys"), ContactList("decoys"), [])
    _popular(work)
    _images(work)
    _panels(work)
    _family_side(work)
    _proxies(work)
    _vpn(work)
    return work.found, work.contacts


def _popular(work: Trickster) -> None:
    """Services that most C2s of all families use, such as look-ups of one's own address."""
    wanted = work.population.settings.decoys
    crowd = np.concatenate([work.population.servers, work.population.residential])
    everyone = list(range(len(work.botnet.c2s)))
    for number in range(wanted.popular):
        places = work.pick(everyone, round(wanted.popular_c2s * len(everyone)))
        others = work.some(crowd, wanted.popular_others)
        port = (80, 443)[number % 2]
        work.service(DecoyKind.POPULAR, work.host(), port, places, others, median=1.5, widened=2.0)


def _images(work: Trickster) -> None:
    """A service to which every host made from one server image reports, long before and after a C2's life."""
    wanted = work.population.settings.decoys
    for number in range(wanted.shared_images):
        family = number % work.population.settings.botnet.families
        rented = [p for p in work.botnet.of_family(family) if work.botnet.c2s[p].kind is C2Kind.RENTED]
        if not rented:
            continue
        places = work.pick(rented, max(2, round(wanted.image_c2s * len(rented))))
        hosts = work.some(work.population.servers, wanted.image_hosts)
        port = (10_051, 443, 8_140, 5_044)[number % 4]
        work.service(DecoyKind.IMAGE, work.host(), port, places, hosts, median=2.0, widened=10.0)


def _panels(work: Trickster) -> None:
    """A reseller's panel: its customers' servers report to it, C2s among them, in few networks."""
    wanted, population = work.population.settings.decoys, work.population
    rented = [p for p, c2 in enumerate(work.botnet.c2s) if c2.kind is C2Kind.RENTED]
    network = population.roll.network_of(population.servers)
    for number in range(wanted.panels if rented else 0):
        racks = population.some_networks(NetworkKind.HOSTING, 3, work.rng)
        pool = population.servers[np.isin(network, racks)]
        customers = work.some(pool, max(3, int(work.rng.poisson(wanted.panel_customers))))
        count = int(work.rng.integers(wanted.panel_c2s_low, wanted.panel_c2s_high + 1))
        port = (2_087, 8_006, 5_656, 443)[number % 4]
        work.service(
            DecoyKind.PANEL, work.host(), port, work.pick(rented, count), customers, median=2.5, widened=1.5
        )


def _family_side(work: Trickster) -> None:
    """Services that one family's C2s share with a few others: the same tools, the same paste site."""
    wanted = work.population.settings.decoys
    crowd = np.concatenate([work.population.servers, work.population.residential])
    for family in range(work.population.settings.botnet.families):
        mine = work.botnet.of_family(family)
        for number in range(wanted.family_side if mine else 0):
            places = work.pick(mine, max(2, round(wanted.family_side_c2s * len(mine))))
            others = work.some(crowd, wanted.family_side_others)
            port = (443, 8_443, 6_667)[number % 3]
            work.service(DecoyKind.FAMILY_SIDE, work.host(), port, places, others, median=1.5, widened=0.5)


def _proxies(work: Trickster) -> None:
    """Open proxies, compromised C2s among them: checkers connect to them, and through them to a judge."""
    hostile, population = work.population.settings.hostile, work.population
    hacked = [p for p, c2 in enumerate(work.botnet.c2s) if c2.kind is C2Kind.COMPROMISED]
    if not hacked or not hostile.proxy_judges + hostile.proxy_checkers:
        return
    places = work.pick(hacked, len(hacked) // 2 + 1)
    proxies = work.some(population.servers, hostile.open_proxies)
    for _ in range(hostile.proxy_judges):
        work.service(DecoyKind.PROXY_JUDGE, work.host(), 80, places, proxies, median=1.5, widened=20.0)
    c2_hosts, _, _ = work.windows(places)
    targets = np.unique(np.concatenate([c2_hosts, proxies]))
    for checker in population.checkers:
        for port in (1_080, 3_128, 8_080):
            work.contacts.add(
                int(checker), targets, port=port, shape=Shape.VISIT, per_day=work.rates(len(targets), 0.4),
                begin=0.0, end=float(population.settings.days),
            )  # fmt: skip
        work.found.append(
            Decoy(DecoyKind.PROXY_CHECKER, int(checker), 0, 6, "client", tuple(places), len(proxies))
        )


def _vpn(work: Trickster) -> None:
    """Exits of VPN services: operators reach C2s' shells through them, customers all else."""
    population, days = work.population, float(work.population.settings.days)
    everyone = list(range(len(work.botnet.c2s)))
    for exit_host in population.vpn:
        places = work.pick(everyone, len(everyone) // 4)
        c2_hosts, begin, end = work.windows(places)
        visited = work.some(population.servers, 400)
        for targets, first, last in (
            (c2_hosts, begin, end),
            (visited, np.zeros(len(visited)), np.full(len(visited), days)),
        ):
            work.contacts.add(
                int(exit_host), targets, port=22, shape=Shape.ADMIN, per_day=work.rates(len(targets), 0.7),
                begin=first, end=last,
            )  # fmt: skip
        browsed = work.rng.choice(population.service_host, 600)
        ports = work.rng.choice(np.array([443, 80]), 600)
        work.contacts.add(
            int(exit_host),
            browsed,
            port=ports,
            shape=Shape.WEB,
            per_day=work.rates(600, 1.0),
            begin=0.0,
            end=days,
        )
        work.found.append(
            Decoy(DecoyKind.VPN_EXIT, int(exit_host), 22, 6, "client", tuple(places), len(visited))
        )
