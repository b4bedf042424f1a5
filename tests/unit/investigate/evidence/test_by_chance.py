"""How many C2s chance would bring, by hand."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from case_facts import c2s, facts
from headwater.investigate.evidence.by_chance import BY_CHANCE, by_chance, by_tie
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


def test_a_tie_by_hand() -> None:
    """Where chance brings nobody, three are tied with a probability of 2 / (3 * 4)."""
    assert by_tie(3, expected=0.0, size=10.0) == pytest.approx(1 / 6)


@pytest.mark.parametrize("expected", [0.05, 2.0, 9.0])
def test_a_tie_brings_some_number(expected: float) -> None:
    """The probabilities of all numbers from two on add up to 1, but for those above 1,500."""
    total = sum(by_tie(k, expected=expected, size=10.0) for k in range(2, 1500))
    assert total == pytest.approx(1.0, abs=0.01)


def test_weight_by_hand(scope_of: ScopeOf) -> None:
    """Two where one was expected: both are tied, or chance brought both.

    A tie: 1/3 * c(0) over the sum of 2 / (t (t + 1)) * (c(0) + ... + c(t)), t from two on.
    """
    case = facts(c2s(2), chance=_chance(2, 1.0), confirmation=CONFIRMED)
    (item,) = BY_CHANCE.look(case, RULE, scope_of(case))

    def c(k: int) -> float:
        return 0.9 * math.exp(-1) / math.factorial(k) + 0.1 / 4 * (3 / 4) ** k

    every = sum(2 / (t * (t + 1)) * sum(c(j) for j in range(t + 1)) for t in range(2, 100)) + 2 / 100
    expected = math.log10(c(2) / (c(0) / 3 / every))
    assert item.weights["chance"] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("k", range(2, 10))
def test_fewer_than_chance_brings_speak_for_it(k: int, scope_of: ScopeOf) -> None:
    """Up to nine, where chance brings nine."""
    case = facts(c2s(k), chance=_chance(k, 9.0))
    (item,) = BY_CHANCE.look(case, replace(RULE, numbers={**RULE.numbers, "size": 10.0}), scope_of(case))
    assert item.weights["chance"] > 0


def test_what_speaks_for_chance_weighs_in_full(scope_of: ScopeOf) -> None:
    """A hunt picks services with many C2s, so as many as chance brings need no confirmation."""
    with_test = facts(c2s(9), chance=_chance(9, 9.0), confirmation=CONFIRMED)
    without = facts(c2s(9), chance=_chance(9, 9.0))
    sure, unsure = (BY_CHANCE.look(each, RULE, scope_of(each))[0] for each in (with_test, without))
    assert unsure.weights["chance"] == pytest.approx(sure.weights["chance"])


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
