"""How probable is each hypothesis? Posteriors, their bounds over priors and settings, what each item does.

Weights are added to the logarithm of the prior and normalised over the hypotheses of a question (Bayes, with
items independent but for what the ledger took down). Bounds are the smallest and largest posterior over the
template's grid: every hypothesis' prior odds changed in turn and all priors equal, evidence that tells less
or more than stated, single items cut lower, and ledgers that differ in a setting, such as with the excluded
C2s.

Read a posterior so: among the hypotheses that the template names. None of them may be true. A word stands
for it only where the bounds are close.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from headwater.investigate.ledger import enters
from headwater.investigate.sufficiency import INSUFFICIENT
from headwater.investigate.template import Question, Template
from headwater.investigate.words_for import words_for
from headwater.model.hypothesis import Evidence, Hypothesis, Step

Floats = npt.NDArray[np.float64]
Ledger = tuple[Evidence, ...]
_TELLS = 0.02  # log10 odds; items that do less are named neither for nor against


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in one scope, with what its statements are filled with.

    Attributes:
        question: id of the question.
        scope: "all" or a group.
        names: what {group}, {actor} and {service} stand for.
        shortfall: what the data lack for an answer; "" where they suffice.
    """

    question: str
    scope: str
    names: Mapping[str, str]
    shortfall: str = ""


@dataclass(frozen=True, slots=True)
class Weighing:
    """All answers, and what each item does to them.

    Attributes:
        hypotheses: by question, scope, and posterior from the largest.
        waterfall: steps of every hypothesis in the ledger's order.
    """

    hypotheses: tuple[Hypothesis, ...]
    waterfall: tuple[Step, ...]


def weigh(
    items: Ledger, template: Template, *, asked: tuple[Asked, ...], alternatives: tuple[Ledger, ...] = ()
) -> Weighing:
    """Weighs a ledger.

    Args:
        items: the ledger.
        template: hypotheses, priors, grid.
        asked: questions and scopes.
        alternatives: ledgers of the same case under other settings; they widen the bounds.

    Returns:
        Hypotheses with posteriors, bounds and words, and the waterfall.
    """
    hypotheses: list[Hypothesis] = []
    steps: list[Step] = []
    for one in asked:
        question = template.question(one.question)
        if question is None:
            continue
        found, made = _answered(items, template, question=question, asked=one, alternatives=alternatives)
        hypotheses += found
        steps += made
    return Weighing(tuple(hypotheses), tuple(steps))


def posterior(prior: Floats, weights: Floats, *, factor: float = 1.0, limit: float = np.inf) -> Floats:
    """Probabilities of the hypotheses.

    Args:
        prior: of each, adding up to 1, shape (h,).
        weights: log10 likelihoods, shape (items, h).
        factor: on all of them.
        limit: how far an item moves two hypotheses apart at most, before the factor.

    Returns:
        Probabilities that add up to 1, shape (h,).
    """
    within = np.maximum(weights, weights.max(axis=1, keepdims=True) - limit)
    logs = np.log10(prior) + factor * within.sum(axis=0)
    likelihood = 10.0 ** (logs - logs.max())
    return np.asarray(likelihood / likelihood.sum())


def priors_of(question: Question, template: Template) -> list[Floats]:
    """The priors of the grid: the template's first, all equal, each hypothesis' odds changed in turn."""
    own = np.array([answer.prior for answer in question.answers])
    made = [own, np.full(len(own), 1.0 / len(own))]
    for place, factor in product(range(len(own)), template.grid.prior_odds):
        tilted = own.copy()
        tilted[place] *= factor
        made.append(tilted / tilted.sum())
    return made


def table(items: Ledger, question: Question, scope: str) -> tuple[list[Evidence], Floats]:
    """The items that enter a reckoning, and their weights, shape (items, hypotheses)."""
    inside = [item for item in items if enters(item, question=question.id, scope=scope)]
    names = [answer.id for answer in question.answers]
    weights = [[item.weights.get(name, 0.0) for name in names] for item in inside]
    return inside, np.array(weights, dtype=np.float64).reshape(len(inside), len(names))


def bounds(
    ledgers: tuple[Ledger, ...], question: Question, scope: str, template: Template
) -> tuple[Floats, Floats]:
    """Smallest and largest posterior of each hypothesis over the grid, each of shape (h,)."""
    every = grid_of(ledgers, question, scope, template)
    return every.min(axis=0), every.max(axis=0)


def grid_of(ledgers: tuple[Ledger, ...], question: Question, scope: str, template: Template) -> Floats:
    """The posteriors with every prior and setting that is tried, of shape (those, h)."""
    grid = template.grid
    found = []
    for items in ledgers:
        _, weights = table(items, question, scope)
        for prior in priors_of(question, template):
            found.append(posterior(prior, weights))
            found += [
                posterior(prior, weights, factor=factor, limit=limit)
                for factor, limit in product(grid.weights, grid.limits)
            ]
    return np.array(found)


def log_odds(probabilities: Floats) -> Floats:
    """log10 odds of each hypothesis against all others together, without end where one is certain."""
    inside = np.clip(probabilities, 1e-15, 1.0)
    others = np.clip([np.delete(probabilities, place).sum() for place in range(len(inside))], 1e-15, None)
    return np.asarray(np.log10(inside) - np.log10(others))


def _answered(
    items: Ledger, template: Template, *, question: Question, asked: Asked, alternatives: tuple[Ledger, ...]
) -> tuple[list[Hypothesis], list[Step]]:
    inside, weights = table(items, question, asked.scope)
    prior = priors_of(question, template)[0]
    value = posterior(prior, weights)
    low, high = bounds((items, *alternatives), question, asked.scope, template)
    effects = _effects(prior, weights)
    swing = template.limits.one_word_swing
    found = []
    for place, answer in enumerate(question.answers):
        order = sorted(range(len(inside)), key=lambda row: -abs(effects[row, place]))
        words = words_for(float(value[place]), low=float(low[place]), high=float(high[place]), swing=swing)
        found.append(
            Hypothesis(
                id=answer.id,
                question=question.id,
                scope=asked.scope,
                statement=answer.statement.format(**asked.names),
                prior=answer.prior,
                posterior=float(value[place]),
                low=float(low[place]),
                high=float(high[place]),
                words=INSUFFICIENT if asked.shortfall else words,
                for_ids=tuple(inside[row].id for row in order if effects[row, place] > _TELLS),
                against_ids=tuple(inside[row].id for row in order if effects[row, place] < -_TELLS),
            )
        )
    found.sort(key=lambda hypothesis: -hypothesis.posterior)
    return found, _steps(inside, weights, prior, question=question, scope=asked.scope)


def _effects(prior: Floats, weights: Floats) -> Floats:
    """What leaving an item out takes from the log10 odds of each hypothesis, shape (items, h)."""
    full = log_odds(posterior(prior, weights))
    without = [log_odds(posterior(prior, np.delete(weights, row, axis=0))) for row in range(len(weights))]
    return full - np.array(without).reshape(weights.shape)


def _steps(
    inside: list[Evidence], weights: Floats, prior: Floats, *, question: Question, scope: str
) -> list[Step]:
    """The waterfall of every hypothesis: the prior, then each item in the ledger's order."""
    odds = [log_odds(posterior(prior, weights[:upto])) for upto in range(len(inside) + 1)]
    made = []
    for place, answer in enumerate(question.answers):
        begin = float(odds[0][place])
        made.append(Step("prior", answer.id, question.id, scope, begin, begin))
        made += [
            Step(item.id, answer.id, question.id, scope, float(odds[row][place]), float(odds[row + 1][place]))
            for row, item in enumerate(inside)
        ]
    return made
