"""What does a map of tiers look like as JSON and as rows? The keys are a promise to scripts."""

from dataclasses import asdict
from typing import Any

from headwater.model.address import defang, defanged_text
from headwater.model.candidate import Share
from headwater.model.tier_map import NEEDED_SEEDS, Manner, TierLink, TierMap, TierNode
from headwater.present.tiers_sharing import withheld, withholds

Json = dict[str, Any]  # Any: what JSON can say


def document(found: TierMap, *, access_nodes: bool = False, defanged: bool = False) -> Json:
    """The answer for JSON.

    Args:
        found: the map.
        access_nodes: tell the addresses of those that may be people.
        defanged: write addresses so that nothing links to them.
    """
    told = found if access_nodes else withheld(found)

    def name(address: str) -> str:
        return defanged_text(address) if defanged else address

    return {
        "format": 1,
        "services": [name(str(one)) for one in found.services],
        "lake_version": found.lake_version,
        "seeds": {"c2s": found.c2s, "independent": found.seeds, "needed": NEEDED_SEEDS},
        "stopped": {"tier": found.stop.tier, "reason": found.stop.reason.value, "text": found.stop.text},
        "nodes": [_node(one, defanged=defanged) for one in told.nodes],
        "links": [_link(one, defanged=defanged) for one in told.links],
        "aside": [
            asdict(one) | {"address": name(one.address), "reason": name(one.reason)} for one in told.aside
        ],
        "unused": [{"service": name(str(one.service)), "reason": one.reason} for one in found.unused],
        "withheld": 0 if access_nodes else withholds(found),
        "synthetic": found.synthetic,
        "warnings": list(found.warnings),
    }


def rows(found: TierMap, *, access_nodes: bool = False, defanged: bool = False) -> list[Json]:
    """The nodes as rows of a table; arguments as for `document`."""
    told = found if access_nodes else withheld(found)
    return [_node(one, defanged=defanged) for one in told.nodes]


def _node(node: TierNode, *, defanged: bool) -> Json:
    told = asdict(node)
    told["manner"] = None if node.manner is None else _manner(node.manner)
    told["purity"] = None if node.purity is None else _share(node.purity)
    if defanged:
        told |= {"address": defang(node.address), "path": [defang(one) for one in node.path]}
    return told | {"path": list(told["path"]), "ports": list(node.ports), "reasons": list(node.reasons)}


def _share(share: Share) -> Json:
    return {"estimate": share.estimate, "low": share.low, "high": share.high}


def _manner(manner: Manner) -> Json:
    return asdict(manner) | {"working_hours": round(manner.working_hours, 3)}


def _link(link: TierLink, *, defanged: bool) -> Json:
    told = asdict(link) | {"ports": list(link.ports)}
    if defanged:
        told |= {"lower": defang(link.lower), "upper": defang(link.upper)}
    return told
