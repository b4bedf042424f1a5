"""A family's first contact with a service, against the family's own history."""

import pytest

from change_tables import Contact, change_tables
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.first_contacts import FirstContact, first_contacts

WEEKS_12 = 84
C2S = range(8)


def _contact(
    key: int, first: float, *, users: range = C2S, last: float = 83.0
) -> dict[tuple[int, int], Contact]:
    return {(key, n): (first + 0.1 * n, last, 60) for n in users}


def _found(contact: dict[tuple[int, int], Contact], *, days: int = WEEKS_12) -> dict[int, FirstContact]:
    tables = change_tables(contact, days=days)
    return {one.key: one for one in first_contacts(tables, settings=ChangeSettings())}


def test_a_service_used_from_the_first_day_is_not_new() -> None:
    """Key 0 is met on day 0.5, key 1 on day 70."""
    assert list(_found(_contact(0, 0.5) | _contact(1, 70.0))) == [1]


def test_without_a_history_of_new_services_one_is_unusual_after_nine_weeks() -> None:
    """T = (70 - 7) / 7 = 9 weeks, none before: 1 - (9/10)^(1/2) = .0513; and with 70.4 days .0510."""
    one = _found(_contact(0, 0.5) | _contact(1, 70.0))[1]
    assert (one.earlier, one.users, one.before) == (0, 8, 8)
    assert one.weeks == pytest.approx(9.0, abs=0.05)
    assert one.weekly == pytest.approx(0.0513, abs=0.001)
    # (T / (T + 1))^(1/2) = .95 for T = .9025 / .0975
    assert one.needed_weeks == pytest.approx(9.26, abs=0.01)


def test_a_family_that_often_comes_to_something_new_does_so_again() -> None:
    """Three services in the weeks before: 1 - (T/(T+1))^3.5 with T = 9 is .31."""
    contact = _contact(0, 0.5) | _contact(1, 20.0) | _contact(2, 35.0) | _contact(3, 50.0) | _contact(4, 70.0)
    one = _found(contact)[4]
    assert one.earlier == 3
    assert one.weekly == pytest.approx(0.308, abs=0.01)


def test_a_short_history_says_nothing() -> None:
    """On day 14 there is one week that counts."""
    one = _found(_contact(0, 0.5, last=27.0) | _contact(1, 14.0, last=27.0), days=28)[1]
    assert one.weekly is None


def test_few_users_do_not_make_a_service_new() -> None:
    """Two of eight C2s meet it: that none of the eight before did is no wonder."""
    assert 1 not in _found(_contact(0, 0.5) | _contact(1, 70.0, users=range(2)))


def test_one_c2_shares_nothing() -> None:
    """A service of one C2 is none that the family shares."""
    assert 1 not in _found(_contact(0, 0.5) | _contact(1, 70.0, users=range(1)))
