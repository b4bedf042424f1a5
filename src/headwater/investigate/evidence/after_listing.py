"""Does the contact follow the lists? For each C2: did it begin after the C2 was first listed?

Only C2s count that could have been seen in contact for some time before they were listed.
"""

import numpy as np

from headwater.investigate.facts import Facts
from headwater.investigate.measurements import Bools, Int64s
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence
from headwater.model.window import OPEN_US
from headwater.score.distributions import log_beta_binomial

DAY_US = 86_400_000_000


def first_listed_us(facts: Facts) -> Int64s:
    """When each listed C2 was first listed, OPEN_US where no list says, shape (m,)."""
    listed = facts.measurements.listed
    first = np.full(len(listed.hi), OPEN_US, dtype=np.int64)
    stated = listed.label_from_us > -OPEN_US
    np.minimum.at(first, listed.label_c2[stated], listed.label_from_us[stated])
    return first


def _begun_us(facts: Facts) -> Int64s:
    """First record of each listed C2 with the address, on any port; OPEN_US for none, shape (m,)."""
    clients = facts.measurements.clients
    begun = np.full(len(facts.measurements.listed.hi), OPEN_US, dtype=np.int64)
    met = clients.c2 >= 0
    np.minimum.at(begun, clients.c2[met], clients.first_us[met])
    return begun


def _told(facts: Facts, rule: Rule, scope: Scope, *, begun: Int64s, listed: Int64s) -> Bools:
    """C2s for which the order can be told."""
    until = facts.held.until_us
    first_record = facts.measurements.days.first_us
    visible = listed - first_record >= rule.numbers["least_days_before"] * DAY_US
    kept = begun < (OPEN_US if until is None else until)
    return np.asarray(visible & kept & (listed < OPEN_US) & (begun < OPEN_US) & scope.members)


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    begun, listed = _begun_us(facts), first_listed_us(facts)
    told = _told(facts, rule, scope, begun=begun, listed=listed)
    total = int(told.sum())
    if total < rule.numbers["least_c2s"]:
        return ()
    after = int((begun[told] >= listed[told]).sum())
    logs = {
        name: float(log_beta_binomial(after, total, a=a, b=b)) / np.log(10)
        for name, (a, b) in rule.shapes.items()
    }
    days = float(np.median(begun[told] - listed[told])) / DAY_US
    order = "after" if days >= 0 else "before"
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"Contact began after the listing for {after} of {total} {scope.whom} for which the "
            f"order can be told; in the median {abs(days):.0f} days {order} it.",
            reason="Whoever follows the lists comes after them; an operator is there before.",
            weights=rule.bounded(logs),
        ),
    )


AFTER_LISTING = Kind(
    "after-listing",
    "contact before or after the listing",
    TIE,
    _look,
    by_group=True,
    numbers={"least_c2s": (1, 100), "least_days_before": (0, 365)},
    shapes=True,
)
