"""Timing of sessions by hand."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from case_facts import C2, at_us, c2s, facts, timeline
from headwater.investigate.evidence.session_split import split_logs
from headwater.investigate.evidence.timing import TIMING
from headwater.investigate.evidence.timing_models import capped, follows, moved_on, summed, told_by
from headwater.investigate.facts import Held
from headwater.investigate.rule import Rule, Scope
from headwater.model.timeline import SessionSplit

RULE = Rule(
    "timing",
    "when",
    limit=10.0,
    numbers={"cap_factor": 20.0, "even": 3.0, "moved_on": 1e-4, "keeps_order": 1e6},
    likes={"control": "control", "handoff": "handoff"},
)
FOUR = {"cap_factor": 20.0, "even": 4.0, "moved_on": 1e-4, "keeps_order": 1e6}
TEN = math.log(10)
CONTROL = {"control": 0.0, "handoff": -TEN, "coincidence": -TEN}  # ten to one for control
ScopeOf = Callable[..., Scope]


def test_one_c2_by_hand(scope_of: ScopeOf) -> None:
    """Ten to one against the two others: log10 of 10 for control, 0 for handoff against coincidence."""
    case = facts(c2s(1, log_bayes=CONTROL))
    (item,) = TIMING.look(case, RULE, scope_of(case))
    assert item.weights == pytest.approx({"control": 1.0, "handoff": 0.0}, abs=1e-3)


def test_c2s_add_up(scope_of: ScopeOf) -> None:
    """Three C2s of ten to one each: 1,000 to one."""
    case = facts(c2s(3, log_bayes=CONTROL))
    (item,) = TIMING.look(case, RULE, scope_of(case))
    assert item.weights["control"] == pytest.approx(3.0, abs=1e-3)


def test_one_c2_moves_no_more_than_twenty() -> None:
    """A million to one counts as twenty to one."""
    assert capped({"control": 0.0, "handoff": -13.8}, cap=math.log(20))["handoff"] == pytest.approx(
        -math.log(20)
    )


def test_co_located_c2s_speak_with_one_voice() -> None:
    """Two C2s of one /24 of ten to one each are one."""
    both = [timeline(C2(f"198.18.5.{last}", log_bayes=CONTROL)) for last in (1, 2)]
    models = summed(both, RULE, by="both")
    assert models["control"] - models["handoff"] == pytest.approx(1.0)


def _split(before: float, during: float, after: float) -> SessionSplit:
    return SessionSplit(before, during, after, 0.5, 0.25, 0.25)


def test_sessions_by_hand() -> None:
    """One session within: control (1, 2, 1) gives 2/4, coincidence its share of the time, 1/4."""
    logs = split_logs(_split(0, 1, 0), {"control": (1.0, 2.0, 1.0)}, even=4.0)
    assert logs["control"] - logs["coincidence"] == pytest.approx(math.log(2))


def test_two_sessions_by_hand() -> None:
    """Two within: 2/4 * 3/5 against 1/4 * 2/5."""
    logs = split_logs(_split(0, 2, 0), {"control": (1.0, 2.0, 1.0)}, even=4.0)
    assert logs["control"] - logs["coincidence"] == pytest.approx(math.log(0.3 / 0.1))


def test_both_models_are_averaged() -> None:
    """Ten to one by the intervals, two to one by the sessions: the root of twenty."""
    rule = replace(RULE, splits={"control": (1.0, 2.0, 1.0), "handoff": (2.0, 1.0, 1.0)}, numbers=FOUR)
    line = replace(timeline(C2("198.18.5.1", log_bayes=CONTROL)), split=_split(0, 1, 0))
    found = told_by(line, rule, by="both")
    assert found["control"] - found["coincidence"] == pytest.approx(math.log(20) / 2)


def test_each_model_alone() -> None:
    """As the bounds take it: ten to one, and two to one."""
    rule = replace(RULE, splits={"control": (1.0, 2.0, 1.0), "handoff": (2.0, 1.0, 1.0)}, numbers=FOUR)
    line = replace(timeline(C2("198.18.5.1", log_bayes=CONTROL)), split=_split(0, 1, 0))
    both = [told_by(line, rule, by=by) for by in ("intervals", "sessions")]
    assert [one["control"] - one["coincidence"] for one in both] == pytest.approx([TEN, math.log(2)])


def test_the_excluded_say_nothing(scope_of: ScopeOf) -> None:
    """Left out by the rule: no item; with everything included: one."""
    case = facts(c2s(2, log_bayes=CONTROL, included=False))
    without = TIMING.look(case, RULE, scope_of(case))
    beside = TIMING.look(replace(case, include_excluded=True), RULE, scope_of(case))
    assert (len(without), len(beside)) == (0, 1)


def test_contact_of_a_later_tenant_says_nothing(scope_of: ScopeOf) -> None:
    """Contact that began behind the tenancy's end is another tenant's."""
    case = facts(c2s(2, log_bayes=CONTROL, first=120.0, last=150.0), held=Held("T1", None, at_us(100)))
    assert TIMING.look(case, RULE, scope_of(case)) == ()


def test_each_group_has_its_own(scope_of: ScopeOf) -> None:
    """Two of one group and three of another."""
    case = facts(c2s(2, log_bayes=CONTROL) + c2s(3, group="emotet/epoch2", log_bayes=CONTROL))
    (item,) = TIMING.look(case, RULE, scope_of(case, "emotet/epoch2"))
    assert item.scope == "emotet/epoch2"
    assert item.weights["control"] == pytest.approx(3.0, abs=1e-3)


def test_operators_who_move_on_look_like_a_handoff() -> None:
    """A twentieth of those in control: a million to one for a handoff is twenty to one."""
    models = moved_on({"control": -6.0, "handoff": 0.0, "coincidence": -3.0}, share=0.05)
    assert models["handoff"] - models["control"] == pytest.approx(math.log10(20), abs=1e-4)


def test_any_share_by_hand() -> None:
    """One C2 of ten to one: the mean over all shares p of 10 p + (1 - p) is 5.5."""
    found = follows([{"control": TEN, "coincidence": 0.0}], shape=(1.0, 1.0))
    assert found == pytest.approx(math.log(5.5), abs=1e-6)


def test_mostly_following_by_hand() -> None:
    """The mean of beta (6, 1) is 6/7: 10 * 6/7 + 1/7 = 61/7."""
    found = follows([{"control": TEN, "coincidence": 0.0}], shape=(6.0, 1.0))
    assert found == pytest.approx(math.log(61 / 7), abs=1e-3)


def test_customers_may_all_follow_the_lives() -> None:
    """Nine C2s of ten to one each: near the mean of p^9 10^9, 10^8, and not a factor of two for each C2."""
    found = follows([{"control": TEN, "coincidence": 0.0}] * 9, shape=(1.0, 1.0)) / TEN
    assert found == pytest.approx(8.05, abs=0.05)


def test_some_c2s_without_order_do_not_refute_control() -> None:
    """Nine that follow and three that do not: more likely under control than the product of all says."""
    nine, three = {"control": 0.0, "coincidence": -TEN}, {"control": -TEN, "coincidence": 0.0}
    assert follows([nine] * 9 + [three] * 3, shape=(6.0, 1.0)) > -3 * TEN


def test_rows_are_records_of_those_that_count(scope_of: ScopeOf) -> None:
    """Behind it stand the flow records of the C2s that count, neither their sessions nor those left out."""
    members = [*c2s(2, log_bayes=CONTROL), C2("198.18.250.1", log_bayes=CONTROL, included=False)]
    case = facts(members)
    flows = case.measurements.clients.flows
    (item,) = TIMING.look(case, RULE, scope_of(case))
    assert item.provenance.rows == int(flows.sum()) * 2 // 3


def test_one_c2_is_no_plural(scope_of: ScopeOf) -> None:
    """What is said of one C2 is said in the singular."""
    case = facts(c2s(1, log_bayes=CONTROL))
    (item,) = TIMING.look(case, RULE, scope_of(case))
    assert item.statement.startswith("1 listed C2 had ")
    assert "after its life as C2; 0 left out." in item.statement
