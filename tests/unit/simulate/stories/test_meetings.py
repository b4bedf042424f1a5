"""Tests of simulate/stories/meetings.py: moments of contact, and how many of them are seen."""

import numpy as np
import pytest

from headwater.simulate.stories.meetings import bursty, kept, regular, sessions_in


def test_moments_lie_within_the_contact() -> None:
    """As many as asked for, in order, none before the beginning or behind the end."""
    at = bursty(np.random.default_rng(1), begin=3.0, end=9.0, count=500, steadiness=0.4)
    assert len(at) == 500
    assert (np.diff(at) >= 0).all()
    assert at[0] >= 3.0
    assert at[-1] < 9.0


@pytest.mark.parametrize(("steadiness", "low", "high"), [(50.0, 0.5, 2.0), (0.2, 3.0, 20.0)])
def test_contact_is_as_uneven_as_asked_for(steadiness: float, low: float, high: float) -> None:
    """Variance over mean of counts in quarters of days: near 1 where steady (Poisson), far above where not.

    With a Gamma factor of shape s and mean m a quarter, it is about 1 + m/s: 1.1 and 26 at m = 5 before
    quarters of equal weight are counted as one; the bounds are wide.
    """
    at = bursty(np.random.default_rng(2), begin=0.0, end=100.0, count=2_000, steadiness=steadiness)
    counts = np.bincount((at * 4).astype(int), minlength=400)
    assert low < counts.var() / counts.mean() < high * 3


def test_regular_moments_keep_their_distance() -> None:
    """With a jitter of a tenth, distances stay within a tenth of the step."""
    at = regular(np.random.default_rng(3), begin=0.0, end=10.0, count=40, jitter=0.1)
    assert np.abs(np.diff(at) - 0.25).max() <= 0.025


def test_a_session_ends_after_six_hours() -> None:
    """Moments 5 h apart are one session, 7 h apart two."""
    assert sessions_in(np.array([0.0, 5 / 24, 12 / 24, 2.0])) == 3
    assert sessions_in(np.array([])) == 0


def test_exactly_so_many_are_kept() -> None:
    """Of 200 moments exactly 9 have a u below the chance, in at least 6 sessions, the first among them."""
    rng = np.random.default_rng(4)
    at = bursty(rng, begin=0.0, end=30.0, count=200, steadiness=0.4)
    u = kept(rng, at, seen=9, chance=0.17, least=6, opening=True)
    assert int((u < 0.17).sum()) == 9
    assert sessions_in(at[u < 0.17]) >= 6
    assert u[0] < 0.17
