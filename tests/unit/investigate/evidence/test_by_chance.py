"""How many C2s chance would bring, by hand."""

import math
from collections.abc import Callable

import pytest

from case_facts import c2s, facts
from headwater.investigate.evidence.by_chance import BY_CHANCE, by_chance
from headwater.investigate.rule import Rule, Scope
from headwater.model.candidate import Share
from headwater.model.case import Chance, Confirmed

RULE = Rule(
    "chance",
    "how many",
    limit=10.0,
    numbers={"size": 1e9, "unconfirmed": 0.5, "confirmed_from": 0.05},
    shares={"default": 1e-6, "chance": 1 - 1e-6},
)
CONFIRMED = Confirmed(("a",), ("b",), 3, 0.1, 0.001)
ScopeOf = Callable[..., Scope]


def _chance(k: int, expected: float) -> Chance:
    return Chance(k, expected, 0.01, Share(0.5, 0.4, 0.6))


def test_by_hand() -> None:
    """A Poisson of mean 1 gives e^-1 for 1, the geometric of mean 3 gives 3/16: 0.9 and 0.1 of both."""
    assert by_chance(1, expected=1.0, size=1e9) == pytest.approx(0.9 * math.exp(-1) + 0.1 * 3 / 16)


def test_weight_by_hand(scope_of: ScopeOf) -> None:
    """One where one was expected, against 1/2 otherwise: about 0.35 / 0.5."""
    case = facts(c2s(1), chance=_chance(1, 1.0), confirmation=CONFIRMED)
    (item,) = BY_CHANCE.look(case, RULE, scope_of(case))
    expected = math.log10((0.9 * math.exp(-1) + 0.1 * 3 / 16) * 2)
    assert item.weights["chance"] == pytest.approx(expected, abs=1e-4)


def test_unconfirmed_weighs_less(scope_of: ScopeOf) -> None:
    """Nothing held out confirms it: half the weight."""
    with_test = facts(c2s(3), chance=_chance(3, 0.1), confirmation=CONFIRMED)
    without = facts(c2s(3), chance=_chance(3, 0.1))
    sure, unsure = (BY_CHANCE.look(each, RULE, scope_of(each))[0] for each in (with_test, without))
    assert unsure.weights["chance"] == pytest.approx(sure.weights["chance"] / 2)


def test_many_c2s_speak_against_chance(scope_of: ScopeOf) -> None:
    """Twenty where a tenth of one was expected."""
    case = facts(c2s(20), chance=_chance(20, 0.1), confirmation=CONFIRMED)
    (item,) = BY_CHANCE.look(case, RULE, scope_of(case))
    assert item.weights["chance"] < -3


def test_groups_are_tested_alone(scope_of: ScopeOf) -> None:
    """A group without a test of its own has no item."""
    case = facts(c2s(3), chance=_chance(3, 0.1))
    assert BY_CHANCE.look(case, RULE, scope_of(case, "dridex")) == ()
