"""What is new since the last cycle? From what was known and what a hunt shows to events, without any file.

An upstream is known by its address: another port of a known one is no second upstream. What was told once is
not told again, even where the sliding window has lost sight of it meanwhile.
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from headwater.app.watch.gate import passes
from headwater.app.watch.settings import Alerts
from headwater.app.watch.sight import Seen, Sight
from headwater.model.event import Basis, Event, EventHost, EventKind, Measured, event_id
from headwater.model.lead import PIVOT_SOURCE
from headwater.model.remembered import KnownC2, KnownCandidate, KnownUpstream, Memory
from headwater.model.service import Service

_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Compared:
    """What a cycle found.

    Attributes:
        memory: what is known now.
        events: what is new.
    """

    memory: Memory
    events: tuple[Event, ...]


def compared(memory: Memory, shown: Sight, *, alerts: Alerts, lake: Path, silently: bool = False) -> Compared:
    """Compares what is known with what a hunt shows.

    Args:
        memory: what was known.
        shown: what the hunt shows.
        alerts: what is worth telling.
        lake: the lake's folder, for the commands that events name.
        silently: remember new upstreams without telling them.
    """
    events: list[Event] = []
    upstreams = dict(memory.upstreams)
    for address, known in memory.upstreams.items():
        upstreams[address], found = _known(known, shown, alerts=alerts, lake=lake)
        events += found
    new = _new(memory, shown, alerts)
    for seen in new:
        upstreams[seen.address] = _remembered(seen, shown)
        if not silently:
            events.append(_told(seen, shown, lake, memory.candidates.get(seen.address)))
    return Compared(replace(memory, upstreams=upstreams), tuple(events))


def _new(memory: Memory, shown: Sight, alerts: Alerts) -> tuple[Seen, ...]:
    """Services that are to be told now, one for each address: the one that the hunt ranks first."""
    new: dict[str, Seen] = {}
    for seen in shown.services.values():
        if seen.address not in memory.upstreams and passes(seen, alerts):
            new.setdefault(seen.address, seen)
    return tuple(new.values())


def _known(
    known: KnownUpstream, shown: Sight, *, alerts: Alerts, lake: Path
) -> tuple[KnownUpstream, list[Event]]:
    """One known upstream: lost labels first, because a C2 that lost them is not counted any more."""
    seen = shown.services.get(known.key)
    met = {} if seen is None else seen.c2s
    events = []
    lost = _lost(known, shown, met, families=alerts.families)
    c2s = {address: one for address, one in known.c2s.items() if address not in lost}
    withdrawn = dict(known.withdrawn)
    if lost:
        for address in lost:
            withdrawn[address] = withdrawn.get(address, 0) + 1
        events.append(_withdrawal(known, seen, shown, lost, left=len(c2s), lake=lake))
    fresh = [address for address in met if address not in c2s]
    confirmed = [address for address in known.leads if _is_listed(address, shown)]
    events += [_confirmed(known, seen, shown, address, lake) for address in confirmed]
    told = [address for address in fresh if address not in confirmed]
    if told:
        events.append(_new_c2(known, seen, shown, told, lake))
    for address in met:
        c2s[address] = _c2(shown, address, met)
    verdict = known.verdict if seen is None else seen.measured.verdict
    posterior = known.posterior if seen is None else seen.measured.posterior
    leads = {address: lead for address, lead in known.leads.items() if address not in confirmed}
    now = replace(known, c2s=c2s, withdrawn=withdrawn, leads=leads, verdict=verdict, posterior=posterior)
    return now, events


def _lost(
    known: KnownUpstream, shown: Sight, met: Iterable[str], *, families: tuple[str, ...]
) -> dict[str, str]:
    """C2s whose labels do not carry the contact any more, and why.

    Labels of other families than those asked for are not looked at, so nothing is said of their C2s.
    """
    lost, still, asked = {}, set(met), {family.casefold() for family in families}
    for address, c2 in known.c2s.items():
        labels = shown.labels.get(address)
        if labels is None and asked and c2.family.casefold() not in asked:
            continue
        if labels is None:
            doubt = shown.doubts.get(address)
            lost[address] = f"(now labelled {doubt})" if doubt else "(no label calls it a C2 any more)"
        elif labels.digest != c2.labels and address not in still and _inside(c2, shown):
            lost[address] = "(its label's dates do not hold the contact any more)"
    return lost


def _inside(c2: KnownC2, shown: Sight) -> bool:
    """Whether its contact still lies in the window, so that only labels can have taken it away."""
    return shown.since is None or c2.last_seen >= shown.since


def _is_listed(address: str, shown: Sight) -> bool:
    labels = shown.labels.get(address)
    return labels is not None and any(source != PIVOT_SOURCE for source in labels.host.sources)


def _remembered(seen: Seen, shown: Sight) -> KnownUpstream:
    return KnownUpstream(
        seen.address, seen.port, seen.proto, seen.role, told_at=shown.now, lake_version=shown.lake_version,
        verdict=seen.measured.verdict, posterior=seen.measured.posterior,
        c2s={address: _c2(shown, address, seen.c2s) for address in seen.c2s},
    )  # fmt: skip


def _c2(shown: Sight, address: str, met: dict[str, datetime]) -> KnownC2:
    labels = shown.labels[address]
    host = labels.host
    return KnownC2(host.family, host.group, host.tlp, host.sources, labels.digest, met[address])


def service_text(known: KnownUpstream | Seen) -> str:
    """A service as events name it."""
    return str(Service(known.address, known.port, known.proto if known.port else 0))


def _told(seen: Seen, shown: Sight, lake: Path, candidate: KnownCandidate | None) -> Event:
    service = service_text(seen)
    hosts = hosts_met(seen, shown)
    since = {} if candidate is None else {"candidate_since": time_text(candidate.told_at)}
    return event_about(
        EventKind.NEW_UPSTREAM, service, [seen.role], shown, hosts=hosts, role=seen.role,
        measured=seen.measured, reasons=seen.reasons, weight=seen.measured.posterior or 0.0,
        facts={"c2s_apart": seen.independent, "clients_like_c2s": seen.c2_like, **since},
        command=records_of(lake, service),
    )  # fmt: skip


def _new_c2(known: KnownUpstream, seen: Seen | None, shown: Sight, fresh: list[str], lake: Path) -> Event:
    service = service_text(known)
    hosts = tuple(shown.labels[address].host for address in sorted(fresh))
    return event_about(
        EventKind.NEW_C2, service, [f"{each} {known.withdrawn.get(each, 0)}" for each in fresh], shown,
        hosts=hosts, role=known.role, measured=seen.measured if seen else None,
        weight=(known.posterior or 0.0), command=records_of(lake, service, peers=fresh),
    )  # fmt: skip


def _confirmed(known: KnownUpstream, seen: Seen | None, shown: Sight, address: str, lake: Path) -> Event:
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


def _withdrawal(
    known: KnownUpstream, seen: Seen | None, shown: Sight, lost: dict[str, str], *, left: int, lake: Path
) -> Event:
    service = service_text(known)
    hosts = tuple(_host(address, known.c2s[address], why) for address, why in sorted(lost.items()))
    return event_about(
        EventKind.LABELS_WITHDRAWN, service,
        [f"{each} {known.withdrawn.get(each, 0)}" for each in lost], shown, hosts=hosts, role=known.role,
        measured=seen.measured if seen else Measured(), weight=len(lost) / max(len(known.c2s), 1),
        facts={"posterior_before": known.posterior, "verdict_before": known.verdict, "c2s_left": left},
        command=records_of(lake, service, peers=lost),
    )  # fmt: skip


def _host(address: str, c2: KnownC2, why: str = "") -> EventHost:
    return EventHost(address, c2.family, c2.group, c2.tlp, c2.sources, why)


def hosts_of(known: KnownUpstream) -> tuple[EventHost, ...]:
    """The C2s of a known upstream as events name them."""
    return tuple(_host(address, c2) for address, c2 in sorted(known.c2s.items()))


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
