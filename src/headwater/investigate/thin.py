"""Which answers stand although the C2s were hardly seen? What accuses nobody, and what no timeline turns.

Few sessions and few timelines are asked about because a wrong accusation is worse than a missed one. So they
do not stand against an answer that accuses nobody, where all explanations that accuse somebody are improbable
together with every prior and setting that is tried. Nor do few timelines stand against an answer that would
lead whatever they told: timing is believed up to a limit, and tells nothing between explanations that take
one model of it.
"""

import numpy as np

from headwater.investigate.evidence.session_split import COINCIDENCE
from headwater.investigate.facts import Facts
from headwater.investigate.sufficiency import few_sessions, few_timelines
from headwater.investigate.template import Question, Template
from headwater.investigate.weighing import Ledger, grid_of, posterior, priors_of, table

_TIMING = "timing"  # the kind of evidence that needs timelines


def thinness(
    facts: Facts, ledgers: tuple[Ledger, ...], template: Template, *, question: Question, scope: str
) -> str:
    """What an answer would need more of, in words; "" where it stands.

    Args:
        facts: what was measured and gathered.
        ledgers: that of the case first, then those of the same case under other settings.
        template: questions and limits.
        question: the question asked, whose answers rest on contact.
        scope: "all" or a group.
    """
    hardly = few_sessions(facts, template.limits, scope=scope)
    short = hardly or few_timelines(facts, template.limits, scope=scope)
    if not short or accuses_nobody(ledgers, template, question, scope):
        return ""
    return short if hardly or timing_could_turn(ledgers[0], template, question, scope) else ""


def accuses_nobody(ledgers: tuple[Ledger, ...], template: Template, question: Question, scope: str) -> bool:
    """Whether the likeliest answer accuses nobody, and those that do are improbable together.

    Args:
        ledgers: as above.
        template: priors, grid, and the limit below which they are improbable.
        question: the question asked.
        scope: whom it is asked of.
    """
    accusing = np.array([answer.accuses for answer in question.answers])
    _, weights = table(ledgers[0], question, scope)
    first = int(np.argmax(posterior(priors_of(question, template)[0], weights)))
    together = grid_of(ledgers, question, scope, template)[:, accusing].sum(axis=1)
    return not accusing[first] and float(together.max()) < template.limits.accused_below


def timing_could_turn(items: Ledger, template: Template, question: Question, scope: str) -> bool:
    """Whether timing, at the most that it may tell, would put another explanation in the lead.

    What timing told so far is left out.

    Args:
        items: the ledger.
        template: priors, and the rule of timing.
        question: the question asked.
        scope: whom it is asked of.
    """
    rule = template.rules.get(_TIMING)
    if rule is None:
        return False
    inside, weights = table(items, question, scope)
    rest = weights[[item.kind != _TIMING for item in inside]]
    logs = np.log10(posterior(priors_of(question, template)[0], rest))
    models = [rule.likes.get(answer.id, COINCIDENCE) for answer in question.answers]
    first = int(np.argmax(logs))
    rivals = [place for place, model in enumerate(models) if model != models[first]]
    return any(float(logs[first] - logs[rival]) < rule.limit for rival in rivals)
