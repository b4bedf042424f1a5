"""Do the other clients stay, or come and go? The share of those whose contact lasts as long as the records.

What servers use they use for as long as they are there; infections are cleaned, and others come. Only clients
that serve others are looked at, as their addresses are their own: those of people change with their
provider's leases, and then nobody stays. A client with few sessions tells nothing: of one that is there all
the time and is seen n times, first and last sighting lie (n - 1) / (n + 1) of that time apart in the mean.
"""

import numpy as np

from headwater.investigate.facts import Facts, counted
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.candidate import PeerRole
from headwater.model.hypothesis import Evidence
from headwater.score.distributions import log_beta_binomial


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    clients, days, held = facts.measurements.clients, facts.measurements.days, facts.held
    if facts.role is not PeerRole.SERVER:
        return ()  # whom it visits is its own choice
    since = days.first_us if held.since_us is None else max(days.first_us, held.since_us)
    until = days.last_us if held.until_us is None else min(days.last_us, held.until_us)
    told = counted(facts).others & (clients.fan_in > rule.numbers["serves_from"])
    told &= clients.sessions >= rule.numbers["least_sessions"]
    total = int(told.sum())
    if total < rule.numbers["least_others"] or until <= since:
        return ()
    seen = np.minimum(clients.last_us[told], until) - np.maximum(clients.first_us[told], since)
    staying = int(np.sum(seen >= rule.numbers["stays_from"] * (until - since)))
    logs = {
        name: float(log_beta_binomial(staying, total, a=a, b=b)) / np.log(10)
        for name, (a, b) in rule.shapes.items()
    }
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"Of {total:,} other clients that serve hosts themselves and were seen "
            f"{rule.numbers['least_sessions']:.0f} times or more, the contact of {staying:,} lasts for "
            f"{rule.numbers['stays_from']:.0%} of the time or longer.",
            reason="What servers use they use for as long as they are there; infections are cleaned, and "
            "others come.",
            weights=rule.bounded(logs),
            rows=int(clients.flows[told].sum()),
        ),
    )


TENURE = Kind(
    "tenure",
    "how long the other clients stay",
    TIE,
    _look,
    numbers={
        "least_others": (1, 10_000),
        "least_sessions": (2, 10_000),
        "serves_from": (0, 1e6),
        "stays_from": (0.01, 1.0),
    },
    shapes=True,
)
