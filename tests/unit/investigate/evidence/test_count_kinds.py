"""Kinds of evidence that count C2s: own ports, order of listing and contact, families. By hand."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from case_facts import at_us, c2s, facts
from headwater.investigate.evidence.after_listing import AFTER_LISTING
from headwater.investigate.evidence.families import FAMILIES, log_as_seen, log_selected
from headwater.investigate.evidence.own_ports import OWN_PORTS
from headwater.investigate.facts import Held
from headwater.investigate.rule import Rule, Scope

ScopeOf = Callable[..., Scope]
PORTS = Rule(
    "own-ports",
    "b",
    limit=10.0,
    numbers={"least_c2s": 2},
    shapes={"default": (1.0, 1.0), "observer": (4.0, 1.0)},
)
LISTING = Rule(
    "after-listing",
    "b",
    limit=10.0,
    numbers={"least_c2s": 2, "least_days_before": 7},
    shapes={"default": (1.0, 1.0), "observer": (2.0, 1.0)},
)
SELECTED = Rule(
    "families",
    "b",
    limit=10.0,
    numbers={"concentration": 1.0},
    shares={"default": 1e-6, "chance": 1 - 1e-6},
)


def test_own_ports_by_hand(scope_of: ScopeOf) -> None:
    """Two of two: BetaBin(2; 2, 4, 1) = 4 * 5 / (5 * 6) = 2/3 against 1/3: log10 of 2."""
    case = facts(c2s(2), measured={"c2_ports_hit": 2})
    (item,) = OWN_PORTS.look(case, PORTS, scope_of(case))
    assert item.weights["observer"] == pytest.approx(math.log10(2))


def test_no_own_port_speaks_against_observers(scope_of: ScopeOf) -> None:
    """None of two: BetaBin(0; 2, 4, 1) = 1 * 2 / (5 * 6) = 1/15 against 1/3: log10 of 1/5."""
    case = facts(c2s(2))
    (item,) = OWN_PORTS.look(case, PORTS, scope_of(case))
    assert item.weights["observer"] == pytest.approx(math.log10(1 / 5))


def test_c2s_without_a_port_tell_nothing(scope_of: ScopeOf) -> None:
    """Where no label names a port, nobody can tell whether the address came to it."""
    case = facts(c2s(3, port=0))
    assert OWN_PORTS.look(case, PORTS, scope_of(case)) == ()


def test_contact_after_the_listing_by_hand(scope_of: ScopeOf) -> None:
    """Two of two after it: BetaBin(2; 2, 2, 1) = 2 * 3 / (3 * 4) = 1/2 against 1/3."""
    case = facts(c2s(2, first=60.0, listed=50.0))
    (item,) = AFTER_LISTING.look(case, LISTING, scope_of(case))
    assert item.weights["observer"] == pytest.approx(math.log10(3 / 2))


def test_contact_before_the_listing_by_hand(scope_of: ScopeOf) -> None:
    """None of two: BetaBin(0; 2, 2, 1) = 1 * 2 / (3 * 4) = 1/6 against 1/3."""
    case = facts(c2s(2, first=40.0, listed=50.0))
    (item,) = AFTER_LISTING.look(case, LISTING, scope_of(case))
    assert item.weights["observer"] == pytest.approx(math.log10(1 / 2))


def test_earlier_contact_has_to_be_visible(scope_of: ScopeOf) -> None:
    """Listed on the third day of the records: nobody can tell."""
    case = facts(c2s(2, first=10.0, listed=3.0))
    assert AFTER_LISTING.look(case, LISTING, scope_of(case)) == ()


def test_a_later_tenants_contact_has_no_order(scope_of: ScopeOf) -> None:
    """Contact behind the tenancy's end is not held against the listing."""
    case = facts(c2s(2, first=120.0, last=150.0), held=Held("T1", None, at_us(100)))
    assert AFTER_LISTING.look(case, LISTING, scope_of(case)) == ()


def test_families_as_seen_by_hand() -> None:
    """One of each of two families seen alike: 2! * 1/2 * 1/2 = 1/2."""
    assert log_as_seen(np.array([1.0, 1.0]), np.array([5.0, 5.0])) == pytest.approx(math.log(1 / 2))


def test_families_selected_by_hand() -> None:
    """Dirichlet multinomial with ones: all splits of 2 over two families are as probable, 1/3."""
    assert log_selected(np.array([2.0, 0.0]), concentration=1.0) == pytest.approx(math.log(1 / 3))


def test_a_selection_speaks_against_chance(scope_of: ScopeOf) -> None:
    """Four of one family, none of one seen as often: 1/16 against 1/5."""
    case = facts(c2s(4) + c2s(4, group="emotet", sessions=0))
    (item,) = FAMILIES.look(case, SELECTED, scope_of(case))
    assert item.weights["chance"] == pytest.approx(math.log10(5 / 16), abs=1e-4)


def test_families_that_the_flows_do_not_show_are_not_absent(scope_of: ScopeOf) -> None:
    """A second family without a record: nothing to compare with."""
    case = facts(c2s(4) + c2s(4, group="emotet", sessions=0, seen=False))
    assert FAMILIES.look(case, SELECTED, scope_of(case)) == ()
