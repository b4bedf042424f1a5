"""How do the exchanges look? Small and alike, as check-ins are, or of every size.

Bytes of a record are compared, not of a session: sampling thins sessions out. Under heavy sampling a record
is one packet, and small ones say little; records with fewer packets than a bound make no finding.
"""

import numpy as np

from headwater.investigate.facts import Facts, counted
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    clients, counts = facts.measurements.clients, counted(facts)
    rows = (counts.c2s | counts.others) & (clients.flows > 0)
    flows = clients.flows[rows]
    packets = float((clients.packets_out + clients.packets_in)[rows].sum())
    if (
        int(rows.sum()) < rule.numbers["least_clients"]
        or packets < rule.numbers["least_packets"] * flows.sum()
    ):
        return ()
    each = (clients.bytes_out + clients.bytes_in)[rows] / flows
    low, middle, high = (float(value) for value in np.quantile(each, [0.25, 0.5, 0.75]))
    alike = high <= low * rule.numbers["alike_ratio"]
    finding = "small-and-alike" if middle <= rule.numbers["small_bytes"] and alike else "varied"
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"A record of a client holds {middle:,.0f} bytes in the median; half of the clients "
            f"lie between {low:,.0f} and {high:,.0f}.",
            reason="Check-ins of bots are small and alike; so is little that a person or an operator does."
            if finding == "small-and-alike"
            else "Exchanges of every size are work, not check-ins.",
            weights=rule.told(finding),
            rows=int(flows.sum()),
        ),
    )


EXCHANGE = Kind(
    "exchange",
    "the size of the exchanges",
    TIE,
    _look,
    numbers={
        "least_clients": (1, 10_000),
        "least_packets": (0, 1000),
        "small_bytes": (1, 1e9),
        "alike_ratio": (1, 1000),
    },
    findings=("small-and-alike", "varied"),
)
