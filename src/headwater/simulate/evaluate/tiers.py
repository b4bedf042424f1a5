"""How good is a walk up the tiers against the truth? What was planted and found, and what is no node.

A walk begins with upstreams and is to find the planted second tier. Every node that it adds is judged:
planted, an upstream (found sideways, or taken for more than it is), or false.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from headwater.model.service import protocol_name
from headwater.model.tier_map import TierMap, TierNode
from headwater.simulate.truth import TrueBehind, Truth

PLANTED, UPSTREAM, MISPLACED = "planted", "upstream", "upstream in another tier"


@dataclass(frozen=True, slots=True)
class JudgedNode:
    """One node that a walk added, with the truth about it.

    Attributes:
        tier: of the node.
        kind: what the walk takes it for.
        address: its address.
        posterior: as the walk has it; None for none.
        links: independent nodes of the tier below in contact with it.
        contacts: distinct hosts in contact with it.
        truth: PLANTED, UPSTREAM, MISPLACED, or what it is: a decoy's kind, or "ordinary".
    """

    tier: int
    kind: str
    address: str
    posterior: float | None
    links: int
    contacts: int
    truth: str

    @property
    def false(self) -> bool:
        """Whether it is no part of what stands behind the C2s."""
        return self.truth not in {PLANTED, UPSTREAM, MISPLACED}


@dataclass(frozen=True, slots=True)
class JudgedWalk:
    """One walk.

    Attributes:
        world, seed, sampling: which records.
        begins: "truth" where the true upstreams were given, "hunt" where those that the hunt took for some.
        given: services given; given_false: those of them that are no upstream.
        seeds: independent listed C2s.
        planted: hosts of the planted second tier.
        missed: kind and port of each that was not found, with what the walk says of it; "not seen" where no
            two nodes met it.
        nodes: what the walk added.
        aside: how many were set aside, by kind.
        stop: why it ended.
    """

    world: str
    seed: int
    sampling: int
    begins: str
    given: int
    given_false: int
    seeds: int
    planted: int
    missed: tuple[str, ...]
    nodes: tuple[JudgedNode, ...]
    aside: dict[str, int]
    stop: str

    @property
    def found(self) -> int:
        """Planted hosts among the nodes."""
        return sum(node.truth == PLANTED for node in self.nodes)


@dataclass(frozen=True, slots=True)
class TierFigures:
    """What walks of one world, sampling rate and beginning were worth.

    Attributes:
        world, sampling, begins: which.
        walks: how many.
        worlds_with_any, worlds_with_all: those in which any, or all, of what was planted was found.
        planted, found: planted hosts, and those found.
        nodes: nodes that the walks added.
        false: those that are no part of it.
        given, given_false: services that walks began with, and those of them that are no upstreams.
        stops: why walks ended.
    """

    world: str
    sampling: int
    begins: str
    walks: int
    worlds_with_any: int
    worlds_with_all: int
    planted: int
    found: int
    nodes: int
    false: int
    given: int
    given_false: int
    stops: dict[str, int]

    @property
    def false_share(self) -> float | None:
        """Share of false nodes among those added; None without any."""
        return self.false / self.nodes if self.nodes else None


def judged_walk(found: TierMap, truth: Truth, *, sampling: int, begins: str) -> JudgedWalk:
    """A walk against the truth.

    Args:
        found: what it found.
        truth: of the world.
        sampling: N of 1:N.
        begins: with which upstreams.
    """
    upstreams = {each.address for each in truth.upstreams}
    planted = {each.address: _named(each) for each in truth.behind if each.planted}
    added = tuple(_judged(node, truth) for node in found.nodes if node.tier and not node.given)
    hit = {node.address for node in added}
    said = {one.address: one.kind.value for one in found.aside}
    return JudgedWalk(
        world=truth.world, seed=truth.seed, sampling=sampling, begins=begins, given=len(found.services),
        given_false=sum(one.address not in upstreams for one in found.services), seeds=found.seeds,
        planted=len(planted),
        missed=tuple(
            f"{name}: {said.get(address, 'not seen')}"
            for address, name in planted.items()
            if address not in hit
        ),
        nodes=added, aside=dict(Counter(one.kind.value for one in found.aside)), stop=found.stop.reason.value,
    )  # fmt: skip


def _named(one: TrueBehind) -> str:
    """Its kind with the port of its contact."""
    return f"{one.kind} {one.port}/{protocol_name(one.proto)}"


def _judged(node: TierNode, truth: Truth) -> JudgedNode:
    others = {each.address: each.kind for each in truth.decoys}
    others |= {each.address: PLANTED if each.planted else each.kind for each in truth.behind}
    others |= dict.fromkeys((each.address for each in truth.c2s), "a C2")
    others |= dict.fromkeys(truth.scanners, "scanner")
    others |= {each.address: UPSTREAM if node.tier == 1 else MISPLACED for each in truth.upstreams}
    return JudgedNode(
        node.tier, node.kind.value, node.address, node.posterior, node.links, node.contacts,
        others.get(node.address, "ordinary"),
    )  # fmt: skip


def tier_figures(walks: Sequence[JudgedWalk]) -> TierFigures:
    """Figures of walks of one world, sampling rate and beginning; at least one."""
    first = walks[0]
    nodes = [node for walk in walks for node in walk.nodes]
    return TierFigures(
        world=first.world, sampling=first.sampling, begins=first.begins, walks=len(walks),
        worlds_with_any=sum(walk.found > 0 for walk in walks),
        worlds_with_all=sum(0 < walk.planted == walk.found for walk in walks),
        planted=sum(walk.planted for walk in walks), found=sum(walk.found for walk in walks),
        nodes=len(nodes), false=sum(node.false for node in nodes), given=sum(walk.given for walk in walks),
        given_false=sum(walk.given_false for walk in walks),
        stops=dict(Counter(walk.stop for walk in walks)),
    )  # fmt: skip
