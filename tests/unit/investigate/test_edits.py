"""The analyst's edits: added, changed, switched off, let in; and what is refused."""

from dataclasses import replace

import pytest

from case_facts import c2s, facts
from headwater.app.hypothesis_template import shipped_template
from headwater.errors import BadSetting
from headwater.investigate.edits import Edits, edited
from headwater.investigate.edits_parsing import parse_edits
from headwater.investigate.judgement import judge
from headwater.investigate.ledger import ledger
from headwater.model.hypothesis import Evidence

TEMPLATE = shipped_template()
ADD = """
[[add]]
id = "A1"
question = "tie"
statement = "A seized server held a password for the C2s."
reason = "Whoever has it can run them."
weights = { control = 1.0 }
source = "case 17"
grade = "B2"
observed_at = 2020-03-01
"""


def _edits(text: str) -> Edits:
    return parse_edits(text, name="edits.toml", template=TEMPLATE)


def _items() -> tuple[Evidence, ...]:
    return (
        Evidence("E1", "purity", "tie", "all", "seen", "so.", {"control": 1.0, "chance": -1.0}),
        Evidence("E2", "timing", "tie", "dridex", "seen", "so.", {"control": 2.0}),
        Evidence("E3", "claims", "tie", "all", "said", "so.", {"victims": 1.0}, barred_by="T2"),
    )


def _after(text: str) -> dict[str, Evidence]:
    return {item.id: item for item in edited(_items(), _edits(text), TEMPLATE)}


def test_added_items_stand_at_the_end() -> None:
    """With the analyst's weights, source, grade and date."""
    item = _after(ADD)["A1"]
    found = (item.weights, item.source, item.grade, str(item.observed_at), item.scope)
    assert found == ({"control": 1.0}, "case 17", "B2", "2020-03-01 00:00:00+00:00", "all")


def test_added_items_name_their_place() -> None:
    """Provenance: file and table."""
    assert _after(ADD)["A1"].provenance.query == "edits.toml: add[1]"


def test_weights_are_replaced() -> None:
    """Of the hypotheses named; the others stay."""
    item = _after('[[change]]\nid = "E1"\nweights = { control = 0.2 }\nreason = "scanners"')["E1"]
    assert item.weights == {"control": 0.2, "chance": -1.0}


def test_weights_are_multiplied() -> None:
    """By a factor, all of a kind."""
    item = _after('[[change]]\nkind = "purity"\nfactor = 0.5\nreason = "scanners"')["E1"]
    assert item.weights == {"control": 0.5, "chance": -0.5}


def test_the_reason_is_kept_with_the_item() -> None:
    """Who reads the ledger sees who changed it and why."""
    item = _after('[[change]]\nid = "E1"\nfactor = 0.5\nreason = "half were scanners"')["E1"]
    assert item.reason == "so. Changed by the analyst: half were scanners"


def test_switched_off_items_stay_visible() -> None:
    """Barred by the analyst."""
    item = _after('[[off]]\nkind = "timing"\nscope = "dridex"\nreason = "clock"')["E2"]
    assert (item.barred_by, item.counts) == ("analyst", False)


def test_barred_items_are_let_in() -> None:
    """What a tenancy bars counts again."""
    assert _after('[[let_in]]\nid = "E3"\nreason = "same operator"')["E3"].counts


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[add]]\nid = 1", "edits.toml: add[1].id: 1 is no text"),
        (ADD.replace("A1", "E7"), "choose one such as 'A1'"),
        (ADD + ADD, "add[2].id: 'A1' is used twice"),
        (ADD.replace('"tie"', '"why"'), "'why' is not asked; use one of tie, tenant"),
        (ADD.replace("control", "devil"), "add[1].weights.devil: means nothing here"),
        (ADD.replace("1.0", "7.0"), "no number from -6 to 6"),
        (ADD.replace('"B2"', '"Z9"'), "no Admiralty code"),
        (ADD.replace("2020-03-01", '"soon"'), "'soon' is no date"),
        (ADD.replace("{ control = 1.0 }", "{}"), "weigh one hypothesis at least"),
        ('[[off]]\nreason = "x"', "name either an id or a kind"),
        ('[[off]]\nkind = "magic"\nreason = "x"', "'magic' is no kind of evidence"),
        ('[[off]]\nkind = "purity"', "off[1].reason: is missing"),
        ('[[change]]\nid = "E1"\nreason = "x"', "give weights, or a factor"),
        ("[[chnge]]", "chnge: means nothing here"),
        ("add = 3", "write each as [[add]]"),
        ("[[add", "no TOML"),
    ],
)
def test_impossible_edits_are_refused(text: str, told: str) -> None:
    """The message names file, key and remedy."""
    with pytest.raises(BadSetting) as refused:
        _edits(text)
    assert told in str(refused.value)
    assert str(refused.value).startswith("edits.toml: ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[off]]\nid = "E9"\nreason = "x"', "off[1].id: 'E9' meets no item of this ledger, which has: E1"),
        ('[[off]]\nkind = "networks"\nreason = "x"', "'networks' meets no item"),
        ('[[let_in]]\nid = "E1"\nreason = "x"', "nothing bars E1"),
        (
            '[[change]]\nid = "E1"\nweights = { passed-on = 1 }\nreason = "x"',
            "weights.passed-on: E1 bears on the question 'tie'",
        ),
    ],
)
def test_edits_that_meet_nothing_are_refused(text: str, told: str) -> None:
    """An edit that does nothing is a mistake."""
    with pytest.raises(BadSetting, match=r"^edits\.toml: ") as refused:
        _after(text)
    assert told in str(refused.value)


def test_edits_change_the_answer() -> None:
    """An item of a million to one for a hypothesis, and against the one on top, turns the answer."""
    case = facts(c2s(6, log_bayes={"control": 0.0, "handoff": -2.0, "coincidence": -2.0}))
    text = ADD.replace("control = 1.0", "sinkhole = 6.0, control = -6.0")
    found = judge(case, TEMPLATE, edits=_edits(text)).conclusion.verdict
    assert (judge(case, TEMPLATE).conclusion.verdict, found) == ("control", "sinkhole")


def test_runs_under_other_settings_pass_over_items_that_they_lack() -> None:
    """An edit of the timing is no error in a run without any timeline."""
    case = facts(c2s(6, log_bayes={"control": 0.0, "handoff": -2.0, "coincidence": -2.0}))
    edits = _edits('[[off]]\nkind = "timing"\nreason = "clock"')
    without = replace(case, timelines=())
    found = judge(case, TEMPLATE, edits=edits, variants=(without,))
    assert [item.barred_by for item in found.evidence if item.kind == "timing"] == ["analyst"] * 2


def test_ids_are_the_same_under_other_settings() -> None:
    """A run with the excluded C2s has one item more, and the others keep their ids."""
    case = facts(c2s(6, log_bayes={"control": 0.0, "handoff": -2.0}, included=False))
    own = ledger(case, TEMPLATE)
    beside = ledger(replace(case, include_excluded=True), TEMPLATE, like=own)
    names = {item.id: item.kind for item in beside}
    assert [(item.id, item.kind) for item in own] == [(item.id, names[item.id]) for item in own]
