"""Which services did a hunt leave open that the tier above may confirm as upstreams?

Those that listed C2s connect to, three independent ones at least; that the hunt takes for no confounder; and
that are no hub. They need no C2s in common with the given services: what ties them to these is the tier
above. What connects to C2s may be a person's connection, and no walk goes through one.
"""

from dataclasses import dataclass

from headwater.investigate.tiers_begin import Beginning, Ground, c2s_met, seed_of, upstream_node
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import Seed
from headwater.model.address import text_of
from headwater.model.tier_map import TierNode
from headwater.score.statistics import SERVER


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """One service.

    Attributes:
        row: its candidate in the hunt.
        node: as a node of tier 1.
        seed: the same as a seed; listed C2s of its own that no given service met are none.
        c2s: rows of the listed C2s in contact with it.
    """

    row: int
    node: TierNode
    seed: Seed
    c2s: tuple[int, ...]


def left_open(ground: Ground, start: Beginning, *, settings: TierSettings) -> tuple[LeftOpen, ...]:
    """The services, the likeliest first.

    Args:
        ground: what was measured.
        start: tiers 0 and 1.
        settings: what is assumed.
    """
    statistics = ground.reckoning.statistics
    keys, met, known = statistics.candidates, c2s_met(statistics), set(start.c2s)
    groups = {ground.c2_owner[c2] for c2 in known}
    taken = {node.address for node in start.nodes}
    found = []
    for row, posterior in sorted(ground.open.items(), key=lambda one: (-one[1], one[0])):
        own = {ground.c2_owner[c2] for c2 in met[row]}
        address = text_of(int(keys.hi[row]), int(keys.lo[row]))
        able = keys.role[row] == SERVER and keys.hosts[row] <= settings.hub_hosts and address not in taken
        if able and len(own) >= settings.needed_seeds and settings.possible <= posterior < 1.0:
            taken.add(address)
            node = upstream_node(
                ground, row, posterior=posterior, seeds=len(own), met=met[row], known=known, how="left open"
            )
            found.append(
                LeftOpen(row, node, seed_of(ground, row, node, frozenset(own & groups)), tuple(met[row]))
            )
    return tuple(found)
