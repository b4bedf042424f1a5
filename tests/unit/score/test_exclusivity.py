"""Exclusivity against scipy and hand arithmetic."""

import numpy as np
import pytest
from scipy import integrate, stats

from headwater.score.exclusivity import diluted, exclusivity


def test_jeffreys_interval_is_the_beta_posterior() -> None:
    """17 of 17: estimate 1, upper bound 1, lower bound the 5% quantile of Beta(17.5, 0.5)."""
    found = exclusivity([17], hosts=[17], coverage=0.90)
    expected = (1.0, float(stats.beta.ppf(0.05, 17.5, 0.5)), 1.0)
    assert (found.estimate[0], found.low[0], found.high[0]) == pytest.approx(expected)


def test_lower_bound_is_zero_without_hits() -> None:
    """No hits say nothing against a share of 0."""
    found = exclusivity([0], hosts=[10])
    assert (found.estimate[0], found.low[0]) == (0.0, 0.0)


def test_each_tail_holds_half_of_the_rest() -> None:
    """3 of 10 at 95%: quadrature of x^2.5 (1-x)^6.5 leaves 2.5% below the lower and above the upper bound."""
    found = exclusivity([3], hosts=[10], coverage=0.95)

    def density(share: float) -> float:
        return float(share**2.5 * (1 - share) ** 6.5)

    whole = integrate.quad(density, 0, 1)[0]
    below = integrate.quad(density, 0, found.low[0])[0] / whole
    above = integrate.quad(density, found.high[0], 1)[0] / whole
    assert (below, above) == pytest.approx((0.025, 0.025))


def test_underestimated_hosts_never_push_the_share_above_one() -> None:
    """A hub's hosts come from a sample and may fall below k."""
    assert exclusivity([5], hosts=[3]).estimate[0] == 1.0


def test_diluted_equals_jeffreys_at_full_recall() -> None:
    """Recall 1 is the plain interval, to the grid's width."""
    plain = exclusivity([3, 40], hosts=[10, 400])
    thinned = diluted([3, 40], hosts=[10, 400], recall=1.0)
    assert np.abs(np.r_[thinned.low - plain.low, thinned.high - plain.high]).max() < 2e-3


def test_diluted_median_halves_the_posterior() -> None:
    """Checked by quadrature of e^-1/2 (1-e)^-1/2 Bin(6; 20, 0.3 e): half of the mass lies below."""
    found = diluted([6], hosts=[20], recall=0.3)

    def density(angle: float) -> float:
        return float(stats.binom.pmf(6, 20, 0.3 * np.sin(angle) ** 2))

    middle = float(np.arcsin(np.sqrt(found.estimate[0])))
    below = integrate.quad(density, 0, middle)[0] / integrate.quad(density, 0, np.pi / 2)[0]
    assert below == pytest.approx(0.5, abs=2e-3)


def test_recall_outside_its_range_is_refused() -> None:
    """A recall of 0 would explain nothing."""
    with pytest.raises(ValueError, match="recall"):
        diluted([1], hosts=[2], recall=0.0)
