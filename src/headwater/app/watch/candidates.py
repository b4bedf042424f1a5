"""What does a hunt take for an upstream on too little for an alert? A notice tells it, another takes it back.

A candidate is known by its address. It becomes an upstream in the cycle in which it passes the gate, and is
dropped where the hunt finds it likelier to be none; each is told once, and what was dropped is no candidate
again.
"""

from dataclasses import replace
from pathlib import Path

from headwater.app.watch.compare import Compared
from headwater.app.watch.gate import passes, waits_for
from headwater.app.watch.settings import Alerts
from headwater.app.watch.sight import Seen, Sight
from headwater.app.watch.telling import event_about, hosts_met, records_of, service_text, time_text
from headwater.model.event import Event, EventKind
from headwater.model.remembered import KnownCandidate, Memory, key_text

DROPPED_BELOW = (
    0.5  # posterior: likelier none than one; an upstream has .8, so nothing swings between the two
)


def candidates(
    memory: Memory, shown: Sight, *, alerts: Alerts, lake: Path, silently: bool = False
) -> Compared:
    """Compares what is known with what a hunt shows, once upstreams have been.

    Args:
        memory: what is known, the upstreams of this cycle among it.
        shown: what the hunt shows.
        alerts: what is worth telling.
        lake: the lake's folder, for the commands that events name.
        silently: remember new candidates without telling them.
    """
    known = {address: one for address, one in memory.candidates.items() if address not in memory.upstreams}
    if not alerts.candidates:
        return Compared(replace(memory, candidates=known), ())
    events = []
    taken = {seen.address for seen in shown.services.values() if seen.is_upstream}
    for address, one in known.items():
        seen = shown.services.get(key_text(address, one.port, one.proto, one.role))
        if one.dropped or address in taken or seen is None or not _is_unlikely(seen):
            continue
        known[address] = replace(one, dropped=True)
        events.append(_dropped(one, seen, shown, lake))
    for seen in shown.services.values():
        new = seen.address not in known and seen.address not in memory.upstreams
        if not seen.is_upstream or not new or passes(seen, alerts):
            continue
        known[seen.address] = KnownCandidate(
            seen.port, seen.proto, seen.role, told_at=shown.now, posterior=seen.measured.posterior,
            dropped=silently,  # what was never told is not taken back
        )  # fmt: skip
        if not silently:
            events.append(_new(seen, shown, alerts, lake))
    return Compared(replace(memory, candidates=known), tuple(events))


def _is_unlikely(seen: Seen) -> bool:
    posterior = seen.measured.posterior
    return posterior is not None and posterior < DROPPED_BELOW


def _new(seen: Seen, shown: Sight, alerts: Alerts, lake: Path) -> Event:
    service = service_text(seen)
    return event_about(
        EventKind.NEW_CANDIDATE, service, [seen.role], shown, hosts=hosts_met(seen, shown), role=seen.role,
        measured=seen.measured, reasons=seen.reasons, weight=seen.measured.posterior or 0.0,
        facts={
            "c2s_apart": seen.independent, "clients_like_c2s": seen.c2_like,
            "waits_for": waits_for(seen, alerts),
        },
        command=records_of(lake, service),
    )  # fmt: skip


def _dropped(candidate: KnownCandidate, seen: Seen, shown: Sight, lake: Path) -> Event:
    service = service_text(seen)
    return event_about(
        EventKind.CANDIDATE_DROPPED, service, [seen.role], shown, hosts=hosts_met(seen, shown),
        role=seen.role, measured=seen.measured, weight=1.0 - (seen.measured.posterior or 0.0),
        facts={"candidate_since": time_text(candidate.told_at), "posterior_before": candidate.posterior},
        command=records_of(lake, service),
    )  # fmt: skip
