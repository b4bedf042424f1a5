"""List recall against worked examples."""

import numpy as np
import pytest

from headwater.score.recall import assumed, capture_recapture


def _feeds(*, both: int, first: int, second: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.array([[1, 1]] * both + [[1, 0]] * first + [[0, 1]] * second, dtype=bool)


def test_chapman_by_hand() -> None:
    """30 and 40 entries, 12 shared: N = 31 * 41 / 13 - 1 = 96.77, 58 known, recall 58 / 96.77."""
    found = capture_recapture(_feeds(both=12, first=18, second=28))
    assert found is not None
    assert found.estimate == pytest.approx(58 / (31 * 41 / 13 - 1))


def test_interval_holds_the_estimate_and_narrows_with_data() -> None:
    """Ten times the C2s with the same overlap: a narrower interval."""
    few, many = (capture_recapture(_feeds(both=12 * n, first=18 * n, second=28 * n)) for n in (1, 10))
    assert few is not None
    assert many is not None
    assert few.low < few.estimate < few.high
    assert many.high - many.low < few.high - few.low


def test_chao_by_hand() -> None:
    """Three feeds, 20 C2s on one, 9 on two, 5 on all: missing = 2/3 * 20 * 19 / (2 * 10) = 12.67."""
    rows = [[1, 0, 0]] * 20 + [[0, 1, 1]] * 9 + [[1, 1, 1]] * 5
    found = capture_recapture(np.array(rows, dtype=bool))
    assert found is not None
    assert found.estimate == pytest.approx(34 / (34 + 2 / 3 * 20 * 19 / 20))


def test_independent_feeds_are_recovered() -> None:
    """1,000 C2s, two feeds that know 30% and 40% of them at random: the union knows 58%."""
    rng = np.random.default_rng(3)
    found = capture_recapture(rng.random((1000, 2)) < np.array([0.3, 0.4]))
    assert found is not None
    assert found.low < 0.58 < found.high


@pytest.mark.parametrize("feeds", [_feeds(both=0, first=5, second=5), np.ones((4, 1), dtype=bool)])
def test_feeds_that_cannot_tell_give_none(feeds: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> None:
    """No overlap, or one feed: nothing to compare."""
    assert capture_recapture(feeds) is None


def test_assumed_recall_says_so() -> None:
    """The prior's mean is the number that was assumed."""
    found = assumed(0.6, observations=5.0)
    a, b = found.shapes
    assert found.how.startswith("assumed")
    assert a / (a + b) == pytest.approx(0.6)
