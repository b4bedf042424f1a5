"""Can the data carry an answer at all? The template's rules, fixed before anybody looks.

Without an observation, without C2s nobody can answer. Few sessions and few timelines are another matter: they
leave an answer thin, and headwater.investigate.thin tells which answers stand in spite of that.
"""

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
        question: "tie" needs C2s, "tenant" an observation of the host or a report.
        scope: "all" or a group.
    """
    c2s, _ = _seen(facts, scope)
    if question == TENANT:
        known = facts.brackets or about_service(facts)
        return _no_contact(c2s) if known else "no observation of the host and no report about it"
    if not c2s:
        return "no listed C2 in contact"
    if c2s < limits.least_c2s:
        return f"only {number(c2s, 'listed C2')} in contact"
    return ""


def few_sessions(facts: Facts, limits: Limits, *, scope: str) -> str:
    """That the C2s were hardly seen, in words; "" where they were seen often enough.

    Args:
        facts: what was measured and gathered.
        limits: the rules.
        scope: "all" or a group.
    """
    c2s, sessions = _seen(facts, scope)
    if sessions >= limits.least_sessions:
        return ""
    return f"only {number(sessions, 'session')} of {number(c2s, 'listed C2')}"


def few_timelines(facts: Facts, limits: Limits, *, scope: str) -> str:
    """That timing says next to nothing, in words; "" where it has something to say.

    Args:
        facts: what was measured and gathered.
        limits: the rules.
        scope: "all" or a group.
    """
    _, sessions = _seen(facts, scope)
    timelines = sum(
        1
        for timeline in facts.timelines
        if (timeline.included or facts.include_excluded) and scope in (ALL, timeline.group_key)
    )
    if timelines < limits.least_timelines and sessions < limits.unless_sessions:
        return f"only {number(timelines, 'timeline')} that can be compared, and {number(sessions, 'session')}"
    return ""


def _no_contact(c2s: int) -> str:
    """Without contact there is no time to ask for."""
    return "" if c2s else "no listed C2 in contact"


def _seen(facts: Facts, scope: str) -> tuple[int, int]:
    """Listed C2s met at all, on any port, and their sessions."""
    clients, listed = facts.measurements.clients, facts.measurements.listed
    rows = (counted(facts).c2s | (clients.on_c2_port & (clients.c2 >= 0))).nonzero()[0]
    if scope != ALL:
        rows = rows[[listed.groups[listed.group[clients.c2[row]]] == scope for row in rows]]
    return len(np.unique(clients.c2[rows])), int(clients.sessions[rows].sum())
