"""What changed since the last look, in Python? One cycle of a watch, its new events as rows."""

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.app.watch.cycle import Cycle
from headwater.app.watch.leads import Say
from headwater.app.watch.parsing import settings_in
from headwater.app.watch.run import Talk, watch
from headwater.app.watch.settings import WatchSettings
from headwater.model.event import Event
from headwater.model.label import Tlp
from headwater.present.events.sharing import shared
from headwater.present.events.words import said

_SHOWN = ("kind", "at", "said", "command")


@dataclass(frozen=True, slots=True)
class _Row:
    """One event."""

    id: str
    kind: str
    at: datetime
    said: str
    subject: str
    role: str
    hosts: tuple[str, ...]
    posterior: float | None
    p_value: float | None
    c2s: int | None
    clients: int | None
    lake_version: int
    command: str


def watched(lake_root: Path, *, config: Path | None, now: datetime | None, say: Say | None) -> Part:
    """Runs one cycle; what is new, the most urgent first.

    Args:
        lake_root: the lake's folder.
        config: settings in TOML; None: the defaults, and no sink.
        now: a "now" that wins over the clock.
        say: told each step as it begins.
    """
    settings = WatchSettings(sinks=()) if config is None else settings_in(config)
    ran: list[Cycle] = []
    told: list[str] = []
    owed = watch(
        lake_root, settings, stop=threading.Event(), once=True, now=now,
        talk=Talk(
            step=say or (lambda _: None), cycle=ran.append,
            trouble=lambda place, why: told.append(f"{place}: {why}"),
        ),
    )  # fmt: skip
    (cycle,) = ran
    looked = "" if cycle.hunted else " Nothing was new, so nothing was hunted in."
    waiting = tuple(f"{one.sink} has not got {one.events:,} events yet." for one in owed)
    return Part(
        title=f"What is new by {cycle.now:%Y-%m-%d %H:%M} UTC",
        table=arrow_of(map(_row, sorted(cycle.found, key=lambda event: event.urgency)), _Row),
        said=(
            f"{cycle.upstreams} known upstreams, lake version {cycle.lake_version}.{looked}", *told, *waiting,
        ),
        shown=_SHOWN,
    )  # fmt: skip


def _row(event: Event) -> _Row:
    numbers = event.measured
    return _Row(
        id=event.id, kind=event.kind.value, at=event.at, said=said(shared(event, Tlp.RED)),
        subject=event.subject, role=event.role, hosts=tuple(host.address for host in event.hosts),
        posterior=numbers.posterior if numbers else None, p_value=numbers.p_value if numbers else None,
        c2s=numbers.c2s if numbers else None, clients=numbers.clients if numbers else None,
        lake_version=event.basis.lake_version, command=event.command,
    )  # fmt: skip
