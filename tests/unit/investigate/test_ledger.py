"""The ledger: ids, scopes, what rests on one fact."""

from dataclasses import replace

import pytest

from case_facts import c2s, facts, hosts
from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.ledger import discounted, enters, ledger, strength
from headwater.investigate.template import Template
from headwater.model.hypothesis import Evidence

TEMPLATE = shipped_template()
LOGS = {"control": 0.0, "handoff": -2.0, "coincidence": -2.0}
CASE = facts(
    c2s(3, log_bayes=LOGS) + c2s(4, group="emotet/epoch2", log_bayes=LOGS),
    hosts(20, network=0, fan_in=9),
    networks=("AS1",),
)


def _item(name: str, kind: str, scope: str = "all", **weights: float) -> Evidence:
    return Evidence(name, kind, "tie", scope, "seen", "so", weights)


def _only(*kinds: str) -> Template:
    return replace(TEMPLATE, rules={kind: TEMPLATE.rules[kind] for kind in kinds})


def test_ids_are_numbered() -> None:
    """E1, E2, ... in the order of kinds and scopes."""
    items = ledger(CASE, TEMPLATE)
    assert [item.id for item in items] == [f"E{at}" for at in range(1, len(items) + 1)]


def test_kinds_by_group_have_an_item_for_each() -> None:
    """Timing: all, and each group, the largest first."""
    items = ledger(CASE, _only("timing"))
    assert [item.scope for item in items] == ["all", "emotet/epoch2", "dridex"]


def test_a_kind_that_the_template_leaves_out_is_silent() -> None:
    """Only timing is on."""
    assert {item.kind for item in ledger(CASE, _only("timing"))} == {"timing"}


def test_every_item_says_what_was_seen_and_why_it_weighs() -> None:
    """Statement, reason and source of each end as sentences."""
    texts = [text for item in ledger(CASE, TEMPLATE) for text in (item.statement, item.reason)]
    assert [text for text in texts if not text.endswith(".")] == []


def test_every_kind_is_in_the_shipped_template() -> None:
    """Nothing that the program can weigh is left out by accident."""
    assert set(TEMPLATE.rules) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "scope", "asked", "expected"),
    [
        ("networks", "all", "dridex", True),
        ("timing", "all", "dridex", False),
        ("timing", "dridex", "dridex", True),
        ("timing", "dridex", "all", False),
        ("analyst", "all", "dridex", True),
    ],
)
def test_what_enters_a_groups_reckoning(kind: str, scope: str, asked: str, *, expected: bool) -> None:
    """What speaks of the service enters everywhere; what speaks of other groups does not."""
    assert enters(_item("E1", kind, scope, control=1.0), question="tie", scope=asked) is expected


def test_the_strongest_of_one_basis_counts_in_full() -> None:
    """Networks and services both tell what the other clients are: the weaker one counts half."""
    items = (_item("E1", "networks", control=2.0), _item("E2", "other-clients", control=-1.0))
    made = discounted(items, TEMPLATE)
    assert [item.weights["control"] for item in made] == [2.0, -0.5]


def test_what_is_taken_down_says_so() -> None:
    """The reason names the stronger item."""
    items = (_item("E1", "networks", control=2.0), _item("E2", "other-clients", control=-1.0))
    assert "E1" in discounted(items, TEMPLATE)[1].reason


def test_other_bases_do_not_take_each_other_down() -> None:
    """Who the clients are, and when the contact is."""
    items = (_item("E1", "purity", control=2.0), _item("E2", "timing", control=1.0))
    assert [item.weights["control"] for item in discounted(items, TEMPLATE)] == [2.0, 1.0]


def test_analysts_items_count_as_stated() -> None:
    """Nobody knows what they rest on but the analyst."""
    items = (_item("A1", "analyst", control=2.0), _item("A2", "analyst", control=1.0))
    assert [item.weights["control"] for item in discounted(items, TEMPLATE)] == [2.0, 1.0]


def test_strength_is_the_span_of_the_weights() -> None:
    """From -1 to 2, and from 0 where all are above."""
    assert [strength(_item("E1", "purity", a=2.0, b=-1.0)), strength(_item("E1", "purity", a=2.0))] == [3, 2]
