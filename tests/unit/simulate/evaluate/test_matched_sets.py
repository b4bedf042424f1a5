"""Fake C2 sets: same networks, like activity, no host twice."""

import numpy as np

from headwater.simulate.evaluate.matched_sets import Hosts, matched

POOL = Hosts(network=np.repeat([0, 1], 100), activity=np.tile(np.arange(100), 2))


def _c2s(network: list[int], activity: list[int]) -> Hosts:
    return Hosts(network=np.array(network), activity=np.array(activity))


def test_stand_ins_share_the_network() -> None:
    """Each C2's own."""
    chosen = matched(_c2s([0, 1, 1], [10, 50, 90]), POOL, seed=1)
    assert POOL.network[chosen].tolist() == [0, 1, 1]


def test_stand_ins_are_about_as_active() -> None:
    """Of 100 hosts with 0 to 99 peers, one of the twelve nearest in the logarithm to 50."""
    chosen = matched(_c2s([0], [50]), POOL, seed=2)
    assert 44 <= POOL.activity[chosen[0]] <= 57


def test_no_host_stands_in_twice() -> None:
    """Fifty C2s of one network."""
    chosen = matched(_c2s([0] * 50, [50] * 50), POOL, seed=3)
    assert len(set(chosen.tolist())) == 50


def test_an_empty_network_gives_none() -> None:
    """Nobody is left in network 7."""
    assert matched(_c2s([7], [1]), POOL, seed=4).tolist() == [-1]


def test_seeds_give_different_sets() -> None:
    """Else twenty sets would be one."""
    c2s = _c2s([0] * 9, [50] * 9)
    sets = {tuple(matched(c2s, POOL, seed=seed).tolist()) for seed in range(5)}
    assert len(sets) == 5
