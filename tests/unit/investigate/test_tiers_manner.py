"""How a client comes: hours of work, few long connections, and who clearly comes like a program."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from headwater.investigate.tiers_manner import like_a_machine, manner_of, working_hours, works
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import Comings
from headwater.model.tier_map import Manner
from headwater.model.window import micros_of

MONDAY = datetime(2024, 4, 29, tzinfo=UTC)
WORKS = Manner(True, 2.0, 1.5, 0.8, 10)


def _hours(*hours: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Hours after the Monday as the tables have them."""
    return np.array([micros_of(MONDAY + timedelta(hours=hour)) for hour in hours], np.int64)


def test_one_hour_says_nothing() -> None:
    """By hand: of 24 zones 10 have one weekday noon at work: log10 of (10 * .85/s + 14 * .15/(1-s)) / 24.

    With s = 50/168 that is log10((10 * 2.856 + 14 * 0.21356) / 24) = log10(1.3146) = 0.1188.
    """
    assert working_hours(_hours(36)) == pytest.approx(0.1188, abs=2e-4)


def test_no_hours_say_nothing() -> None:
    """0, neither for nor against."""
    assert working_hours(_hours()) == 0.0


def test_a_week_of_work_in_any_zone_is_told() -> None:
    """Nine hours on each of five weekdays, in Europe and in East Asia, are thousands to one."""
    for offset in (8, -1):
        hours = [24 * day + hour + offset for day in range(1, 5) for hour in range(9)]
        assert working_hours(_hours(*hours)) > 3.0


def test_around_the_clock_speaks_against_work() -> None:
    """Every fifth hour of two weeks is less than one to a thousand."""
    assert working_hours(_hours(*range(0, 336, 5))) < -3.0


def test_all_ports_of_a_client_count_together() -> None:
    """Two keys of one client: connections and days add up, an hour on both counts once."""
    comings = Comings(
        np.array([3, 1, 9]), np.array([2, 1, 9]), np.array([3, 1, 0]), np.array([2, 1, 0]),
        np.zeros(3, np.int64), (_hours(9, 10), _hours(10), _hours(1)),
    )  # fmt: skip
    manner = manner_of(comings, np.array([0, 1], np.intp), ports=frozenset({8_080, 22}), told=3)
    assert (manner.management, manner.connections_a_day, manner.long_share, manner.told) == (
        True,
        4 / 3,
        0.75,
        4,
    )
    assert manner.working_hours == working_hours(_hours(9, 10))


@pytest.mark.parametrize(
    ("port", "management"),
    [
        (22, True), (3_389, True), (5_900, True),  # remote shell and desktops
        (500, True), (1_194, True), (1_723, True), (4_500, True), (51_820, True),  # VPNs
        (1_433, True), (1_521, True), (3_306, True), (5_432, True),  # databases
        (80, False), (443, False), (8_443, False), (53, False),
    ],
)  # fmt: skip
def test_ports_of_management_are_shells_desktops_vpns_and_databases(port: int, *, management: bool) -> None:
    """As IANA assigns them; what everybody serves is none."""
    comings = Comings(np.array([5]), np.array([5]), np.array([5]), np.array([5]), np.array([0]), (_hours(9),))
    manner = manner_of(comings, np.array([0], np.intp), ports=frozenset({port}), told=3)
    assert manner.management is management


def test_few_lengths_are_no_share() -> None:
    """One connection that shows its length tells nothing about the others."""
    comings = Comings(np.array([5]), np.array([5]), np.array([1]), np.array([1]), np.array([0]), (_hours(9),))
    manner = manner_of(comings, np.array([0], np.intp), ports=frozenset({22}), told=3)
    assert manner.long_share is None


@pytest.mark.parametrize(
    "manner",
    [
        Manner(False, 2.0, 1.5, 0.8, 10), Manner(True, 0.4, 1.5, 0.8, 10), Manner(True, 2.0, 5.0, 0.8, 10),
        Manner(True, 2.0, 1.5, 0.3, 10),
    ],
)  # fmt: skip
def test_all_manners_of_work_are_needed(manner: Manner) -> None:
    """A port, hours, few connections, long ones: without any of them nobody comes to work."""
    said = [works(one, posterior=0.9, settings=TierSettings()) for one in (WORKS, manner)]
    assert said == [True, False]


def test_where_no_length_shows_hours_and_contacts_say_more() -> None:
    """Ten to one for hours of work and a posterior of .6 stand in for the length, neither alone does."""
    short, told = Manner(True, 0.9, 1.5, None, 2), Manner(True, 1.1, 1.5, None, 2)
    said = [
        works(manner, posterior=posterior, settings=TierSettings())
        for manner, posterior in ((told, 0.61), (short, 0.61), (told, 0.59), (WORKS, 0.51))
    ]
    assert said == [True, False, False, True]


def test_a_program_comes_at_any_hour_for_seconds_or_very_often() -> None:
    """Only with hours clearly against work; what does not show its length is no program by that."""
    settings = TierSettings()
    said = [
        like_a_machine(Manner(True, hours, often, long, 9), settings)
        for hours, often, long in ((-2, 1, 0.1), (-2, 30, None), (-2, 1, None), (0, 30, 0.1), (-2, 1, 0.9))
    ]
    assert said == [True, True, False, False, False]
