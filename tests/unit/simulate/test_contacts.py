"""Tests of simulate/contacts.py and preferences.py: who meets whom, and how often."""

import numpy as np
import pytest

from headwater.simulate.contacts import ContactList, Contacts
from headwater.simulate.preferences import Preferences, offer
from headwater.simulate.profiles import Shape, atoms
from headwater.simulate.sessions import Span


def _contacts(steadiness: float) -> Contacts:
    found = ContactList("test")
    found.add(
        np.arange(400), 999, port=443, shape=Shape.CHECK_IN, per_day=8.0, begin=np.full(400, 1.25), end=3.5
    )
    return found.source(salt=5, steadiness=steadiness)


def test_contact_stays_within_its_window_and_keeps_its_rate() -> None:
    """400 contacts at 8 a day for the 1.75 days that [1.25, 3.5) and [0, 3) share."""
    source, table = _contacts(1.0), atoms(1)
    drawn = source.draw(np.random.default_rng(0), Span(0.0, 3.0), table)
    assert float(drawn.at.min()) >= 1.25
    assert float(drawn.at.max()) < 3.0
    # a quarter of a contact has variance 2 + 2**2 (Poisson and Gamma): 5% are 2.1 standard errors
    assert len(drawn) == pytest.approx(400 * 8 * 1.75, rel=0.05)
    assert source.rate(Span(0.0, 3.0), table) == pytest.approx(400 * 8 * 1.75)


def test_low_steadiness_makes_contact_bursty() -> None:
    """With a Gamma factor of shape 0.2 more quarters of days are silent than with shape 5."""
    span, table = Span(2.0, 2.25), atoms(1)

    def silent(steadiness: float) -> int:
        drawn = _contacts(steadiness).draw(np.random.default_rng(1), span, table)
        return 400 - len(np.unique(drawn.client))

    # P(no session) = (1 + 2/k)^-k for a Poisson-Gamma of mean 2: 0.62 at k = 0.2, 0.19 at k = 5
    assert silent(0.2) == pytest.approx(400 * 0.62, abs=45)
    assert silent(5.0) == pytest.approx(400 * 0.19, abs=40)


def test_a_list_without_contacts_is_refused() -> None:
    """A population of nobody is an error where it is made."""
    with pytest.raises(ValueError, match="no contacts"):
        ContactList("empty").source(salt=0, steadiness=1.0)


def _preferences(*, own_group: float = 0.0, daily: bool = False, active_days: float = 1.0) -> Preferences:
    services = 60
    group = np.repeat([0, 1, 2], 20)
    return Preferences(
        name="test",
        clients=np.arange(1_000, 1_200),
        activity=np.arange(1, 201) / 200,
        client_group=np.arange(200) % 3,
        own_group=own_group,
        services=offer(
            host=np.arange(services),
            port=np.full(services, 443),
            proto=np.full(services, 6),
            popularity=np.arange(1, services + 1, dtype=np.float64) ** -0.8,
            group=group,
            groups=3,
        ),
        per_day=20_000.0,
        shape=Shape.MISC,
        slots=5,
        salt=11,
        zone_days=np.zeros(200),
        rhythm=0.0,
        daily=daily,
        active_days=active_days,
    )


def test_a_client_comes_back_to_its_few_preferences() -> None:
    """With five preferences no client meets more than five services, on whatever day."""
    source, table = _preferences(), atoms(1)
    drawn = [source.draw(np.random.default_rng(day), Span(day, day + 1), table) for day in (0, 5)]
    met = {(int(c), int(s)) for lot in drawn for c, s in zip(lot.client, lot.server, strict=True)}
    assert max(np.bincount([client - 1_000 for client, _ in met])) <= 5


def test_daily_preferences_change_from_day_to_day() -> None:
    """Who guesses passwords tries others tomorrow: over two days more than five services are met."""
    source, table = _preferences(daily=True), atoms(1)
    drawn = [source.draw(np.random.default_rng(day), Span(day, day + 1), table) for day in (0, 5)]
    met = {(int(c), int(s)) for lot in drawn for c, s in zip(lot.client, lot.server, strict=True)}
    assert max(np.bincount([client - 1_000 for client, _ in met])) > 5


def test_clients_of_a_closed_group_use_their_own_group_only() -> None:
    """With own_group 1 a client of group g meets services of group g alone."""
    drawn = _preferences(own_group=1.0).draw(np.random.default_rng(0), Span(0, 1), atoms(1))
    assert ((drawn.client - 1_000) % 3).tolist() == (drawn.server // 20).tolist()


def test_idle_days_leave_the_number_of_sessions_as_it_is() -> None:
    """Clients active on 30% of days make as many sessions in all, but on any day most of them make none."""
    busy = _preferences(active_days=0.3).draw(np.random.default_rng(0), Span(0, 1), atoms(1))
    assert len(np.unique(busy.client)) == pytest.approx(60, abs=26)  # 200 * 0.3, four s.d. of 6.5
    assert len(busy) / len(np.unique(busy.client)) == pytest.approx(20_000 / 60, rel=0.1)
