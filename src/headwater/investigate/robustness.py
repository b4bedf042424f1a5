"""What would change the judgement? Each item left out in turn, and what was not observed.

An item that is wrong counts nothing. Of what was not observed, that is named which could move the likeliest
hypothesis and the next apart most: kinds of evidence with findings in the template and without an item in
the ledger.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.template import Question, Template
from headwater.investigate.weighing import Ledger, posterior, priors_of, table
from headwater.model.hypothesis import Evidence

_DECIDES = 0.5  # log10 odds by which an observation could move the first two apart, to be worth naming


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of the answer without one item.

    Attributes:
        item: the item.
        top: the likeliest hypothesis then.
        posterior: its probability then.
        own: probability of the hypothesis that was likeliest before.
    """

    item: Evidence
    top: str
    posterior: float
    own: float


def turns(items: Ledger, template: Template, *, question: Question, scope: str) -> tuple[Turn, ...]:
    """The answer without each item in turn, the hardest blow first.

    Args:
        items: the ledger.
        template: priors.
        question: the question asked.
        scope: whom it is asked of.
    """
    inside, weights = table(items, question, scope)
    prior = priors_of(question, template)[0]
    names = [answer.id for answer in question.answers]
    first = int(np.argmax(posterior(prior, weights)))
    made = []
    for row, item in enumerate(inside):
        left = posterior(prior, np.delete(weights, row, axis=0))
        top = int(np.argmax(left))
        made.append(Turn(item, names[top], float(left[top]), float(left[first])))
    return tuple(sorted(made, key=lambda turn: turn.own))


def undecided_by(
    items: Ledger, template: Template, *, question: Question, scope: str
) -> tuple[tuple[str, str, float], ...]:
    """What was not observed and could move the two likeliest hypotheses apart.

    Returns:
        What would have to be observed, the second hypothesis, and the largest factor on the odds of the two,
        largest first.
    """
    inside, weights = table(items, question, scope)
    values = posterior(priors_of(question, template)[0], weights)
    if len(values) < 2:
        return ()
    order = np.argsort(-values)
    first, second = (question.answers[int(place)].id for place in order[:2])
    there = {item.kind for item in inside}
    made = []
    for kind, rule in template.rules.items():
        if kind in there or not rule.missing or KINDS[kind].question != question.id:
            continue
        apart = [abs(row.get(first, 0.0) - row.get(second, 0.0)) for row in map(rule.told, rule.findings)]
        if max(apart, default=0.0) >= _DECIDES:
            made.append((rule.missing, second, 10 ** max(apart)))
    return tuple(sorted(made, key=lambda one: -one[2]))
