"""Which answers stand although the C2s were hardly seen, by hand."""

import pytest

from case_facts import c2s, facts
from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.facts import Facts
from headwater.investigate.template import Question
from headwater.investigate.thin import accuses_nobody, thinness, timing_could_turn
from headwater.model.hypothesis import Evidence

TEMPLATE = shipped_template()
RARE = facts(c2s(3, sessions=3))  # nine sessions, where twelve are asked for
FEW = facts(c2s(3, sessions=5, included=False))  # no timeline and 15 sessions, where two or 30 are asked for
SEEN = facts(c2s(3, sessions=20))


def _tie() -> Question:
    found = TEMPLATE.question("tie")
    assert found is not None
    return found


def _item(kind: str = "analyst", /, **weights: float) -> tuple[Evidence, ...]:
    named = {name.replace("_", "-"): value for name, value in weights.items()}
    return (Evidence("A1", kind, "tie", "all", "seen", "so", named),)


def _thin(case: Facts, items: tuple[Evidence, ...], *others: tuple[Evidence, ...]) -> str:
    return thinness(case, (items, *others), TEMPLATE, question=_tie(), scope="all")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (RARE, "only 9 sessions of 3 listed C2s"),
        (FEW, "only 0 timelines that can be compared, and 15 sessions"),
        (SEEN, ""),
    ],
)
def test_an_accusation_needs_contact(case: Facts, said: str) -> None:
    """One operator leads: the C2s have to be seen."""
    assert _thin(case, _item(control=2.0)) == said


@pytest.mark.parametrize("case", [RARE, FEW])
def test_an_answer_that_accuses_nobody_stands(case: Facts) -> None:
    """Chance, with every accusation two decades and more below it."""
    weights = {"control": -2.0, "handoff": -2.0, "victims": -2.0, "double_compromise": -2.0}
    assert _thin(case, _item(chance=1.0, **weights)) == ""


def test_it_does_not_stand_where_an_accusation_may_well_be_true() -> None:
    """Chance leads, but control has three tenths of its odds."""
    assert _thin(RARE, _item(chance=1.0, control=0.5)) == "only 9 sessions of 3 listed C2s"


def test_it_has_to_hold_in_every_setting_that_is_tried() -> None:
    """Under other settings an accusation leads."""
    safe = _item(chance=2.0, control=-3.0, handoff=-3.0, victims=-3.0, double_compromise=-3.0)
    assert accuses_nobody((safe,), TEMPLATE, _tie(), "all")
    assert not accuses_nobody((safe, _item(control=2.0)), TEMPLATE, _tie(), "all")


def test_few_timelines_do_not_stand_against_what_no_timeline_turns() -> None:
    """Victims lead by more than the three decades that timing may tell; few sessions are another matter."""
    items = _item(victims=4.0)
    assert (_thin(FEW, items), bool(_thin(RARE, items))) == ("", True)


def test_timing_may_turn_a_smaller_lead() -> None:
    """Two decades."""
    assert timing_could_turn(_item(victims=2.0), TEMPLATE, _tie(), "all")


def test_timing_tells_nothing_between_explanations_of_one_model() -> None:
    """Sinkhole and victims take one model: that the two are close is no matter of timelines."""
    assert not timing_could_turn(_item(victims=4.0, sinkhole=3.9), TEMPLATE, _tie(), "all")


def test_what_timing_told_so_far_is_left_out() -> None:
    """A lead that is timing's own is none."""
    assert timing_could_turn(_item("timing", control=5.0), TEMPLATE, _tie(), "all")
