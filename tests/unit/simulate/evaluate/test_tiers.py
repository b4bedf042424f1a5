"""Walks against the truth: what counts as found, and what as false."""

from dataclasses import replace

import tier_samples
from headwater.model.tier_map import NodeKind
from headwater.simulate.evaluate.tiers import MISPLACED, PLANTED, UPSTREAM, judged_walk, tier_figures
from headwater.simulate.presets import PRESETS
from headwater.simulate.truth import TrueBehind, Truth
from headwater.simulate.world import World


def _truth(*upstreams: str, planted: str, decoy: str) -> Truth:
    """A small world whose upstreams, second tier and one decoy have these addresses."""
    told = World(PRESETS["small"], 1).truth()
    known = tuple(
        replace(one, address=address) for one, address in zip(told.upstreams, upstreams, strict=False)
    )
    behind = (
        TrueBehind("backend", True, planted, 443, "server", upstreams, 0, ""),
        TrueBehind("manager", True, "192.0.2.200", 22, "client", upstreams, 0, ""),
        TrueBehind("managed service", False, decoy, 22, "client", upstreams, 9, ""),
    )
    return replace(told, upstreams=known, behind=behind)


def test_nodes_are_judged_by_the_truth() -> None:
    """A planted backend is found, a managed service is false, an upstream is false in no tier."""
    found = tier_samples.sample_map(c2s=3, upstreams=2, backends=2)
    beside = tier_samples.node(1, "192.0.2.77", NodeKind.UPSTREAM)
    found = replace(found, nodes=(*found.nodes, replace(beside, given=False)))
    truth = _truth(
        "203.0.113.1", "192.0.2.77", "198.51.100.2", planted="198.51.100.1", decoy=tier_samples.PERSON
    )
    walk = judged_walk(found, truth, sampling=100, begins="truth")
    assert {node.address: node.truth for node in walk.nodes} == {
        "198.51.100.1": PLANTED, "198.51.100.2": MISPLACED, tier_samples.PERSON: "managed service",
        "192.0.2.77": UPSTREAM,
    }  # fmt: skip
    assert (walk.found, walk.planted, walk.given, walk.given_false) == (1, 2, 2, 1)
    assert walk.missed == ("manager 22/tcp: not seen",)
    figures = tier_figures([walk, replace(walk, planted=1)])
    assert (figures.walks, figures.worlds_with_any, figures.worlds_with_all) == (2, 2, 1)
    assert (figures.nodes, figures.false, figures.false_share) == (8, 2, 0.25)


def test_no_nodes_have_no_false_share() -> None:
    """Nothing found is no precision of 1."""
    nothing = replace(tier_samples.sample_map(), nodes=())
    truth = _truth("203.0.113.1", planted="198.51.100.1", decoy="192.0.2.9")
    figures = tier_figures([judged_walk(nothing, truth, sampling=100, begins="hunt")])
    assert (figures.false_share, figures.worlds_with_any, figures.found) == (None, 0, 0)
