"""A family's first contact with a service, against the family's own history."""

from collections.abc import Sequence

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


def _found(
    contact: dict[tuple[int, int], Contact],
    *,
    days: int = WEEKS_12,
    works: dict[int, tuple[float, float]] | None = None,
    hosts: dict[int, int] | None = None,
    associated: Sequence[int] = (),
) -> dict[int, FirstContact]:
    tables = change_tables(contact, days=days, works=works, hosts=hosts, associated=associated)
    return {one.key: one for one in first_contacts(tables, settings=ChangeSettings())}


def test_a_service_used_from_the_first_day_is_not_new() -> None:
    """Key 0 is met on day 0.5, key 1 on day 70."""
    assert list(_found(_contact(0, 0.5) | _contact(1, 70.0))) == [1]


def test_without_a_history_of_new_services_one_is_unusual_after_nine_weeks() -> None:
    """T = (70 - 7) / 7 = 9 weeks, none before: 1 - (9/10)^(1/2) = .0513; and with 70.4 days .0510."""
    one = _found(_contact(0, 0.5) | _contact(1, 70.0))[1]
    assert (one.earlier, one.new.users, one.new.before) == (0, 8, 8)
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


def test_a_short_history_says_nothing_of_what_is_unusual() -> None:
    """On day 14 there is one week that counts."""
    one = _found(_contact(0, 0.5, last=27.0) | _contact(1, 14.0, last=27.0), days=28)[1]
    assert one.weekly is None


def test_what_began_is_told_where_nobody_can_say_whether_it_was_new() -> None:
    """Eight C2s begin with the service on day 70, one worked before: the chance is .056."""
    works = {n: (69.99 + 0.1 * n, 84.0) for n in C2S} | {8: (0.0, 60.0)}
    one = _found(_contact(0, 0.5, users=range(8, 9), last=60.0) | _contact(1, 70.0), works=works)[1]
    # (c - u + 1/2) / (c + 1) with c = u = 8: the C2 before was the one in eighteen that is no user
    assert one.new.unseen == pytest.approx(0.5 / 9.0, abs=0.01)
    assert (one.decided, one.probability) == (False, None)


def test_what_is_new_is_told_with_its_probability() -> None:
    """All eight had worked for ten weeks without it."""
    one = _found(_contact(0, 0.5) | _contact(1, 70.0))[1]
    assert one.decided
    assert one.probability == pytest.approx(0.97, abs=0.001)


@pytest.mark.parametrize(("hosts", "told"), [(16, True), (17, False)])
def test_an_associated_service_is_told_where_mostly_c2s_meet_it(hosts: int, *, told: bool) -> None:
    """Eight C2s: half of sixteen hosts, and less than half of seventeen."""
    contact = _contact(0, 0.5) | _contact(1, 70.0)
    assert (1 in _found(contact, associated=[1], hosts={1: hosts})) == told


def test_one_c2_shares_nothing() -> None:
    """A service of one C2 is none that the family shares."""
    assert 1 not in _found(_contact(0, 0.5) | _contact(1, 70.0, users=range(1)))
