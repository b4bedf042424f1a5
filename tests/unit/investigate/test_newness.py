"""Whether a service was in use before its first contact seen, and only missed."""

import pytest

from change_tables import Contact, change_tables
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.newness import Newness, lives_of, newness

DAYS = 84
LIFE = (0.0, 84.0)
ABSENT = dict.fromkeys(range(9), (float("nan"), float("nan")))  # C2s that nobody saw at work


def _new(
    users: dict[int, Contact], *, works: dict[int, tuple[float, float]], dark: tuple[int, int] = (0, 0)
) -> Newness:
    contact = {(0, 8): (0.5, 80.0, 60)} | {(1, n): one for n, one in users.items()}
    tables = change_tables(contact, days=DAYS, works=ABSENT | works, dark=dark)
    return newness(tables, tables.pairs.rows_of(1), lives_of(tables, 0), settings=ChangeSettings())


def test_each_c2_that_waited_for_weeks_counts_as_one_in_five_and_no_more() -> None:
    """Two did, and C2 8 met nobody: .2 squared, times the share of those that are no users."""
    found = _new({0: (70.0, 83.0, 60), 1: (70.5, 83.0, 60)}, works=dict.fromkeys((0, 1, 8), LIFE))
    assert (found.users, found.before, found.waited) == (2, 3, 2)
    # C2 8 worked before and after and is no user either way: it says nearly nothing
    assert found.unseen == pytest.approx(0.04, rel=0.5)


def test_c2s_that_come_with_their_work_do_not_say_that_the_service_came() -> None:
    """The same two begin to work half a day before."""
    works = {0: (69.5, 84.0), 1: (70.1, 84.0), 8: (0.0, 69.0)}
    found = _new({0: (70.0, 83.0, 60), 1: (70.5, 83.0, 60)}, works=works)
    assert found.waited == 0
    assert found.unseen > 0.1


def test_many_c2s_before_that_never_met_it_say_that_it_was_not_there() -> None:
    """Six worked before it, none after; both C2s after it met it."""
    works = {0: (69.9, 84.0), 1: (70.3, 84.0)} | dict.fromkeys(range(2, 9), (0.0, 60.0))
    few = _new({0: (70.0, 83.0, 60), 1: (70.5, 83.0, 60)}, works={0: works[0], 1: works[1], 8: works[8]})
    tables = change_tables(
        {(0, n): (0.5, 50.0, 60) for n in range(2, 9)} | {(1, 0): (70.0, 83.0, 60), (1, 1): (70.5, 83.0, 60)},
        days=DAYS, works=works,
    )  # fmt: skip
    many = newness(tables, tables.pairs.rows_of(1), lives_of(tables, 0), settings=ChangeSettings())
    assert many.before == 7
    assert many.unseen < few.unseen / 4


def test_what_no_sensor_could_see_is_no_evidence() -> None:
    """Two waited for ten weeks in which the only sensor recorded nothing."""
    users = {0: (70.0, 83.0, 60), 1: (70.5, 83.0, 60)}
    found = _new(users, works=dict.fromkeys((0, 1, 8), LIFE), dark=(0, 70))
    assert found.unseen > 0.9


def test_a_c2_that_is_seldom_seen_may_have_been_in_contact_unseen() -> None:
    """With sessions once in six weeks, three weeks without any are no wonder; with one a day they are."""
    works = {0: (49.0, 84.0), 1: (49.0, 84.0), 8: (0.0, 84.0)}
    rare = _new({0: (70.0, 70.1, 1), 1: (70.5, 82.0, 1)}, works=works)
    often = _new({0: (70.0, 83.0, 60), 1: (70.5, 83.0, 60)}, works=works)
    assert rare.unseen > 2 * often.unseen
