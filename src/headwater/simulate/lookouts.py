"""Who watches C2s? Research trackers that follow the listings, and sinkholes with their collectors."""

from dataclasses import dataclass

import numpy as np

from headwater.simulate.botnet import Botnet
from headwater.simulate.contacts import ContactList
from headwater.simulate.decoys import Decoy, DecoyKind, Trickster
from headwater.simulate.hosts import HostKind
from headwater.simulate.listing import Entry
from headwater.simulate.networks import NetworkKind
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Ints, lognormal, stream

_COLLECTOR_PORT = 5_671  # message queues over TLS
_LOOKED_AT = (443, 80, 22, 8_080)  # what a tracker looks at beside the C2's own port


@dataclass(frozen=True, slots=True)
class Sinkholes:
    """Sinkholes, before feeds have taken some of them for C2s.

    Attributes:
        hosts: the sinkholes.
        operator: number of each sinkhole's operator.
        family: family whose victims each receives.
        port: port on which each receives them.
        collectors: one host per operator, to which its sinkholes send what they see.
    """

    hosts: Ints
    operator: Ints
    family: Ints
    port: Ints
    collectors: Ints

    def taken_for_c2s(self) -> list[tuple[int, int, int]]:
        """Host, family and port of those that feeds list as C2s."""
        rows = zip(self.hosts, self.family, self.port, strict=True)
        return [(int(host), int(family), int(port)) for host, family, port in rows][
            : (len(self.hosts) + 1) // 2
        ]


def place_sinkholes(population: Population, botnet: Botnet) -> Sinkholes:
    """Takes up the sinkholes and their collectors as hosts."""
    wanted, rng = population.settings.decoys, stream(population.seed, "sinkholes")
    operators = max(wanted.sinkhole_operators, 1)
    count = wanted.sinkholes if wanted.sinkhole_operators else 0
    homes = rng.choice(population.networks.of_kind(NetworkKind.RESEARCH), operators)
    operator = np.arange(count) % operators
    hosts = population.roll.add(HostKind.SINKHOLE, homes[operator])
    family = rng.integers(population.settings.botnet.families, size=count)
    ports = {c2.family: c2.port for c2 in botnet.c2s}
    return Sinkholes(
        hosts=hosts,
        operator=operator,
        family=family,
        port=np.array([ports.get(int(number), 443) for number in family], np.int64),
        collectors=population.roll.add(HostKind.COLLECTOR, homes[: operators if count else 0]),
    )


def watch(
    population: Population, botnet: Botnet, sinkholes: Sinkholes, entries: list[Entry]
) -> tuple[list[Decoy], list[ContactList]]:
    """Trackers and sinkholes at work.

    Returns:
        The decoys, and the contact lists "trackers" and "sinkholes".
    """
    tracking, sinking = ContactList("trackers"), ContactList("sinkholes")
    work = Trickster(population, botnet, stream(population.seed, "lookouts"), tracking, [])
    _track(work, entries)
    work.contacts = sinking
    _sink(work, sinkholes)
    return work.found, [tracking, sinking]


def _track(work: Trickster, entries: list[Entry]) -> None:
    """Each tracker reads one feed, or both, and visits what it finds there soon after it was listed."""
    wanted, days = work.population.settings.decoys, float(work.population.settings.days)
    for number in range(wanted.trackers):
        host = work.host(HostKind.TRACKER, NetworkKind.RESEARCH if number % 2 else NetworkKind.HOSTING)
        read = ("feed_a", "feed_b", "")[number % 3]  # "" reads both
        first: dict[int, Entry] = {}
        for entry in sorted(entries, key=lambda each: each.first):
            if read in ("", entry.feed) and work.rng.random() < wanted.tracker_follows:
                first.setdefault(entry.host, entry)
        extra = _LOOKED_AT[: 1 + number % len(_LOOKED_AT)]
        for entry in first.values():
            begin = max(entry.first, 0.0) + work.rng.exponential(0.4)
            end = min(begin + work.rng.exponential(10.0) + 1.0, days)
            if begin >= end:
                continue
            for port in {entry.port or 443, *extra}:
                rate = float(work.rates(1, 5.0 if port == entry.port else 1.5)[0])
                work.contacts.add(
                    host, entry.host, port=port, shape=Shape.VISIT, per_day=rate, begin=begin, end=end
                )
        places = sorted({entry.c2 for entry in first.values() if entry.c2 >= 0})
        wrong = sum(entry.c2 < 0 for entry in first.values())
        work.found.append(Decoy(DecoyKind.TRACKER, host, 0, 6, "client", tuple(places), wrong))


def _sink(work: Trickster, sinkholes: Sinkholes) -> None:
    """Victims of C2s that ended reach a sinkhole instead; sinkholes report to their operator's collector."""
    botnet, days = work.botnet, float(work.population.settings.days)
    for number, host in enumerate(sinkholes.hosts):
        family = int(sinkholes.family[number])
        ends = [c2.end for c2 in botnet.c2s if c2.family == family and c2.end < days - 1]
        begin = max(min(ends, default=0.0), 0.0) + work.rng.exponential(1.0)
        mine = np.flatnonzero(botnet.victim_family == family)
        mine = work.some(mine, int(0.6 * len(mine)) + 1) if len(mine) else mine
        first, last = np.maximum(botnet.infected[mine], begin), botnet.cleaned[mine]
        live = last > first
        port = int(sinkholes.port[number])
        work.contacts.add(
            botnet.victims[mine[live]], int(host), port=port, shape=Shape.CHECK_IN,
            per_day=lognormal(work.rng, median=4.0, spread=0.6, size=int(live.sum())),
            begin=first[live], end=last[live],
        )  # fmt: skip
        collector = int(sinkholes.collectors[sinkholes.operator[number]])
        work.contacts.add(
            int(host), collector, port=_COLLECTOR_PORT, shape=Shape.BACKEND, per_day=20.0, begin=0.0, end=days
        )
        work.found.append(Decoy(DecoyKind.SINKHOLE, int(host), port, 6, "server", (), int(live.sum())))
    for place, collector in enumerate(sinkholes.collectors):
        served = int((sinkholes.operator == place).sum())
        work.found.append(
            Decoy(DecoyKind.COLLECTOR, int(collector), _COLLECTOR_PORT, 6, "server", (), served)
        )
