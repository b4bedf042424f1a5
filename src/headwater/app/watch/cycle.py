"""What does one cycle do? It looks, compares, writes what it found into the book, and lets events leave."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from headwater.app.hunt import Hunted
from headwater.app.synthetic import synthetic_notes
from headwater.app.watch.candidates import candidates
from headwater.app.watch.changes import told_changes
from headwater.app.watch.compare import compared
from headwater.app.watch.coverage import all_lost, arrived, habits, lost
from headwater.app.watch.look import Found, Material, is_new, look, material
from headwater.app.watch.release import day_of, released
from headwater.app.watch.settings import WatchSettings
from headwater.app.watch.sight import Seen, sight
from headwater.lake.watch_book import Book
from headwater.model.event import Basis, Event
from headwater.model.remembered import Key, Memory, key_text
from headwater.model.service import Service
from headwater.present.export.exercise import WORD

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one cycle did.

    Attributes:
        now: its "now".
        lake_version: version of the flow table.
        hunted: whether there was anything new to hunt in.
        found: events that are new.
        leaving: what leaves by itself, the most urgent first, and the digest.
        over: how many exceed the budget, and wait for the digest.
        upstreams: how many are known.
        taken: what this hunt takes for upstreams, whether told or not.
    """

    now: datetime
    lake_version: int
    hunted: bool
    found: tuple[Event, ...]
    leaving: tuple[Event, ...]
    over: int
    upstreams: int
    taken: tuple[Seen, ...]


def cycle(
    lake_root: Path,
    book: Book,
    settings: WatchSettings,
    *,
    now: datetime | None = None,
    say: Say,
    noted: Callable[[Hunted], None] = lambda _: None,
) -> Cycle:
    """Runs one cycle; what leaves is in the book afterwards, and not delivered.

    Args:
        lake_root: the lake's folder.
        book: the lake's book.
        settings: what to look at and what to tell.
        now: a "now" that wins over the clock.
        say: told each step as it begins.
        noted: given the hunt, where there was one, with everything behind it.

    Raises:
        LakeError: there is no lake, flows or labels yet, or one of them is damaged; nothing was changed.
        BadSetting: the engine refuses its settings.
    """
    memory = book.memory()
    before = material(lake_root, settings, now=now, none_left=memory.looked is not None)
    settings = _honest(settings, lake_root, before)
    new = is_new(memory.looked, before.looked)
    events: list[Event] = []
    taken: tuple[Seen, ...] = ()
    if memory.looked is None or memory.looked.flows != before.looked.flows:
        memory = replace(memory, arrivals=arrived(memory.arrivals, before.now))
    if new:
        found = look(before, upstreams=_watched(memory, settings), say=say)
        if found.hunted is not None:
            noted(found.hunted)
        memory, events, taken = _judged(memory, before, found, settings)
    memory, silent = _nothing_comes(memory, before, settings)
    marked = [replace(event, mark=settings.alerts.mark) for event in [*events, *silent]]
    today = day_of(before.now, settings.budget)
    fresh = book.record(memory, marked, day=today)
    leaving, over = release(book, settings, now=before.now)
    return Cycle(
        before.now, before.looked.lake_version, new, tuple(fresh), leaving, over, len(memory.upstreams),
        taken,
    )  # fmt: skip


def _honest(settings: WatchSettings, lake_root: Path, before: Material) -> WatchSettings:
    """The settings with a mark that says so where flows or labels were simulated."""
    mark = settings.alerts.mark
    if WORD in mark.upper() or not synthetic_notes(lake_root, lake_version=before.looked.lake_version):
        return settings
    return replace(settings, alerts=replace(settings.alerts, mark=f"{WORD} {mark}".strip()))


def release(book: Book, settings: WatchSettings, *, now: datetime) -> tuple[tuple[Event, ...], int]:
    """Lets events leave as the budget says; what leaves, and how many exceed it.

    Raises:
        LakeError: the book is damaged or cannot be written.
    """
    today = day_of(now, settings.budget)
    decided = released(
        book.waiting(), left=book.left_on(today), now=now, budget=settings.budget, mark=settings.alerts.mark
    )
    book.release(
        leaving=decided.leaving, over=decided.over, digests=decided.digests,
        sinks=[sink.name for sink in settings.sinks],
        noticed=[sink.name for sink in settings.sinks if sink.notices], day=today,
    )  # fmt: skip
    return decided.leaving + decided.digests, len(decided.over)


def _judged(
    memory: Memory, before: Material, found: Found, settings: WatchSettings
) -> tuple[Memory, list[Event], tuple[Seen, ...]]:
    """What the look says beside what was known, and what it takes for upstreams."""
    shown = sight(
        found.hunted,
        before.known,
        now=before.now,
        basis=_basis(before, found),
        remembered=_remembered(memory),
    )
    silently = memory.looked is None and not settings.schedule.tell_first
    told = compared(memory, shown, alerts=settings.alerts, lake=before.lake, silently=silently)
    tentative = candidates(told.memory, shown, alerts=settings.alerts, lake=before.lake, silently=silently)
    # silence is counted up to the newest flow of any sensor: what nobody has stored yet is no silence
    sensors, silent = lost(
        habits(found.hours), memory.sensors, now=min(before.newest or before.now, before.now),
        basis=_basis(before), settings=settings.coverage,
    )  # fmt: skip
    known, changes = told_changes(
        tentative.memory, found.changes, shown, alerts=settings.alerts, lake=before.lake
    )
    taken = tuple(seen for seen in shown.services.values() if seen.is_upstream)
    events = [*told.events, *tentative.events, *changes, *silent]
    return replace(known, sensors=sensors, looked=before.looked), events, taken


def _remembered(memory: Memory) -> frozenset[Key]:
    """Keys of known upstreams and candidates."""
    tentative = {
        key_text(address, one.port, one.proto, one.role) for address, one in memory.candidates.items()
    }
    return frozenset({one.key for one in memory.upstreams.values()} | tentative)


def _watched(memory: Memory, settings: WatchSettings) -> tuple[Service, ...]:
    """The known upstreams whose changes are looked for."""
    if not settings.alerts.changes:
        return ()
    every = memory.upstreams.values()
    return tuple(Service(one.address, one.port, one.proto if one.port else 0) for one in every)


def _nothing_comes(memory: Memory, before: Material, settings: WatchSettings) -> tuple[Memory, list[Event]]:
    sensors, events = all_lost(
        memory.arrivals, memory.sensors, now=before.now, basis=_basis(before), settings=settings.coverage
    )
    return replace(memory, sensors=sensors), events


def _basis(before: Material, found: Found | None = None) -> Basis:
    """The version that the hunt saw, which may be newer than the one that called for it, and the window."""
    seen = None if found is None or found.hunted is None else found.hunted.hunt.lake_version
    version = before.looked.lake_version if seen is None else seen
    return Basis(version, before.hunt.since, before.hunt.until)
