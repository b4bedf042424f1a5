"""The share of C2s among the clients by hand."""

import math
from collections.abc import Callable

import pytest

from case_facts import C2, at_us, c2s, facts, hosts
from headwater.investigate.evidence.purity import PURITY, log10_share
from headwater.investigate.facts import Held
from headwater.investigate.rule import Rule, Scope

RULE = Rule(
    "purity",
    "who",
    numbers={"recall_low": 1.0, "recall_high": 1.0},
    shapes={"default": (1.0, 1.0), "control": (3.0, 2.0)},
)
ScopeOf = Callable[..., Scope]


def test_even_share_by_hand() -> None:
    """Beta(1, 1): every number of hits from 0 to 10 is as probable, 1/11."""
    found = log10_share(4, 10, shape=(1.0, 1.0), recall=(1.0, 1.0))
    assert found == pytest.approx(math.log10(1 / 11), abs=0.002)


def test_beta_binomial_by_hand() -> None:
    """BetaBin(2; 2, 3, 2) = (3 * 4) / (5 * 6) = 0.4."""
    assert log10_share(2, 2, shape=(3.0, 2.0), recall=(1.0, 1.0)) == pytest.approx(math.log10(0.4), abs=0.002)


def test_recall_halves_the_share() -> None:
    """One client, every client a C2 (nearly), lists that know half: the chance of a listed one is 0.5."""
    found = log10_share(1, 1, shape=(1e5, 0.01), recall=(0.5, 0.5))
    assert found == pytest.approx(math.log10(0.5), abs=0.002)


def test_weight_by_hand(scope_of: ScopeOf) -> None:
    """Two of two clients: 0.4 against the 1/3 of an even share."""
    case = facts(c2s(2))
    (item,) = PURITY.look(case, RULE, scope_of(case))
    assert item.weights["control"] == pytest.approx(math.log10(0.4 * 3), abs=0.005)


def test_co_located_c2s_count_once(scope_of: ScopeOf) -> None:
    """Two C2s of one /24 and nobody else: one of one; 3/5 against 1/2."""
    case = facts([C2("198.18.7.1"), C2("198.18.7.2")])
    (item,) = PURITY.look(case, RULE, scope_of(case))
    assert item.weights["control"] == pytest.approx(math.log10(0.6 * 2), abs=0.005)


def test_later_clients_are_barred_visibly(scope_of: ScopeOf) -> None:
    """A crowd that came with the next tenant makes an item of its own, which does not count."""
    case = facts(c2s(2), hosts(50, first=120.0, last=150.0), held=Held("T1", None, at_us(100)))
    items = PURITY.look(case, RULE, scope_of(case))
    assert [(item.barred_by, item.counts) for item in items] == [("", True), ("T1", False)]


def test_later_clients_do_not_dilute(scope_of: ScopeOf) -> None:
    """What counts is as if the crowd were not there."""
    case = facts(c2s(2), hosts(50, first=120.0, last=150.0), held=Held("T1", None, at_us(100)))
    alone = facts(c2s(2))
    barred, plain = (PURITY.look(each, RULE, scope_of(each))[0] for each in (case, alone))
    assert barred.weights == plain.weights


def test_other_groups_are_other_clients(scope_of: ScopeOf) -> None:
    """One C2 of the group, one of another: BetaBin(1; 2, 3, 2) = 2 * 3 * 2 / 30 = 0.4 against 1/3."""
    case = facts(c2s(1) + c2s(1, group="emotet"))
    (item,) = PURITY.look(case, RULE, scope_of(case, "dridex"))
    assert item.weights["control"] == pytest.approx(math.log10(0.4 * 3), abs=0.005)


def test_scanners_are_nobodys_clients(scope_of: ScopeOf) -> None:
    """Fifty hosts that try everybody dilute nothing."""
    both = [facts(c2s(2), hosts(50, scanner=True)), facts(c2s(2))]
    weights = [PURITY.look(case, RULE, scope_of(case))[0].weights for case in both]
    assert weights[0] == weights[1]


def test_clients_that_are_not_told_one_by_one_count(scope_of: ScopeOf) -> None:
    """Fifty left out of the list weigh as fifty in it."""
    both = [facts(c2s(2), measured={"clients_left_out": 50}), facts(c2s(2), hosts(50))]
    weights = [PURITY.look(case, RULE, scope_of(case))[0].weights for case in both]
    assert weights[0] == weights[1]
