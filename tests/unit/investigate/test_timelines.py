"""Timelines of C2s from tables by hand: what is said, what is left out, and odd input."""

from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from math import log

import numpy as np
import pytest

from headwater.investigate.measurements import Measurements
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.investigate.timelines import timelines
from headwater.investigate.timing import timing_posterior
from headwater.model.timeline import Timeline
from timeline_tables import ORIGIN_US, Label, Spans, measured, sessions_of

START = datetime(2020, 1, 1, tzinfo=UTC)
LISTED: list[Label] = [("feed", 21.0, 41.0)]
BOTS: Spans = np.arange(20.0, 40.0, 0.4).tolist()  # on the own port for as long as it lives


def _daily(first: float, last: float) -> list[float]:
    return np.arange(first, last, 0.9).tolist()


def _only(
    contact: Spans, *, labels: list[Label] | None = None, activity: Spans = (), **more: object
) -> Timeline:
    table = measured(
        contact={0: contact}, labels={0: LISTED if labels is None else labels},
        activity={0: activity} if activity else None, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    found = timelines(table)
    assert len(found) == 1
    return found[0]


def _day(moment: datetime) -> float:
    return (moment - START) / timedelta(days=1)


def test_control_looks_like_control() -> None:
    """A host that is there for 60 days, a C2 from day 20 to 40, in contact with the service as long."""
    found = _only(_daily(20, 40), activity=BOTS, presence={0: _daily(0, 60)})
    weights = dict(found.log_bayes)
    assert found.relation is not None
    assert (found.relation.likeliest, max(weights, key=weights.__getitem__)) == ("during", "control")


def test_handoff_looks_like_handoff() -> None:
    """Contact from day 12 until the life begins."""
    found = _only(_daily(12, 20), activity=BOTS, presence={0: _daily(0, 60)})
    weights = dict(found.log_bayes)
    assert found.relation is not None
    assert (found.relation.likeliest, max(weights, key=weights.__getitem__)) == ("before", "handoff")


def test_habit_of_the_host_looks_like_coincidence() -> None:
    """Contact for as long as the host is there, of which it is a C2 for a third."""
    found = _only(_daily(2, 58), activity=BOTS, presence={0: _daily(2, 58)})
    weights = dict(found.log_bayes)
    assert max(weights, key=weights.__getitem__) == "coincidence"


def test_timing_cannot_tell_where_host_and_life_are_one() -> None:
    """The host is there exactly as long as it is a C2: control and coincidence are about as likely."""
    found = _only(_daily(20, 40), activity=BOTS, presence={0: _daily(20, 40)})
    weights = dict(found.log_bayes)
    assert abs(weights["control"] - weights["coincidence"]) < log(2.5)


def test_no_c2_speaks_louder_than_the_cap() -> None:
    """However clear: a factor of 20."""
    found = _only(_daily(20, 40), activity=BOTS, presence={0: _daily(0, 60)})
    values = [value for _, value in found.log_bayes]
    assert (max(values), min(values)) == pytest.approx((0.0, -log(20)))


def test_own_traffic_dates_a_life_to_the_hour() -> None:
    """Fifty records a day in one session from day 20 to 40, listed from day 21: nine hours of bounds at most,
    which end within an hour of day 20.
    """
    table = measured(
        contact={0: _daily(20, 40)}, labels={0: LISTED}, activity={0: [(20.0, 40.0)]},
        presence={0: _daily(0, 60)},
    )  # fmt: skip
    found = timelines(replace(table, activity=replace(table.activity, flows=np.array([1_000]))))[0]
    assert found.activity is not None
    low, high = _day(found.activity.start_low), _day(found.activity.start_high)
    assert (high == pytest.approx(20.0, abs=1 / 24), 0.0 < high - low < 9 / 24) == (True, True)


def _with_others(count: int, *, later: float = 0.0) -> Timeline:
    """A C2 seen three times early in its life, beside others in contact from day 20 to 40.

    Args:
        count: of the others.
        later: days by which their lives come later than that.
    """
    others = range(1, count + 1)
    table = measured(
        contact={0: [21.0, 23.5, 27.0], **{c2: _daily(20, 40) for c2 in others}},
        labels={0: LISTED, **{c2: [("feed", 21.0 + later, 41.0 + later)] for c2 in others}},
        activity={0: BOTS, **{c2: (np.array(BOTS) + later).tolist() for c2 in others}},
        presence={c2: _daily(0, 60) for c2 in range(count + 1)},
    )
    return timelines(table)[0]


def test_alone_there_are_no_others_to_hear() -> None:
    """The two relations are one."""
    found = _with_others(0)
    assert found.relation is not None
    assert found.relation_with_others is not None
    assert astuple(found.relation_with_others) == pytest.approx(astuple(found.relation))


def test_an_ambiguous_c2_leans_the_way_of_the_others() -> None:
    """Beside eleven whose contact lies within their lives its own does so more likely than by itself."""
    found = _with_others(11)
    assert found.relation is not None
    assert found.relation_with_others is not None
    assert found.relation_with_others.during > found.relation.during + 0.01


def test_what_others_say_is_no_evidence_about_it() -> None:
    """Where the others' lives begin as their contact ends, its likelihoods and its own relation stay."""
    follow, stop = _with_others(11), _with_others(11, later=20.0)
    assert dict(follow.log_bayes) == pytest.approx(dict(stop.log_bayes))
    assert (follow.relation == stop.relation, follow.relation_with_others == stop.relation_with_others) == (
        True,
        False,
    )


def test_contact_before_the_first_other_traffic_is_not_ruled_out() -> None:
    """Twice in contact, first half a day into the life, which is when its other traffic begins: the draws
    in which contact began before are fewer, but not gone as where such a draw weighs nothing.
    """
    table = measured(
        contact={0: [20.5, 26.0]}, labels={0: LISTED}, activity={0: BOTS},
        presence={0: np.arange(20.0, 40.0, 0.2).tolist()},
    )  # fmt: skip
    open_, closed = (
        timelines(table, settings=TimelineSettings(silent_presence=weight))[0].relation
        for weight in (TimelineSettings().silent_presence, 1e-6)
    )
    assert open_ is not None
    assert closed is not None
    assert open_.starts_before > closed.starts_before + 0.02


def test_split_by_hand() -> None:
    """An analyst's window from day 20 to 40, sessions far from its edges: 2, 4 and 3; 60 days in thirds."""
    contact = [5.0, 10.0, 25.0, 28.0, 31.0, 34.0, 50.0, 52.0, 54.0]
    found = _only(contact, labels=[("analyst", 20.0, 40.0)], overridden=True, presence={0: _daily(0, 60)})
    assert found.split is not None
    split = found.split
    sessions, shares = (
        (split.before, split.during, split.after),
        (split.exposure_before, split.exposure_during),
    )
    assert sessions == pytest.approx((2, 4, 3), abs=0.05)
    assert (*shares, split.exposure_after) == pytest.approx((1 / 3, 1 / 3, 1 / 3), abs=0.02)


def test_rule_leaves_out_who_was_seen_too_rarely() -> None:
    """Three sessions where the rule asks for four: listed with the count, and let in where all count."""
    table = measured(contact={0: [22.0, 25.0, 30.0]}, labels={0: LISTED})
    ruled = timelines(table)[0]
    free = timelines(table, settings=TimelineSettings(nothing_excluded=True))[0]
    assert (ruled.included, ruled.excluded_because, free.included, free.excluded_because) == (
        False, "3 sessions with the service; the rule asks for 4", True, "",
    )  # fmt: skip


def test_rule_leaves_out_wide_bounds() -> None:
    """Four sessions, three in one clump: an edge is uncertain by more than 3 days and than the span."""
    found = _only([30.0, 30.3, 30.6, 32.0], days=300.0, labels=[("feed", 25.0, 60.0)])
    assert (found.included, "is uncertain by" in found.excluded_because) == (False, True)


def test_no_contact_no_timelines() -> None:
    """Nothing in, nothing out."""
    assert timelines(measured(contact={}, labels={0: LISTED})) == ()


def test_one_session_is_no_interval() -> None:
    """It has a life and a split, and neither contact nor relation."""
    found = _only([25.0])
    assert (found.contact, found.relation, found.split is not None, found.included) == (
        None,
        None,
        True,
        False,
    )


def test_all_at_one_moment() -> None:
    """Four sessions at the same microsecond: finite numbers, edges around that moment."""
    found = _only([25.0] * 4)
    assert found.contact is not None
    assert found.contact.start <= START + timedelta(days=25) <= found.contact.end


def test_label_that_ends_before_the_data() -> None:
    """The feed dates the C2 to the month before the records: contact comes after."""
    found = _only(_daily(20, 40), labels=[("feed", -30.0, -10.0)])
    assert found.relation is not None
    assert found.activity is not None
    assert (found.relation.likeliest, found.activity.end < START) == ("after", True)


def test_feeds_that_contradict_each_other_are_named() -> None:
    """One ends the C2 before the other begins it."""
    found = _only(_daily(20, 40), labels=[("early", 5.0, 9.0), ("late", 30.0, 45.0)])
    assert found.activity is not None
    assert "the lists contradict each other: early ends it before late begins it" in found.activity.basis


def test_open_label_ends_with_the_traffic() -> None:
    """Without a last day the bots' check-ins tell it: last seen on day 39.6."""
    found = _only(_daily(20, 40), labels=[("feed", 21.0, None)], activity=BOTS)
    assert found.activity is not None
    assert "without a last day" in found.activity.basis
    assert _day(found.activity.end) == pytest.approx(39.6, abs=1.5)


def test_nothing_dates_the_life() -> None:
    """A label without dates and no traffic on its own port: no life, no relation, not counted."""
    found = _only(_daily(20, 40), labels=[("feed", None, None)])
    assert (found.activity, found.relation, found.log_bayes, found.excluded_because) == (
        None, None, (), "neither lists nor flows tell when it was a C2",
    )  # fmt: skip


def test_listing_comes_late() -> None:
    """From the list alone, the life began some days before the listing, never well after it."""
    found = _only(_daily(20, 40))
    assert found.activity is not None
    assert 14.0 < _day(found.activity.start) < 21.0
    assert _day(found.activity.start_high) < 21.6


def test_ordinary_clients_before_the_life_do_not_begin_it() -> None:
    """The port was in use all along at the same pace: the list tells, and the basis says so."""
    found = _only(_daily(20, 40), activity=_daily(0, 60))
    assert found.activity is not None
    assert _day(found.activity.start) > 12.0
    assert "need not be of its life" in found.activity.basis


def test_contact_at_the_edge_of_the_data_is_censored() -> None:
    """The first session is among the first records: the start may lie before them and is cut there."""
    found = _only(_daily(0.1, 40))
    assert found.contact is not None
    assert (found.contact.start_censored, found.contact.end_censored, found.contact.start_low) == (
        True, False, START,
    )  # fmt: skip


def _table(*, origin_us: int = ORIGIN_US) -> Measurements:
    return measured(
        contact={0: _daily(20, 40), 1: [3.0, 6.0, 7.5, 11.0]},
        labels={0: LISTED, 1: [("feed", 10.0, 30.0), ("other", 9.0, None)]},
        activity={0: BOTS, 1: _daily(8, 30)}, dark=(13, 14), origin_us=origin_us,
    )  # fmt: skip


def test_same_in_same_out() -> None:
    """Twice the same."""
    assert timelines(_table()) == timelines(_table())


def test_shifted_times_shift_the_answer() -> None:
    """Everything 1,000 days later: the same probabilities, and edges 1,000 days later to the second."""
    days = timedelta(days=1_000)
    here, there = timelines(_table()), timelines(_table(origin_us=ORIGIN_US + 1_000 * 86_400_000_000))
    edges = [
        abs(after.contact.start_low - before.contact.start_low - days)
        for before, after in zip(here, there, strict=True)
        if before.contact and after.contact
    ]
    assert len(edges) == 2
    assert max(edges) < timedelta(seconds=1)
    assert [each.relation for each in here] == [each.relation for each in there]


def test_skew_of_clocks_below_the_tolerance_changes_little() -> None:
    """Check-ins from a sensor that is two minutes late: no probability moves by more than 0.03."""
    table, late = _table(), 120_000_000
    moved = replace(
        table.activity, start_us=table.activity.start_us + late, end_us=table.activity.end_us + late
    )
    pairs = zip(timelines(table), timelines(replace(table, activity=moved)), strict=True)
    changes = [
        abs(a.relation.starts_before - b.relation.starts_before)
        for a, b in pairs
        if a.relation and b.relation
    ]
    assert max(changes) < 0.03


def test_more_sessions_narrow_the_bounds() -> None:
    """In the mean over 40 C2s, three times as many sessions in the same time halve the width or more."""
    rng = np.random.default_rng(4)
    widths = []
    for count in (8, 24):
        contact = {c2: np.sort(rng.uniform(100, 130, count)).tolist() for c2 in range(40)}
        table = measured(contact=contact, labels={c2: [("a", 100.0, 130.0)] for c2 in range(40)}, days=300)
        shown = [each.contact for each in timelines(table) if each.contact]
        widths.append(np.mean([(each.start_high - each.start_low) / timedelta(days=1) for each in shown]))
    assert widths[1] < widths[0] / 2


def test_posterior_by_hand() -> None:
    """Two C2s with odds 2:1 each for control against both others: 4 : 1 : 1."""
    logs = np.log(np.array([[1.0, 0.5, 0.5]] * 2))
    assert timing_posterior(logs).tolist() == pytest.approx([4 / 6, 1 / 6, 1 / 6])


def test_only_c2s_in_contact_have_timelines() -> None:
    """The second listed C2 never met the service."""
    table = measured(contact={0: _daily(20, 40)}, labels={0: LISTED, 1: LISTED})
    table = replace(table, activity=sessions_of({1: BOTS}))
    assert [each.address for each in timelines(table)] == ["198.18.0.0"]


def test_traffic_after_the_end_does_not_hold_an_open_label_alive() -> None:
    """Bots check in for 20 days, one knocks ten days later: without a last day the life may end before."""
    found = _only(_daily(20, 40), labels=[("feed", 21.0, None)], activity=[*BOTS, 49.6])
    assert found.activity is not None
    assert _day(found.activity.end_low) < 45.0
