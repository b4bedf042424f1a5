"""Which C2s are there, and who are their victims?"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from headwater.simulate.contacts import ContactList
from headwater.simulate.hosts import HostKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Floats, Ints, lognormal, stream

# Invented names: no malware is called so
FAMILY_NAMES = (
    "alderwasp",
    "brackenfly",
    "cinderling",
    "dunnock",
    "eelgrass",
    "fernowl",
    "gorsemoth",
    "heathrat",
)
_C2_PORTS = np.array([443, 8080, 447, 7080, 995, 4143, 20, 8443])


class C2Kind(StrEnum):
    """What kind of machine a C2 runs on."""

    RENTED = "rented"
    COMPROMISED = "compromised"
    RESIDENTIAL = "residential"


@dataclass(frozen=True, slots=True)
class C2:
    """One C2.

    Attributes:
        host: number of its host.
        kind: what it runs on.
        family: number of its family.
        group: number of its group within the family.
        port: where bots check in.
        begin: first day as a C2, counted from the world's start; may be before it.
        end: last day.
        image: made from its family's server image (rented C2s only).
    """

    host: int
    kind: C2Kind
    family: int
    group: int
    port: int
    begin: float
    end: float

    @property
    def family_name(self) -> str:
        """The family as feeds write it."""
        return family_name(self.family)

    @property
    def group_name(self) -> str:
        """The group as feeds write it."""
        return f"g{self.group + 1}"


def family_name(number: int) -> str:
    """The name of a family; beyond the list, names are numbered."""
    round_, place = divmod(number, len(FAMILY_NAMES))
    return FAMILY_NAMES[place] + (str(round_ + 1) if round_ else "")


@dataclass(frozen=True, slots=True)
class Botnet:
    """C2s and victims.

    Attributes:
        c2s: all C2s.
        victims: infected hosts.
        victim_family: family of each.
        infected: first day of each infection.
        cleaned: last day.
        rented: hosts of rented C2s, for the background.
        rented_roles: their latent roles.
    """

    c2s: tuple[C2, ...]
    victims: Ints
    victim_family: Ints
    infected: Floats
    cleaned: Floats
    rented: Ints
    rented_roles: Ints

    def of_family(self, family: int) -> list[int]:
        """Places in `c2s` of one family's C2s."""
        return [place for place, c2 in enumerate(self.c2s) if c2.family == family]


def make_botnet(population: Population) -> Botnet:
    """The botnet of a world; rented C2s are taken up as new hosts."""
    settings, rng = population.settings, stream(population.seed, "botnet")
    wanted = settings.botnet
    size = wanted.c2s
    kinds = _kinds(population, rng)
    host = np.empty(size, np.int64)
    is_rented = kinds == C2Kind.RENTED
    allowed = _allowed_networks(population, rng)
    family = np.arange(size) % wanted.families  # equal families: which of them is larger decides nothing
    host[is_rented] = _rent(population, rng, family[is_rented], allowed)
    _place_others(population, rng, kinds, host, allowed)
    group = rng.integers(wanted.groups, size=size)
    life = np.clip(
        lognormal(rng, median=wanted.life_median_days, spread=wanted.life_spread, size=size), 2.0, 120.0
    )
    begin = rng.uniform(
        -0.4 * wanted.life_median_days, settings.days - 3.0 if settings.days > 4 else 1.0, size
    )
    usual = rng.integers(len(_C2_PORTS), size=wanted.families)
    other = rng.integers(len(_C2_PORTS), size=size)
    port = _C2_PORTS[np.where(rng.random(size) < 0.7, usual[family], other)]
    c2s = tuple(
        C2(int(h), C2Kind(k), int(f), int(g), int(p), float(b), float(b + w))
        for h, k, f, g, p, b, w in zip(host, kinds, family, group, port, begin, life, strict=True)
    )
    homes = rng.choice(
        population.residential, min(wanted.victims, len(population.residential)), replace=False
    )
    victims = np.concatenate([homes, population.nat[: len(population.nat) // 3]])  # some behind shared egress
    infected = rng.uniform(-10, settings.days, len(victims))
    favourite = rng.integers(settings.background.roles, size=wanted.families)
    own = rng.integers(settings.background.roles, size=size)
    roles = np.where(rng.random(size) < 0.5, favourite[family], own)
    return Botnet(
        c2s=c2s,
        victims=victims,
        victim_family=rng.integers(wanted.families, size=len(victims)),
        infected=infected,
        cleaned=infected + lognormal(rng, median=9.0, spread=0.8, size=len(victims)),
        rented=host[is_rented],
        rented_roles=roles[is_rented],
    )


def _kinds(population: Population, rng: np.random.Generator) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    wanted = population.settings.botnet
    v6_only = population.settings.places.ipv6_botnet  # existing hosts have IPv4, so all must be rented
    rented = wanted.c2s if v6_only else round(wanted.rented * wanted.c2s)
    compromised = 0 if v6_only else round(wanted.compromised * wanted.c2s)
    residential = max(wanted.c2s - rented - compromised, 0)
    kinds = np.repeat(
        [C2Kind.RENTED.value, C2Kind.COMPROMISED.value, C2Kind.RESIDENTIAL.value],
        [rented, compromised, residential],
    )
    return rng.permutation(kinds[: wanted.c2s])


def _allowed_networks(population: Population, rng: np.random.Generator) -> Ints:
    """Where C2s may be rented: large and small networks alike, or a few small ones."""
    racks = population.networks.of_kind(NetworkKind.HOSTING)
    few = population.settings.botnet.c2_networks
    return rng.choice(racks[len(racks) // 2 :], few, replace=False) if few else racks


def _rent(population: Population, rng: np.random.Generator, family: Ints, allowed: Ints) -> Ints:
    """New hosts for rented C2s; some stand beside another C2 of their family."""
    settings = population.settings
    network = rng.choice(allowed, len(family))
    neighbour = np.full(len(family), -1)
    for place in range(len(family)):
        earlier = np.flatnonzero(family[:place] == family[place])
        if len(earlier) and rng.random() < settings.botnet.colocated:
            neighbour[place] = int(rng.choice(earlier))
            network[place] = network[neighbour[place]]
    hosts = population.roll.add(HostKind.C2, network, v6_only=settings.places.ipv6_botnet)
    for placed in np.flatnonzero(neighbour >= 0):
        population.roll.put_beside(int(hosts[placed]), int(hosts[neighbour[placed]]))
    return hosts


def _place_others(
    population: Population,
    rng: np.random.Generator,
    kinds: "np.ndarray[tuple[int], np.dtype[np.str_]]",
    host: Ints,
    allowed: Ints,
) -> None:
    """Compromised servers and residential hosts become C2s."""
    near = np.isin(population.roll.network_of(population.servers), allowed)
    pool = population.servers[near]
    wanted = int((kinds == C2Kind.COMPROMISED).sum())
    if wanted > len(pool):  # a small network may have too few servers
        pool = np.concatenate(
            [pool, rng.choice(population.servers[~near], wanted - len(pool), replace=False)]
        )
    host[kinds == C2Kind.COMPROMISED] = rng.choice(pool, wanted, replace=False)
    residential = kinds == C2Kind.RESIDENTIAL
    host[residential] = rng.choice(population.residential, int(residential.sum()), replace=False)


def check_ins(population: Population, botnet: Botnet) -> ContactList:
    """Victims' contact with the C2s on their lists, and their vain attempts after a C2's end."""
    settings, rng = population.settings.botnet, stream(population.seed, "check-ins")
    found = ContactList("check-ins")
    for family in range(settings.families):
        mine = np.flatnonzero(botnet.victim_family == family)
        c2s = [botnet.c2s[place] for place in botnet.of_family(family)]
        if not len(mine) or not c2s:
            continue
        _one_family(found, population, botnet, mine=mine, c2s=c2s, rng=rng)
    return found


def _one_family(
    found: ContactList,
    population: Population,
    botnet: Botnet,
    *,
    mine: Ints,
    c2s: list[C2],
    rng: np.random.Generator,
) -> None:
    settings = population.settings.botnet
    appeal = lognormal(rng, median=1.0, spread=0.7, size=len(c2s))  # some C2s stand on more lists
    share = np.clip(settings.listed_to_bot * appeal / appeal.mean(), 0.02, 0.98)
    on_list = rng.random((len(mine), len(c2s))) < share
    who, which = np.nonzero(on_list)
    begin = np.array([c2.begin for c2 in c2s])[which]
    end = np.array([c2.end for c2 in c2s])[which]
    host = np.array([c2.host for c2 in c2s])[which]
    port = np.array([c2.port for c2 in c2s])[which]
    bot = mine[who]
    # a bot divides its check-ins over the C2s of its list that are alive together
    pace = settings.check_ins * lognormal(rng, median=1.0, spread=0.5, size=len(bot))
    rate = pace / np.maximum(np.bincount(who, minlength=len(mine))[who] * 0.5, 1.0)
    first, last = np.maximum(botnet.infected[bot], begin), np.minimum(botnet.cleaned[bot], end)
    live = last > first
    found.add(
        botnet.victims[bot[live]], host[live], port=port[live], shape=Shape.CHECK_IN,
        per_day=rate[live], begin=first[live], end=last[live],
    )  # fmt: skip
    late_first = np.maximum(botnet.infected[bot], end)
    late_last = np.minimum(botnet.cleaned[bot], end + settings.retry_days)
    vain = late_last > late_first
    found.add(
        botnet.victims[bot[vain]], host[vain], port=port[vain], shape=Shape.NO_ANSWER,
        per_day=rate[vain], begin=late_first[vain], end=late_last[vain],
    )  # fmt: skip


def tenants(population: Population, botnet: Botnet) -> ContactList:
    """Other tenants of rented C2s' addresses, before or after: ordinary people on an ordinary port."""
    settings, rng = population.settings, stream(population.seed, "tenants")
    found = ContactList("other tenants")
    for c2 in botnet.c2s:
        if c2.kind is not C2Kind.RENTED or rng.random() >= settings.botnet.reused:
            continue
        after = rng.random() < 0.6
        begin = c2.end + rng.uniform(1, 3) if after else c2.begin - rng.uniform(15, 60)
        end = settings.days + 30.0 if after else c2.begin - rng.uniform(1, 3)
        people = rng.choice(population.residential, int(rng.integers(5, 60)), replace=False)
        found.add(
            people, c2.host, port=int(rng.choice([80, 443, 8080])), shape=Shape.WEB,
            per_day=lognormal(rng, median=0.6, spread=0.8, size=len(people)), begin=begin, end=end,
        )  # fmt: skip
    return found
