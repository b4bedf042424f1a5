"""Held-out confirmation by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from headwater.score.chance import null_of
from headwater.score.confirmation import Confirmation, confirm
from headwater.score.statistics import Statistics
from headwater.score.tallies import tallies

Build = Callable[..., Statistics]
DAY_US = 86_400_000_000
REACH = [(0, 0, day, 20.0) for day in range(28)]  # 20 of 10,000 edges a day


def _confirmed(statistics: Statistics) -> Confirmation:
    return confirm(statistics, 0, tallies=tallies(statistics), null=null_of(statistics))


def test_the_leading_family_is_set_aside(build: Build) -> None:
    """Found by 3 Emotet C2s, confirmed by 2 of 4 Dridex: p = P(Poisson(4 (1 - exp(-.02))) >= 2)."""
    statistics = build(
        c2s=[{"family": 1}] * 3 + [{"family": 0}] * 4,
        candidates=[{}],
        contacts=[{"c2": c2} for c2 in (0, 1, 2, 3, 4)],
        reach=REACH,
        families=("dridex", "emotet"),
    )
    found = _confirmed(statistics)
    expected = 4 * (1 - np.exp(-10 * 20 / 10_000))
    assert (found.discovered_on, found.confirmed_on, found.k) == (("emotet",), ("dridex",), 2)
    assert found.p_value == pytest.approx(stats.poisson.sf(1, expected))


def test_one_family_is_halved_in_time(build: Build) -> None:
    """Labels that begin on days 0, 0, 10, 12: the last is held out of those in contact."""
    starts = [0, 0, 10, 12]
    statistics = build(
        c2s=[{"start_us": day * DAY_US} for day in starts],
        candidates=[{}],
        contacts=[{"c2": c2} for c2 in range(4)],
        reach=REACH,
    )
    found = _confirmed(statistics)
    assert (found.k, found.confirmed_on) == (2, ("labels that begin after 1970-01-06",))


def test_nothing_to_hold_out_is_said(build: Build) -> None:
    """One family, all labels of one day: no test, and no p-value."""
    statistics = build(c2s=[{}] * 3, candidates=[{}], contacts=[{"c2": 0}, {"c2": 1}], reach=REACH)
    found = _confirmed(statistics)
    assert (found.p_value, found.confirmed_on) == (None, ())


def test_no_contact_of_the_held_out_is_no_evidence(build: Build) -> None:
    """P-value 1, not absent: it was tested and failed."""
    statistics = build(
        c2s=[{"family": 0}] * 2 + [{"family": 1}] * 2,
        candidates=[{}],
        contacts=[{"c2": 0}, {"c2": 1}],
        reach=REACH,
        families=("dridex", "emotet"),
    )
    assert _confirmed(statistics).p_value == 1.0
