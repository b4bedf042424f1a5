"""Baselines on a world of two C2s and three candidates, by hand and by scipy."""

import numpy as np
import pytest
from scipy import stats

from headwater.score.statistics import C2s, Candidates, Contacts, Exposure, Statistics
from headwater.score.tallies import Tallies, tallies
from headwater.simulate.evaluate.baselines import BASELINES, hits, hypergeometric, jaccard, pagerank, tf_idf

# Contacts: candidate 0 with both C2s of 4 hosts, candidate 1 with one of 2, candidate 2 with one check-in.
_CANDIDATE, _C2, _ON_PORT = [0, 0, 1, 2], [0, 1, 0, 1], [False, False, False, True]


def _statistics() -> Statistics:
    n, m, r = 2, 3, 4
    zeros = {size: np.zeros(size, dtype=np.int64) for size in (n, m, r)}
    ints = {size: np.zeros(size, dtype=np.int32) for size in (n, m, r)}
    c2s = C2s(zeros[n], np.arange(n), ints[n], ints[n], ints[n], np.arange(n, dtype=np.int32), zeros[n],
              zeros[n] + 1, np.array([2, 2]), ints[n], ("f",), ("f",))  # fmt: skip
    candidates = Candidates(zeros[m], np.arange(m) + 9, ints[m], ints[m], ints[m], np.array([4, 2, 50]),
                            np.zeros(m, dtype=np.bool_), zeros[m], zeros[m], zeros[m], zeros[m], zeros[m],
                            ints[m] - 1, ())  # fmt: skip
    contacts = Contacts(
        np.array(_CANDIDATE, dtype=np.int32), np.array(_C2, dtype=np.int32), zeros[r], zeros[r], zeros[r],
        zeros[r], zeros[r], zeros[r], zeros[r], zeros[r], zeros[r], zeros[r], np.ones(r), np.array(_ON_PORT),
    )  # fmt: skip
    none = np.zeros(0, dtype=np.int32)
    exposure = Exposure(("n",), np.array([0]), 1, np.array([[100.0]]), np.array([1000]), none, none, none,
                        np.zeros(0), 3)  # fmt: skip
    return Statistics(c2s, candidates, contacts, exposure)


@pytest.fixture
def world() -> tuple[Statistics, Tallies]:
    """The statistics and what they tally."""
    statistics = _statistics()
    return statistics, tallies(statistics)


def test_plain_count_takes_check_ins(world: tuple[Statistics, Tallies]) -> None:
    """And the filtered one does not."""
    found = [BASELINES[name](*world).tolist() for name in ("count", "count, filtered")]
    assert found == [[2.0, 1.0, 1.0], [2.0, 1.0, 0.0]]


def test_share_needs_two_c2s(world: tuple[Statistics, Tallies]) -> None:
    """2 of 4; one C2 alone is no overlap."""
    assert BASELINES["k/d"](*world).tolist() == [0.5, -np.inf, -np.inf]


def test_jaccard_by_hand(world: tuple[Statistics, Tallies]) -> None:
    """2 / (4 + 2 - 2) and 1 / (2 + 2 - 1)."""
    assert jaccard(*world)[:2] == pytest.approx([0.5, 1 / 3])


def test_tf_idf_by_hand(world: tuple[Statistics, Tallies]) -> None:
    """2 ln(1000 / 4) and ln(1000 / 2)."""
    assert tf_idf(*world)[:2] == pytest.approx([2 * np.log(250), np.log(500)])


def test_hypergeometric_is_scipys_tail(world: tuple[Statistics, Tallies]) -> None:
    """P(2 or more of 2 C2s among 4 of 1,000 hosts) = 12 / 999000."""
    expected = -np.log(4 * 3 / (1000 * 999))
    assert hypergeometric(*world)[0] == pytest.approx(expected)
    assert expected == pytest.approx(-np.log(stats.hypergeom.sf(1, 1000, 2, 4)))


def test_pagerank_prefers_what_both_c2s_visit(world: tuple[Statistics, Tallies]) -> None:
    """Candidate 0 gets half of each C2's edges, candidate 1 half of one."""
    visits = pagerank(*world)
    assert visits[0] > visits[1] > 0


def test_hits_is_the_leading_singular_vector(world: tuple[Statistics, Tallies]) -> None:
    """Authorities of the 2 by 3 contact matrix, by numpy's decomposition."""
    matrix = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    expected = np.abs(np.linalg.svd(matrix)[2][0])
    assert hits(*world) == pytest.approx(expected, abs=1e-6)
