"""Is the contact real, or made by how it was recorded? Sensors that saw it, and moments that coincide.

Contact that one of several sensors saw may be that sensor's fault; so may sessions of several C2s that begin
in the same second, as duplicated and replayed records do.
"""

import numpy as np

from headwater.investigate.facts import Facts, counted
from headwater.investigate.measurements import Sessions
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence

_SECOND_US = 1_000_000


def coinciding(sessions: Sessions) -> float:
    """Share of sessions that begin in the same second as a session of another C2; 0 where there are none."""
    if not len(sessions.start_us):
        return 0.0
    pairs = np.unique(np.column_stack([sessions.start_us // _SECOND_US, sessions.owner]), axis=0)
    seconds, owners = np.unique(pairs[:, 0], return_counts=True)
    shared = seconds[owners > 1]
    return float(np.isin(sessions.start_us // _SECOND_US, shared).mean())


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    sessions, found = facts.measurements.contact, []
    if len(facts.all_sensors) > 1 and facts.sensors:
        finding = "one-sensor" if len(facts.sensors) == 1 else "several-sensors"
        found.append((finding, f"{len(facts.sensors)} of {len(facts.all_sensors)} sensors saw the contact."))
    if len(sessions.start_us) >= rule.numbers["least_sessions"]:
        share = coinciding(sessions)
        finding = "same-moments" if share >= rule.numbers["same_moments_from"] else "own-moments"
        found.append((finding, f"{share:.0%} of sessions begin in the same second as another C2's."))
    rows = int(facts.measurements.clients.flows[counted(facts).c2s].sum())
    return tuple(
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=statement,
            reason="Duplicated, replayed or misread records show up at one sensor and at the same moments.",
            weights=rule.told(finding),
            rows=rows,
        )
        for finding, statement in found
    )


RECORDING = Kind(
    "recording",
    "how the contact was recorded",
    TIE,
    _look,
    numbers={"least_sessions": (1, 10_000), "same_moments_from": (0.0, 1.0)},
    findings=("one-sensor", "several-sensors", "same-moments", "own-moments"),
)
