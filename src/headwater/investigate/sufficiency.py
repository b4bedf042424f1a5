"""Can the data carry an answer at all? The template's rules, fixed before anybody looks."""

import numpy as np

from headwater.investigate.evidence.placed_claims import about_service
from headwater.investigate.facts import ALL, Facts, counted
from headwater.investigate.rule import TENANT, number
from headwater.investigate.template import Limits

INSUFFICIENT = "insufficient"


def shortfall(facts: Facts, limits: Limits, *, question: str, scope: str) -> str:
    """What the data lack for an answer, in words; "" where they suffice.

    Args:
        facts: what was measured and gathered.
        limits: the rules.
        question: "tie" is about C2s and sessions, "tenant" needs an observation of the host or a report.
        scope: "all" or a group.
    """
    if question == TENANT and not facts.brackets and not about_service(facts):
        return "no observation of the host and no report about it"
    c2s, sessions = _seen(facts, scope)
    if c2s < limits.least_c2s:
        return f"only {number(c2s, 'listed C2')} in contact"
    if sessions < limits.least_sessions:
        return f"only {number(sessions, 'session')} of {number(c2s, 'listed C2')}"
    timelines = sum(
        1
        for timeline in facts.timelines
        if (timeline.included or facts.include_excluded) and scope in (ALL, timeline.group)
    )
    if timelines < limits.least_timelines and sessions < limits.unless_sessions:
        return f"only {number(timelines, 'timeline')} that can be compared, and {number(sessions, 'session')}"
    return ""


def _seen(facts: Facts, scope: str) -> tuple[int, int]:
    """Listed C2s met at all, on any port, and their sessions."""
    clients, listed = facts.measurements.clients, facts.measurements.listed
    rows = (counted(facts).c2s | (clients.on_c2_port & (clients.c2 >= 0))).nonzero()[0]
    if scope != ALL:
        rows = rows[[listed.groups[listed.group[clients.c2[row]]] == scope for row in rows]]
    return len(np.unique(clients.c2[rows])), int(clients.sessions[rows].sum())
