"""Where is a story played? Stage: hosts, C2s and contacts of a story, put into an ordinary world.

A story's own C2s are C2s like all others: victims check in with them, feeds list them, trackers visit them,
and they use popular services. What the story adds is their contact with its service, and what it is asked
about. They stand in networks from which the exporters see both ways to the service, because a contact that no
exporter sees is in nobody's counts.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from headwater.simulate.botnet import C2, Botnet, C2Kind
from headwater.simulate.contacts import ContactList
from headwater.simulate.hosts import HostKind
from headwater.simulate.listing import FEEDS, Entry
from headwater.simulate.networks import NetworkKind
from headwater.simulate.observation import directions_seen
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape, atoms
from headwater.simulate.randomness import Bools, Floats, Ints, lognormal, salt, stream
from headwater.simulate.schedule import ScheduleList
from headwater.simulate.sessions import Source
from headwater.simulate.stories.facts import Expected, Fact, Family
from headwater.simulate.stories.meetings import bursty, kept
from headwater.simulate.stories.planted import KeySeen, Meeting, Report, RoleLabel

_LAST = 0.05  # no planted session begins so shortly before the records end


@dataclass(slots=True)
class Stage:
    """A world on which a story is put.

    Attributes:
        population: the ordinary hosts.
        base: the background's own botnet.
        families: names of families and groups, by number.
        sampling: N of packet sampling 1:N for which the story's numbers hold.
        rng: source of chance.
        service: host of the service to investigate; -1 before there is one.
        port: its port; in client role the port on the C2s that stands for it.
        role: "server" (C2s connect to it) or "client" (it connects to C2s).
        planted: the story's own C2s.
        meetings: contact of C2s with the service.
        others: number of other hosts in contact with the service.
        roles: further entries of the feeds.
        keys: observations of host keys.
        reports: open-source claims.
        facts: what the story says about itself.
        expected: what must come out.
    """

    population: Population
    base: Botnet
    families: tuple[Family, ...]
    sampling: int
    rng: np.random.Generator
    service: int = -1
    port: int = 0
    role: str = "server"
    planted: list[C2] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    others: int = 0
    roles: list[RoleLabel] = field(default_factory=list)
    keys: list[KeySeen] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    expected: Expected = field(default_factory=lambda: Expected("tie", ""))
    _lists: list[tuple[ContactList, float]] = field(default_factory=list)
    _schedule: ScheduleList = field(default_factory=lambda: ScheduleList("story"))
    _rented: list[int] = field(default_factory=list)

    @property
    def days(self) -> float:
        """Length of the records."""
        return float(self.population.settings.days)

    def chance(self, shape: Shape) -> float:
        """Chance that sampling keeps a session, at the story's own rate."""
        return float(atoms(self.sampling).seen[shape])

    # hosts

    def place_service(
        self,
        port: int,
        *,
        network: int | None = None,
        kind: HostKind = HostKind.UPSTREAM,
        role: str = "server",
    ) -> int:
        """Takes the service's host up; returns its number."""
        if network is None:
            network = int(self.population.some_networks(NetworkKind.HOSTING, 1, self.rng)[0])
        self.service = int(self.population.roll.add(kind, np.array([network]))[0])
        self.population.roll.without_v6(self.service)
        self.port, self.role = port, role
        if kind is HostKind.C2:
            self._rented.append(self.service)
        return self.service

    def network_of(self, host: int) -> int:
        """The number of a host's network."""
        return int(self.population.roll.network_of(np.array([host]))[0])

    def sees_itself(self, network: int) -> bool:
        """Whether the exporters see what a network's hosts have with each other."""
        return bool(self._directions()[network, network])

    @property
    def seen_both_ways(self) -> Bools:
        """For each network whether both ways between it and the service are seen."""
        seen, home = self._directions(), self.network_of(self.service)
        found: Bools = seen[home] & seen[:, home]
        return found

    def bystanders(self, count: int) -> list[int]:
        """Ordinary servers in sight of the service that are no C2s."""
        servers = self.population.servers
        near = servers[np.isin(self.population.roll.network_of(servers), self.networks_in_sight)]
        taken = [c2.host for c2 in (*self.base.c2s, *self.planted)]
        return [int(host) for host in self.some(np.setdiff1d(near, taken), count)]

    def in_sight(self, network: int) -> Ints:
        """Hosting networks other than `network` from which both ways to it are seen."""
        seen = self._directions()
        racks = self.population.networks.of_kind(NetworkKind.HOSTING)
        found: Ints = racks[seen[racks, network] & seen[network, racks] & (racks != network)]
        return found

    def _directions(self) -> Bools:
        population = self.population
        count = len(population.networks.kind)
        return directions_seen(population.settings.view, count, seed=population.seed)

    @property
    def networks_in_sight(self) -> Ints:
        """Hosting networks from which both ways to the service are seen."""
        return self.in_sight(self.network_of(self.service))

    # C2s

    def compromise(
        self, *, networks: Ints, family: int, group: int, begin: float, end: float, ports: tuple[int, ...]
    ) -> int:
        """An ordinary server that becomes a C2 on a port that it does not serve on yet; its place."""
        population = self.population
        taken = {c2.host for c2 in (*self.base.c2s, *self.planted)}
        near = np.isin(population.roll.network_of(population.servers), networks)
        pool = np.setdiff1d(population.servers[near], np.array(sorted(taken), np.int64))
        host = int(self.rng.choice(pool))
        used = set(population.service_port[population.service_host == host].tolist())
        free = [port for port in ports if port not in used] or [8_088]
        port = int(self.rng.choice(free))
        return self._plant(C2(host, C2Kind.COMPROMISED, family, group, port, begin, end))

    def rent(
        self, *, networks: Ints, family: int, group: int, begin: float, end: float, ports: tuple[int, ...]
    ) -> int:
        """A new server that is nothing but a C2; its place."""
        network = int(self.rng.choice(networks))
        host = int(self.population.roll.add(HostKind.C2, np.array([network]))[0])
        self._rented.append(host)
        port = int(self.rng.choice(np.array(ports)))
        return self._plant(C2(host, C2Kind.RENTED, family, group, port, begin, end))

    def _plant(self, c2: C2) -> int:
        self.population.roll.without_v6(c2.host)
        self.planted.append(c2)
        return len(self.base.c2s) + len(self.planted) - 1

    def c2(self, place: int) -> C2:
        """A C2 by its place in Botnet.c2s."""
        own = place - len(self.base.c2s)
        return self.planted[own] if own >= 0 else self.base.c2s[place]

    # contact

    def meet(
        self,
        place: int,
        *,
        begin: float,
        end: float,
        seen: int,
        least: int = 1,
        shape: Shape = Shape.BACKEND,
        steadiness: float = 0.4,
        opening: bool = False,
    ) -> None:
        """Bursty contact of a C2 with the service, cut at the edges of the records.

        Args:
            place: of the C2.
            begin: first day.
            end: last day.
            seen: how many sessions sampling at the story's rate keeps.
            least: how many of these, at least, are more than 6 h apart.
            shape: what they look like.
            steadiness: as in meetings.bursty.
            opening: the contact opens at `begin` exactly, with a session that sampling keeps.
        """
        first, last = max(begin, 0.01), min(end, self.days - _LAST)
        count = max(round(seen / self.chance(shape)), seen)
        at = bursty(self.rng, begin=first, end=last, count=count, steadiness=steadiness)
        if opening:
            at[0] = first
        u = kept(self.rng, at, seen=seen, chance=self.chance(shape), least=least, opening=opening)
        self._meet(place, at, u, shape)

    def _meet(self, place: int, at: Floats, u: Floats, shape: Shape) -> None:
        self.meetings.append(Meeting(place, at, u, shape))
        self._timetable(self.c2(place).host, at, u, shape)

    def meet_freely(
        self, place: int, *, begin: float, end: float, per_day: float, shape: Shape, steadiness: float
    ) -> None:
        """Contact of a C2 as any other host has it: luck decides how many sessions there are and are seen."""
        first, last = max(begin, 0.01), min(end, self.days - _LAST)
        count = int(self.rng.poisson(max(last - first, 0.0) * per_day))
        if not count:
            return
        at = bursty(self.rng, begin=first, end=last, count=count, steadiness=steadiness)
        self._meet(place, at, self.rng.random(count), shape)

    def visit(self, host: int, place: int, *, port: int, begin: float, end: float, seen: int) -> None:
        """Visits of a service in client role to one port of a host, which is a C2 where `place` is not -1."""
        self.population.roll.without_v6(host)
        shape = Shape.VISIT
        count = max(round(seen / self.chance(shape)), seen)
        at = bursty(self.rng, begin=begin, end=end, count=count, steadiness=2.0)
        u = kept(self.rng, at, seen=seen, chance=self.chance(shape), least=1)
        if place >= 0 and port == self.port:
            self._meet(place, at, u, shape)
        else:
            self._timetable(host, at, u, shape, port=port)

    def stranger(self, host: int, *, begin: float, end: float, seen: int, shape: Shape = Shape.SIDE) -> None:
        """Contact of a host that is no C2, with so many sessions seen."""
        self.population.roll.without_v6(host)
        count = max(round(seen / self.chance(shape)), seen)
        at = bursty(self.rng, begin=begin, end=end, count=count, steadiness=0.4)
        u = kept(self.rng, at, seen=seen, chance=self.chance(shape), least=1)
        self.others += 1
        self._timetable(host, at, u, shape)

    def _timetable(self, other: int, at: Floats, u: Floats, shape: Shape, *, port: int = 0) -> None:
        ends = (other, self.service) if self.role == "server" else (self.service, other)
        self._schedule.add(*ends, port=port or self.port, shape=shape, at=at, u=u)

    def contacts(self, name: str, *, steadiness: float) -> ContactList:
        """A list of lasting contacts that become a population of sessions; may stay empty."""
        found = ContactList(name)
        self._lists.append((found, steadiness))
        return found

    def some(self, pool: Ints, count: int) -> Ints:
        """`count` hosts of a pool, or all where there are fewer."""
        return self.rng.choice(pool, min(count, len(pool)), replace=False)

    # what the world asks for

    def botnet(self) -> Botnet:
        """The background's botnet with the story's C2s."""
        roles = self.rng.integers(self.population.settings.background.roles, size=len(self._rented))
        return replace(
            self.base,
            c2s=(*self.base.c2s, *self.planted),
            rented=np.concatenate([self.base.rented, np.array(self._rented, np.int64)]),
            rented_roles=np.concatenate([self.base.rented_roles, roles]),
        )

    def listing(self, entries: list[Entry]) -> list[Entry]:
        """The feeds' entries; every C2 of the story is in at least one of them, with port and group."""
        first = len(self.base.c2s)
        wanted = self.population.settings.listing
        rng = stream(self.population.seed, "story", "listing")
        # the same address may be listed by mistake, too: the story's own facts come first
        hosts = {c2.host for c2 in self.planted} | {self.service}
        out = [each for each in entries if each.c2 < first and each.host not in hosts]
        for own, c2 in enumerate(self.planted):
            case = int(rng.integers(3))
            for feed in FEEDS if case == 2 else (FEEDS[case],):
                lag = float(
                    lognormal(rng, median=wanted.lag_median_days, spread=wanted.lag_spread, size=1)[0]
                )
                begin = c2.begin + min(lag, 0.2 * (c2.end - c2.begin))
                last = max(c2.end + rng.exponential(wanted.stale_days) - 0.5, begin + 0.5)
                out.append(
                    Entry(feed, c2.host, c2.family, c2.group, c2.port, begin, last, first + own)
                )  # fmt: skip
        return out

    def sources(self) -> list[Source]:
        """The story's populations of sessions."""
        found: list[Source] = [self._schedule.source()] if len(self._schedule) else []
        for contacts, steadiness in self._lists:
            if len(contacts):
                bursts = salt(self.population.seed, "bursts", contacts.name)
                found.append(contacts.source(salt=bursts, steadiness=steadiness))
        return found
