"""Tests of simulate/evaluate/stories.py: a case made up by hand, held against what a story promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from case_samples import dridex_case, sample_hunt
from headwater.errors import BadSetting
from headwater.model.case import Case
from headwater.model.tenancy import Placing
from headwater.simulate.evaluate.stories import Wanted, expected_of, outcome_of, wanted_of

GROUPS = {"dridex": 7, "emotet/epoch2": 10, "emotet/epoch3": 4}
WHOLE = Wanted(
    story="dridex-emotet", service="203.0.113.77:38400/tcp", question="tie", hypothesis="control",
    tenant="new-operator", barred_after=None, since_from=datetime(2019, 12, 21, tzinfo=UTC),
    since_until=datetime(2020, 3, 1, tzinfo=UTC), closest_group="dridex", by_group=GROUPS,
    excluded={"emotet/epoch2": 5},
)  # fmt: skip
PLAIN = replace(
    WHOLE, tenant="", since_from=None, since_until=None, closest_group="", by_group={}, excluded={}
)


def _case() -> Case:
    """The hand-made case of 21 C2s, with timing that fits Dridex better and chance ruled out."""
    case = dridex_case()
    fit = {"dridex": -3.0, "epoch2": -1.0, "epoch3": -1.0}
    timelines = tuple(
        replace(
            each,
            log_bayes=(("control", 0.0), ("handoff", -3.0), ("coincidence", fit[each.group or each.family])),
        )
        for each in case.timelines
    )
    hypotheses = tuple(replace(each, high=0.01) if each.id == "chance" else each for each in case.hypotheses)
    placed = tuple(each for each in case.placed if each.claim == 0)
    return replace(case, timelines=timelines, hypotheses=hypotheses, placed=placed)


def _verdict(case: Case, verdict: str) -> Case:
    return replace(case, conclusion=replace(case.conclusion, verdict=verdict))


def test_a_case_that_says_what_the_story_promises_is_right() -> None:
    """Every point of the published case comes out in a case made to say so."""
    outcome = outcome_of(_case(), WHOLE)
    assert outcome.text == "right (13 points)"
    assert outcome.right


def _other_counts(case: Case) -> Case:
    return replace(case, counts=replace(case.counts, by_group=GROUPS | {"dridex": 6}))


def _all_included(case: Case) -> Case:
    return replace(case, timelines=tuple(replace(each, included=True) for each in case.timelines))


def _too_early(case: Case) -> Case:
    return replace(case, conclusion=replace(case.conclusion, since=datetime(2019, 12, 1, tzinfo=UTC)))


def _closest_to_emotet(case: Case) -> Case:
    return replace(case, conclusion=replace(case.conclusion, closest_group="emotet/epoch2"))


def _handoff_on_top(case: Case) -> Case:
    swapped = {"control": "handoff", "handoff": "control"}
    return replace(
        case,
        hypotheses=tuple(
            replace(each, id=swapped.get(each.id, each.id)) if each.scope == "dridex" else each
            for each in case.hypotheses
        ),
    )


def _chance_possible(case: Case) -> Case:
    return replace(case, hypotheses=tuple(replace(each, high=0.3) for each in case.hypotheses))


def _earlier_operator(case: Case) -> Case:
    swapped = {"new-operator": "earlier-operator", "earlier-operator": "new-operator"}
    found = tuple(replace(each, id=swapped.get(each.id, each.id)) for each in case.hypotheses)
    return replace(case, hypotheses=found)


def _claim_long_after(case: Case) -> Case:
    placed = tuple(replace(each, placing=Placing.AFTER, probability=0.0) for each in case.placed)
    return replace(case, placed=placed)


def _epoch2_surer(case: Case) -> Case:
    timelines = tuple(
        replace(each, log_bayes=(("control", 0.0), ("handoff", -3.0), ("coincidence", -3.0)))
        if each.group == "epoch2"
        else replace(each, log_bayes=(("control", 0.0), ("handoff", -1.0), ("coincidence", -1.0)))
        for each in case.timelines
    )
    said = tuple(replace(each, words="likely") for each in case.hypotheses)
    return replace(case, timelines=timelines, hypotheses=said)


@pytest.mark.parametrize(
    ("change", "point"),
    [
        (_other_counts, "C2s by group"),
        (_all_included, "left out by the rule"),
        (_too_early, "since"),
        (_closest_to_emotet, "closest group"),
        (_handoff_on_top, "dridex: control above handoff"),
        (_chance_possible, "chance ruled out"),
        (_earlier_operator, "a new operator above the earlier one"),
        (_claim_long_after, "the claim at the edge of the tenancy"),
        (_epoch2_surer, "emotet/epoch2: undecided or weaker than dridex"),
    ],
)
def test_each_promise_is_held_against_the_case(change: Callable[[Case], Case], point: str) -> None:
    """A case that breaks one promise is wrong in that point."""
    outcome = outcome_of(change(_case()), WHOLE)
    assert point in [each.name for each in outcome.points if not each.right]
    assert not outcome.right


def test_another_verdict_is_wrong() -> None:
    """The line says what was found and what was wanted."""
    outcome = outcome_of(_verdict(_case(), "handoff"), PLAIN)
    assert outcome.text == "verdict: handoff, wanted control"


def test_another_service_is_wrong() -> None:
    """A case about another service is no answer to the story."""
    outcome = outcome_of(_case(), replace(PLAIN, service="203.0.113.78:38400/tcp"))
    assert [each.name for each in outcome.points if not each.right] == ["service"]


def test_a_strong_word_for_a_wrong_hypothesis_is_wrong() -> None:
    """Where the story is a handoff, "control is very likely" is a wrong accusation, whatever the verdict."""
    outcome = outcome_of(_verdict(_case(), "handoff"), replace(PLAIN, hypothesis="handoff"))
    assert [each.name for each in outcome.points if not each.right] == ["strong words for another hypothesis"]


def test_weak_words_for_a_wrong_hypothesis_are_no_accusation() -> None:
    """Words such as "very unlikely" may stand where they do."""
    case = _case()
    said = tuple(replace(each, words="very unlikely") for each in case.hypotheses)
    case = _verdict(replace(case, hypotheses=said), "handoff")
    assert outcome_of(case, replace(PLAIN, hypothesis="handoff")).right


def test_evidence_from_behind_the_boundary_must_not_count() -> None:
    """One item on the tie that counts and was observed after the next tenant came makes the outcome wrong."""
    case, after = _case(), datetime(2019, 7, 1, tzinfo=UTC)
    tie = replace(case.evidence[0], question="tie", barred_by="", observed_at=after + timedelta(days=3))
    wanted = replace(PLAIN, barred_after=after)
    counting = outcome_of(replace(case, evidence=(tie,)), wanted)
    barred = outcome_of(replace(case, evidence=(replace(tie, barred_by="T2"),)), wanted)
    assert not counting.right
    assert barred.right


def test_a_boundary_that_was_not_found_is_wrong() -> None:
    """Without two tenancies that meet at the change of hands the story did not come out."""
    case, after = replace(_case(), tenancy=(), evidence=()), datetime(2019, 7, 1, tzinfo=UTC)
    outcome = outcome_of(case, replace(PLAIN, barred_after=after))
    assert [each.name for each in outcome.points if not each.right] == [
        "the boundary lies between two tenancies"
    ]


def test_the_hunt_must_have_the_service_first() -> None:
    """A hunt whose first candidate is another service makes the outcome wrong."""
    hunt = sample_hunt()
    first = replace(hunt.candidates[0], address="203.0.113.77", port=38_400, by_group=GROUPS)
    assert outcome_of(_case(), WHOLE, replace(hunt, candidates=(first, *hunt.candidates[1:]))).right
    assert not outcome_of(_case(), WHOLE, replace(hunt, candidates=(replace(first, port=443),))).right
    assert not outcome_of(_case(), WHOLE, replace(hunt, candidates=())).right


def test_what_is_wanted_is_read_from_the_truth(tmp_path: Path) -> None:
    """A truth with its times as text gives the same as one with moments."""
    said: dict[str, object] = {
        "question": "tie", "hypothesis": "control", "tenant": "passed-on",
        "barred_after": "2025-05-01T06:00:00Z", "since_from": None, "since_until": None, "closest_group": "",
        "by_group": {}, "excluded": {},
    }  # fmt: skip
    document = {"story": "reused-address", "service": {"investigate": "240.0.0.1:443/tcp"}, "expected": said}
    wanted = wanted_of(document)
    assert wanted.barred_after == datetime(2025, 5, 1, 6, tzinfo=UTC)
    assert not wanted.whole_case
    with pytest.raises(BadSetting, match="headwater simulate STORY"):
        expected_of(tmp_path / "truth.json")
