"""What are the other clients? Bots that check in at listed C2s, people without a service, or servers."""

import numpy as np

from headwater.investigate.facts import Facts, counted
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence

_REASONS = {
    "bots": "Bots end at sinkholes and at servers of other malware; a service behind C2s sees none.",
    "people": "Infected people end at sinkholes and at servers of other malware; C2s are servers.",
    "servers": "Servers are what C2s are, listed or not, and what a hosting network's customers are.",
}


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    clients, others = facts.measurements.clients, counted(facts).others
    total = int(others.sum())
    if total < rule.numbers["least_others"]:
        return ()
    bots = int(clients.checks_in[others].sum())
    told = others & (clients.fan_in >= 0)
    serving = int(np.sum(clients.fan_in[told] > rule.numbers["serves_from"]))
    if bots >= rule.numbers["bots_from"] * total:
        finding = "bots"
    elif not told.any():
        return ()
    else:
        many = serving >= rule.numbers["servers_from"] * int(told.sum())
        finding = "servers" if many else "people"
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"Of {total:,} other clients {bots:,} also check in at listed C2s, and {serving:,} of "
            f"{int(told.sum()):,} serve other hosts themselves.",
            reason=_REASONS[finding],
            weights=rule.told(finding),
            rows=int(clients.flows[others].sum()),
        ),
    )


OTHER_CLIENTS = Kind(
    "other-clients",
    "what the other clients are",
    TIE,
    _look,
    numbers={
        "least_others": (1, 10_000),
        "bots_from": (0.0, 1.0),
        "serves_from": (0, 1e6),
        "servers_from": (0.0, 1.0),
    },
    findings=("bots", "people", "servers"),
)
