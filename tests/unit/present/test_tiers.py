"""A map of tiers as JSON, rows and table; those that may be people stay out unless asked for."""

import io
import json

from rich.console import Console

import tier_samples
from headwater.present.tiers_document import document, rows
from headwater.present.tiers_sharing import withheld, withholds
from headwater.present.tiers_table import draw


def test_people_stay_out_of_documents() -> None:
    """Neither the access node nor the client set aside is in JSON or rows; a number stands for each."""
    found = tier_samples.sample_map()
    text = json.dumps(document(found), default=str) + json.dumps(rows(found), default=str)
    assert tier_samples.PERSON not in text
    assert tier_samples.BRUTE not in text
    assert "access node 1" in text
    assert "client 1" in text
    assert document(found)["withheld"] == withholds(found) == 2


def test_people_are_told_where_asked_for() -> None:
    """With the flag both are there, and nothing is withheld."""
    told = document(tier_samples.sample_map(), access_nodes=True)
    text = json.dumps(told, default=str)
    assert (tier_samples.PERSON in text, tier_samples.BRUTE in text, told["withheld"]) == (True, True, 0)


def test_links_and_paths_stay_whole_without_addresses() -> None:
    """What stands for an access node stands for it in links and in its path, too."""
    found = withheld(tier_samples.sample_map())
    node = next(one for one in found.nodes if one.kind.value == "access node")
    assert node.address == node.path[-1] == "access node 1"
    assert "access node 1" in {link.upper for link in found.links}


def test_json_keeps_its_names() -> None:
    """The keys are a promise to scripts."""
    told = document(tier_samples.sample_map())
    assert set(told) == {
        "format", "services", "lake_version", "seeds", "stopped", "nodes", "links", "aside", "unused",
        "withheld", "synthetic", "warnings",
    }  # fmt: skip
    assert set(told["nodes"][0]) == {
        "tier", "kind", "address", "ports", "proto", "role", "network", "given", "weight", "posterior",
        "links", "seeds", "contacts", "purity", "expected", "p_value", "first_seen", "last_seen",
        "manner", "path", "reasons",
    }  # fmt: skip
    assert set(told["links"][0]) == {
        "lower", "upper", "sideways", "ports", "opened_by_lower", "flows", "sessions", "first_seen",
        "last_seen",
    }  # fmt: skip
    assert told["stopped"]["reason"] == "alone"


def test_addresses_can_be_defanged_everywhere() -> None:
    """No address of the map is left in a form that programs turn into a link."""
    text = json.dumps(document(tier_samples.sample_map(), access_nodes=True, defanged=True), default=str)
    assert "203.0.113.1" not in text
    assert "203.0.113[.]1" in text


def test_people_read_why_it_ended() -> None:
    """The table goes from the top down, names hubs, and ends with the reason."""
    console = Console(file=io.StringIO(), width=200)
    draw(tier_samples.sample_map(), console, defanged=True)
    text = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    lines = text.splitlines()
    assert lines[-1] == "stopped at tier 2: tier 2 holds 1 node to walk on from"
    assert "192.0.2[.]1 > 203.0.113[.]1 > 198.51.100[.]77" in text
    assert "hubs, not crossed: 192.0.2[.]253 port 53 (90,000 hosts)" in text
    assert "set aside: 198.51.100[.]88 (client, port 22): chance explains it" in text
