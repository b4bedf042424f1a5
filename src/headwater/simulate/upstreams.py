"""Which servers stand behind the C2s? What a hunt is to find."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from headwater.simulate.botnet import C2, Botnet
from headwater.simulate.contacts import ContactList
from headwater.simulate.hosts import HostKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import lognormal, stream

# Where C2s connect to: also high ports, which a rule of the lower port would take for a client's
_SERVER_PORTS = (38_400, 443, 9_001, 8_443, 52_100, 3_306, 1_194, 80)
_CLIENT_PORTS = (22, 8_022, 2_222, 5_938)  # where an upstream in client role connects to on the C2s


class Hold(StrEnum):
    """How an upstream's contact lies to the C2s' lives."""

    CONTROL = "control"  # contact during the C2's life: one operator runs both
    HANDOVER = "handover"  # contact ends as the C2's life begins: access was prepared and passed on


@dataclass(frozen=True, slots=True)
class Upstream:
    """One upstream.

    Attributes:
        host: number of its host.
        port: its own port in server role, the port on the C2s in client role.
        role: "server" (C2s connect to it) or "client" (it connects to C2s).
        hold: control or handover.
        c2s: places in Botnet.c2s of the C2s that it is in contact with.
        strangers: unrelated hosts that it is in contact with on the same port.
        former_tenant: whether its address had another tenant before.
    """

    host: int
    port: int
    role: str
    hold: Hold
    c2s: tuple[int, ...]
    strangers: int
    former_tenant: bool


def make_upstreams(population: Population, botnet: Botnet) -> tuple[list[Upstream], ContactList]:
    """The upstreams of a world and their contacts."""
    wanted, rng = population.settings.upstreams, stream(population.seed, "upstreams")
    found, contacts = [], ContactList("upstream")
    count = wanted.server_role + wanted.client_role
    handed_over = (
        set(rng.choice(count, min(wanted.handed_over, count), replace=False).tolist()) if count else set()
    )
    several = (
        set(rng.choice(count, min(wanted.several_families, count), replace=False).tolist())
        if count
        else set()
    )
    served = np.zeros(len(botnet.c2s), np.int64)
    for number in range(count):
        upstream = _one(
            population, botnet, rng, number, served, many=number in several, early=number in handed_over
        )
        served[list(upstream.c2s)] += 1
        found.append(upstream)
        _contacts(population, botnet, upstream, contacts, rng)
    return found, contacts


def _one(
    population: Population,
    botnet: Botnet,
    rng: np.random.Generator,
    number: int,
    served: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    *,
    many: bool,
    early: bool,
) -> Upstream:
    wanted = population.settings.upstreams
    server = number < wanted.server_role
    network = population.some_networks(NetworkKind.HOSTING, 1, rng)
    v6_only = population.settings.places.ipv6_botnet
    host = int(population.roll.add(HostKind.UPSTREAM, network, v6_only=v6_only)[0])
    ports = _SERVER_PORTS if server else _CLIENT_PORTS
    clean = rng.random() < wanted.clean
    strangers = int(rng.integers(wanted.strangers_clean + 1)) if clean else int(rng.poisson(wanted.strangers))
    if server and number < wanted.shared:
        strangers = wanted.crowd
    return Upstream(
        host=host,
        port=ports[number % len(ports)],
        role="server" if server else "client",
        hold=Hold.HANDOVER if early else Hold.CONTROL,
        c2s=_choose(population, botnet, rng, served, many=many, early=early),
        strangers=strangers,
        former_tenant=server and number >= wanted.server_role - wanted.former_tenants,
    )


def _choose(
    population: Population,
    botnet: Botnet,
    rng: np.random.Generator,
    served: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    *,
    many: bool,
    early: bool,
) -> tuple[int, ...]:
    """C2s of one or of several families, those without an upstream first."""
    settings = population.settings
    families = min(int(rng.integers(2, 4)) if many else 1, settings.botnet.families)
    chosen = rng.choice(settings.botnet.families, families, replace=False)
    pool = [
        place
        for place, c2 in enumerate(botnet.c2s)
        if c2.family in chosen and _meets(c2, settings.days, early)
    ]
    size = min(int(rng.integers(settings.upstreams.c2s_low, settings.upstreams.c2s_high + 1)), len(pool))
    if size == 0:
        return ()
    weight = 1.0 / (1.0 + 3.0 * served[pool])
    picked = rng.choice(pool, size, replace=False, p=weight / weight.sum())
    return tuple(sorted(int(place) for place in picked))


def _meets(c2: C2, days: int, early: bool) -> bool:
    """Whether the contact would lie within the records."""
    return 1.0 < c2.begin < days if early else c2.begin < days - 1 and c2.end > 1


def _contacts(
    population: Population,
    botnet: Botnet,
    upstream: Upstream,
    contacts: ContactList,
    rng: np.random.Generator,
) -> None:
    wanted, days = population.settings.upstreams, float(population.settings.days)
    server = upstream.role == "server"
    for place in upstream.c2s:
        c2 = botnet.c2s[place]
        if upstream.hold is Hold.HANDOVER:
            begin, end = c2.begin - rng.uniform(2, 7), c2.begin + rng.uniform(-0.5, 0.5)
        else:
            begin, end = c2.begin + rng.uniform(-1, 1.5), c2.end - rng.exponential(0.5)
        if end <= begin:
            end = begin + 0.5
        ends = (c2.host, upstream.host) if server else (upstream.host, c2.host)
        contacts.add(
            *ends, port=upstream.port, shape=Shape.BACKEND if server else Shape.ADMIN,
            per_day=lognormal(rng, median=wanted.sessions_median, spread=wanted.sessions_spread, size=1),
            begin=begin, end=end,
        )  # fmt: skip
    _strangers(population, upstream, contacts, rng, days)


def _strangers(
    population: Population, upstream: Upstream, contacts: ContactList, rng: np.random.Generator, days: float
) -> None:
    """Unrelated hosts on the upstream's port, and the tenant that its address had before."""
    if upstream.strangers:
        people = np.concatenate([population.servers, population.residential])
        others = rng.choice(people, min(upstream.strangers, len(people)), replace=False)
        ends = (others, upstream.host) if upstream.role == "server" else (upstream.host, others)
        contacts.add(
            *ends, port=upstream.port, shape=Shape.SIDE,
            per_day=lognormal(rng, median=0.8, spread=1.0, size=len(others)), begin=0.0, end=days,
        )  # fmt: skip
    if upstream.former_tenant:
        people = rng.choice(population.residential, int(rng.integers(10, 50)), replace=False)
        contacts.add(
            people, upstream.host, port=443, shape=Shape.WEB,
            per_day=lognormal(rng, median=0.8, spread=0.8, size=len(people)),
            begin=-30.0, end=days * rng.uniform(0.1, 0.3),
        )  # fmt: skip
