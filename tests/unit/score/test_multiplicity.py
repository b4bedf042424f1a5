"""q-values against scipy and hand arithmetic."""

import numpy as np
import pytest
from scipy import stats

from headwater.score.multiplicity import q_values

P = np.array([0.01, 0.02, 0.03, 0.005, 0.9])


def test_both_equal_scipy_where_all_tests_are_given() -> None:
    """scipy.stats.false_discovery_control is an independent implementation."""
    found = q_values(P)
    expected = [stats.false_discovery_control(P, method="bh"), stats.false_discovery_control(P, method="by")]
    assert np.allclose([found.bh, found.by], expected)


def test_untouched_keys_count_as_tests() -> None:
    """Three p-values of 100 tests: the same q as with 97 ones beside them."""
    padded = np.r_[P, np.ones(95)]
    assert np.allclose(q_values(P, tests=100).bh, q_values(padded).bh[:5])


def test_by_hand() -> None:
    """A p of 0.001 as the only small one of 10 tests: BH 0.01; BY times H_10 = 7381/2520."""
    found = q_values([0.001], tests=10)
    assert (found.bh[0], found.by[0]) == pytest.approx((0.01, 0.01 * 7381 / 2520))


def test_no_p_values_give_no_q_values() -> None:
    """An empty hunt is no error."""
    assert len(q_values([], tests=7).bh) == 0


def test_fewer_tests_than_values_are_refused() -> None:
    """Such a number would make every q-value too small."""
    with pytest.raises(ValueError, match="2 p-values from 1 tests"):
        q_values([0.1, 0.2], tests=1)
