"""Where does a walk begin? Listed C2s as tier 0, and as tier 1 the services that were given, and their like.

A given service is taken on the user's word; that does not make seeds. Sideways, the hunt's own upstreams that
share enough independent C2s with it stand beside it; one that connects to C2s may be a person's connection
and is an access node, unless the user names it. C2s that only these bring are no seeds: what was found does
not vouch for itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_stop import may_carry
from headwater.investigate.tiers_tables import Seed
from headwater.model.address import key_of, text_of
from headwater.model.candidate import PeerRole, Share
from headwater.model.service import Service
from headwater.model.tier_map import NodeKind, TierNode, Unused
from headwater.model.window import moment_of
from headwater.score.reckoning import Reckoning
from headwater.score.statistics import SERVER, Statistics

_PORTS_TRIED = 3  # service ports: whoever runs C2s comes on one, or moves to another


@dataclass(frozen=True, slots=True)
class Beginning:
    """Tiers 0 and 1.

    Attributes:
        c2s: rows in Statistics.c2s of the listed C2s of the given services, ordered.
        independent: groups of those.
        rows: candidate of each node of tier 1, given ones first.
        nodes: tier 0, then tier 1.
        seeds: the same as seeds, in the order of `rows`.
        unused: given services that the walk does not begin with.
    """

    c2s: tuple[int, ...]
    independent: int
    rows: tuple[int, ...]
    nodes: tuple[TierNode, ...]
    seeds: tuple[Seed, ...]
    unused: tuple[Unused, ...]

    @property
    def onward(self) -> tuple[Seed, ...]:
        """The nodes of tier 1 through which a walk may go on."""
        upstreams = self.nodes[len(self.c2s) :]
        return tuple(seed for node, seed in zip(upstreams, self.seeds, strict=True) if may_carry(node))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a beginning reads.

    Attributes:
        reckoning: of a hunt.
        beside: row of each candidate that the hunt takes for an upstream to its posterior.
        open: row of each candidate that the hunt takes for an upstream, or leaves open, to its posterior.
        c2_owner: number of the owner of each listed C2, shape (n,).
        peer_owner: of each candidate, shape (m,); the numbers are not those of `c2_owner`.
        networks: name of the network of each candidate, "" where nobody knows.
    """

    reckoning: Reckoning
    beside: Mapping[int, float]
    open: Mapping[int, float]
    c2_owner: Sequence[int]
    peer_owner: Sequence[int]
    networks: Sequence[str]


def begin(services: Sequence[Service], ground: Ground, *, settings: TierSettings) -> Beginning:
    """Tiers 0 and 1 of a walk.

    Args:
        services: as given.
        ground: what was measured.
        settings: what is assumed.

    Returns:
        The beginning; without nodes where there are too few seeds.
    """
    met = c2s_met(ground.reckoning.statistics)
    given: dict[int, None] = {}
    unused: list[Unused] = []
    for service in services:
        row, why = _row(service, ground, met, settings)
        why = why or ("another service of the same address was given" if _taken(row, given, ground) else "")
        if why:
            unused.append(Unused(service, why))
        else:
            given[row] = None
    c2s = sorted({c2 for row in given for c2 in met[row]})
    groups = {ground.c2_owner[c2] for c2 in c2s}
    if len(groups) < settings.needed_seeds:
        return Beginning(tuple(c2s), len(groups), (), (), (), tuple(unused))
    rows = [*given, *_beside(ground, given, set(c2s), met, settings)]
    nodes = [c2_node(ground.reckoning.statistics, c2) for c2 in c2s]
    seeds = []
    for row in rows:
        behind = frozenset(ground.c2_owner[c2] for c2 in met[row]) & groups
        sure = None if row in given else ground.beside[row]
        how = (
            "named by the user" if sure is None
            else f"the hunt takes it for an upstream; it shares {len(behind)} independent C2s with the named"
        )  # fmt: skip
        node = upstream_node(
            ground, row, posterior=sure, seeds=len(behind), met=met[row], known=set(c2s), how=how
        )
        nodes.append(node)
        seeds.append(seed_of(ground, row, node, behind))
    return Beginning(
        tuple(c2s), len(groups), tuple(rows), tuple(nodes), tuple(seeds), tuple(unused)
    )  # fmt: skip


def c2s_met(statistics: Statistics) -> list[list[int]]:
    """Listed C2s in contact with each candidate off their own ports, those of most sessions first."""
    contacts = statistics.contacts
    found: list[list[int]] = [[] for _ in range(len(statistics.candidates.hi))]
    kept = np.flatnonzero(~contacts.on_c2_port)
    order = kept[np.lexsort((contacts.c2[kept], -contacts.sessions[kept]))]
    for candidate, c2 in zip(contacts.candidate[order].tolist(), contacts.c2[order].tolist(), strict=True):
        if c2 not in found[candidate]:
            found[candidate].append(c2)
    return found


def _row(service: Service, ground: Ground, met: list[list[int]], settings: TierSettings) -> tuple[int, str]:
    """The candidate of a given service that most C2s met, or why there is none."""
    keys = ground.reckoning.statistics.candidates
    hi, lo = key_of(service.address)
    rows = [
        row
        for row in np.flatnonzero((keys.hi == hi) & (keys.lo == lo)).tolist()
        if not service.port or (int(keys.port[row]), int(keys.proto[row])) == (service.port, service.proto)
    ]
    rows = [row for row in rows if met[row]]
    if not rows:
        return -1, "no listed C2 is in contact with it in these records"
    row = max(rows, key=lambda each: (len(met[each]), -each))
    if keys.hosts[row] > settings.hub_hosts:
        return -1, f"a hub: {int(keys.hosts[row]):,} hosts meet it; what is above it is above everybody"
    return row, ""


def _taken(row: int, given: dict[int, None], ground: Ground) -> bool:
    keys = ground.reckoning.statistics.candidates
    return any((keys.hi[row], keys.lo[row]) == (keys.hi[each], keys.lo[each]) for each in given)


def _beside(
    ground: Ground,
    given: dict[int, None],
    c2s: set[int],
    met: list[list[int]],
    settings: TierSettings,
) -> list[int]:
    """Upstreams by the hunt that share enough independent C2s with the given ones, the likeliest first.

    One of these C2s at least was in contact with it itself, and not another one of its owner: the way to it
    leads over that one.
    """
    keys = ground.reckoning.statistics.candidates
    groups = {ground.c2_owner[c2] for c2 in c2s}
    known = {(int(keys.hi[row]), int(keys.lo[row])) for row in given}
    found = []
    sure = [row for row, posterior in ground.beside.items() if posterior >= settings.sideways]
    for row in sorted(sure, key=lambda each: (-ground.beside[each], each)):
        shared = {ground.c2_owner[c2] for c2 in met[row]} & groups
        address = (int(keys.hi[row]), int(keys.lo[row]))
        enough = len(shared) >= settings.needed_seeds and not c2s.isdisjoint(met[row])
        if address not in known and enough and not tries(ground, row, met):
            known.add(address)
            found.append(row)
    return found


def tries(ground: Ground, row: int, met: list[list[int]]) -> bool:
    """Whether it goes to listed C2s on several service ports, or to their own: who looks at them does."""
    keys, contacts = ground.reckoning.statistics.candidates, ground.reckoning.statistics.contacts
    mine = np.flatnonzero((keys.hi == keys.hi[row]) & (keys.lo == keys.lo[row]) & (keys.role != SERVER))
    own = np.isin(contacts.candidate, mine) & contacts.on_c2_port
    ports = {int(keys.port[each]) for each in mine.tolist() if met[each]}
    return bool(keys.role[row] != SERVER) and (len(ports) >= _PORTS_TRIED or bool(own.any()))


def looked_at(statistics: Statistics) -> dict[tuple[int, int], int]:
    """Who goes to listed C2s on several service ports, to how many: address key to C2s.

    Whoever runs C2s comes on one port, or moves to another; who looks at them tries what is open.
    """
    keys, contacts = statistics.candidates, statistics.contacts
    mine = ~contacts.on_c2_port & (keys.role[contacts.candidate] != SERVER)
    ports: dict[tuple[int, int], set[int]] = {}
    c2s: dict[tuple[int, int], set[int]] = {}
    for row, c2 in zip(contacts.candidate[mine].tolist(), contacts.c2[mine].tolist(), strict=True):
        address = (int(keys.hi[row]), int(keys.lo[row]))
        ports.setdefault(address, set()).add(int(keys.port[row]))
        c2s.setdefault(address, set()).add(c2)
    return {address: len(c2s[address]) for address, one in ports.items() if len(one) >= _PORTS_TRIED}


def c2_node(statistics: Statistics, c2: int) -> TierNode:
    """A listed C2 as a node of tier 0."""
    listed = statistics.c2s
    address = text_of(int(listed.hi[c2]), int(listed.lo[c2]))
    return TierNode(
        tier=0, kind=NodeKind.C2, address=address, ports=(int(listed.port[c2]),) if listed.port[c2] else (),
        proto=0, role=PeerRole.SERVER, network=statistics.exposure.networks[listed.network[c2]],
        given=False, weight=1.0, posterior=None, links=0, seeds=1, contacts=0, purity=None, expected=0.0,
        p_value=1.0, first_seen=None, last_seen=None, manner=None, path=(address,),
        reasons=(f"listed as C2 of {listed.groups[listed.group[c2]] or 'no family named'}",),
    )  # fmt: skip


def upstream_node(
    ground: Ground,
    row: int,
    *,
    posterior: float | None,
    seeds: int,
    met: Sequence[int],
    known: set[int],
    how: str,
) -> TierNode:
    """One node of tier 1.

    Args:
        ground: what was measured.
        row: its candidate.
        posterior: None where it was given.
        seeds: independent listed C2s behind it.
        met: listed C2s in contact with it, those of most sessions first.
        known: those of the given services; the path to it begins with one of them where one met it.
        how: the first of its reasons.
    """
    reckoning, statistics = ground.reckoning, ground.reckoning.statistics
    keys, share = statistics.candidates, reckoning.exclusivity
    address = text_of(int(keys.hi[row]), int(keys.lo[row]))
    first = next((c2 for c2 in met if c2 in known), met[0])
    given = posterior is None
    client = bool(keys.role[row] != SERVER)
    return TierNode(
        tier=1, kind=NodeKind.ACCESS if client and not given else NodeKind.UPSTREAM, address=address,
        ports=(int(keys.port[row]),),
        proto=int(keys.proto[row]),
        role=PeerRole.CLIENT if client else PeerRole.SERVER, network=ground.networks[row],
        given=given, weight=1.0 if posterior is None else posterior, posterior=posterior, links=seeds,
        seeds=seeds, contacts=int(reckoning.tallies.hosts[row]),
        purity=Share(float(share.estimate[row]), float(share.low[row]), float(share.high[row])),
        expected=float(reckoning.chance.expected[row]), p_value=float(reckoning.chance.p_value[row]),
        first_seen=moment_of(int(keys.first_us[row])), last_seen=moment_of(int(keys.last_us[row])),
        manner=None,
        path=(text_of(int(statistics.c2s.hi[first]), int(statistics.c2s.lo[first])), address),
        reasons=(how, f"{len(met)} listed C2s are in contact with it, {seeds} of them independent"),
    )  # fmt: skip


def seed_of(ground: Ground, row: int, node: TierNode, behind: frozenset[int]) -> Seed:
    """A node of tier 1 as a seed.

    Args:
        ground: what was measured.
        row: its candidate.
        node: the node.
        behind: groups of listed C2s that it shares with the given services.
    """
    keys = ground.reckoning.statistics.candidates
    return Seed(
        address=node.address, hi=int(keys.hi[row]), lo=int(keys.lo[row]), owner=ground.peer_owner[row],
        weight=node.weight, behind=behind, path=node.path, role=node.role, port=node.ports[0],
        first_us=int(keys.first_us[row]), last_us=int(keys.last_us[row]),
    )  # fmt: skip
