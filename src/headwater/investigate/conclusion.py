"""What does the case say, in plain sentences? Made from the numbers, and saying no more than they do.

Likelihood and confidence in the basis never share a sentence (ICD 203). Each sentence that uses a word for a
likelihood keeps the number that the word stands for.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.closeness import CONTROL, closeness
from headwater.investigate.confidence import Confidence, confidence
from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.facts import ALL, Facts, counted, groups_in_contact
from headwater.investigate.open_points import open_points
from headwater.investigate.robustness import Turn, turns, undecided_by
from headwater.investigate.rule import TENANT, TIE, number
from headwater.investigate.since import Since, since
from headwater.investigate.sufficiency import INSUFFICIENT
from headwater.investigate.template import Question, Template
from headwater.investigate.weighing import Asked, Ledger, Weighing
from headwater.investigate.wording import about_when, likelihood, listing, quoted
from headwater.model.candidate import PeerRole
from headwater.model.case import Conclusion, Sentence
from headwater.model.hypothesis import Hypothesis

_CLOSE_FROM = 0.55  # its posterior for that group: "likely"
_MOST_CHANGES = 3
_NO_TIE = ("chance", "artefact")  # hypotheses under which there is no tie that could have begun


@dataclass(frozen=True, slots=True)
class Judged:
    """What sentences are made from.

    Attributes:
        facts: what was measured and gathered.
        items: the ledger.
        template: questions and limits.
        asked: questions and scopes with their shortfalls.
        weighing: the answers.
    """

    facts: Facts
    items: Ledger
    template: Template
    asked: tuple[Asked, ...]
    weighing: Weighing

    def of(self, question: str, scope: str = ALL) -> tuple[Hypothesis, ...]:
        """The answers to a question, likeliest first."""
        return tuple(
            one for one in self.weighing.hypotheses if one.question == question and one.scope == scope
        )

    def shortfall(self, question: str, scope: str = ALL) -> str:
        """What the data lack for an answer."""
        return next(
            (one.shortfall for one in self.asked if one.question == question and one.scope == scope), ""
        )


def conclude(judged: Judged, *, warnings: tuple[str, ...] = ()) -> Conclusion:
    """The conclusion of a case.

    Args:
        judged: what it is made from.
        warnings: what stands against the whole answer, each a sentence; they come as open points.

    Returns:
        Sentences, verdict, closest group, date, confidence and what would change them.
    """
    answers = judged.of(TIE)
    short = judged.shortfall(TIE) or _no_top(answers, judged.template)
    question = judged.template.question(TIE)
    turned = turns(judged.items, judged.template, question=question, scope=ALL) if question else ()
    basis = confidence(judged.facts, top=answers[0], turned=turned, short=bool(short))
    closest = "" if short else closest_group(judged)
    dated = None if not short and answers[0].id in _NO_TIE else since(judged.facts, scope=closest or ALL)
    changes = _changes(judged, turned, question, short=short)
    sentences = [_service(judged.facts)]
    if short:
        sentences.append(_short(short))
    else:
        sentences += _tie(judged, answers)
        sentences += _operator(judged, closest)
    sentences += _since(dated)
    sentences += _chance(judged.facts)
    if not short:
        sentences += _ruled_out(judged, answers)
    sentences += _tenant(judged)
    sentences += open_points(judged.facts, answers, limits=judged.template.limits, short=bool(short))
    sentences += [Sentence(warning, "open", ("warnings",)) for warning in warnings]
    sentences.append(_basis(basis))
    sentences += [Sentence(change, "change") for change in changes]
    return Conclusion(
        sentences=tuple(sentences),
        verdict=INSUFFICIENT if short else answers[0].id,
        closest_group=closest,
        since=None if dated is None else dated.shown,
        confidence=basis.level,
        would_change_if=changes,
    )


def closest_group(judged: Judged) -> str:
    """The group to whose C2s the operator is close; "" where none stands out, or control is not the answer.

    A group stands out where one operator is likely for it, the data of that group alone carry an answer, and
    the timing of its C2s fits better than that of the next group by the template's margin.
    """
    answers, rule = judged.of(TIE), judged.template.rules.get("timing")
    if not answers or answers[0].id != CONTROL or rule is None:
        return ""
    ranked = closeness(judged.facts, rule)
    group, best = ranked[0] if ranked else ("", 0.0)
    if best <= 0.0 or judged.shortfall(TIE, group):
        return ""
    own = next((one.posterior for one in judged.of(TIE, group) if one.id == CONTROL), 0.0)
    lead = best - ranked[1][1] if len(ranked) > 1 else np.inf
    return group if own >= _CLOSE_FROM and lead >= judged.template.limits.group_margin else ""


def _no_top(answers: tuple[Hypothesis, ...], template: Template) -> str:
    """Why no hypothesis stands at the top; "" where one does."""
    if answers and answers[0].posterior >= template.limits.least_top:
        return ""
    return "no explanation stands out among those that were weighed"


def _service(facts: Facts) -> Sentence:
    """What it is, in counts."""
    counts, listed = counted(facts), facts.measurements.listed
    met = np.unique(facts.measurements.clients.c2[counts.c2s])
    sizes = {group: int(np.sum(listed.group[met] == listed.groups.index(group))) for group in listed.groups}
    by_group = listing([f"{sizes[group]} of {quoted(group)}" for group in groups_in_contact(facts)])
    does = "connect to" if facts.role is PeerRole.SERVER else "are contacted by"
    others = number(int(counts.others.sum()), "other host")
    text = f"{number(len(met), 'listed C2')} {does} {facts.service}: {by_group}; beside them {others}."
    return Sentence(text, "service", ("counts.c2s", "counts.by_group", "counts.clients"))


def _short(why: str) -> Sentence:
    return Sentence(f"The data do not carry an answer to what ties them to it: {why}.", "tie", ("counts",))


def _tie(judged: Judged, answers: tuple[Hypothesis, ...]) -> list[Sentence]:
    """The likeliest explanation, and the next where it is not ruled out."""
    made = [likelihood(answers[0], about="tie")]
    if len(answers) > 1 and answers[1].high >= judged.template.limits.ruled_out_below:
        made.append(likelihood(answers[1], about="tie", lead="as the next explanation, "))
    return made


def _operator(judged: Judged, closest: str) -> list[Sentence]:
    """How close the operator is to each group, where one operator is what the evidence tells."""
    groups = groups_in_contact(judged.facts)
    if judged.of(TIE)[0].id != CONTROL:
        return []
    rests = tuple(f"hypotheses.{TIE}.{group}" for group in groups)
    if len(groups) == 1:
        text = f"All listed C2s in contact are of one group, {quoted(groups[0])}."
    elif closest:
        text = (
            f"Of the groups in contact, its operator is closest to {quoted(closest)}: with no other does the "
            "contact follow the lives of the C2s so well."
        )
    else:
        text = "No group in contact stands out as the one that its operator is close to."
    made = [Sentence(text, "operator", rests)]
    return made + (_by_group(judged, groups) if len(groups) > 1 else [])


def _by_group(judged: Judged, groups: tuple[str, ...]) -> list[Sentence]:
    """What each group alone tells, and which tell nothing."""
    carried = [group for group in groups if not judged.shortfall(TIE, group)]
    made = [
        likelihood(judged.of(TIE, group)[0], about="operator", lead="looked at alone, ") for group in carried
    ]
    left = [quoted(group) for group in groups if group not in carried]
    if left:
        text = f"The data are too few to look at {listing(left)} alone."
        made.append(Sentence(text, "operator", ("counts.by_group",)))
    return made


def _since(dated: Since | None) -> list[Sentence]:
    if dated is None:
        return []
    older = (
        "; the records begin so late that it may be older"
        if dated.censored
        else f"; it may have begun as early as {dated.low:%Y-%m-%d}"
        if dated.low.date() < dated.shown.date()
        else ""
    )
    text = (
        f"The tie can be shown since {about_when(dated.shown)}: the first record of it is from "
        f"{dated.shown:%Y-%m-%d}{older}."
    )
    return [Sentence(text, "since", ("timelines",))]


def _chance(facts: Facts) -> list[Sentence]:
    found = facts.chance
    if found is None:
        return []
    text = (
        f"{number(found.k, 'independent group')} of listed C2s met it, where chance would bring "
        f"{found.expected:.2g} (p = {found.p_value:.2g})."
    )
    return [Sentence(text, "chance", ("chance.k", "chance.expected", "chance.p_value"))]


def _ruled_out(judged: Judged, answers: tuple[Hypothesis, ...]) -> list[Sentence]:
    question = judged.template.question(TIE)
    below = [one for one in answers[1:] if one.high < judged.template.limits.ruled_out_below]
    if not below or question is None:
        return []
    worst = max(one.high for one in below)
    names = listing([question.answer(one.id).name for one in below])
    said = "This has" if len(below) == 1 else "These have"
    text = f"{said} almost no chance, at most {worst:.3f} with any prior and setting tried: {names}."
    return [
        Sentence(text, "tie", tuple(f"hypotheses.{TIE}.{one.id}" for one in below), "almost no chance", worst)
    ]


def _tenant(judged: Judged) -> list[Sentence]:
    """Who held the address."""
    answers, short = judged.of(TENANT), judged.shortfall(TENANT)
    if not answers:
        return []
    if short:
        return [Sentence(f"Who held the address then stays open: {short}.", "operator", ("tenancy",))]
    made = [likelihood(answers[0], about="operator")]
    if len(answers) > 1 and answers[1].high >= judged.template.limits.ruled_out_below:
        made.append(likelihood(answers[1], about="operator", lead="against it, "))
    return made


def _basis(basis: Confidence) -> Sentence:
    text = f"Confidence in the basis of this is {basis.level}: {'; '.join(basis.reasons)}."
    return Sentence(text, "basis", ("counts", "timelines", "confirmation", "coverage"))


def _changes(
    judged: Judged, turned: tuple[Turn, ...], question: Question | None, *, short: str
) -> tuple[str, ...]:
    """What would change the judgement, the most important first."""
    if question is None:
        return ()
    if short:
        return (f"More records or labels would be needed: {short}.", *_missing(judged, question))
    first = judged.of(TIE)[0]
    made = [
        _turned(turn, first, question)
        for turn in turned
        if turn.top != first.id or first.posterior - turn.own >= judged.template.limits.weakens_by
    ][:_MOST_CHANGES]
    if not made:
        made = ["No single item of evidence, if it were wrong, would change the answer."]
    return (*made, *_missing(judged, question))


def _turned(turn: Turn, first: Hypothesis, question: Question) -> str:
    title = KINDS[turn.item.kind].title if turn.item.kind in KINDS else "added by the analyst"
    what = f"{turn.item.id} ({title})"
    if turn.top != first.id:
        return (
            f"If {what} were wrong, another explanation would lead: {question.answer(turn.top).name} "
            f"({turn.posterior:.2f})."
        )
    fall = f"from {first.posterior:.2f} to {turn.own:.2f}"
    return f"If {what} were wrong, the leading explanation would fall {fall}."


def _missing(judged: Judged, question: Question) -> list[str]:
    found = undecided_by(judged.items, judged.template, question=question, scope=ALL)
    return [
        f"Not observed: {missing}; it could move the first explanation and the second "
        f"({question.answer(second).name}) apart by a factor of up to {factor:,.0f}."
        for missing, second, factor in found[:_MOST_CHANGES]
    ]
