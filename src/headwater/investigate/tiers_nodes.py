"""Which of the things that several nodes of a tier share stand above them? Nodes, and what is set aside.

The reckoning is that of a hunt, one tier up: the nodes take the place of listed C2s. The same null says how
many of them something of that popularity would meet by chance, and the same three-way posterior tells what
only they use from what they use as others do. What is told by hunt and walk differently: nodes of one owner
are one witness, three are needed (two for who comes to work there), and enough listed C2s must stand behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.investigate.tiers_links import Backing, backing, own_ports_hit, seeds_met, upward
from headwater.investigate.tiers_looked import Looked
from headwater.investigate.tiers_manner import like_a_machine, manner_of, works
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import TierTables
from headwater.investigate.tiers_words import aside_words, node_reasons
from headwater.model.address import text_of
from headwater.model.candidate import PeerRole, Share
from headwater.model.tier_map import AsideKind, NodeKind, TierAside, TierNode
from headwater.model.window import moment_of
from headwater.score.reckoning import Reckoning, reckon
from headwater.score.statistics import SERVER

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Step:
    """What one step found.

    Attributes:
        nodes: of the new tier, the heaviest first.
        backings: of each, in the same order.
        rows: candidates of each, in the same order.
        aside: what was set aside, that of most links first.
        tables: what was read, without contact downward.
    """

    nodes: tuple[TierNode, ...]
    backings: tuple[Backing, ...]
    rows: tuple[Rows, ...]
    aside: tuple[TierAside, ...]
    tables: TierTables


def step(tables: TierTables, *, settings: TierSettings) -> Step:
    """Judges everything that several seeds share.

    Args:
        tables: measured.
        settings: what is assumed.
    """
    tables = upward(tables)
    reckoning = reckon(tables.statistics, settings=settings.score, choices=settings.choices)
    found, aside = [], []
    for one in _looked(tables, reckoning, settings):
        kind, words = _explained(one, reckoning, settings)
        if tables.reserved[one.rows[0]]:
            kind = AsideKind.THIRD_PARTY
            words = f"in a range that is no part of the Internet ({tables.reserved[one.rows[0]]})"
        if kind is None:
            found.append((_node(tables, reckoning, one, settings), one))
        else:
            aside.append(_aside(tables, one, kind, words))
    found.sort(key=lambda pair: (-pair[0].weight, pair[0].address))
    aside.sort(key=lambda one: (-one.links, one.contacts, one.address, one.port))
    return Step(
        tuple(node for node, _ in found), tuple(one.backing for _, one in found),
        tuple(one.rows for _, one in found), tuple(aside), tables,
    )  # fmt: skip


def _looked(tables: TierTables, reckoning: Reckoning, settings: TierSettings) -> Iterator[Looked]:
    """Addresses with a candidate of at least two seeds, but for those that are in the map or on a list."""
    keys, met = tables.statistics.candidates, seeds_met(tables)
    place = {int(row): number for number, row in enumerate(reckoning.rows)}
    groups: dict[tuple[int, int, int], list[int]] = {}
    for row in place:
        if not tables.listed[row] and (int(keys.hi[row]), int(keys.lo[row])) not in tables.known:
            groups.setdefault((int(keys.hi[row]), int(keys.lo[row]), int(keys.role[row])), []).append(row)
    for (_, _, role), rows in groups.items():
        best = max(rows, key=lambda row: (reckoning.posterior.upstream[place[row]], -row))
        every = np.array([best, *(row for row in rows if row != best)], np.intp)
        ports = tuple(sorted({int(port) for port in keys.port[every]}))
        serves = role == SERVER
        yield Looked(
            rows=every, role=PeerRole.SERVER if serves else PeerRole.CLIENT, ports=ports,
            contacts=int(reckoning.tallies.hosts[every].max()),
            posterior=float(reckoning.posterior.upstream[place[best]]),
            shared=float(reckoning.posterior.shared[place[best]]),
            expected=float(reckoning.chance.expected[best]), p_value=float(reckoning.chance.p_value[best]),
            backing=backing(tables, every, of=met),
            manner=None if serves
            else manner_of(tables.comings, every, ports=frozenset(ports), told=settings.told),
            own_ports=len(own_ports_hit(tables, _same_address(tables, best))),
            visited=int(tables.visited[best]),
        )  # fmt: skip


def _same_address(tables: TierTables, row: int) -> Rows:
    keys = tables.statistics.candidates
    return np.flatnonzero((keys.hi == keys.hi[row]) & (keys.lo == keys.lo[row]))


def _explained(one: Looked, reckoning: Reckoning, settings: TierSettings) -> tuple[AsideKind | None, str]:
    """Why it is no node, None where nothing stands against it."""
    kind, told = None, ""
    weighed = reckoning.weighed
    worst = int(max(one.rows.tolist(), key=lambda row: weighed.largest[row]))
    few = _too_few(one, settings)
    if one.contacts > settings.hub_hosts:
        kind = AsideKind.HUB
    elif weighed.largest[worst] >= settings.score.explained:
        kind = AsideKind.THIRD_PARTY
        told = weighed.looks[int(weighed.which[worst])].reason(worst)
    elif _follows(one, settings):
        kind = AsideKind.FOLLOWER
    elif one.p_value > settings.gate:
        kind = AsideKind.CHANCE
    elif one.posterior < settings.belief:
        kind = AsideKind.THIRD_PARTY if one.shared >= 0.5 * (1.0 - one.posterior) else AsideKind.CHANCE
    elif few:
        kind, told = AsideKind.TOO_FEW, few
    elif one.manner is not None and like_a_machine(one.manner, settings):
        kind = AsideKind.MACHINE
    return kind, told or ("" if kind is None else aside_words(one, kind))


def _follows(one: Looked, settings: TierSettings) -> bool:
    """Whether it goes where those below go: to the own ports of upstreams, or of many listed C2s."""
    calls = one.own_ports >= max(1.0, settings.own_ports * len(one.backing.seeds))
    return one.role is PeerRole.CLIENT and (calls or one.visited >= settings.follows)


def _too_few(one: Looked, settings: TierSettings) -> str:
    """What is missing for a node, "" where nothing is."""
    behind, links, weight = len(one.backing.behind), one.backing.links, one.backing.weight
    if behind < settings.needed_seeds:
        needed = f"{settings.needed_seeds} are needed"
        return f"{behind} independent C2s stand behind the nodes that it meets; {needed}"

    def enough(needed: int) -> bool:
        return links >= needed and weight >= needed * settings.link_weight

    if enough(settings.needed_links):
        return ""
    if one.manner is not None and works(one.manner, settings) and enough(settings.managed_links):
        return ""
    if links >= settings.needed_links:
        return f"its {links} independent links weigh {weight:.1f}, less than a node needs so far up"
    needed = f"{settings.needed_links} are needed"
    if one.manner is not None:
        needed += (
            f", or {settings.managed_links} with a management port, hours of work and few long connections"
        )
    return f"{links} independent link{'s' * (links != 1)} to the tier below; {needed}"


def _node(tables: TierTables, reckoning: Reckoning, one: Looked, settings: TierSettings) -> TierNode:
    keys, best = tables.statistics.candidates, int(one.rows[0])
    share = reckoning.exclusivity
    client = one.role is PeerRole.CLIENT
    return TierNode(
        tier=tables.tier, kind=NodeKind.ACCESS if client else NodeKind.BACKEND, address=_address(tables, one),
        ports=one.ports, proto=int(keys.proto[best]), role=one.role, network=tables.networks[best],
        given=False, weight=settings.fade * one.posterior * one.backing.weight / one.backing.links,
        posterior=one.posterior, links=one.backing.links, seeds=len(one.backing.behind),
        contacts=one.contacts,
        purity=Share(float(share.estimate[best]), float(share.low[best]), float(share.high[best])),
        expected=one.expected, p_value=one.p_value,
        first_seen=moment_of(int(keys.first_us[one.rows].min())),
        last_seen=moment_of(int(keys.last_us[one.rows].max())), manner=one.manner,
        path=(*one.backing.best.path, _address(tables, one)),
        reasons=node_reasons(one, tables.tier, works=one.manner is not None and works(one.manner, settings)),
    )  # fmt: skip


def _aside(tables: TierTables, one: Looked, kind: AsideKind, words: str) -> TierAside:
    keys, best = tables.statistics.candidates, int(one.rows[0])
    return TierAside(
        tier=tables.tier, kind=kind, address=_address(tables, one), port=int(keys.port[best]), role=one.role,
        links=one.backing.links, contacts=one.contacts, posterior=one.posterior, reason=words,
    )  # fmt: skip


def _address(tables: TierTables, one: Looked) -> str:
    keys, best = tables.statistics.candidates, int(one.rows[0])
    return text_of(int(keys.hi[best]), int(keys.lo[best]))
