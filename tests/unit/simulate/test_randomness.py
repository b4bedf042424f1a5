"""Tests of simulate/randomness.py."""

import numpy as np

from headwater.simulate.randomness import hashed, lognormal, salt, stream


def test_a_name_gives_the_same_stream_every_time() -> None:
    """Two streams of one seed and one name give equal numbers."""
    assert (
        stream(7, "flows", 3).integers(1 << 60, size=5).tolist()
        == stream(7, "flows", 3).integers(1 << 60, size=5).tolist()
    )


def test_streams_of_other_names_and_seeds_differ() -> None:
    """A change of seed, word or number changes the stream."""
    draws = {
        int(stream(seed, word, number).integers(1 << 60))
        for seed in (1, 2)
        for word in "ab"
        for number in (0, 1)
    }
    assert len(draws) == 8


def test_hashes_are_uniform_and_depend_on_every_column() -> None:
    """Consecutive numbers hash to a uniform sample; another second column gives an unrelated one."""
    rows = np.arange(100_000)
    first, second = hashed(salt(1, "x"), rows, np.array([0])), hashed(salt(1, "x"), rows, np.array([1]))
    # a uniform sample of n: mean 1/2 with standard error 1/sqrt(12 n) = 0.0009; four errors are allowed
    assert abs(first.mean() - 0.5) < 0.0037
    assert np.bincount((first * 10).astype(int), minlength=10).min() > 9_600  # 10,000 expected, s.d. 95
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.0127  # four times 1/sqrt(n)


def test_lognormal_has_the_median_asked_for() -> None:
    """The median of many draws is the parameter, within four standard errors."""
    draws = lognormal(np.random.default_rng(0), median=4.0, spread=0.8, size=40_000)
    # standard error of a log-median: sqrt(pi/2) * spread / sqrt(n) = 0.005
    assert abs(np.log(np.median(draws)) - np.log(4.0)) < 0.02
