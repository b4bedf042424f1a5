"""Where are the other clients? In one hosting network, or all over."""

import numpy as np

from headwater.investigate.facts import Facts, counted
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured, number
from headwater.model.hypothesis import Evidence


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    clients, counts = facts.measurements.clients, counted(facts)
    known = clients.network[counts.others & (clients.network >= 0)]
    if len(known) < rule.numbers["least_others"]:
        return ()
    sizes = np.bincount(known, minlength=len(clients.networks))
    top = int(np.argmax(sizes))
    share = float(sizes[top] / len(known))
    c2s_there = int(np.sum(clients.network[counts.c2s] == top))
    met = int(counts.c2s.sum())
    finding = "one-network" if share >= rule.numbers["one_network_from"] else "many-networks"
    others = int((sizes > 0).sum()) - 1
    elsewhere = f"; the others are in {number(others, 'more network')}" if others else ""
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"{share:.0%} of {len(known):,} other clients are in the network "
            f'"{clients.networks[top]}", '
            f"as are {c2s_there} of {met} C2s{elsewhere}.",
            reason="Customers of a hosting network share its panel, backup and monitoring."
            if finding == "one-network"
            else "Victims, bots and users of a popular service come from everywhere.",
            weights=rule.told(finding),
            rows=int(clients.flows[counts.others].sum()),
        ),
    )


NETWORKS = Kind(
    "networks",
    "the networks of the other clients",
    TIE,
    _look,
    numbers={"least_others": (1, 10_000), "one_network_from": (0.0, 1.0)},
    findings=("one-network", "many-networks"),
)
