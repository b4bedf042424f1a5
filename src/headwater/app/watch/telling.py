"""How is told what happened to an upstream? As events, each with its hosts, its numbers and its command."""

import shlex
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from headwater.app.watch.sight import Seen, Sight
from headwater.model.event import Basis, Event, EventHost, EventKind, Measured, event_id
from headwater.model.remembered import KnownC2, KnownCandidate, KnownUpstream
from headwater.model.service import Service

_DAY_S = 86_400.0


def service_text(known: KnownUpstream | Seen) -> str:
    """A service as events name it."""
    return str(Service(known.address, known.port, known.proto if known.port else 0))


def new_upstream(seen: Seen, shown: Sight, lake: Path, candidate: KnownCandidate | None) -> Event:
    """A new upstream, with when it was told as a candidate if it was."""
    service = service_text(seen)
    hosts = hosts_met(seen, shown)
    since = {} if candidate is None else {"candidate_since": time_text(candidate.told_at)}
    return event_about(
        EventKind.NEW_UPSTREAM, service, [seen.role], shown, hosts=hosts, role=seen.role,
        measured=seen.measured, reasons=seen.reasons, weight=seen.measured.posterior or 0.0,
        facts={"c2s_apart": seen.independent, "clients_like_c2s": seen.c2_like, **since},
        command=records_of(lake, service),
    )  # fmt: skip


def new_c2(known: KnownUpstream, seen: Seen | None, shown: Sight, fresh: list[str], lake: Path) -> Event:
    """Listed C2s that met a known upstream for the first time; without a sight of it, with no numbers."""
    service = service_text(known)
    hosts = tuple(shown.labels[address].host for address in sorted(fresh))
    return event_about(
        EventKind.NEW_C2, service, [f"{each} {known.withdrawn.get(each, 0)}" for each in fresh], shown,
        hosts=hosts, role=known.role, measured=seen.measured if seen else None,
        weight=(known.posterior or 0.0), command=records_of(lake, service, peers=fresh),
    )  # fmt: skip


def lead_confirmed(known: KnownUpstream, seen: Seen | None, shown: Sight, address: str, lake: Path) -> Event:
    """A list names what a pivot had found among the clients of a known upstream."""
    service, lead = service_text(known), known.leads[address]
    return event_about(
        EventKind.LEAD_CONFIRMED, service, [address], shown, hosts=(shown.labels[address].host,),
        role=known.role, measured=seen.measured if seen else None, weight=lead.posterior,
        facts={
            "lead_found_at": time_text(lead.found_at),
            "lead_posterior": lead.posterior, "lead_port": lead.port,
            "head_start_days": round((shown.now - lead.found_at).total_seconds() / _DAY_S, 3),
        },
        command=records_of(lake, service, peers=[address]),
    )  # fmt: skip


def labels_withdrawn(
    known: KnownUpstream, seen: Seen | None, shown: Sight, lost: dict[str, str], *, left: int, lake: Path
) -> Event:
    """C2s of a known upstream whose labels no longer hold, with why, and how many are left."""
    service = service_text(known)
    hosts = tuple(host_of(address, known.c2s[address], why) for address, why in sorted(lost.items()))
    return event_about(
        EventKind.LABELS_WITHDRAWN, service,
        [f"{each} {known.withdrawn.get(each, 0)}" for each in lost], shown, hosts=hosts, role=known.role,
        measured=seen.measured if seen else Measured(), weight=len(lost) / max(len(known.c2s), 1),
        facts={"posterior_before": known.posterior, "verdict_before": known.verdict, "c2s_left": left},
        command=records_of(lake, service, peers=lost),
    )  # fmt: skip


def host_of(address: str, c2: KnownC2, why: str = "") -> EventHost:
    """A C2 as events name it, with what became of it."""
    return EventHost(address, c2.family, c2.group, c2.tlp, c2.sources, why)


def hosts_of(known: KnownUpstream) -> tuple[EventHost, ...]:
    """The C2s of a known upstream as events name them."""
    return tuple(host_of(address, c2) for address, c2 in sorted(known.c2s.items()))


def hosts_met(seen: Seen, shown: Sight) -> tuple[EventHost, ...]:
    """The listed C2s that a service met as events name them."""
    return tuple(shown.labels[address].host for address in sorted(seen.c2s))


def time_text(at: datetime) -> str:
    """A moment as facts of events say it; ISO 8601."""
    return at.isoformat().replace("+00:00", "Z")


def records_of(lake: Path, service: str, *, peers: Iterable[str] = ()) -> str:
    """The command that prints the records of a service; with one peer those of both."""
    words = ["headwater", "--lake", str(lake), "flows", service]
    few = list(peers)
    if len(few) == 1:
        words += ["--peer", few[0]]
    return shlex.join(words)


def event_about(
    kind: EventKind,
    subject: str,
    parts: list[str],
    shown: Sight,
    *,
    hosts: tuple[EventHost, ...],
    role: str,
    measured: Measured | None,
    weight: float,
    command: str,
    reasons: tuple[str, ...] = (),
    facts: dict[str, str | int | float | None] | None = None,
) -> Event:
    """An event about a service; the arguments as in `Event`, `parts` as in `event_id`."""
    return Event(
        id=event_id(kind, subject, parts), kind=kind, at=shown.now, subject=subject,
        basis=Basis(shown.lake_version, shown.since, shown.until), weight=weight, role=role, hosts=hosts,
        measured=measured, facts=facts or {}, reasons=reasons, command=command,
    )  # fmt: skip
