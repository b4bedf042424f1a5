"""The picture of a map of tiers: valid, drawn offline, and with its nodes where their links are."""

from dataclasses import replace

import pytest

import case_samples
import tier_samples
from headwater.present.charts.drawing import png, spec_of, svg
from headwater.present.charts.tier_places import places
from headwater.present.charts.tiers import tiers_chart
from headwater.present.tiers_sharing import withheld

SIZES = [(3, 1, 0), (3, 2, 1), (14, 5, 2), (85, 9, 5)]


@pytest.mark.parametrize("size", SIZES)
def test_specification_is_valid(size: tuple[int, int, int]) -> None:
    """From a handful of nodes to a hundred it holds against the schema of Vega-Lite, and is drawn."""
    chart = tiers_chart(tier_samples.sample_map(c2s=size[0], upstreams=size[1], backends=size[2]))
    assert chart.to_dict(validate=True)["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")
    assert (svg(spec_of(chart))[:4], png(spec_of(chart))[:8]) == ("<svg", b"\x89PNG\r\n\x1a\n")


def test_a_map_without_nodes_is_drawn() -> None:
    """Too few seeds: a picture that says so."""
    nothing = replace(tier_samples.sample_map(), nodes=(), links=())
    assert "Stopped at tier 2" in svg(spec_of(tiers_chart(nothing)))


def test_a_simulated_map_says_so() -> None:
    """The picture begins with it; one of records that were observed does not have the word."""
    found = tier_samples.sample_map()
    drawn = [
        svg(spec_of(tiers_chart(replace(found, synthetic=said))))
        for said in ("", "SYNTHETIC: simulated flows")
    ]
    assert ["SYNTHETIC" in one for one in drawn] == [False, True]


def test_addresses_are_defanged_and_people_unnamed() -> None:
    """Nothing in a picture can be clicked, and a number stands for an access node."""
    drawn = svg(spec_of(tiers_chart(withheld(tier_samples.sample_map()))))
    assert "203.0.113[.]1" in drawn
    assert "203.0.113.1" not in drawn
    assert "198.51.100[.]77" not in drawn
    assert "access node 1" in drawn


def test_every_node_has_a_place_of_its_own() -> None:
    """Within a tier no two nodes stand in one place, and all stand inside the picture."""
    found = tier_samples.sample_map(c2s=40, upstreams=6, backends=3)
    at = places(found)
    for tier in (0, 1, 2):
        row = [at[node.address] for node in found.nodes if node.tier == tier]
        assert len(set(row)) == len(row)
        assert min(row) > 0.0
        assert max(row) < 1.0


def test_nodes_stand_near_what_they_are_linked_with() -> None:
    """Two C2s of each of two upstreams do not stand between each other, whatever their addresses."""
    nodes = [
        tier_samples.node(0, f"192.0.2.{n}", case_kind) for n, case_kind in enumerate([_C2] * 4, start=1)
    ]
    nodes += [tier_samples.node(1, f"203.0.113.{n}", _UP) for n in (1, 2)]
    links = [
        tier_samples.link(f"192.0.2.{n}", f"203.0.113.{1 + n % 2}") for n in range(1, 5)
    ]  # odd ones to the second
    at = places(replace(tier_samples.sample_map(), nodes=tuple(nodes), links=tuple(links)))
    order = sorted((n for n in range(1, 5)), key=lambda n: at[f"192.0.2.{n}"])
    assert [n % 2 for n in order] in ([0, 0, 1, 1], [1, 1, 0, 0])


def test_hostile_text_is_data() -> None:
    """A network's name with markup is drawn as text."""
    hostile = case_samples.hostile_case().service.address
    node = replace(tier_samples.node(1, hostile, _UP), network="<script>alert(1)</script>")
    drawn = svg(spec_of(tiers_chart(replace(tier_samples.sample_map(), nodes=(node,), links=()))))
    assert "<script" not in drawn


_C2, _UP = (node.kind for node in (tier_samples.sample_map().nodes[0], tier_samples.sample_map().nodes[9]))
