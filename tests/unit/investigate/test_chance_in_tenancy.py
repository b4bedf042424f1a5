"""What chance brings inside a tenancy and for a group, by hand.

One network with 100 edges in each of ten slots of a day; three C2s with two edges each.
"""

import math

import numpy as np
import pytest

from case_facts import DAY_US
from headwater.investigate.chance import chance_of, confirmed_of, within
from headwater.investigate.facts import Held
from headwater.score.statistics import C2s, Candidates, Contacts, Exposure, Statistics

LAST_DAYS = np.arange(5, 10)  # the service is met by ten hosts of the network in each of these slots only


def _statistics() -> Statistics:
    three, one = np.arange(3, dtype=np.int32), np.zeros(1, dtype=np.int32)
    zeros, ints = np.zeros(3, dtype=np.int32), np.full(3, 2, dtype=np.int64)
    begin = np.array([0, 0, 6 * DAY_US], dtype=np.int64)
    return Statistics(
        c2s=C2s(
            hi=ints, lo=three.astype(np.int64), family=np.array([0, 0, 1], np.int32),
            group=np.array([0, 0, 1], np.int32), network=zeros, cluster=three,
            start_us=np.zeros(3, np.int64), end_us=np.full(3, 10 * DAY_US), edges=ints, port=zeros,
            families=("dridex", "emotet"), groups=("dridex", "emotet"),
        ),
        candidates=Candidates(
            hi=one.astype(np.int64), lo=one.astype(np.int64), role=one, port=one + 443, proto=one + 6,
            hosts=np.array([53]), hosts_estimated=np.zeros(1, np.bool_), fan_out=one.astype(np.int64),
            flows=one.astype(np.int64), sessions=one.astype(np.int64), first_us=one.astype(np.int64),
            last_us=one.astype(np.int64), warning=one - 1, warnings=(),
        ),
        contacts=Contacts(
            candidate=zeros, c2=three, flows=ints, sessions=ints, packets_out=ints, packets_in=ints,
            bytes_out=ints, bytes_in=ints, first_us=begin, last_us=begin + DAY_US, hours=ints, days=ints,
            opened_by_c2=np.ones(3), on_c2_port=np.zeros(3, np.bool_),
        ),
        exposure=Exposure(
            networks=("AS1",), slot_start_us=np.arange(10, dtype=np.int64) * DAY_US, slot_us=DAY_US,
            edges=np.full((1, 10), 100.0), hosts=np.array([1000]),
            reach_candidate=np.zeros(5, np.int32), reach_network=np.zeros(5, np.int32),
            reach_slot=LAST_DAYS.astype(np.int32), reach_hosts=np.full(5, 10.0), keys_observed=1000,
        ),
    )  # fmt: skip


def test_over_all_days() -> None:
    """Half of the slots with a share of a tenth: lam = 2 * 0.05, three C2s: 3 (1 - exp(-0.1))."""
    found = chance_of(_statistics())
    assert found.k == 3
    assert found.expected == pytest.approx(3 * (1 - math.exp(-0.1)))


def test_before_the_next_tenant() -> None:
    """Cut at the fifth day: nobody met it by chance, and the third C2 came later."""
    found = chance_of(within(_statistics(), Held("T1", None, 5 * DAY_US)))
    assert found.k == 2
    assert found.expected == pytest.approx(0.0)


def test_for_one_group() -> None:
    """Two of the three C2s: 2 (1 - exp(-0.1))."""
    found = chance_of(_statistics(), members=np.array([True, True, False]))
    assert found.k == 2
    assert found.expected == pytest.approx(2 * (1 - math.exp(-0.1)))


def test_p_value_is_that_of_a_poisson() -> None:
    """P(Poisson(0.0952) >= 1) = 1 - exp(-0.0952) for the group with one C2."""
    found = chance_of(_statistics(), members=np.array([False, False, True]))
    assert found.p_value == pytest.approx(1 - math.exp(-(1 - math.exp(-0.1))))


def test_the_other_family_is_held_out() -> None:
    """Dridex led here with two C2s; one Emotet C2 confirms."""
    found = confirmed_of(_statistics())
    assert (found.discovered_on, found.confirmed_on, found.k) == (("dridex",), ("emotet",), 1)
