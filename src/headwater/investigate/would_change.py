"""What would change the judgement? Items that turn it, and what was not observed, as sentences."""

from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.facts import ALL
from headwater.investigate.judged import Judged
from headwater.investigate.robustness import Turn, undecided_by
from headwater.investigate.rule import TIE
from headwater.investigate.template import Question
from headwater.investigate.wording import said
from headwater.model.hypothesis import Hypothesis

_MOST = 3  # of each kind


def would_change(
    judged: Judged, turned: tuple[Turn, ...], question: Question | None, *, short: str
) -> tuple[str, ...]:
    """What would change the judgement, the most important first.

    Args:
        judged: the case.
        turned: the answer without each item.
        question: that of the tie; None where it is not asked.
        short: what the data lack for an answer; "" where they suffice.
    """
    if question is None:
        return ()
    if short:
        return (f"More records or labels would be needed: {short}.", *_missing(judged, question))
    first = judged.of(TIE)[0]
    made = [
        _turned(turn, first, question)
        for turn in turned
        if turn.top != first.id or first.posterior - turn.own >= judged.template.limits.weakens_by
    ][:_MOST]
    if not made:
        made = ["No single item of evidence, if it were wrong, would change the answer."]
    return (*made, *_missing(judged, question))


def _turned(turn: Turn, first: Hypothesis, question: Question) -> str:
    title = KINDS[turn.item.kind].title if turn.item.kind in KINDS else "added by the analyst"
    what = f"{turn.item.id} ({title})"
    if turn.top != first.id:
        return (
            f"If {what} were wrong, another explanation would lead: {question.answer(turn.top).name} "
            f"({said(turn.posterior)})."
        )
    fall = f"from {said(first.posterior)} to {said(turn.own)}"
    return f"If {what} were wrong, the leading explanation would fall {fall}."


def _missing(judged: Judged, question: Question) -> list[str]:
    found = undecided_by(judged.items, judged.template, question=question, scope=ALL)
    return [
        f"Not observed: {missing}; it could move the first explanation and the second "
        f"({question.answer(second).name}) apart by a factor of up to {factor:,.0f}."
        for missing, second, factor in found[:_MOST]
    ]
