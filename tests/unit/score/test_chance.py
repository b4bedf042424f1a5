"""The null against hand arithmetic, and against worlds in which it is true."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from headwater.score.chance import chance, expected_hits, expected_overall, null_of, pair_rates
from headwater.score.statistics import Statistics

DAY_US = 86_400_000_000
Build = Callable[..., Statistics]

# Two networks, four days. AS0 has 100 edges a day, AS1 50 on days 0 and 1 and none after.
EDGES = ((100.0, 100.0, 100.0, 100.0), (50.0, 50.0, 0.0, 0.0))
C2S = [
    {"network": 0, "start_us": 0, "end_us": 2 * DAY_US, "edges": 10},
    {"network": 0, "start_us": 2 * DAY_US, "end_us": 4 * DAY_US, "edges": 10},
    {"network": 1, "start_us": 0, "end_us": 4 * DAY_US, "edges": 20},
    {"network": 0, "start_us": 9 * DAY_US, "end_us": 10 * DAY_US, "edges": 10},
]
REACH = [(0, 0, 0, 4.0), (0, 0, 1, 2.0), (0, 1, 0, 1.0)]


def _world(build: Build) -> Statistics:
    return build(c2s=C2S, candidates=[{}, {}], contacts=[], reach=REACH, edges=EDGES)


def test_rates_by_hand(build: Build) -> None:
    """10 * mean(.04, .02) = .3; nothing in days 2-3; 20 * mean(1/50, 0) = .2 over days with edges; else 0."""
    null = null_of(_world(build))
    assert np.allclose(pair_rates(null, np.array([0, 1])), [[0.3, 0.0, 0.2, 0.0], [0.0] * 4])


def test_expected_hits_sum_the_chances_of_contact(build: Build) -> None:
    """The expectation is (1 - exp(-.3)) + (1 - exp(-.2)), from the rates above."""
    found = expected_hits(null_of(_world(build)))
    assert found == pytest.approx([2 - np.exp(-0.3) - np.exp(-0.2), 0.0])


def test_held_out_c2s_do_not_count(build: Build) -> None:
    """With the third C2 alone mu = 1 - exp(-.2)."""
    found = expected_hits(null_of(_world(build)), members=np.array([False, False, True, False]))
    assert found[0] == pytest.approx(1 - np.exp(-0.2))


def test_one_stratum_for_all(build: Build) -> None:
    """7 of 500 edges: lam = 10, 10, 20, 10 times .014."""
    found = expected_overall(null_of(_world(build)))
    assert found[0] == pytest.approx(4 - 3 * np.exp(-0.14) - np.exp(-0.28))


def test_co_located_c2s_count_once(build: Build) -> None:
    """Two C2s in one /24 with rates .3 and .2 make one group with chance 1 - exp(-.5)."""
    rows = [C2S[0] | {"cluster": 5}, C2S[2] | {"cluster": 5}]
    world = build(c2s=rows, candidates=[{}], contacts=[], reach=REACH, edges=EDGES)
    assert expected_hits(null_of(world)) == pytest.approx([1 - np.exp(-0.5)])


def test_p_value_is_the_poisson_tail(build: Build) -> None:
    """P(Poisson(mu) >= 2), and 1 where nothing was met."""
    found = chance(null_of(_world(build)), k=[2, 0])
    mu = 2 - np.exp(-0.3) - np.exp(-0.2)
    assert found.p_value == pytest.approx([1 - stats.poisson.cdf(1, mu), 1.0])


def test_ranking_null_is_the_geometric_mean(build: Build) -> None:
    """Of the stratified and the overall expectation."""
    found = chance(null_of(_world(build)), k=[1, 0])
    assert found.expected_ranking[0] == pytest.approx(np.sqrt(found.expected[0] * found.expected_overall[0]))


def test_estimated_reach_never_exceeds_the_edges(build: Build) -> None:
    """A sampled hub with 300 hosts in a slot of 100 edges takes all of them, not three times all."""
    world = build(c2s=C2S[:1], candidates=[{}], contacts=[], reach=[(0, 0, 0, 300.0)], edges=EDGES)
    assert pair_rates(null_of(world), np.array([0]))[0, 0] == pytest.approx(10 * 0.5)


def test_p_values_are_valid_where_the_null_holds(build: Build) -> None:
    """200 services of Zipf popularity, C2s choosing as their two networks do: at most 5% + noise below .05.

    The same worlds break a hypergeometric that ignores networks: there the services of the smaller network
    are all "significant".
    """
    rng = np.random.default_rng(7)
    services, hosts_each, c2s_each, picks = 200, 2000, 30, 8
    taste = [1 / (1 + rng.permutation(services)) for _ in range(2)]
    chosen = np.zeros((2, hosts_each, services), dtype=bool)
    for network, weight in enumerate(taste):
        for host in range(hosts_each):
            chosen[network, host, rng.choice(services, picks, replace=False, p=weight / weight.sum())] = True
    met = chosen[:, :c2s_each].sum(axis=(0, 1))
    reach = [(j, g, 0, float(chosen[g, :, j].sum())) for j in range(services) for g in range(2)]
    world = build(
        c2s=[{"network": i % 2, "edges": picks} for i in range(2 * c2s_each)],
        candidates=[{}] * services,
        contacts=[],
        reach=reach,
        edges=[[float(chosen[g].sum())] for g in range(2)],
    )
    found = chance(null_of(world), k=met)
    assert (found.p_value < 0.05).mean() <= 0.07


def test_a_reach_from_a_small_sample_leans_on_the_pooled_null(build: Build) -> None:
    """Five sampled hosts weigh as much as the pooled null: mu is the mean of both. Exact reach needs none."""
    world = _world(build)
    keys = replace(world.candidates, hosts_sampled=np.array([5, 5]), hosts_estimated=np.array([True, False]))
    found = chance(null_of(replace(world, candidates=keys)), k=np.array([2, 2])).expected
    stratified, pooled = 2 - np.exp(-0.3) - np.exp(-0.2), 4 - 3 * np.exp(-0.14) - np.exp(-0.28)
    assert found == pytest.approx([(stratified + pooled) / 2, 0.0])
