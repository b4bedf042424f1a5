"""What stands above upstreams, in Python? Nodes as rows, their links, what was set aside, and the picture."""

from dataclasses import dataclass

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.api.queries import queries_of
from headwater.app.tiers import Walked
from headwater.model.tier_map import TierAside, TierLink, TierMap, TierNode
from headwater.present.charts.tiers import tiers_chart
from headwater.present.tiers_sharing import withheld, withholds

_SHOWN = (
    "tier", "kind", "address", "ports", "links", "seeds", "contacts", "posterior", "weight", "path",
    "reasons",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TiersResult(Part):
    """What stands above some upstreams, tier by tier: listed C2s are tier 0, the upstreams tier 1.

    `posterior` is a probability under stated priors and not calibrated; what was given has none. Addresses of
    access nodes, which may be people's connections, are left out unless the walk was asked for them.

    Attributes:
        walked: the answer as records with every address, and the queries behind it.
        told: the same with the addresses that tables and picture tell.
    """

    walked: Walked
    told: TierMap

    @property
    def map(self) -> TierMap:
        """The answer as records, with every address."""
        return self.walked.map

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands against the whole answer."""
        return self.map.warnings

    @property
    def stopped(self) -> str:
        """Why the walk ended where it did."""
        return self.map.stop.text

    def links(self) -> Part:
        """Contact between nodes: up from tier to tier, and sideways within one."""
        return Part(title="Contact between nodes", table=arrow_of(self.told.links, TierLink))

    def aside(self) -> Part:
        """What several nodes share and what is no node, with the reason."""
        return Part(title="Shared, and set aside", table=arrow_of(self.told.aside, TierAside))

    def queries(self) -> Part:
        """Every query that ran, with the version of the lake that it read."""
        return queries_of(self.walked.trace, title=self.title)


def tiers_result(walked: Walked, *, access_nodes: bool) -> TiersResult:
    """A walk as users of Python get it.

    Args:
        walked: the walk.
        access_nodes: tell the addresses of those that may be people.
    """
    found = walked.map
    told = found if access_nodes else withheld(found)
    count = 0 if access_nodes else withholds(found)
    said = [f"Note: {text}." for text in found.warnings]
    said += [f"Note: {one.service} is not used: {one.reason}." for one in found.unused]
    said.append(f"Stopped at tier {found.stop.tier}: {found.stop.text}.")
    if count:
        said.append(f"{count:,} addresses that may be people's are left out; access_nodes=True tells them.")
    return TiersResult(
        title=f"What stands above {', '.join(str(one) for one in found.services[:3])}",
        table=arrow_of(told.nodes, TierNode), said=tuple(said), shown=_SHOWN, walked=walked, told=told,
        draw=lambda: tiers_chart(told),
        description="Rows of nodes, listed C2s below, with lines between those in contact.",
    )  # fmt: skip
