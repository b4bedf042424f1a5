"""What a case rests on, in lines: coverage, the chance of having seen, what is left out, what items do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from case_samples import dridex_case, empty_case
from headwater.model.case import Case
from headwater.model.hypothesis import Hypothesis, Step
from headwater.present.case_basis import (
    beside_lines,
    coverage_lines,
    shared_keys_lines,
    steps_lines,
    tops,
)


def _seen_with(chance: float | None) -> list[str]:
    case = dridex_case()
    return coverage_lines(replace(case, coverage=replace(case.coverage, chance_of_session=chance)))


def test_not_seen_comes_with_the_chance_of_having_seen_it() -> None:
    """At 0.09 a session: 1 - 0.91^5 = 0.376, 1 - 0.91^20 = 0.848."""
    told = " ".join(_seen_with(0.09))
    assert "with a chance of 0.09, at least one of 5 with 0.38, of 20 with 0.85" in told


@pytest.mark.parametrize(
    ("chance", "told"), [(None, "nothing can be said"), (1.0, "Nothing is sampled away")]
)
def test_where_there_is_no_chance_to_tell_the_lines_say_so(chance: float | None, told: str) -> None:
    """Unknown sampling, and none."""
    assert told in " ".join(_seen_with(chance))


def test_gaps_are_named_by_their_days() -> None:
    """Half-open spans are told by their last day; a gap of one day by that day alone."""
    case = dridex_case()
    gaps = (
        (datetime(2020, 3, 10, tzinfo=UTC), datetime(2020, 3, 19, tzinfo=UTC)),
        (datetime(2020, 8, 1, tzinfo=UTC), datetime(2020, 8, 2, tzinfo=UTC)),
    )
    told = coverage_lines(replace(case, coverage=replace(case.coverage, gaps=gaps)))
    assert "No sensor recorded anything on 2020-03-10 to 2020-03-18, 2020-08-01;" in " ".join(told)


def test_groups_that_were_seen_and_not_in_contact_are_named() -> None:
    """With how many of their listed C2s the records show."""
    case = dridex_case()
    counts = replace(case.counts, seen_by_group={**case.counts.by_group, "flawedammyy": 29})
    told = coverage_lines(replace(case, counts=counts))
    assert told[-1] == "In the records and not seen in contact: flawedammyy (29 C2s)."


def test_a_run_with_the_left_out_stands_beside() -> None:
    """The likeliest answer of every scope, with both numbers."""
    case = _two_answers()
    told = beside_lines(replace(case, with_excluded=(_answer("control", 0.7), _answer("handoff", 0.3))))
    assert told == ["With the 5 left out counted as well: control of all 0.70 (by the rule 0.80)."]


def test_where_nothing_is_left_out_nothing_stands_beside() -> None:
    """The same numbers twice would say nothing."""
    case = _two_answers()
    counted = tuple(one for one in case.timelines if one.included)
    assert beside_lines(replace(case, timelines=counted, with_excluded=case.hypotheses)) == []


def test_each_item_moves_the_likeliest_answer() -> None:
    """Odds of 1:3, 1:1 and 9:1 are 0.25, 0.50 and 0.90; an item that moves by 0.01 is not named."""
    odds = [("prior", -0.4771, -0.4771), ("E1", -0.4771, 0.0), ("E2", 0.0, 0.01), ("E3", 0.01, 0.9542)]
    steps = tuple(Step(name, "control", "tie", "all", before, after) for name, before, after in odds)
    told = steps_lines(replace(_two_answers(), waterfall=steps))
    assert told == ["control (tie): prior 0.25, E1 0.50, E3 0.90; with all others 0.90"]


def test_keys_that_sit_on_other_hosts_are_named() -> None:
    """With three of the hosts."""
    case = dridex_case()
    key = replace(case.keys[0], elsewhere=("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"))
    told = shared_keys_lines(replace(case, keys=(key, replace(key, elsewhere=()))))
    assert [line.partition("also sits on ")[2] for line in told] == [
        "192.0.2.1, 192.0.2.2, 192.0.2.3 and others; images share keys."
    ]


def test_an_empty_case_rests_on_nothing() -> None:
    """No line, no fault."""
    case = empty_case()
    lines = [coverage_lines(case), beside_lines(case), steps_lines(case), shared_keys_lines(case)]
    assert [line for each in lines for line in each] == []


def test_the_whole_comes_before_its_groups() -> None:
    """And each question and scope has one answer at its top."""
    answers = (_answer("handoff", 0.6, scope="dridex"), _answer("control", 0.8), _answer("handoff", 0.2))
    assert [(one.scope, one.id) for one in tops(answers)] == [("all", "control"), ("dridex", "handoff")]


def _two_answers() -> Case:
    return replace(dridex_case(), hypotheses=(_answer("control", 0.8), _answer("handoff", 0.2)))


def _answer(name: str, posterior: float, *, scope: str = "all") -> Hypothesis:
    like = dridex_case().hypotheses[0]
    return replace(like, question="tie", scope=scope, id=name, posterior=posterior)
