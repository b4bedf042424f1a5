"""Which known upstreams moved, fell silent, or changed port or operator? Each such change is told once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from headwater.app.watch.settings import Alerts
from headwater.app.watch.sight import Sight
from headwater.app.watch.telling import hosts_of, records_of, service_text
from headwater.model.change import Change, ChangeKind
from headwater.model.event import Basis, Event, EventKind, Measured, event_id
from headwater.model.remembered import KnownUpstream, Memory

_KINDS = {
    ChangeKind.MOVED: EventKind.UPSTREAM_MOVED,
    ChangeKind.SILENT: EventKind.UPSTREAM_SILENT,
    ChangeKind.NEW_PORT: EventKind.UPSTREAM_CHANGED,
    ChangeKind.NEW_OPERATOR: EventKind.UPSTREAM_CHANGED,
}
_WORDS = {
    # how real upstreams choose their next address nobody published
    ChangeKind.MOVED: "its C2s left together, likeliest for {other} (probability {p}, from simulated moves)",
    ChangeKind.SILENT: "its C2s stopped together, and no successor is seen (probability {p})",
    ChangeKind.NEW_PORT: "its C2s went to {other} (probability {p})",
    ChangeKind.NEW_OPERATOR: (
        "two independent signals say that somebody else holds the address (probability {p})"
    ),
}


def told_changes(
    memory: Memory, found: Sequence[Change], shown: Sight, *, alerts: Alerts, lake: Path
) -> tuple[Memory, list[Event]]:
    """Changes of known upstreams that were not told before.

    Silence that ended may be told again when it comes again; a move or another operator is told once. An end
    that was told as a move is not told as silence, too, when its successor becomes less likely later.

    Args:
        memory: what is known.
        found: as from `headwater.app.changes.changed`.
        shown: what the hunt shows.
        alerts: from which probability on.
        lake: the lake's folder, for the commands that events name.
    """
    upstreams = {address: _heard_again(one) for address, one in memory.upstreams.items()}
    events = []
    for change in found:
        known = upstreams.get(change.service.address)
        if (
            known is None
            or change.kind not in _KINDS
            or (change.probability or 0) < alerts.change_probability
        ):
            continue
        name = f"{change.kind.value} {change.other or ''}".strip()
        last = last_contact(known)
        if name in known.told or (change.kind is ChangeKind.SILENT and _told_as_a_move(known, last)):
            continue
        upstreams[known.address] = replace(known, told=known.told | {name: last})
        events.append(_event(known, change, shown, name=name, last=last, lake=lake))
    return replace(memory, upstreams=upstreams), events


def last_contact(known: KnownUpstream) -> datetime:
    """When a listed C2 was last seen with it; when it was told, where none was."""
    return max((c2.last_seen for c2 in known.c2s.values()), default=known.told_at)


def _told_as_a_move(known: KnownUpstream, last: datetime) -> bool:
    """Whether the end behind this last contact was told with a successor."""
    moves = (f"{ChangeKind.MOVED.value} ", f"{ChangeKind.NEW_PORT.value} ")
    return any(name.startswith(moves) and at == last for name, at in known.told.items())


def _heard_again(known: KnownUpstream) -> KnownUpstream:
    """Without a silence that has ended."""
    silent = ChangeKind.SILENT.value
    if silent not in known.told or last_contact(known) <= known.told[silent]:
        return known
    return replace(known, told={name: at for name, at in known.told.items() if name != silent})


def _event(
    known: KnownUpstream, change: Change, shown: Sight, *, name: str, last: datetime, lake: Path
) -> Event:
    service, kind = service_text(known), _KINDS[change.kind]
    seen = shown.services.get(known.key)
    return Event(
        id=event_id(kind, service, [name, last.isoformat()]), kind=kind, at=shown.now, subject=service,
        basis=Basis(shown.lake_version, shown.since, shown.until), weight=change.probability or 0.0,
        role=known.role, hosts=hosts_of(known), measured=seen.measured if seen else Measured(),
        facts={
            "why": _WORDS[change.kind].format(other=change.other, p=f"{change.probability or 0.0:.2f}"),
            "change": change.kind.value, "to": str(change.other) if change.other else None,
            "since": _time(change.since), "until": _time(change.until),
            "probability": change.probability, "words": change.words,
        },
        reasons=(*change.reasons, *_alternatives(change)), command=records_of(lake, service),
    )  # fmt: skip


def _alternatives(change: Change) -> list[str]:
    """Other services to which it may have gone, each as a reason to look further."""
    return [
        f"or it went on at {one.service}: probability {one.probability:.2f}" for one in change.alternatives
    ]


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
