"""Tests of headwater.app.watch.gate: what a hunt takes for an upstream is told at once, or waits."""

import pytest

from headwater.app.watch.gate import passes, waits_for
from headwater.app.watch.settings import Alerts
from watching import seen

TWO = ("5.0.0.1", "5.0.1.1")
GATE = Alerts(c2s=3, sure=0.9, chance=0.01)


def test_two_c2s_never_pass() -> None:
    """However sure the hunt is and however little chance would bring them."""
    assert not passes(seen(c2s=TWO, posterior=0.99, q_value=1e-9), GATE)


def test_a_client_that_looks_like_a_c2_is_the_third() -> None:
    """From `sure` on, whatever chance says of the listed ones: the hunt's verdict has looked at that."""
    assert passes(seen(c2s=TWO, c2_like=1, posterior=0.9, q_value=0.5), GATE)


def test_below_sure_all_three_must_be_listed() -> None:
    """One that only looks like a C2 does not count there."""
    assert not passes(seen(c2s=TWO, c2_like=1, posterior=0.89, q_value=1e-9), GATE)


@pytest.mark.parametrize(("q_value", "told"), [(0.01, True), (0.011, False)])
def test_below_sure_chance_must_not_bring_so_many(q_value: float, told: bool) -> None:
    """Up to the bound, the bound included."""
    assert passes(seen(posterior=0.81, q_value=q_value), GATE) is told


def test_c2s_of_one_block_are_one_witness() -> None:
    """Nine listed C2s that stand in two blocks do not pass as nine."""
    many = tuple(f"5.0.{number}.1" for number in range(9))
    assert not passes(seen(c2s=many, posterior=0.99, independent=2), GATE)


def test_only_the_verdict_upstream_passes() -> None:
    """Whatever the numbers, what the hunt takes for something else is no upstream."""
    assert not passes(seen(verdict="associated", posterior=0.99), GATE)


def test_what_a_candidate_waits_for_is_said() -> None:
    """More C2s first; with enough of them, more certainty."""
    assert waits_for(seen(c2s=TWO), GATE) == "3 C2s that stand apart, and has 2"
    assert waits_for(seen(posterior=0.85, q_value=0.5), GATE).startswith(
        "a posterior of 0.9, or 3 listed C2s"
    )
