"""The conclusion never says more than the ledger does: the strongest word of each sentence, checked.

Ledgers are random: any kind, any scope, any weights, barred or not.
"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_facts import at, c2s, facts, hosts
from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.conclusion import conclude
from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.judged import Judged
from headwater.investigate.judgement import asked_of, judge
from headwater.investigate.weighing import weigh
from headwater.investigate.wording import strongest_word
from headwater.model.case import Conclusion
from headwater.model.claim import Claim
from headwater.model.hypothesis import Evidence, Hypothesis
from headwater.score.words import icd203

TEMPLATE = shipped_template()
LOGS = {"control": 0.0, "handoff": -2.0, "coincidence": -1.0}
CASE = facts(
    c2s(6, log_bayes=LOGS) + c2s(5, group="emotet/epoch2", log_bayes=LOGS, included=False),
    hosts(12, fan_in=4),
    claims=(Claim("203.0.113.77", at(60), "almost certain"),),
)
GROUPS = ("all", "dridex", "emotet/epoch2")


@st.composite
def _item(draw: st.DrawFn, number: int) -> Evidence:
    question = draw(st.sampled_from(TEMPLATE.questions))
    names = [answer.id for answer in question.answers]
    weights = draw(
        st.dictionaries(st.sampled_from(names), st.floats(-4, 4, allow_nan=False), min_size=1, max_size=6)
    )
    return Evidence(
        id=f"A{number}",
        kind=draw(st.sampled_from(["analyst", *KINDS])),
        question=question.id,
        scope=draw(st.sampled_from(GROUPS)),
        statement="It is almost certain.",
        reason="Very likely.",
        weights=weights,
        barred_by=draw(st.sampled_from(["", "", "", "T2"])),
    )


@st.composite
def _ledger(draw: st.DrawFn) -> tuple[Evidence, ...]:
    return tuple(draw(_item(number)) for number in range(draw(st.integers(0, 8))))


def _concluded(items: tuple[Evidence, ...]) -> tuple[Conclusion, tuple[Hypothesis, ...]]:
    asked = asked_of(CASE, TEMPLATE, (items,))
    weighing = weigh(items, TEMPLATE, asked=asked)
    return conclude(Judged(CASE, items, TEMPLATE, asked, weighing)), weighing.hypotheses


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_ledger())
def test_the_strongest_word_of_each_sentence_stands_for_its_number(items: tuple[Evidence, ...]) -> None:
    """No sentence holds a stronger word than the one it accounts for, and that one is its number's."""
    conclusion, hypotheses = _concluded(items)
    known = {value for one in hypotheses for value in (one.posterior, one.low, one.high)}
    wrong = [
        sentence.text
        for sentence in conclusion.sentences
        if strongest_word(sentence.text) != sentence.word
        or (sentence.value is None) != (not sentence.word)
        or (sentence.value is not None and icd203(sentence.value) != sentence.word)
        or (sentence.value is not None and sentence.value not in known)
    ]
    assert wrong == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_ledger())
def test_likelihood_and_confidence_never_share_a_sentence(items: tuple[Evidence, ...]) -> None:
    """ICD 203 keeps the two apart."""
    conclusion, _ = _concluded(items)
    both = [
        sentence.text
        for sentence in conclusion.sentences
        if "onfidence" in sentence.text and strongest_word(sentence.text)
    ]
    assert both == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_ledger())
def test_what_has_no_chance_has_none_anywhere_on_the_grid(items: tuple[Evidence, ...]) -> None:
    """A hypothesis is named as having no chance only where its upper bound lies below 0.05."""
    conclusion, hypotheses = _concluded(items)
    named = {
        rest.removeprefix("hypotheses.tie.")
        for sentence in conclusion.sentences
        if sentence.text.startswith(("These have almost no chance", "This has almost no chance"))
        for rest in sentence.rests_on
    }
    above = {
        one.id
        for one in hypotheses
        if one.question == "tie" and one.scope == "all" and one.high >= 0.05 and one.id in named
    }
    assert above == set()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_ledger())
def test_the_verdict_is_the_likeliest_or_none(items: tuple[Evidence, ...]) -> None:
    """Nothing else ever stands as the answer."""
    conclusion, hypotheses = _concluded(items)
    top = max((one for one in hypotheses if one.question == "tie" and one.scope == "all"), key=_posterior)
    assert conclusion.verdict in (top.id, "insufficient")


def _posterior(one: Hypothesis) -> float:
    return one.posterior


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("That it is so is very likely.", "very likely"),
        ("It is unlikely, and that is likely.", "unlikely"),
        ("Between likely and very likely.", "very likely"),
        ("Almost certain, or a roughly even chance.", "almost certain"),
        ("They meet it by chance.", ""),
        ('Somebody "almost certain" runs it.', ""),
        ("Unlikelyhood and certainly are no words of the scale.", ""),
    ],
)
def test_strongest_word(text: str, word: str) -> None:
    """The word farthest from even; what is quoted is somebody else's."""
    assert strongest_word(text) == word


def test_a_hostile_actor_does_not_strengthen_a_sentence() -> None:
    """An actor called with quotation marks and a word of the scale stays inside its own marks."""
    claim = Claim("203.0.113.77", at(60), "ran it", actor='x" almost certain "y')
    found = judge(replace(CASE, claims=(claim,)), TEMPLATE).conclusion
    assert [one.text for one in found.sentences if strongest_word(one.text) != one.word] == []


def test_a_service_without_contact_is_told_as_such() -> None:
    """No C2 and nobody else: what is said is that none was seen, and no list of nothing."""
    found = judge(facts((), ()), TEMPLATE).conclusion
    assert [one.text for one in found.sentences[:2]] == [
        "No listed C2 is seen in contact with 203.0.113.77:38400/tcp, and 0 other hosts.",
        "The data do not carry an answer to what ties them to it: no listed C2 in contact.",
    ]
