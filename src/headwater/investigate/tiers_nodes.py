"""Which of the things that several nodes of a tier share stand above them? Nodes, and what is set aside.

The reckoning is that of a hunt, one tier up: the nodes take the place of listed C2s. The same null says how
many of them something of that popularity would meet by chance, and the same three-way posterior tells what
only they use from what they use as others do. What is told by hunt and walk differently: nodes of one owner
are one witness, three are needed (two for who comes to work there), and enough listed C2s must stand behind.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from headwater.investigate.tiers_customers import without_customers
from headwater.investigate.tiers_judged import comes_to_work, judged
from headwater.investigate.tiers_links import Backing, seeds_met, upward
from headwater.investigate.tiers_looked import Looked
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import TierTables
from headwater.investigate.tiers_words import node_reasons
from headwater.model.address import text_of
from headwater.model.candidate import PeerRole, Share
from headwater.model.tier_map import AsideKind, NodeKind, TierAside, TierNode
from headwater.model.window import moment_of
from headwater.score.reckoning import Reckoning, reckon

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
    every = upward(tables)
    told = without_customers(every, crew=settings.crew)
    tables = told.tables
    reckoning = reckon(tables.statistics, settings=settings.score, choices=settings.choices)
    found, aside = [], []
    for one, kind, words in judged(tables, reckoning, settings):
        if kind is None:
            found.append((_node(tables, reckoning, one, settings), one))
        else:
            aside.append(_aside(tables, one, kind, words))
    aside += _customers(
        every, told.rows, {one.address for one in aside} | {node.address for node, _ in found}
    )
    found.sort(key=lambda pair: (-pair[0].weight, pair[0].address))
    aside.sort(key=lambda one: (-one.links, one.contacts, one.address, one.port))
    return Step(
        tuple(node for node, _ in found), tuple(one.backing for _, one in found),
        tuple(one.rows for _, one in found), tuple(aside), tables,
    )  # fmt: skip


def likely(tables: TierTables, *, settings: TierSettings) -> dict[tuple[int, ...], float]:
    """What may stand above the seeds, nodes or short of that: rows of each address to its posterior.

    Two independent nodes of different owners below it, enough listed C2s behind those, no other explanation
    but too few links, and a posterior that need not be that of a node.

    Args:
        tables: measured.
        settings: what is assumed.
    """
    tables = without_customers(upward(tables), crew=settings.crew).tables
    reckoning = reckon(tables.statistics, settings=settings.score, choices=settings.choices)
    lower = replace(settings, belief=settings.near)
    return {
        tuple(one.rows.tolist()): one.posterior
        for one, kind, _ in judged(tables, reckoning, lower)
        if kind in {None, AsideKind.TOO_FEW}
        and len(one.backing.behind) >= settings.needed_seeds
        and one.backing.links > 1
    }


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
        reasons=node_reasons(one, tables.tier, works=comes_to_work(one, settings)),
    )  # fmt: skip


def _aside(tables: TierTables, one: Looked, kind: AsideKind, words: str) -> TierAside:
    keys, best = tables.statistics.candidates, int(one.rows[0])
    return TierAside(
        tier=tables.tier, kind=kind, address=_address(tables, one), port=int(keys.port[best]), role=one.role,
        links=one.backing.links, contacts=one.contacts, posterior=one.posterior, reason=words,
    )  # fmt: skip


def _customers(tables: TierTables, rows: Rows, told: set[str]) -> list[TierAside]:
    """Customers of services of the seeds, but for those of whom more was told."""
    keys, met = tables.statistics.candidates, seeds_met(tables)
    found: dict[str, TierAside] = {}
    for row in rows.tolist():
        address = text_of(int(keys.hi[row]), int(keys.lo[row]))
        if len(met[row]) > 1 and address not in told:
            one = TierAside(
                tier=tables.tier, kind=AsideKind.CUSTOMER, address=address, port=int(keys.port[row]),
                role=PeerRole.CLIENT, links=len(met[row]), contacts=int(keys.hosts[row]), posterior=0.0,
                reason="it comes to a service that nodes offer to many, as one of its customers",
            )  # fmt: skip
            found[address] = max(found.get(address, one), one, key=lambda each: each.links)
    return list(found.values())


def _address(tables: TierTables, one: Looked) -> str:
    keys, best = tables.statistics.candidates, int(one.rows[0])
    return text_of(int(keys.hi[best]), int(keys.lo[best]))
