"""How well does a watch tell? Labelled worlds replayed day by day, through real cycles in a real lake."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from headwater.app.context import add_context
from headwater.app.evaluate_leads import labels_at
from headwater.app.evaluate_watch_notes import HOST, Note, notes_of
from headwater.app.evaluation_seeds import refuse_mixed
from headwater.app.hunt import Hunted
from headwater.app.labels import add_labels
from headwater.app.simulate import settings_named
from headwater.app.watch.cycle import cycle
from headwater.app.watch.settings import Alerts, JsonSink, LeadSettings, WatchSettings
from headwater.intel.labels.feed import Analyst
from headwater.lake.tables import create_lake
from headwater.lake.watch_book import Book, opened
from headwater.lake.writer import FlowWriter
from headwater.model.event import Event, EventKind
from headwater.simulate.context_files import write_labels, write_networks
from headwater.simulate.evaluate.metrics import UPSTREAM, kinds_of
from headwater.simulate.settings import WorldSettings
from headwater.simulate.world import World

WORLDS = ("quiet", "reference")
# Names are reserved ones, leads are measured elsewhere, and nobody is to be told.
_SETTINGS = WatchSettings(
    alerts=Alerts(allow_reserved=True), leads=LeadSettings(every=timedelta(0)), sinks=(JsonSink("nobody"),)
)


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """What to measure.

    Attributes:
        seeds: of each world; all below 1000 (tuning) or none of them.
        worlds: names of preset worlds.
        samplings: packet sampling rates N of 1:N.
        days: how many are replayed.
        every: days from one cycle to the next; each is at the end of a day.
        panels: panels of resellers in each world, the commonest wrong answer; None: as the world has them.
        changes: whether changes of known upstreams are looked for.

    Raises:
        BadSetting: no seed, seeds for tuning and for reporting mixed, or a world that does not exist.
    """

    seeds: tuple[int, ...]
    worlds: tuple[str, ...] = WORLDS
    samplings: tuple[int, ...] = (1_000,)
    days: int = 30
    every: int = 1
    panels: int | None = None
    changes: bool = True

    def __post_init__(self) -> None:
        refuse_mixed(self.seeds)
        for world in self.worlds:
            settings_named(world)


@dataclass(frozen=True, slots=True)
class Told:
    """One address that is an upstream, or that the hunt took for one on some day.

    Attributes:
        address: the address.
        kind: what it is: UPSTREAM, a kind of decoy, "scanner", "c2" or HOST.
        visible: first day on which the hunt's verdict on it was upstream; None: never.
        told: day on which it was told as an upstream; None: never.
        posterior: told with it.
        noticed: day on which it was told as a candidate; None: never.
        dropped: day on which that was taken back; None: never.
    """

    address: str
    kind: str
    visible: int | None
    told: int | None
    posterior: float | None
    noticed: int | None = None
    dropped: int | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """One world, watched.

    Attributes:
        world, seed, sampling: which one.
        every: days from one cycle to the next.
        flows: records in all.
        services: see `Told`.
        events: how many of each kind were told.
        repeated: names of events that were told more than once.
        most: most that left on one day by themselves or as a digest.
        notes: what each hunt thought of the services that it took seriously, hunt after hunt.
    """

    world: str
    seed: int
    sampling: int
    every: int
    flows: int
    services: tuple[Told, ...]
    events: dict[str, int]
    repeated: int
    most: int
    notes: tuple[Note, ...]

    @property
    def false(self) -> tuple[Told, ...]:
        """What was told as an upstream and is none."""
        return tuple(one for one in self.services if one.told is not None and one.kind != UPSTREAM)

    @property
    def false_notices(self) -> tuple[Told, ...]:
        """What was told as a candidate and is no upstream."""
        return tuple(one for one in self.services if one.noticed is not None and one.kind != UPSTREAM)


def evaluate_watch(plan: WatchPlan, *, told: Callable[[str], None] = lambda _: None) -> Iterator[Replay]:
    """Runs the plan, world after world.

    Args:
        plan: what to measure.
        told: called with a line before each world.
    """
    settings = replace(_SETTINGS, alerts=replace(_SETTINGS.alerts, changes=plan.changes))
    for name in plan.worlds:
        for seed in plan.seeds:
            world = World(_world_settings(plan, name), seed)
            for sampling in plan.samplings:
                told(f"{name}, seed {seed}, 1:{sampling}")
                yield replay(world, sampling, settings=settings, every=plan.every)


def _world_settings(plan: WatchPlan, name: str) -> WorldSettings:
    chosen = replace(settings_named(name), days=plan.days)
    if plan.panels is None:
        return chosen
    return replace(chosen, decoys=replace(chosen.decoys, panels=plan.panels))


def replay(world: World, sampling: int, *, settings: WatchSettings = _SETTINGS, every: int = 1) -> Replay:
    """Watches one world: cycles at the end of days, with the labels that lists had made by then.

    Args:
        world: which one.
        sampling: N of packet sampling 1:N.
        settings: of the watch.
        every: days from one cycle to the next.
    """
    events: list[Event] = []
    visible: dict[str, int] = {}
    notes: list[Note] = []
    kinds = kinds_of(world.truth())
    flows = most = 0
    with _watched(world) as (lake, book):
        for day in range(1, world.settings.days + 1):
            flows += _store(world, lake, sampling, day)
            if day % every:
                continue
            _label(world, lake, day)
            now = world.settings.start + timedelta(days=day)
            noted = partial(_note, notes, kinds, day)
            ran = cycle(lake, book, settings, now=now, say=lambda _: None, noted=noted)
            for seen in ran.taken:
                visible.setdefault(seen.address, day)
            events += ran.found
            most = max(most, len(ran.leaving))
    return Replay(
        world=world.settings.name, seed=world.seed, sampling=sampling, every=every, flows=flows,
        services=_services(world, events, visible),
        events=dict(sorted(Counter(event.kind.value for event in events).items())),
        repeated=len(events) - len({event.id for event in events}), most=most, notes=tuple(notes),
    )  # fmt: skip


def _note(notes: list[Note], kinds: dict[str, str], day: int, hunted: Hunted) -> None:
    notes += notes_of(hunted, day=day, kinds=kinds)


@contextmanager
def _watched(world: World) -> Iterator[tuple[Path, Book]]:
    """An empty lake that knows the world's networks, with its book."""
    with tempfile.TemporaryDirectory(prefix="headwater-watch-") as folder:
        lake = Path(folder) / "lake"
        networks = Path(folder) / "networks.csv"
        write_networks(world.networks(), networks)
        with opened(create_lake(lake)) as book:
            add_context([str(networks)], lake=lake, kind="networks")
            yield lake, book


def _store(world: World, lake: Path, sampling: int, day: int) -> int:
    """Stores the records of a day; how many there are."""
    parts = world.parts_per_day(sampling)
    stored = 0
    with FlowWriter(create_lake(lake)) as writer:
        for number in range(parts):
            batch = world.part(day - 1, number, of=parts, sampling=sampling).batch
            writer.add(batch, digest=f"{day:04d}{number:060d}")
            stored += batch.num_rows
        writer.commit()
    return stored


def _label(world: World, lake: Path, day: int) -> None:
    """Adds what the lists say on a day."""
    file = lake.parent / "feed.csv"
    write_labels(labels_at(world.labels(), world.truth(), day=float(day)), file)
    add_labels([str(file)], lake=lake, analyst=Analyst(allow_reserved=True))


def _services(world: World, events: list[Event], visible: dict[str, int]) -> tuple[Told, ...]:
    truth = world.truth()
    kinds = kinds_of(truth)
    start = world.settings.start
    told, noticed, dropped = (
        {_address(event): event for event in events if event.kind is kind}
        for kind in (EventKind.NEW_UPSTREAM, EventKind.NEW_CANDIDATE, EventKind.CANDIDATE_DROPPED)
    )

    def day(of: dict[str, Event], address: str) -> int | None:
        return (of[address].at - start).days if address in of else None

    every = dict.fromkeys([*(one.address for one in truth.upstreams), *visible, *told, *noticed])
    return tuple(
        Told(
            address, kinds.get(address, HOST), visible.get(address), day(told, address),
            told[address].weight if address in told else None, day(noticed, address), day(dropped, address),
        )
        for address in every
    )  # fmt: skip


def _address(event: Event) -> str:
    """The address of the service that an event is about."""
    return event.subject.rpartition("/")[0].rpartition(":")[0].strip("[]") or event.subject
