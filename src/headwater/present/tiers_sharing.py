"""How does a map of tiers leave the house? Without the addresses of those that may be people.

Access nodes, and whatever else connects to the nodes of a map, may be somebody's connection at home. In what
is handed on they have a number and their network, unless the user asks for their addresses.
"""

from dataclasses import replace

from headwater.model.candidate import PeerRole
from headwater.model.tier_map import NodeKind, TierMap


def withheld(found: TierMap) -> TierMap:
    """The map with numbers in place of addresses that may be people's."""
    names = _names(found)

    def name(address: str) -> str:
        return names.get(address, address)

    nodes = (
        replace(node, address=name(node.address), path=tuple(name(one) for one in node.path))
        for node in found.nodes
    )
    links = (replace(link, lower=name(link.lower), upper=name(link.upper)) for link in found.links)
    aside = (replace(one, address=name(one.address)) for one in found.aside)
    return replace(found, nodes=tuple(nodes), links=tuple(links), aside=tuple(aside))


def _names(found: TierMap) -> dict[str, str]:
    """What stands for each address that is not told, in order of the map."""
    people = [node.address for node in found.nodes if node.kind is NodeKind.ACCESS]
    clients = [one.address for one in found.aside if one.role is PeerRole.CLIENT]
    names = {
        address: f"access node {number}" for number, address in enumerate(dict.fromkeys(people), start=1)
    }
    rest = [address for address in dict.fromkeys(clients) if address not in names]
    return names | {address: f"client {number}" for number, address in enumerate(rest, start=1)}


def withholds(found: TierMap) -> int:
    """How many addresses `withheld` leaves out."""
    return len(_names(found))
