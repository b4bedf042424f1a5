"""Calibration, reliability and words."""

import numpy as np
import pytest
from scipy.special import expit

from headwater.score.calibration import UNCALIBRATED, fit_logistic, reliability
from headwater.score.words import icd203


def test_uncalibrated_odds_are_taken_as_they_are() -> None:
    """10 to 1 is 10/11; no candidate at all is 0."""
    assert UNCALIBRATED.probability([1.0, -np.inf]) == pytest.approx([10 / 11, 0.0])


def test_logistic_fit_recovers_its_own_map() -> None:
    """20,000 draws from ln odds = -1 + 1.5 s: both parameters within 0.1."""
    rng = np.random.default_rng(5)
    score = rng.normal(0, 2, 20_000)
    fitted = fit_logistic(score, true=rng.random(20_000) < expit(-1 + 1.5 * score), fitted_on="a test")
    assert (fitted.intercept, fitted.slope) == pytest.approx((-1.0, 1.5), abs=0.1)


def test_calibration_needs_both_kinds() -> None:
    """Upstreams alone say nothing of false alerts."""
    with pytest.raises(ValueError, match="2 upstreams and 0 others"):
        fit_logistic([1.0, 2.0], true=[True, True], fitted_on="")


def test_reliability_by_hand() -> None:
    """Two forecasts of .9, one true; two of .1, none true: (|.9 - .5| * 2 + |.1 - 0| * 2) / 4 = .25."""
    found = reliability([0.9, 0.9, 0.1, 0.1], true=[1, 0, 0, 0])
    assert found.error == pytest.approx(0.25)
    assert found.outcome.tolist() == [0.0, 0.5]


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0.5, "roughly even chance"), (0.8, "very likely"), (0.97, "almost certain"), (0.1, "very unlikely")],
)
def test_words_of_icd_203(probability: float, word: str) -> None:
    """The directive's table."""
    assert icd203(probability) == word


def test_no_word_for_what_is_no_probability() -> None:
    """Odds passed by mistake are refused."""
    with pytest.raises(ValueError, match="no probability"):
        icd203(1.5)
