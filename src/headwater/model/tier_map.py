"""What stands above the C2s, tier by tier? Nodes, the links between them, what was set aside, and the end.

Tier 0 are listed C2s, tier 1 the upstreams that a walk begins with, tier 2 and further what several nodes of
the tier below share.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.model.candidate import PeerRole, Share
from headwater.model.service import Service

NEEDED_SEEDS = 3  # independent listed C2s, for a walk to begin and for every new node


class NodeKind(StrEnum):
    """What a node is taken for."""

    C2 = "c2"
    UPSTREAM = "upstream"
    BACKEND = "backend"  # nodes of the tier below connect to it
    ACCESS = "access node"  # it connects to them, and may be a person's connection


class AsideKind(StrEnum):
    """Why something that several nodes share is no node."""

    HUB = "hub"
    THIRD_PARTY = "third party"
    FOLLOWER = "follower"
    CUSTOMER = "customer"
    CHANCE = "chance"
    MACHINE = "machine"
    TOO_FEW = "too few links"


class StopReason(StrEnum):
    """Why a walk ended."""

    SEEDS = "seeds"  # too few independent C2s to begin
    ALONE = "alone"  # too few nodes to share anything
    NOTHING = "nothing"  # they share nothing that stands
    DRIFT = "drift"  # what was found last is too uncertain to walk on from
    DEPTH = "depth"  # as many tiers as were asked for


@dataclass(frozen=True, slots=True)
class Manner:
    """How a client comes to the nodes of the tier below.

    Attributes:
        management: it comes to ports of remote shells, desktops, VPNs or databases.
        working_hours: log10 of how much likelier its hours are at work in one time zone than at any hour;
            0 says nothing.
        connections_a_day: a node and day with contact; of few packets those that were seen.
        long_share: share of connections of a minute or longer; None where too few show their length.
        told: connections that show their length.
    """

    management: bool
    working_hours: float
    connections_a_day: float
    long_share: float | None
    told: int


@dataclass(frozen=True, slots=True)
class TierNode:
    """One node.

    Attributes:
        tier: 0 for listed C2s.
        kind: what it is taken for.
        address: IPv4 or IPv6 text.
        ports: service ports of the contact: its own in server role, those of the tier below in client role.
        proto: IP protocol number; 0 for C2s.
        role: "server" where the tier below connects to it, "client" where it connects to them.
        network: its network as the lake's context names it.
        given: it was named by the user, not found.
        weight: in [0, 1], what a link to it counts in the next tier: 1 for what was given, less further up.
        posterior: probability under stated priors that it stands behind the tier below; None where given. Not
            calibrated.
        links: independent nodes of the tier below in contact with it; hosts of one /24, /64 or owner are one.
        seeds: independent listed C2s behind those.
        contacts: distinct hosts of any kind in contact with it.
        purity: share of its contacts that are nodes of the tier below.
        expected: links that chance would give.
        p_value: chance of so many links.
        first_seen, last_seen: of contact with the tier below.
        manner: how it comes, in client role above tier 1; else None.
        path: addresses from a listed C2 up to it, its own last: the best of its paths.
        reasons: what speaks for it, each a sentence without its full stop.
    """

    tier: int
    kind: NodeKind
    address: str
    ports: tuple[int, ...]
    proto: int
    role: PeerRole
    network: str
    given: bool
    weight: float
    posterior: float | None
    links: int
    seeds: int
    contacts: int
    purity: Share | None
    expected: float
    p_value: float
    first_seen: datetime | None
    last_seen: datetime | None
    manner: Manner | None
    path: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TierLink:
    """Contact between two nodes.

    Attributes:
        lower, upper: their addresses; of one tier in order of the text.
        sideways: they are of one tier.
        ports: service ports.
        opened_by_lower: share in [0, 1] of flows that the lower one opened; None where unknown.
        flows, sessions: counts; a session ends after 6 h of silence; sideways 0 sessions: not counted.
        first_seen, last_seen: of the contact; None sideways.
    """

    lower: str
    upper: str
    sideways: bool
    ports: tuple[int, ...]
    opened_by_lower: float | None
    flows: int
    sessions: int
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class TierAside:
    """Something that several nodes of a tier share and that is no node.

    Attributes:
        tier: where it would stand.
        kind: why it is none.
        address: IPv4 or IPv6 text.
        port: service port.
        role: as in TierNode.
        links: independent nodes of the tier below in contact with it.
        contacts: distinct hosts of any kind in contact with it.
        posterior: as in TierNode.
        reason: a sentence without its full stop.
    """

    tier: int
    kind: AsideKind
    address: str
    port: int
    role: PeerRole
    links: int
    contacts: int
    posterior: float
    reason: str


@dataclass(frozen=True, slots=True)
class TierStop:
    """The end of a walk.

    Attributes:
        tier: the highest tier that has nodes; 0 where there is none.
        reason: why it went no further.
        text: the same in words, with what would be needed; without its full stop.
    """

    tier: int
    reason: StopReason
    text: str


@dataclass(frozen=True, slots=True)
class Unused:
    """A given service that the walk does not begin with.

    Attributes:
        service: as it was given.
        reason: why not; a sentence without its full stop.
    """

    service: Service
    reason: str


@dataclass(frozen=True, slots=True)
class TierMap:
    """What a walk found.

    Attributes:
        services: where it began, as given.
        lake_version: version of the flow table.
        c2s: listed C2s in contact with the given services.
        seeds: independent ones among them.
        nodes: by tier, the heaviest first; none where there were too few seeds.
        links: contact between nodes.
        aside: what was set aside, tier by tier, that of most links first.
        stop: where and why the walk ended.
        unused: given services that the walk does not begin with.
        warnings: what stands against the whole answer, each a sentence without its full stop.
        synthetic: what says that the flows were simulated, a sentence without its full stop; "" for nothing.
    """

    services: tuple[Service, ...]
    lake_version: int
    c2s: int
    seeds: int
    nodes: tuple[TierNode, ...]
    links: tuple[TierLink, ...]
    aside: tuple[TierAside, ...]
    stop: TierStop
    unused: tuple[Unused, ...] = ()
    warnings: tuple[str, ...] = ()
    synthetic: str = ""
