"""Made-up maps of tiers, small and large; every address is of a range for documentation."""

from datetime import UTC, datetime

from headwater.model.candidate import PeerRole, Share
from headwater.model.service import Service
from headwater.model.tier_map import (
    AsideKind,
    Manner,
    NodeKind,
    StopReason,
    TierAside,
    TierLink,
    TierMap,
    TierNode,
    TierStop,
)

SEEN = datetime(2024, 5, 1, tzinfo=UTC)
PERSON = "198.51.100.77"  # the access node
BRUTE = "198.51.100.88"  # set aside, and a client


def node(tier: int, address: str, kind: NodeKind, *, links: int = 3, path: tuple[str, ...] = ()) -> TierNode:
    """One node with numbers of no meaning."""
    client = kind is NodeKind.ACCESS
    found = kind in {NodeKind.ACCESS, NodeKind.BACKEND}
    return TierNode(
        tier=tier, kind=kind, address=address, ports=(22,) if client else (443,), proto=6 if tier else 0,
        role=PeerRole.CLIENT if client else PeerRole.SERVER, network="AS64496 Example", given=tier == 1,
        weight=0.6 if found else 1.0, posterior=0.75 if found else None, links=links if tier else 0,
        seeds=9 if tier else 1, contacts=5, purity=Share(0.8, 0.5, 0.95) if tier else None, expected=0.01,
        p_value=1e-6, first_seen=SEEN if tier else None, last_seen=SEEN if tier else None,
        manner=Manner(True, 3.2, 1.5, 0.8, 20) if client else None, path=(*path, address),
        reasons=("made up",),
    )  # fmt: skip


def link(lower: str, upper: str, *, sideways: bool = False) -> TierLink:
    """One link."""
    when = None if sideways else SEEN
    return TierLink(
        lower, upper, sideways, (443,), None if sideways else 1.0, 10, 0 if sideways else 4, when, when
    )


def sample_map(*, c2s: int = 9, upstreams: int = 3, backends: int = 1) -> TierMap:
    """A map with an access node, that many of the others, a hub and a brute-forcer set aside.

    Args:
        c2s: at most 254.
        upstreams: each with every third C2, at most 254.
        backends: each above all upstreams, at most 254.
    """
    low = [f"192.0.2.{number}" for number in range(1, c2s + 1)]
    middle = [f"203.0.113.{number}" for number in range(1, upstreams + 1)]
    high = [f"198.51.100.{number}" for number in range(1, backends + 1)]
    path = (low[0], middle[0])
    nodes = [
        *(node(0, one, NodeKind.C2) for one in low),
        *(node(1, one, NodeKind.UPSTREAM, path=path[:1]) for one in middle),
        *(node(2, one, NodeKind.BACKEND, path=path) for one in high),
        node(2, PERSON, NodeKind.ACCESS, path=path),
    ]
    links = [
        link(c2, middle[(number + step) % upstreams]) for number, c2 in enumerate(low) for step in range(2)
    ]
    links += [link(one, top) for one in middle for top in (*high, PERSON)]
    if upstreams > 1:
        links.append(link(middle[0], middle[1], sideways=True))
    aside = (
        TierAside(2, AsideKind.HUB, "192.0.2.253", 53, PeerRole.SERVER, 3, 90_000, 0.0, "a hub"),
        TierAside(2, AsideKind.CHANCE, BRUTE, 22, PeerRole.CLIENT, 2, 40, 0.01, "chance explains it"),
    )
    return TierMap(
        services=tuple(Service(one, 443, 6) for one in middle), lake_version=7, c2s=c2s, seeds=c2s,
        nodes=tuple(nodes), links=tuple(links), aside=aside,
        stop=TierStop(2, StopReason.ALONE, "tier 2 holds 1 node to walk on from"),
    )  # fmt: skip
