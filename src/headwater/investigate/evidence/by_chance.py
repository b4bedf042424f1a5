"""Would so many C2s meet the service by chance?

Under chance the number follows a negative binomial about what the hunt's null expects, with a heavy tail for
what that null misses. Otherwise two C2s or more are tied to the service, large numbers ever less probable:
2 / (t (t + 1)); others meet it by chance beside them, no more than are tied, for else the tie would not be
what these C2s have in common. So fewer C2s than chance brings do not speak against chance.

A hypothesis may be a mixture of both: customers of a hosting network's own service meet it as their
neighbours do. Where nothing could be confirmed on C2s that were held out, what speaks against chance weighs
less, because a hunt picks the best of very many services; what speaks for chance does so in spite of that.
"""

import numpy as np
import numpy.typing as npt

from headwater.investigate.facts import ALL, Facts, records_of
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured, number
from headwater.model.hypothesis import Evidence
from headwater.score.distributions import log_negative_binomial

Floats = npt.NDArray[np.float64]
_HEAVY, _HEAVY_MEAN, _HEAVY_SIZE = 0.1, 3.0, 1.0  # the tail: one time in ten thrice the mean, geometric
_LEAST_TIED = 2  # one C2 is no tie of these C2s
_FAR, _BEYOND = 20.0, 50  # so many times what is expected, and so many more, chance does not bring


def by_chance(k: npt.ArrayLike, *, expected: float, size: float) -> Floats:
    """Probability of k under chance: 0.9 NB(k; mu, size) + 0.1 NB(k; 3 mu, 1)."""
    body = np.exp(log_negative_binomial(k, mean=expected, size=size))
    tail = np.exp(log_negative_binomial(k, mean=_HEAVY_MEAN * expected, size=_HEAVY_SIZE))
    return np.asarray((1.0 - _HEAVY) * body + _HEAVY * tail)


def by_tie(k: int, *, expected: float, size: float) -> float:
    """Probability of k where half of them or more, two at least, are tied to it and chance brings the others.

    Args:
        k: all of them, 1 or more; of one alone, that one is tied.
        expected: by chance.
        size: as in by_chance.

    Returns:
        With t of those tied and j by chance, 2 / (t (t + 1)) times the probability of j under chance, summed
        over t + j = k and t >= j, and divided by the same sum over all t >= j. Where chance brings nobody
        that is 2 / (k (k + 1)).
    """
    least = min(_LEAST_TIED, k)
    most = max(k, int(_FAR * expected) + _BEYOND)
    tied = np.arange(least, most + 1)
    shares = least / (tied * (tied + 1.0))  # of all from the least on
    brought = by_chance(np.arange(most + 1), expected=expected, size=size)
    mine = (tied <= k) & (2 * tied >= k)
    of_k = float((shares[mine] * brought[k - tied[mine]]).sum())
    every = float((shares * np.cumsum(brought)[tied]).sum()) + least / (most + 1.0)
    return of_k / every


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
    size = rule.numbers["size"]
    chance = max(float(by_chance(found.k, expected=found.expected, size=size)), 1e-300)
    other = max(by_tie(found.k, expected=found.expected, size=size), 1e-300)
    logs = {
        name: float(np.log10(share * chance + (1.0 - share) * other)) for name, share in rule.shares.items()
    }
    sure = _confirmed(facts, rule)
    factor = 1.0 if sure or chance >= other else rule.numbers["unconfirmed"]
    weights = {name: factor * value for name, value in rule.bounded(logs).items()}
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"{number(found.k, 'independent group')} of {scope.whom} met the service; a service as "
            f"widely used would meet {found.expected:.2g} by chance (p = {found.p_value:.2g}).",
            reason=f"Chance gives so many with a probability of {chance:.2g}, a tie of "
            f"half of them or more with {other:.2g}; {_held_out(sure=sure, less=factor < 1.0)}.",
            weights=weights,
            rows=records_of(facts, scope.members),
        ),
    )


def _held_out(*, sure: bool, less: bool) -> str:
    if sure:
        return "C2s that had no part in finding it confirm the contact"
    return f"no C2s held out confirm the contact{', so this weighs less' if less else ''}"


BY_CHANCE = Kind(
    "chance",
    "the number of C2s against chance",
    TIE,
    _look,
    by_group=True,
    numbers={"size": (0.1, 1000.0), "unconfirmed": (0.0, 1.0), "confirmed_from": (0.0, 1.0)},
    shares=True,
)
