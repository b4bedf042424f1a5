"""Would so many C2s meet the service by chance?

Under chance the number follows a negative binomial about what the hunt's null expects, with a heavy tail for
what that null misses. Otherwise any number is possible, large ones ever less so: 1 / (k (k + 1)). A
hypothesis may be a mixture of both: customers of a hosting network's own service meet it as their
neighbours do. Where nothing could be confirmed on C2s that were held out, the finding weighs less, because
a hunt picks the best of very many services.
"""

import math

import numpy as np

from headwater.investigate.facts import ALL, Facts, records_of
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured, number
from headwater.model.hypothesis import Evidence
from headwater.score.distributions import log_negative_binomial

_HEAVY, _HEAVY_MEAN, _HEAVY_SIZE = 0.1, 3.0, 1.0  # the tail: one time in ten thrice the mean, geometric


def by_chance(k: int, *, expected: float, size: float) -> float:
    """Probability of k under chance: 0.9 NB(k; mu, size) + 0.1 NB(k; 3 mu, 1)."""
    body = math.exp(float(log_negative_binomial(k, mean=expected, size=size)))
    tail = math.exp(float(log_negative_binomial(k, mean=_HEAVY_MEAN * expected, size=_HEAVY_SIZE)))
    return (1.0 - _HEAVY) * body + _HEAVY * tail


def _confirmed(facts: Facts, rule: Rule) -> bool:
    held_out = facts.confirmation
    return (
        held_out is not None
        and held_out.p_value is not None
        and held_out.p_value <= rule.numbers["confirmed_from"]
    )


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    found = facts.chance if scope.name == ALL else facts.chance_by_group.get(scope.name)
    if found is None or not found.k:
        return ()
    chance = max(by_chance(found.k, expected=found.expected, size=rule.numbers["size"]), 1e-300)
    other = 1.0 / (found.k * (found.k + 1))
    logs = {
        name: float(np.log10(share * chance + (1.0 - share) * other)) for name, share in rule.shares.items()
    }
    sure = _confirmed(facts, rule)
    factor = 1.0 if sure else rule.numbers["unconfirmed"]
    weights = {name: factor * value for name, value in rule.bounded(logs).items()}
    held_out = (
        "C2s that had no part in finding it confirm this"
        if sure
        else "no C2s held out confirm this, so it weighs less"
    )
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"{number(found.k, 'independent group')} of {scope.whom} met the service; a service as "
            f"widely used would meet {found.expected:.2g} by chance (p = {found.p_value:.2g}).",
            reason=f"Chance gives so many with a probability of {chance:.2g}; {held_out}.",
            weights=weights,
            rows=records_of(facts, scope.members),
        ),
    )


BY_CHANCE = Kind(
    "chance",
    "the number of C2s against chance",
    TIE,
    _look,
    by_group=True,
    numbers={"size": (0.1, 1000.0), "unconfirmed": (0.0, 1.0), "confirmed_from": (0.0, 1.0)},
    shares=True,
)
