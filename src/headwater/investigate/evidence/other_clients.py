"""What are the other clients? Bots that check in at listed C2s, people without a service, or servers.

Where they are no bots, the share of those that serve other hosts follows a beta distribution of the
template's shape.
"""

import numpy as np

from headwater.investigate.facts import Facts, counted
from headwater.investigate.rule import DEFAULT, TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence
from headwater.score.distributions import log_beta_binomial

_BOTS = "Bots end at sinkholes and at servers of other malware; a service behind C2s sees none."
_SURE = 1e-6  # a finding that is certain under a hypothesis leaves this much to its contrary
_NO_BOTS = (
    "Infected people end at sinkholes and at servers of other malware; servers are what C2s are, listed or "
    "not, and what a hosting network's customers are."
)


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    clients, others = facts.measurements.clients, counted(facts).others
    total = int(others.sum())
    if total < rule.numbers["least_others"]:
        return ()
    bots = int(clients.checks_in[others].sum())
    told = others & (clients.fan_in >= 0)
    serving = int(np.sum(clients.fan_in[told] > rule.numbers["serves_from"]))
    are_bots = bots >= rule.numbers["bots_from"] * total
    if not are_bots and not told.any():
        return ()
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"Of {total:,} other clients {bots:,} also check in at listed C2s, and {serving:,} of "
            f"{int(told.sum()):,} serve other hosts themselves.",
            reason=_BOTS if are_bots else _NO_BOTS,
            weights=rule.told("bots") if are_bots else _of_servers(rule, serving, int(told.sum())),
            rows=int(clients.flows[others].sum()),
        ),
    )


def _of_servers(rule: Rule, serving: int, total: int) -> dict[str, float]:
    """Weights of the share that serves, where the clients are no bots."""
    bots = rule.findings["bots"]
    logs = {}
    for name in {DEFAULT, *rule.shapes, *bots.under}:
        a, b = rule.shapes.get(name, rule.shapes[DEFAULT])
        not_bots = np.log1p(-min(bots.under.get(name, bots.default), 1.0 - _SURE))
        logs[name] = float((not_bots + log_beta_binomial(serving, total, a=a, b=b)) / np.log(10))
    return rule.bounded(logs)


OTHER_CLIENTS = Kind(
    "other-clients",
    "what the other clients are",
    TIE,
    _look,
    numbers={
        "least_others": (1, 10_000),
        "bots_from": (0.0, 1.0),
        "serves_from": (0, 1e6),
    },
    findings=("bots",),
    shapes=True,
)
