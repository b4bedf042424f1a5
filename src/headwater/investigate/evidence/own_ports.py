"""Does the service's address come to the C2s' own listening ports, as bots, trackers and scanners do?"""

import numpy as np

from headwater.investigate.facts import Facts
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence
from headwater.score.distributions import log_beta_binomial


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    measurements = facts.measurements
    hit = measurements.c2_ports_hit
    met = np.unique(measurements.clients.c2[measurements.clients.c2 >= 0])
    total = max(int((measurements.listed.port[met] > 0).sum()), hit)  # without a port nobody can tell
    if total < rule.numbers["least_c2s"]:
        return ()
    logs = {
        name: float(log_beta_binomial(hit, total, a=a, b=b)) / np.log(10)
        for name, (a, b) in rule.shapes.items()
    }
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"The address comes to the listening port of {hit} of the {total} listed C2s it meets.",
            reason="Trackers and scanners do that, and infected hosts behind an exit; whoever runs C2s from "
            "behind has no need to.",
            weights=rule.bounded(logs),
        ),
    )


OWN_PORTS = Kind(
    "own-ports", "contact on the C2s' own ports", TIE, _look, numbers={"least_c2s": (1, 100)}, shapes=True
)
