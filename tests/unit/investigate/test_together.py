"""What the other C2s of a service say about one of them: shares of stories, by hand."""

import numpy as np
import pytest

from headwater.investigate.measurements import Floats
from headwater.investigate.together import shares_of_others

_SURE = np.array([[0.0, -50.0, -50.0], [-50.0, 0.0, -50.0], [-50.0, -50.0, 0.0]])


def _shares(log_bayes: Floats, unknown: tuple[int, ...] = ()) -> Floats:
    known = np.ones(len(log_bayes), bool)
    known[list(unknown)] = False
    return shares_of_others(log_bayes, known)


def test_one_alone_has_a_third_of_each() -> None:
    """Its own records, however clear, do not enter what is expected of it."""
    assert _shares(_SURE[[0]]) == pytest.approx(np.full((1, 3), 1 / 3))


@pytest.mark.parametrize("others", [1, 4, 15])
def test_others_that_are_sure_count_by_the_rule_of_succession(others: int) -> None:
    """(n + 1) / (n + 3) after n of one kind out of three: Laplace 1774; on a grid to within 0.01."""
    told = _shares(_SURE[[2] + [0] * others])[0]
    assert told == pytest.approx(np.array([others + 1, 1, 1]) / (others + 3), abs=0.01)


def test_others_that_differ_leave_it_alone() -> None:
    """Four of each story: a third each."""
    told = _shares(np.concatenate([[[0.0, -1.0, -2.0]], np.repeat(_SURE, 4, axis=0)]))[0]
    assert told == pytest.approx(np.full(3, 1 / 3))


def test_own_records_do_not_enter() -> None:
    """Whatever the first C2's say, what is expected of it is the same, and of the others it is not."""
    one, other = (_shares(np.concatenate([_SURE[[own]], _SURE[[0, 0, 1]]])) for own in (0, 2))
    assert (np.allclose(one[0], other[0]), np.allclose(one[1], other[1])) == (True, False)


def test_who_says_nothing_is_not_heard() -> None:
    """Three of whom neither life nor contact is known: as if they were not there."""
    told = _shares(_SURE[[0, 1, 1, 1]], unknown=(1, 2, 3))[0]
    assert told == pytest.approx(np.full(3, 1 / 3))


def test_flat_likelihoods_say_nothing() -> None:
    """Five others that fit every story alike."""
    assert _shares(np.zeros((6, 3)))[0] == pytest.approx(np.full(3, 1 / 3))
