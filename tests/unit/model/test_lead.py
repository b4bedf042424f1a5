"""What a lead is worth once an analyst took it for a C2."""

import pytest

from headwater.model.lead import lead_grade, lead_weight


@pytest.mark.parametrize(
    ("posterior", "grade", "weight"),
    [(0.999, "F2", 0.95), (0.95, "F2", 0.95), (0.94, "F3", 0.80), (0.5, "F4", 0.45), (0.44, "F5", 0.0)],
)
def test_a_lead_is_worth_the_least_posterior_of_its_grade(
    posterior: float, grade: str, weight: float
) -> None:
    """The bounds of docs/how-to/pivot.md: a weight is never more than the posterior that gave the grade."""
    assert (lead_grade(posterior), lead_weight(lead_grade(posterior))) == (grade, weight)


@pytest.mark.parametrize("grade", ["", "F", "F6", "F0", "?"])
def test_what_nobody_graded_is_worth_nothing(grade: str) -> None:
    """6 is "cannot be judged" in the Admiralty code."""
    assert lead_weight(grade) == 0.0


def test_no_grade_makes_a_lead_a_listed_c2() -> None:
    """Even "confirmed by a reliable source" is below 1: what is confirmed has a source of its own."""
    assert lead_weight("A1") == 0.95
