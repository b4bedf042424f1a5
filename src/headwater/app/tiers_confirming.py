"""Which upstreams that the hunt left open does the tier above confirm? One more measuring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from headwater.app.tiers_measuring import Surroundings, TierMeasured, tier_measured
from headwater.engine.connect import Engine
from headwater.investigate.tiers_begin import Beginning, Ground, c2_node
from headwater.investigate.tiers_confirm import confirm, confirmed_node
from headwater.investigate.tiers_edges import upward_links
from headwater.investigate.tiers_nodes import likely
from headwater.investigate.tiers_open import LeftOpen, left_open
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import Seed
from headwater.model.tier_map import TierLink, TierNode


@dataclass(frozen=True, slots=True)
class Below:
    """Where the step begins.

    Attributes:
        ground: what the hunt measured.
        start: tiers 0 and 1.
        seeds: nodes of tier 1 to walk on from.
        tiers: address keys of nodes of the map to their tier.
    """

    ground: Ground
    start: Beginning
    seeds: Sequence[Seed]
    tiers: dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Sideways:
    """What was confirmed.

    Attributes:
        measured: the step, with what was confirmed among its seeds.
        nodes: upstreams that were confirmed, and their listed C2s that were no nodes before.
        links: contact between the two.
    """

    measured: TierMeasured
    nodes: tuple[TierNode, ...] = ()
    links: tuple[TierLink, ...] = ()


def confirmed(
    engine: Engine,
    around: Surroundings,
    measured: TierMeasured,
    below: Below,
    *,
    rules: TierSettings,
    say: Callable[[str], None],
) -> Sideways:
    """Looks whether what stands above the nodes of tier 1 confirms further upstreams.

    Two more scans of all flows where something may be confirmed, else none.

    Args:
        engine: where it runs.
        around: what is known beside.
        measured: what the nodes share.
        below: the nodes.
        rules: what a walk assumes.
        say: told before the scans.
    """
    keys = measured.tables.statistics.candidates
    above = {
        (int(keys.hi[row]), int(keys.lo[row]))
        for rows in likely(measured.tables, settings=rules)
        for row in rows
    }
    possible = [
        one
        for one in left_open(below.ground, below.start, settings=rules)
        if (one.seed.hi, one.seed.lo) not in above
    ]
    if not above or not possible:
        return Sideways(measured)
    say(f"looking whether tier 2 confirms {len(possible)} services that the hunt left open")
    every = (*below.seeds, *(one.seed for one in possible))
    wide = tier_measured(engine, around, every, known=below.tiers, tier=2)
    found = confirm(wide.tables, {one.node.address: one.seed.weight for one in possible}, settings=rules)
    taken = [one for one in possible if one.node.address in found.probability]
    if not taken:
        return Sideways(measured)
    nodes = tuple(
        confirmed_node(one.node, found.probability[one.node.address], found.by[one.node.address])
        for one in taken
    )
    c2s, links = _c2s(below, taken)
    return Sideways(replace(wide, tables=found.tables), (*c2s, *nodes), links)


def _c2s(below: Below, taken: Sequence[LeftOpen]) -> tuple[tuple[TierNode, ...], tuple[TierLink, ...]]:
    """Listed C2s that only the confirmed ones met, and the links from all of theirs."""
    statistics = below.ground.reckoning.statistics
    mine = sorted({c2 for one in taken for c2 in one.c2s})
    nodes = {c2: c2_node(statistics, c2) for c2 in mine}
    links = upward_links(
        statistics,
        upper={one.row: one.node.address for one in taken},
        lower={c2: node.address for c2, node in nodes.items()},
    )
    return tuple(node for c2, node in nodes.items() if c2 not in below.start.c2s), links
