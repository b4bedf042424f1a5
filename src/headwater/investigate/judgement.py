"""What do the facts amount to? Ledger, hypotheses, waterfall and conclusion of one case, from its facts."""

from dataclasses import dataclass, replace

from headwater.investigate.conclusion import conclude
from headwater.investigate.edits import Edits
from headwater.investigate.evidence.named_actor import actor_claims
from headwater.investigate.facts import ALL, Facts, groups_in_contact
from headwater.investigate.judged import Judged
from headwater.investigate.ledger import ledger
from headwater.investigate.rule import TIE
from headwater.investigate.sufficiency import shortfall
from headwater.investigate.template import Template
from headwater.investigate.thin import thinness
from headwater.investigate.weighing import Asked, Ledger, weigh
from headwater.investigate.wording import quoted
from headwater.model.case import Conclusion
from headwater.model.hypothesis import Evidence, Hypothesis, Step


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome.

    Attributes:
        evidence: the ledger.
        hypotheses: of all questions and scopes.
        with_excluded: the same where no timeline is left out.
        waterfall: what each item does.
        conclusion: in words.
    """

    evidence: tuple[Evidence, ...]
    hypotheses: tuple[Hypothesis, ...]
    with_excluded: tuple[Hypothesis, ...]
    waterfall: tuple[Step, ...]
    conclusion: Conclusion


def judge(
    facts: Facts,
    template: Template,
    *,
    edits: Edits | None = None,
    variants: tuple[Facts, ...] = (),
    warnings: tuple[str, ...] = (),
) -> Judgement:
    """Weighs the facts of a case.

    Args:
        facts: what was measured and gathered.
        template: questions, hypotheses, rules.
        edits: the analyst's changes.
        variants: the same facts under other settings, such as timelines with another concentration; they
            widen the bounds.
        warnings: what stands against the whole answer, each a sentence.

    Returns:
        Everything that a case says about explanations.

    Raises:
        BadSetting: an edit meets no item of the ledger.
    """
    items = ledger(facts, template, edits=edits)
    everybody = ledger(replace(facts, include_excluded=True), template, edits=edits, like=items)
    own = tuple(replace(facts, timing_by=model) for model in ("intervals", "sessions"))
    others = tuple(ledger(variant, template, edits=edits, like=items) for variant in (*own, *variants))
    asked = asked_of(facts, template, (items, everybody, *others))
    weighing = weigh(items, template, asked=asked, alternatives=(everybody, *others))
    beside = weigh(everybody, template, asked=asked, alternatives=(items, *others))
    judged = Judged(facts, items, template, asked, weighing)
    return Judgement(
        evidence=items,
        hypotheses=weighing.hypotheses,
        with_excluded=beside.hypotheses,
        waterfall=weighing.waterfall,
        conclusion=conclude(judged, warnings=warnings),
    )


def asked_of(facts: Facts, template: Template, ledgers: tuple[Ledger, ...]) -> tuple[Asked, ...]:
    """Every question of the template, for all C2s and, where it asks so, for each group.

    Args:
        facts: what was measured and gathered.
        template: questions and limits.
        ledgers: that of the case first, then those of the same case under other settings; they tell whether
            an answer stands on thin data.
    """
    made = []
    for question in template.questions:
        scopes = (ALL, *groups_in_contact(facts)) if question.by_group else (ALL,)
        for scope in scopes:
            short = shortfall(facts, template.limits, question=question.id, scope=scope)
            if not short and question.id == TIE:
                short = thinness(facts, ledgers, template, question=question, scope=scope)
            made.append(Asked(question.id, scope, _names(facts, scope), short))
    return tuple(made)


def _names(facts: Facts, scope: str) -> dict[str, str]:
    """What the placeholders of statements stand for."""
    actors = list(dict.fromkeys(facts.claims[claim].actor for claim in actor_claims(facts)))
    return {
        "group": "the listed C2s" if scope == ALL else f"the C2s of {quoted(scope)}",
        "actor": quoted(actors[0]) if actors else "the earlier holder",
        "service": str(facts.service),
    }
