"""What is a world? Everything that settings and a seed decide, and the records that exporters write of it.

A World holds what lasts: hosts, services, preferences, contacts, lists. Records are drawn part by part, each
from a stream of its own, so that memory depends on the population and not on the number of records.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import pyarrow as pa

from headwater.errors import BadSetting
from headwater.model.label import Label
from headwater.simulate.attacks import backscatter, make_attacks
from headwater.simulate.background import Background
from headwater.simulate.behind import Behind
from headwater.simulate.botnet import Botnet, check_ins, tenants
from headwater.simulate.changing import ChangePlanting, outages_of, without_outages
from headwater.simulate.contacts import ContactList, Contacts
from headwater.simulate.decoys import Decoy, make_decoys
from headwater.simulate.hosts import HostKind, Hosts
from headwater.simulate.listing import Entry, make_listing
from headwater.simulate.lookouts import place_sinkholes, watch
from headwater.simulate.networks import Network
from headwater.simulate.observation import Exporters, Part
from headwater.simulate.planting import Planting
from headwater.simulate.population import Population, make_population
from headwater.simulate.profiles import Atoms, atoms
from headwater.simulate.randomness import salt, stream
from headwater.simulate.second_tier import SecondTier
from headwater.simulate.sessions import Sessions, Source, Span, joined
from headwater.simulate.settings import Changes, WorldSettings
from headwater.simulate.truth import Truth, labels_of, truth_of
from headwater.simulate.upstreams import Upstream, make_upstreams

_PART_SESSIONS = 400_000  # expected sessions of one part: about 300 MB while it is made
_LIKE_SERVERS = (HostKind.UPSTREAM, HostKind.DECOY, HostKind.OPERATOR)  # names, clocks, updates: they, too
# How uneven contact is: shape of the Gamma distribution of its rate from one quarter of a day to the next
_STEADINESS = {"check-ins": 1.0, "upstream": 0.4, "trackers": 2.0, "sinkholes": 1.5, "decoys": 0.5}


class World:
    """A labelled world: a pure function of settings and seed.

    Args:
        settings: every number behind it.
        seed: 0 or more.
        planting: what is put into it beside what the settings say; nothing unless given.

    Raises:
        BadSetting: the settings cannot be a world.
    """

    def __init__(self, settings: WorldSettings, seed: int, *, planting: Planting | None = None) -> None:
        if seed < 0:
            raise BadSetting(f"seed {seed} is negative; use 0 or more")
        self.settings, self.seed = settings, seed
        planting = planting or (Planting() if settings.changes == Changes() else ChangePlanting())
        population = make_population(settings, seed)
        self.botnet: Botnet = planting.botnet(population)
        self.upstreams: list[Upstream]
        self.upstreams, upstream_contacts = make_upstreams(population, self.botnet)
        sinkholes = place_sinkholes(population, self.botnet)
        entries = make_listing(population, self.botnet, sinkholes=sinkholes.taken_for_c2s())
        self.entries: list[Entry] = planting.listing(entries)
        decoys, decoy_contacts = make_decoys(population, self.botnet)
        watchers, watching = watch(population, self.botnet, sinkholes, self.entries)
        targets, attacks, attack_times = make_attacks(population, self.botnet)
        self.decoys: list[Decoy] = decoys + watchers + targets
        planted = planting.sources(self.entries)
        second = SecondTier(population, self.upstreams, np.array([c2.host for c2 in self.botnet.c2s]))
        self.behind: list[Behind] = second.found
        background = self._background(population)
        sources = background.sources()
        self.hosts: Hosts = population.roll.settle(settings.places, seed=seed)
        if len(population.scanners):
            sources.append(background.scanning(len(self.hosts), self.hosts.kind))
        lists = [check_ins(population, self.botnet), tenants(population, self.botnet), upstream_contacts]
        lists += [decoy_contacts, *watching, attacks]
        sources += [self._contacts(each) for each in lists if len(each)]
        sources += planted
        if attack_times:
            packets = settings.hostile.backscatter
            sources.append(backscatter(attack_times, packets=packets, targets=len(self.hosts)))
        sources += second.sources(salt=salt(seed, "bursts", "second tier"))
        self.population: Population = population
        self.planting: Planting = planting
        self.outages = outages_of(settings, seed)
        self.sources: tuple[Source, ...] = tuple(sources)

    def _background(self, population: Population) -> Background:
        """The background, in which the botnet's own machines take part like any other server."""
        # sinkholes and collectors stay out: their networks have no servers but theirs
        others = np.flatnonzero(np.isin(population.roll.kinds(), _LIKE_SERVERS))
        roles = stream(self.seed, "roles").integers(self.settings.background.roles, size=len(others))
        return Background(
            population,
            others=np.concatenate([self.botnet.rented, others]),
            other_roles=np.concatenate([self.botnet.rented_roles, roles]),
        )

    def _contacts(self, contacts: ContactList) -> Contacts:
        steadiness = _STEADINESS.get(contacts.name, 1.0)
        return contacts.source(salt=salt(self.seed, "bursts", contacts.name), steadiness=steadiness)

    @property
    def populations(self) -> tuple[str, ...]:
        """Names of the populations of sessions, in the order that Part.population counts."""
        return tuple(source.name for source in self.sources)

    @cached_property
    def _tables(self) -> dict[int, Atoms]:
        return {}

    def _atoms(self, sampling: int) -> Atoms:
        if sampling < 1:
            raise BadSetting(f"sampling 1:{sampling} makes no sense; use 1 (every packet) or more")
        return self._tables.setdefault(sampling, atoms(sampling))

    def parts_per_day(self, sampling: int) -> int:
        """Into how many parts a day is cut so that none is larger than memory should hold."""
        return max(1, int(np.ceil(self.sessions_per_day(sampling) / _PART_SESSIONS)))

    def sessions_per_day(self, sampling: int) -> float:
        """About how many sessions of a day are seen; each gives one record or a few."""
        table, middle = self._atoms(sampling), self.settings.days // 2
        return sum(source.rate(Span(middle, middle + 1), table) for source in self.sources)

    def parts(self, sampling: int) -> Iterator[Part]:
        """All records with, for each, which side serves and what it belongs to, in order of time.

        Args:
            sampling: N of packet sampling 1:N.

        Raises:
            BadSetting: sampling below 1.
        """
        per_day = self.parts_per_day(sampling)
        for day in range(self.settings.days):
            for number in range(per_day):
                yield self.part(day, number, of=per_day, sampling=sampling)

    def part(self, day: int, number: int, *, of: int, sampling: int) -> Part:
        """One part: the `number`-th of `of` equal stretches of a day. Parts do not depend on each other."""
        table = self._atoms(sampling)
        span = Span(day + number / of, day + (number + 1) / of)
        lots: list[Sessions] = []
        for place, source in enumerate(self.sources):
            lots.append(source.draw(stream(self.seed, "draw", sampling, day, number, of, place), span, table))
        population = np.repeat(np.arange(len(lots)), [len(lot) for lot in lots])
        rng = stream(self.seed, "observe", sampling, day, number, of)
        seen = self._exporters(sampling).observe(rng, joined(lots), table, population, day=day, number=number)
        return without_outages(seen, self.outages, start=self.settings.start)

    def _exporters(self, sampling: int) -> Exporters:
        view, start = self.settings.view, self.settings.start
        return Exporters(view, self.hosts, seed=self.seed, start=start, sampling=sampling)

    def batches(self, sampling: int) -> Iterator[pa.RecordBatch]:
        """All records as batches in READ_SCHEMA, in order of time; see `parts`."""
        for part in self.parts(sampling):
            yield part.batch

    def truth(self) -> Truth:
        """What is true: upstreams, C2s listed and unlisted, decoys, mistakes of the feeds."""
        return truth_of(
            self.settings,
            seed=self.seed,
            hosts=self.hosts,
            botnet=self.botnet,
            upstreams=self.upstreams,
            decoys=self.decoys,
            behind=self.behind,
            entries=self.entries,
        )

    def labels(self) -> list[Label]:
        """What the feeds say, as labels; `Label.source` is the feed's name."""
        return labels_of(self.settings, self.hosts, self.entries)

    def networks(self) -> list[Network]:
        """Who owns which addresses."""
        return self.hosts.described
