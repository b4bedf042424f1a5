"""Which families are in contact, and which are not? In proportion to what the flows show, or a selection.

Whoever follows lists, and whatever everybody uses, meets the families as they are: a multinomial with the
shares of listed C2s that were seen at all. An operator's own service meets a selection: a Dirichlet
multinomial whose shares are anything, mostly uneven.
"""

import math

import numpy as np
from scipy.special import gammaln, logsumexp, xlogy

from headwater.investigate.facts import Facts, counted
from headwater.investigate.measurements import Floats
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence


def log_as_seen(met: Floats, seen: Floats) -> float:
    """Natural logarithm of the multinomial of `met` with shares in proportion to `seen`."""
    total = met.sum()
    shape = gammaln(total + 1) - gammaln(met + 1).sum()
    return float(shape + xlogy(met, seen / seen.sum()).sum())


def log_selected(met: Floats, *, concentration: float) -> float:
    """Natural logarithm of the Dirichlet multinomial of `met` with one concentration for all."""
    total, sizes = met.sum(), len(met)
    shape = gammaln(total + 1) - gammaln(met + 1).sum()
    return float(
        shape
        + gammaln(sizes * concentration)
        - gammaln(total + sizes * concentration)
        + (gammaln(met + concentration) - gammaln(concentration)).sum()
    )


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    names, met, seen = _counts(facts)
    if len(names) < 2 or not met.any():
        return ()
    as_seen, selected = log_as_seen(met, seen), log_selected(met, concentration=rule.numbers["concentration"])
    logs = {
        name: float(logsumexp([math.log(share) + as_seen, math.log1p(-share) + selected])) / math.log(10)
        for name, share in rule.shares.items()
    }
    fit = math.exp(min(selected - as_seen, 20))
    times = f"{fit:,.0f}" if fit >= 10 else f"{fit:.2g}"
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=_said(names, met, seen),
            reason="Whoever follows lists, and what everybody uses, meets all families alike; an operator's "
            f"own service meets a selection, which fits {times} times as well.",
            weights=rule.bounded(logs),
        ),
    )


def _counts(facts: Facts) -> tuple[list[str], Floats, Floats]:
    """Families that the flows show, their listed C2s in contact, and those that were seen at all."""
    listed = facts.measurements.listed
    met = np.zeros(len(listed.hi), dtype=np.bool_)
    met[facts.measurements.clients.c2[counted(facts).c2s]] = True
    size = len(listed.families)
    seen = np.bincount(listed.family[listed.seen | met], minlength=size).astype(np.float64)
    contact = np.bincount(listed.family[met], minlength=size).astype(np.float64)
    shown = seen > 0
    return [listed.families[family] for family in np.flatnonzero(shown)], contact[shown], seen[shown]


def _said(names: list[str], met: Floats, seen: Floats) -> str:
    absent = [name for name, count in zip(names, met, strict=True) if not count]
    left = f"none of {_listing(absent)}" if absent else "none is absent"
    told = [f"{met[at]:.0f} of {seen[at]:.0f} {names[at]}" for at in np.flatnonzero(met)]
    return f"Of the listed C2s that the flows show, in contact are {_listing(told)}; {left}."


def _listing(parts: list[str]) -> str:
    """The parts with commas and an "and" before the last; of more than eight the first eight."""
    shown = parts if len(parts) <= 8 else [*parts[:8], f"{len(parts) - 8} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


FAMILIES = Kind(
    "families",
    "which families are in contact",
    TIE,
    _look,
    numbers={"concentration": (0.01, 10.0)},
    shares=True,
)
