"""What would change the judgement, by hand."""

from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.robustness import turns, undecided_by
from headwater.investigate.template import Question
from headwater.model.hypothesis import Evidence

TEMPLATE = shipped_template()


def _tie() -> Question:
    found = TEMPLATE.question("tie")
    assert found is not None
    return found


def _item(name: str, **weights: float) -> Evidence:
    return Evidence(name, "analyst", "tie", "all", "seen", "so", weights)


def test_the_item_that_turns_the_answer_comes_first() -> None:
    """Without the only item for a sinkhole, the largest prior stands at the top."""
    items = (_item("A1", sinkhole=3.0), _item("A2", victims=0.1))
    found = turns(items, TEMPLATE, question=_tie(), scope="all")
    assert [(turn.item.id, turn.top) for turn in found] == [("A1", "control"), ("A2", "sinkhole")]


def test_two_witnesses_carry_each_other() -> None:
    """Neither turns it alone."""
    items = (_item("A1", sinkhole=3.0), _item("A2", sinkhole=3.0))
    found = turns(items, TEMPLATE, question=_tie(), scope="all")
    assert [turn.top for turn in found] == ["sinkhole", "sinkhole"]


def test_what_was_not_observed_is_named_by_what_it_could_do() -> None:
    """Between a sinkhole and victims, names could tell: 0.60 / 0.002 against 1, limited to three decades."""
    items = (_item("A1", sinkhole=3.0, victims=2.9),)
    missing, second, factor = undecided_by(items, TEMPLATE, question=_tie(), scope="all")[0]
    assert missing == TEMPLATE.rules["names"].missing
    assert second == "victims"
    assert round(factor) == 300


def test_what_was_observed_is_not_missing() -> None:
    """An item of the kind is there."""
    items = (Evidence("E1", "names", "tie", "all", "seen", "so", {"sinkhole": 3.0}),)
    told = [one[0] for one in undecided_by(items, TEMPLATE, question=_tie(), scope="all")]
    assert TEMPLATE.rules["names"].missing not in told
