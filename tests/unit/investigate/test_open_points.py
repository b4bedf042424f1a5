"""What stays open, and how good the basis is."""

from dataclasses import replace

import numpy as np
import pytest

from case_facts import at_us, c2s, facts
from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.confidence import confidence
from headwater.investigate.facts import Facts
from headwater.investigate.measurements import Listed
from headwater.investigate.open_points import contradictions, impossible_clocks, open_points
from headwater.model.case import Confirmed
from headwater.model.hypothesis import Hypothesis

LIMITS = shipped_template().limits


def _hypothesis(name: str, posterior: float, low: float, high: float) -> Hypothesis:
    return Hypothesis(name, "tie", "all", f"it is {name}", 0.1, posterior, low, high, "likely")


def _texts(case: Facts, *answers: Hypothesis) -> list[str]:
    return [one.text for one in open_points(case, answers, limits=LIMITS, short=False)]


def _with_second_source(case: Facts, later_days: float) -> Facts:
    """Every C2 listed by a second feed, some days later."""
    listed = case.measurements.listed
    count = len(listed.hi)
    both: Listed = replace(
        listed,
        label_c2=np.tile(listed.label_c2, 2),
        label_from_us=np.r_[listed.label_from_us, listed.label_from_us + at_us(later_days) - at_us(0)],
        label_until_us=np.tile(listed.label_until_us, 2),
        label_source=np.repeat(np.array([0, 1], dtype=np.int32), count),
        label_overridden=np.tile(listed.label_overridden, 2),
        sources=("feed", "other"),
    )
    return replace(case, measurements=replace(case.measurements, listed=both))


def test_what_is_not_excluded_is_named_with_its_bound() -> None:
    """Only what reaches 0.10 somewhere on the grid."""
    found = _texts(
        facts(c2s(2)),
        _hypothesis("control", 0.8, 0.7, 0.9),
        _hypothesis("handoff", 0.15, 0.05, 0.22),
        _hypothesis("chance", 0.01, 0.0, 0.09),
    )
    assert found == ["Not excluded is that it is handoff (up to 0.22)."]


def test_a_handoff_is_never_shown_by_timing_alone() -> None:
    """Where it is the answer, the conclusion says so."""
    found = _texts(facts(c2s(2)), _hypothesis("handoff", 0.9, 0.8, 0.95))
    assert found == [
        "Timing cannot show by itself that access changed hands: an operator who moves on looks the same."
    ]


def test_sources_that_contradict_each_other() -> None:
    """Two feeds forty days apart on each of two C2s; ten days are no contradiction."""
    case = facts(c2s(2))
    found = [contradictions(_with_second_source(case, days)) for days in (40.0, 10.0)]
    assert found == [2, 0]


def test_a_contradiction_is_an_open_point() -> None:
    """With its number."""
    texts = _texts(_with_second_source(facts(c2s(2)), 40.0))
    assert texts == ["Sources contradict each other on the dates of 2 C2s in contact, by more than 30 days."]


def test_sessions_that_end_before_they_begin() -> None:
    """A clock is wrong."""
    case = facts(c2s(1, sessions=3))
    case.measurements.contact.end_us[0] = case.measurements.contact.start_us[0] - 1
    assert impossible_clocks(case) == 1


def test_days_without_records_are_open() -> None:
    """Two of them."""
    case = facts(c2s(2))
    case.measurements.days.flows[[3, 4]] = 0
    assert _texts(case) == ["On 2 days no sensor recorded anything; nothing is known of them."]


@pytest.mark.parametrize(
    ("count", "low", "high", "p_value", "level"),
    [
        (6, 0.90, 0.99, 0.001, "high"),
        (6, 0.50, 0.99, None, "moderate"),
        (3, 0.50, 0.99, None, "low"),
    ],
)
def test_confidence_in_the_basis(
    count: int, low: float, high: float, p_value: float | None, level: str
) -> None:
    """Points by hand: 6 C2s 1, 6 timelines 1, confirmed 1, close 1, nothing turns it 1; far apart -1."""
    case = facts(c2s(count), confirmation=Confirmed(("a",), ("b",), 2, 0.1, p_value))
    top = _hypothesis("control", 0.95, low, high)
    assert confidence(case, top=top, turned=(), short=False).level == level


def test_without_an_answer_there_is_no_confidence() -> None:
    """Low, whatever the counts."""
    top = _hypothesis("control", 0.95, 0.9, 0.99)
    assert confidence(facts(c2s(8)), top=top, turned=(), short=True).level == "low"
