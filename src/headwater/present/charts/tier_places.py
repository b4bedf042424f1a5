"""Where does each node of a tier map stand? One row a tier, the lowest below, linked nodes near each other.

Order within a row follows the mean place of a node's neighbours one row below (the barycentre heuristic of
Sugiyama, Tagawa, Toda 1981, IEEE Trans. SMC 11(2)), then of those above, twice; ties go by address.
"""

from collections.abc import Mapping, Sequence

from headwater.model.tier_map import TierMap

_SWEEPS = 2


def places(found: TierMap) -> Mapping[str, float]:
    """Address of each node to its place in its row, in (0, 1) from left to right."""
    tiers: dict[int, list[str]] = {}
    for node in found.nodes:
        tiers.setdefault(node.tier, []).append(node.address)
    tier_of = {node.address: node.tier for node in found.nodes}
    near: dict[str, list[str]] = {address: [] for address in tier_of}
    for link in found.links:
        if not link.sideways and link.lower in near and link.upper in near:
            near[link.lower].append(link.upper)
            near[link.upper].append(link.lower)
    at = {name: place for row in tiers.values() for name, place in _spread(sorted(row)).items()}
    for _ in range(_SWEEPS):
        for side in (1, -1):  # rows by what is below them, from the bottom; then by what is above
            for tier in sorted(tiers, reverse=side < 0):
                row = tiers[tier]
                pull = {name: _pull(name, near[name], tier - side, at, tier_of) for name in row}
                at |= _spread(sorted(row, key=lambda name: (pull[name], name)))
    return at


def _pull(
    name: str, near: Sequence[str], tier: int, at: Mapping[str, float], tier_of: Mapping[str, int]
) -> float:
    """Mean place of a node's neighbours in a tier; its own place where it has none there."""
    found = [at[one] for one in near if tier_of[one] == tier]
    return sum(found) / len(found) if found else at[name]


def _spread(row: Sequence[str]) -> dict[str, float]:
    return {name: (number + 0.5) / len(row) for number, name in enumerate(row)}
