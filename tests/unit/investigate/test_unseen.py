"""The chance of having seen it, by hand and against simulated sampling."""

import numpy as np
import pytest

from headwater.investigate.unseen import chance_of_record, visibility


def test_chance_of_record_by_hand() -> None:
    """1 - (1 - 1/100)^p: 0.01 for one packet, 1 - 0.99^100 = 0.634 for a hundred."""
    chance = chance_of_record(np.array([0.0, 1.0, 100.0]), sampling=100)
    assert chance.tolist() == pytest.approx([0.0, 0.01, 0.6339677])


def test_unsampled_sees_everything() -> None:
    """1:1."""
    assert chance_of_record(np.array([1.0, 50.0]), sampling=1).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("sampling", "within"), [(100, 1.25), (1_000, 1.6), (10_000, 3.0)])
def test_packets_are_estimated_although_large_sessions_are_seen_more(sampling: int, within: float) -> None:
    """Sessions of 110 packets in the median, spread 1.3: the estimate is right to within a factor."""
    rng = np.random.default_rng(5)
    true = np.round(110 * np.exp(1.3 * rng.standard_normal(200_000))).astype(np.int64)
    sampled = rng.binomial(true, 1 / sampling)
    seen = visibility(sampled[sampled > 0][:1_000], sampling=sampling)
    assert seen is not None
    assert 1 / within < seen.packets_median / 110 < within


def test_share_of_sessions_seen_is_estimated() -> None:
    """At 1:1000 a fifth of such sessions leaves a record, and the estimate says so."""
    rng = np.random.default_rng(6)
    true = np.round(110 * np.exp(1.3 * rng.standard_normal(100_000))).astype(np.int64)
    sampled = rng.binomial(true, 1 / 1_000)
    seen = visibility(sampled[sampled > 0][:2_000], sampling=1_000)
    assert seen is not None
    assert seen.chance_mean == pytest.approx((sampled > 0).mean(), rel=0.25)


def test_unknown_sampling_gives_no_number() -> None:
    """Neither without a rate nor without packets."""
    assert (visibility(np.array([3]), sampling=0), visibility(np.array([0]), sampling=100)) == (None, None)
