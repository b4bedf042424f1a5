"""What does headwater do as flows come? A month of the story through real packets, a collector and a watch.

Exporters send each simulated day as NetFlow version 9 to a real nfcapd on the loopback interface; what it
writes is stored, the lists say what they said by then, and a watch looks. Days pass as fast as that allows.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from headwater.app.collect import collect
from headwater.app.collect_events import CollectEvent, EventKind
from headwater.app.collect_settings import LOOPBACK, CollectSettings, Listener
from headwater.app.collect_tally import Tally
from headwater.app.context import add_context
from headwater.app.demo import STORY, clear
from headwater.app.evaluate_leads import labels_at
from headwater.app.labels import add_labels
from headwater.app.watch.cycle import Cycle, cycle
from headwater.app.watch.deliver import Post
from headwater.app.watch.leads import remember_leads
from headwater.app.watch.settings import Alerts, JsonSink, LeadSettings, WatchSettings
from headwater.errors import BadSetting
from headwater.ingest.outside_program import find_program
from headwater.intel.labels.feed import Analyst
from headwater.lake.tables import create_lake
from headwater.lake.watch_book import Book, opened
from headwater.model.event import Event
from headwater.simulate.context_files import write_labels, write_networks
from headwater.simulate.netflow import Exporter, by_sensor
from headwater.simulate.stories.catalogue import STORIES
from headwater.simulate.stories.story import Told, tell
from headwater.simulate.stories.truth import labels_of

FIRST_DAY, DAYS = 45, 31  # of the story dridex-emotet: from 2019-12-16, ten days before the service is used
SEED = 8  # of the story; chosen so that lists name further C2s of the service within the month
MARK = "SYNTHETIC"
_MOST_DAYS = 45  # an exporter's clock of milliseconds runs over after 49 days
_ROTATE_S = 2  # the shortest interval that nfcapd knows
_PACE_S, _BURST = 0.002, 25  # a pause behind so many packets: the demo is not about speed
_PATIENCE_S = 60.0  # for a day's flows to be stored; what has not come by then is lost
_LOOK_S = 0.1
_LEADS_EVERY = timedelta(days=3)  # of the story's days; each look costs a scan


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What is played.

    Attributes:
        story: which story.
        seed: which one of its kind.
        first_day: of the story.
        days: how many.
    """

    story: str = STORY
    seed: int = SEED
    first_day: int = FIRST_DAY
    days: int = DAYS

    def __post_init__(self) -> None:
        if not 1 <= self.days <= _MOST_DAYS:
            raise BadSetting(f"--days {self.days}: play from 1 to {_MOST_DAYS} days")


@dataclass(frozen=True, slots=True)
class Day:
    """One simulated day.

    Attributes:
        at: its end.
        sent: flows that exporters sent.
        stored: of them, those that are in the lake.
        cycle: what the watch did.
    """

    at: datetime
    sent: int
    stored: int
    cycle: Cycle


@dataclass(frozen=True, slots=True)
class Live:
    """What was played.

    Attributes:
        folder: where everything is.
        lake: the lake in it.
        events_file: what the watch told, one line of JSON an event.
        days: each day that was played to its end.
        events: all that was told.
        tally: what was collected and lost.
    """

    folder: Path
    lake: Path
    events_file: Path
    days: tuple[Day, ...]
    events: tuple[Event, ...]
    tally: Tally


def live(
    folder: Path,
    settings: LiveSettings,
    *,
    stop: threading.Event,
    say: Callable[[str], None],
    day_done: Callable[[Day], None],
) -> Live:
    """Plays until the last day, or until `stop` is set; ends its collector in any case.

    Args:
        folder: absent, empty, or made by an earlier demo, whose files are then replaced.
        settings: what is played.
        stop: set it to end.
        say: told each step as it begins.
        day_done: told each day as it ends, with its events.

    Raises:
        ToolMissing: nfcapd or nfdump is not installed.
        BadSetting: the folder holds something that no demo made, or cannot be written.
    """
    for program in ("nfcapd", "nfdump"):
        find_program(program, package="nfdump", purpose="the live demo")
    clear(folder)
    place = folder / "live"
    place.mkdir()
    say(f"making the SYNTHETIC story {settings.story}, seed {settings.seed}")
    told = tell(STORIES[settings.story], settings.seed)
    lake, events_file = folder / "lake", place / "events.jsonl"
    create_lake(lake)
    write_networks(told.world.networks(), place / "networks.csv")
    add_context([str(place / "networks.csv")], lake=lake, kind="networks")
    days: list[Day] = []
    with _collecting(lake, say) as collected:
        show = _Show(told, settings, lake, place, collected)
        with opened(create_lake(lake)) as book:
            for number in range(settings.days):
                if stop.is_set() or collected.failure is not None:
                    break
                found = show.day(settings.first_day + number, book, events_file, stop)
                if found is not None:
                    days.append(found)
                    day_done(found)
    if collected.failure is not None:
        raise collected.failure
    events = tuple(event for day in days for event in day.cycle.leaving)
    return Live(folder, lake, events_file, tuple(days), events, collected.tally)


@dataclass(slots=True)
class _Collected:
    """A collector at work.

    Attributes:
        port: where it listens.
        tally: what it has stored.
        failure: why it ended; None while it works.
    """

    port: int
    tally: Tally = field(default_factory=Tally)
    failure: BaseException | None = None


@contextmanager
def _collecting(lake: Path, say: Callable[[str], None]) -> Iterator[_Collected]:
    """A `collect` in a thread of its own, ended in order with the block."""
    collected = _Collected(_free_port())
    ready, stop = threading.Event(), threading.Event()
    settings = CollectSettings(
        listeners=(Listener("netflow", collected.port, LOOPBACK),), interval_s=_ROTATE_S, keep_days=0
    )

    def tell_it(event: CollectEvent) -> None:
        if event.kind is EventKind.LISTENING:
            ready.set()
        if event.kind in {EventKind.LISTENING, EventKind.PROBLEM, EventKind.ENDED}:
            say(f"{event.listener}: {event.said}" if event.listener else event.said)

    def run() -> None:
        try:
            collect(settings, lake=lake, tell=tell_it, stop=stop, tally=collected.tally)
        except BaseException as why:  # noqa: BLE001  # raised where it can be told
            collected.failure = why
            ready.set()

    thread = threading.Thread(target=run, name="headwater-collect")
    thread.start()
    try:
        ready.wait()
        yield collected
    finally:
        stop.set()
        thread.join()


@dataclass(slots=True)
class _Show:
    """The stage: exporters, lists and the watch, day after day."""

    told: Told
    settings: LiveSettings
    lake: Path
    place: Path
    collected: _Collected
    sent: int = 0
    _exporters: dict[str, Exporter] = field(default_factory=dict)

    def day(self, number: int, book: Book, events_file: Path, stop: threading.Event) -> Day | None:
        """Plays one day of the story; None where it was stopped before the watch looked."""
        now = self.told.world.settings.start + timedelta(days=number + 1)
        before = self.collected.tally.flows
        sent = self._send(number, now)
        self._label(number + 1)
        if not self._stored(stop):
            return None
        watching = _watch_settings(events_file)
        did = cycle(self.lake, book, watching, now=now, say=lambda _: None)
        Post(book.path, watching.sinks, lambda _, __: None, stop).round()
        if not stop.is_set():
            remember_leads(self.lake, book, watching, say=lambda _: None)
        return Day(now, sent, self.collected.tally.flows - before, did)

    def _send(self, number: int, now: datetime) -> int:
        """Sends a day's records; how many there are."""
        world, rate = self.told.world, self.told.story.sampling_of(self.settings.seed)
        parts, count = world.parts_per_day(rate), 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for part in range(parts):
                batch = world.part(number, part, of=parts, sampling=rate).batch
                for sensor, records in by_sensor(batch):
                    self._export(out, self._exporter(sensor, now, rate), records, now)
                count += batch.num_rows
        self.sent += count
        return count

    def _exporter(self, sensor: str, now: datetime, rate: int) -> Exporter:
        fresh = Exporter(len(self._exporters) + 1, now - timedelta(days=2), rate)
        return self._exporters.setdefault(sensor, fresh)

    def _export(self, out: socket.socket, exporter: Exporter, records: object, now: datetime) -> None:
        packets = [exporter.announcement(now), *exporter.packets(records, now)]
        for place, packet in enumerate(packets):
            out.sendto(packet, (LOOPBACK, self.collected.port))
            if place % _BURST == 0:
                time.sleep(_PACE_S)

    def _label(self, day: int) -> None:
        """Adds what the lists said by the end of a day."""
        feed = self.place / "feed.csv"
        write_labels(labels_at(labels_of(self.told), self.told.world.truth(), day=float(day)), feed)
        add_labels([str(feed)], lake=self.lake, analyst=Analyst(allow_reserved=True))

    def _stored(self, stop: threading.Event) -> bool:
        """Waits until all that was sent is in the lake; whether there is anything to look at."""
        end_s = time.monotonic() + _PATIENCE_S
        while self.collected.tally.flows < self.sent and self.collected.failure is None:
            if stop.wait(_LOOK_S) or time.monotonic() > end_s:
                break
        self.sent = min(self.sent, self.collected.tally.flows) if not stop.is_set() else self.sent
        return not stop.is_set() and self.collected.failure is None


def _watch_settings(events_file: Path) -> WatchSettings:
    # the story's background lives in reserved ranges, and is to have the same chance as the service
    return WatchSettings(
        alerts=replace(Alerts(allow_reserved=True), mark=MARK), leads=LeadSettings(every=_LEADS_EVERY),
        sinks=(JsonSink("file", file=events_file),),
    )  # fmt: skip


def _free_port() -> int:
    """A UDP port of the loopback interface that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
