"""What the other clients are, and how long they stay, by hand."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from case_facts import BEGIN, LENGTH_DAYS, c2s, facts, hosts
from headwater.investigate.evidence.other_clients import OTHER_CLIENTS
from headwater.investigate.evidence.tenure import TENURE
from headwater.investigate.facts import Facts, Held
from headwater.investigate.rule import Finding, Rule, Scope
from headwater.model.candidate import PeerRole
from headwater.model.window import micros_of

ScopeOf = Callable[..., Scope]
CLIENTS = Rule(
    "other-clients",
    "b",
    limit=10.0,
    numbers={"least_others": 2, "bots_from": 0.25, "serves_from": 2},
    findings={"bots": Finding(0.5, {"sinkhole": 0.9})},
    shapes={"default": (1.0, 1.0), "sinkhole": (1.0, 2.0), "control": (2.0, 1.0)},
)
STAY = Rule(
    "tenure",
    "b",
    limit=10.0,
    numbers={"least_others": 2, "least_sessions": 4, "serves_from": 2, "stays_from": 0.5},
    shapes={"default": (1.0, 1.0), "chance": (2.0, 1.0)},
)


def _clients(scope_of: ScopeOf, case: Facts) -> dict[str, float]:
    return dict(OTHER_CLIENTS.look(case, CLIENTS, scope_of(case))[0].weights)


def test_servers_by_hand(scope_of: ScopeOf) -> None:
    """Two of two serve: BetaBin(2; 2, 2, 1) = 1/2, BetaBin(2; 2, 1, 2) = 1/6, against 1/3.

    Under a sinkhole one case in ten has no bots, by default one in two.
    """
    found = _clients(scope_of, facts(c2s(2), hosts(2, fan_in=30)))
    wanted = {"control": math.log10(3 / 2), "sinkhole": math.log10(0.1 / 0.5 * 1 / 2)}
    assert found == pytest.approx(wanted)


def test_people_by_hand(scope_of: ScopeOf) -> None:
    """None of two serves: the other way round."""
    found = _clients(scope_of, facts(c2s(2), hosts(2, fan_in=0)))
    wanted = {"control": math.log10(1 / 2), "sinkhole": math.log10(0.1 / 0.5 * 3 / 2)}
    assert found == pytest.approx(wanted)


def test_bots_by_hand(scope_of: ScopeOf) -> None:
    """A quarter checks in at listed C2s: 0.9 against 0.5, whoever serves."""
    case = facts(c2s(2), hosts(1, checks_in=True) + hosts(4, fan_in=30)[1:])
    assert _clients(scope_of, case) == pytest.approx({"sinkhole": math.log10(1.8)})


def test_clients_of_which_nothing_is_known_tell_nothing(scope_of: ScopeOf) -> None:
    """It was not measured whom they serve."""
    case = facts(c2s(2), hosts(4))
    assert OTHER_CLIENTS.look(case, CLIENTS, scope_of(case)) == ()


def _stay(scope_of: ScopeOf, case: Facts) -> float:
    (item,) = TENURE.look(case, STAY, scope_of(case))
    return item.weights["chance"]


def test_clients_that_stay_by_hand(scope_of: ScopeOf) -> None:
    """Two of two for more than half of the 200 days: 1/2 against 1/3."""
    case = facts(c2s(2), hosts(2, first=20.0, last=180.0, fan_in=30))
    assert _stay(scope_of, case) == pytest.approx(math.log10(3 / 2))


def test_clients_that_come_and_go_by_hand(scope_of: ScopeOf) -> None:
    """None of two: 1/6 against 1/3."""
    case = facts(c2s(2), hosts(2, first=20.0, last=60.0, fan_in=30))
    assert _stay(scope_of, case) == pytest.approx(math.log10(1 / 2))


def test_people_tell_nothing_of_staying(scope_of: ScopeOf) -> None:
    """Their addresses change with their provider's leases."""
    case = facts(c2s(2), hosts(8, first=20.0, last=180.0, fan_in=0))
    assert TENURE.look(case, STAY, scope_of(case)) == ()


def test_whom_an_address_visits_tells_nothing_of_staying(scope_of: ScopeOf) -> None:
    """How long it visits them is its own choice."""
    case = replace(facts(c2s(2), hosts(8, last=180.0, fan_in=30)), role=PeerRole.CLIENT)
    assert TENURE.look(case, STAY, scope_of(case)) == ()


def test_staying_is_measured_in_the_tenancy_of_the_contact(scope_of: ScopeOf) -> None:
    """From day 20 to 60 is half of a tenancy that ended on day 80."""
    end = micros_of(BEGIN) + 80 * 86_400_000_000
    case = facts(c2s(2), hosts(2, first=20.0, last=60.0, fan_in=30), held=Held("T1", None, end))
    assert LENGTH_DAYS > 80
    assert _stay(scope_of, case) == pytest.approx(math.log10(3 / 2))
