"""The unseen start and end of contact, by the published formula and by hand."""

from dataclasses import replace

import numpy as np
import pytest

from headwater.investigate.coverage import clock_of
from headwater.investigate.edges import orders, shortest
from headwater.investigate.intervals import contact_draws
from headwater.investigate.measurements import Floats
from headwater.investigate.recurrence import recurrence, survival
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.simulate.evaluate.lives import merged
from headwater.simulate.evaluate.processes import poisson
from timeline_tables import measured

# without the correction for bursts the formula of Strauss and Sadler (1989) holds as it is
PUBLISHED = TimelineSettings(usual_spread=1.0, usual_spread_gaps=1e9, least_burst=1e-3)


def _leads(moments: list[float], *, days: float = 4_000.0, dark: tuple[int, ...] = ()) -> Floats:
    table = measured(contact={0: moments}, labels={0: [("a", 0.0, None)]}, days=days, dark=dark)
    clock, order = clock_of(table.days), orders(2, PUBLISHED)
    seen = recurrence(table.contact, size=1, clock=clock, stretch_days=0.25, settings=PUBLISHED)
    draws = contact_draws(seen, np.array([0]), clock=clock, settings=PUBLISHED, order=(order[0], order[1]))
    return np.asarray(moments[0] - draws.start[0], np.float64)


def test_survival_by_hand() -> None:
    """Five sessions in 10 days, 10 more unseen: (1 + 10/10)^-4 = 1/16."""
    chance = survival(np.array([10.0]), shape=np.array([4.0]), scale=np.array([10.0]))
    assert chance[0] == pytest.approx(1 / 16)


@pytest.mark.parametrize("gap", [0.5, 1.0, 3.0, 9.0])
def test_draws_follow_the_published_formula(gap: float) -> None:
    """Strauss and Sadler (1989): P(t1 - S > g) = (1 + g/R)^-(n-1), here n = 6 and R = 9 days."""
    leads = _leads([3_000.0 + day for day in (0, 1, 4, 5, 7, 9)])
    assert (leads > gap).mean() == pytest.approx((1 + gap / 9.0) ** -5, abs=0.01)


def test_gap_of_coverage_is_no_silence() -> None:
    """Ten dark days before the first session, half a day of silence seen: the start may lie in them."""
    moments = [30.5 + day for day in range(10)]
    dark, covered = _leads(moments, dark=tuple(range(20, 30))), _leads(moments)
    inside = ((dark > 0.5) & (dark < 10.5)).mean()
    assert ((covered > 2.5).mean() < 0.12, inside > 0.7) == (True, True)


def test_contact_cannot_end_before_it_is_last_seen() -> None:
    """All draws lie outside the records of the contact."""
    assert _leads([100.0, 101.0, 102.0]).min() >= 0.0


def test_shortest_span_by_hand() -> None:
    """Of 0, 10, 11, 12, 20 the shortest span with three fifths is 10 to 12."""
    low, high = shortest(np.array([[0.0, 10.0, 11.0, 12.0, 20.0]]), coverage=0.6)
    assert (low[0], high[0]) == (10.0, 12.0)


def test_bounds_of_contact_at_random_hold_nine_in_ten() -> None:
    """Poisson contact of 20 days, one visit a day, as sessions, 400 C2s: the 90% bounds hold 88 to 96%."""
    rng = np.random.default_rng(11)
    moments = [poisson(rng, 1.0, 300.0, 320.0, 0.0) for _ in range(400)]
    contact = {c2: merged(at, np.ones_like(at))[0][:, 0].tolist() for c2, at in enumerate(moments)}
    table = measured(contact=contact, labels={c2: [("a", 0.0, None)] for c2 in contact}, days=700.0)
    settings = TimelineSettings()
    clock, order = clock_of(table.days), orders(2, settings)
    seen = recurrence(table.contact, size=400, clock=clock, stretch_days=1.0, settings=settings)
    draws = contact_draws(seen, np.arange(400), clock=clock, settings=settings, order=(order[0], order[1]))
    low, high = shortest(draws.start, coverage=0.9)
    held = ((low <= 300.0) & (high <= seen.first)).mean()
    assert 0.88 <= held <= 0.96


def test_bursts_count_less() -> None:
    """Sessions in three clumps leave more unseen than as many spread evenly."""
    clumped = [100 + clump + step for clump in (0.0, 9.0, 18.0) for step in (0.0, 0.3, 0.6, 0.9)]
    even = np.linspace(100.0, 118.9, 12).tolist()
    table = measured(
        contact={0: clumped, 1: even}, labels={0: [("a", 0.0, None)], 1: [("a", 0.0, None)]}, days=200
    )
    seen = recurrence(
        table.contact, size=2, clock=clock_of(table.days), stretch_days=0.25, settings=TimelineSettings()
    )
    assert seen.shape[0] < 0.7 * seen.shape[1]


def test_a_session_that_lasts_counts_for_its_length() -> None:
    """Five days without 6 h of silence are 20 times 6 h, not one moment."""
    table = measured(contact={0: [(100.0, 105.0)]}, labels={0: [("a", 0.0, None)]}, days=200)
    seen = recurrence(
        table.contact, size=1, clock=clock_of(table.days), stretch_days=0.25, settings=TimelineSettings()
    )
    assert (int(seen.sessions[0]), int(seen.stretches[0])) == (1, 20)


def _on_a_port(records: int) -> int:
    """As how many moments a session of five days counts that has so many records."""
    table = measured(contact={0: [(100.0, 105.0)]}, labels={0: [("a", 0.0, None)]}, days=200)
    sessions = replace(table.contact, flows=np.array([records], np.int64))
    seen = recurrence(
        sessions, size=1, clock=clock_of(table.days), stretch_days=0.25, fine_days=1 / 24,
        settings=TimelineSettings(),
    )  # fmt: skip
    return int(seen.stretches[0])


def test_many_hosts_count_by_the_hour() -> None:
    """Five days are 120 hours, of 30 records 30; with 3 there are still 20 times 6 h without silence."""
    assert [_on_a_port(records) for records in (100_000, 30, 3)] == [120, 30, 20]


def test_a_rate_that_changes_is_no_burst() -> None:
    """One session in ten days before day 100, four a day from then on: bursty as a whole, steady within."""
    at = [*np.arange(0.0, 100.0, 10.0), *np.arange(100.0, 130.0, 0.25)]
    table = measured(contact={0: at}, labels={0: [("a", 0.0, None)]}, days=200)
    plain, within = (
        recurrence(
            table.contact, size=1, clock=clock_of(table.days), stretch_days=0.25, within=span,
            settings=TimelineSettings(),
        ).burst[0]
        for span in (None, (np.array([100.0]), np.array([130.0])))
    )  # fmt: skip
    assert (plain > 2.0, within) == (True, TimelineSettings().least_burst)
