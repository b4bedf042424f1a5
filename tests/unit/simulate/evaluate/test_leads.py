"""Figures of leads, counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from headwater.simulate.evaluate.leads import Judged, head_start, lead_figures

ONE = Judged("late-lists", 1, 1000, 28.0, "9.9.9.9", "5.0.0.1", 2.0, 0.95, "rented", None)


def _at(
    address: str, posterior: float, *, c2: str = "rented", day: float = 28.0, left: float | None = None
) -> Judged:
    return replace(ONE, address=address, posterior=posterior, c2=c2, day=day, listed_in_days=left)


def test_precision_and_recall() -> None:
    """Of three leads two are C2s; of three visible C2s two are leads."""
    judged = [_at("a", 0.95), _at("b", 0.9), _at("c", 0.6), _at("d", 0.97, c2=""), _at("e", 0.1, c2="")]
    found = lead_figures(judged)
    assert (found.leads, found.false, found.found, found.visible) == (3, 1, 2, 3)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 3)
    assert (found.leads_even, found.found_even, found.clients) == (4, 3, 5)


def test_without_leads_there_is_no_precision() -> None:
    """None, not one and not zero."""
    found = lead_figures([_at("a", 0.1), _at("b", 0.2, c2="")])
    assert (found.precision, found.recall) == (None, 0.0)


def test_set_aside_counts_as_missed() -> None:
    """A C2 that was not looked at is visible and no lead."""
    found = lead_figures([replace(ONE, posterior=0.0, log_odds=-np.inf)])
    assert (found.visible, found.found) == (1, 0)


def test_head_start_is_from_the_first_moment_as_a_lead() -> None:
    """a: a lead 8 and 4 days ahead counts 8; b: 3 days; c: seen, never a lead; d: no list ever has it."""
    judged = [
        _at("a", 0.95, day=16.0, left=4.0), _at("a", 0.95, day=12.0, left=8.0),
        _at("b", 0.5, day=12.0, left=7.0), _at("b", 0.95, day=16.0, left=3.0),
        _at("c", 0.5, day=12.0, left=1.0), _at("d", 0.99, day=20.0), _at("e", 0.99, c2="", day=20.0),
    ]  # fmt: skip
    found = head_start(judged)
    assert (found.c2s, found.early, found.never_listed, found.false) == (3, 2, 1, 1)
    assert (found.median_days, found.least_days, found.most_days) == (5.5, 3.0, 8.0)
    assert found.precision == pytest.approx(3 / 4)


def test_nothing_early() -> None:
    """No lead, no days."""
    found = head_start([_at("a", 0.2, day=12.0, left=3.0)])
    assert (found.c2s, found.early, found.median_days, found.precision) == (1, 0, None, None)
