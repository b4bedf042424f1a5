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
    listed = facts.measurements.listed
    met_rows = facts.measurements.clients.c2[counted(facts).c2s]
    size = len(listed.families)
    in_contact = np.zeros(len(listed.hi), dtype=np.bool_)
    in_contact[met_rows] = True
    visible = listed.seen | in_contact
    seen = np.bincount(listed.family[visible], minlength=size).astype(np.float64)
    met = np.bincount(listed.family[in_contact], minlength=size).astype(np.float64)
    if int((seen > 0).sum()) < 2 or not met.any():
        return ()
    met, names, seen = met[seen > 0], [listed.families[f] for f in np.flatnonzero(seen)], seen[seen > 0]
    as_seen, selected = log_as_seen(met, seen), log_selected(met, concentration=rule.numbers["concentration"])
    logs = {
        name: float(logsumexp([math.log(share) + as_seen, math.log1p(-share) + selected])) / math.log(10)
        for name, share in rule.shares.items()
    }
    absent = [names[place] for place in range(len(names)) if not met[place]]
    left = f"none of {_listing(absent)}" if absent else "none is absent"
    told = _listing(
        [f"{met[place]:.0f} of {seen[place]:.0f} {names[place]}" for place in np.flatnonzero(met)]
    )
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"Of the listed C2s that the flows show, in contact are {told}; {left}.",
            reason="Whoever follows lists, and what everybody uses, meets all families alike; an operator's "
            f"own service meets a selection, which fits {math.exp(min(selected - as_seen, 20)):.2g} times as "
            "well.",
            weights=rule.bounded(logs),
        ),
    )


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
