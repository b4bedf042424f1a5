"""Who sees to it that collectors run, and that what they write and say is taken in?"""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from headwater.app.collect_events import CollectEvent, EventKind
from headwater.app.collect_store import Store
from headwater.app.collector import Collector, check_free
from headwater.app.socket_drops import dropped
from headwater.app.store_thread import StoreThread
from headwater.app.tap import Tap
from headwater.errors import BadSetting, HeadwaterError

TEND_S = 0.1
HEAR_S = 10.0  # or once an interval: a port under a storm of junk tells of it now and then, not all the time
HUNG_INTERVALS, HUNG_S = 3, 10.0  # without a closed file, and some seconds more: it hangs
KILL_S = 1.0  # a collector that hangs is given to end in order
START_S = 10.0  # for a collector to say that it listens


@dataclass(slots=True)
class Watch:
    """One call of `collect`, once everything is in its place.

    Attributes:
        collectors: to be kept running.
        store: whose tally and listener are told what happens.
        storing: the thread that stores what is claimed here.
        stop: set to end.
        tap: what listens beside the collectors.
    """

    collectors: Sequence[Collector]
    store: Store
    storing: StoreThread
    stop: threading.Event
    tap: Tap
    _heard_s: dict[str, float] = field(default_factory=dict)  # when each listener was last asked
    _starting: set[str] = field(default_factory=set)  # listeners that do not yet say that they listen
    _closed_s: dict[str, float] = field(default_factory=dict)  # when each last closed a file, or started
    _drops: dict[str, int] = field(default_factory=dict)  # of the running collectors' sockets

    def run(self) -> None:
        """Runs until `stop` is set, then ends the collectors and waits for the last files to be stored.

        Raises:
            BadSetting: a collector does not start.
            HeadwaterError: the last files could not be stored; they wait in the spool.
        """
        try:
            for collector in self.collectors:
                collector.start()
            self._all_up()
            self.storing.start()
            while not self.stop.wait(TEND_S):
                for collector in self.collectors:
                    self._tend(collector)
                self.tap.tend()
                self._hear_tap()
        finally:
            self._close()
            self.storing.finish()

    def _all_up(self) -> None:
        """Waits for all to listen; refuses what cannot work before anything is promised."""
        until = time.monotonic() + START_S
        while not self.stop.is_set() and not all(collector.is_up() for collector in self.collectors):
            for collector in self.collectors:
                if collector.ended() is not None or time.monotonic() > until:
                    said = "; ".join(collector.heard().complaints) or _ending(collector.ended())
                    raise BadSetting(f"{collector.listener.name}: {collector.program} does not start: {said}")
            time.sleep(TEND_S)
        for collector in self.collectors:
            self._tell_listening(collector)

    def _tell_listening(self, collector: Collector) -> None:
        listener = collector.listener
        self.store.tell(CollectEvent(
            EventKind.LISTENING, f"listening, {collector.program}", listener.name,
            {"address": listener.address, "port": listener.port, "kind": listener.kind,
             "restarts": collector.restarts},
        ))  # fmt: skip

    def _tend(self, collector: Collector) -> None:
        if collector.run is None:
            if collector.due():
                self._start_again(collector)
            return
        status = collector.ended()
        wrong = self._look_after(collector, collector.run, ended=status is not None)
        if wrong and status is None:
            self._problem(collector, f"{wrong}: it is ended, and started again")
            collector.stop(patience_s=KILL_S)
            status = collector.ended()
            with suppress(OSError):  # what stays is found by the next `collect`
                self.store.spool.claim(collector.run, ended=True)
        if status is not None:
            self._bury(collector, status)

    def _look_after(self, collector: Collector, run: Path, *, ended: bool) -> str:
        """Takes in what a collector says and writes; what is wrong with it, or ""."""
        name, now_s = collector.listener.name, time.monotonic()
        interval_s = self.store.settings.interval_s
        try:
            due = ended or now_s - self._heard_s.setdefault(name, now_s) >= min(HEAR_S, interval_s)
            if due and self._hear(collector):
                return "it cannot write its file"
            if name in self._starting and collector.is_up():
                self._starting.discard(name)
                self._tell_listening(collector)
            if self.store.spool.claim(run, ended=ended):
                self._closed_s[name] = now_s
        except OSError as why:
            return f"its folder cannot be used ({why.strerror})"
        quiet_s = now_s - self._closed_s.setdefault(name, now_s)
        hangs = quiet_s > HUNG_INTERVALS * interval_s + HUNG_S  # it closes empty files, too
        return f"it has closed no file for {quiet_s:.0f} s" if hangs else ""

    def _bury(self, collector: Collector, status: int) -> None:
        pause_s = collector.bury()
        self._closed_s.pop(collector.listener.name, None)
        self.store.tell(CollectEvent(
            EventKind.ENDED,
            f"the collector ended ({_ending(status)}); what it had not yet written to its file is "
            f"lost; it starts again in {pause_s:.0f} s",
            collector.listener.name, {"status": status, "pause_s": pause_s},
        ))  # fmt: skip

    def _start_again(self, collector: Collector) -> None:
        collector.restarts += 1
        self._tallied(collector, restarts=collector.restarts)
        try:
            check_free(collector.listener)
            self.tap.collector_starts(collector.listener)
            collector.start()
        except (HeadwaterError, OSError) as why:
            pause_s = collector.bury()
            self._problem(collector, f"does not start again ({why}); next try in {pause_s:.0f} s")
            return
        self._drops.pop(collector.listener.name, None)  # a new socket counts from 0
        self._starting.add(collector.listener.name)

    def _hear(self, collector: Collector) -> bool:
        """Takes in what the collector's log and the kernel say; whether it is stuck."""
        listener = collector.listener
        self._heard_s[listener.name] = time.monotonic()
        heard = collector.heard()
        for complaint in heard.complaints:
            self._problem(collector, f"{complaint}")
        now = self.store.tally.listeners[listener.name]
        if heard.malformed or heard.foreign:
            now = now.plus(heard)
            self.store.tell(CollectEvent(
                EventKind.LOSS,
                f"{heard.malformed:,} malformed records or packets, {heard.foreign:,} of something else",
                listener.name, {"malformed": heard.malformed, "foreign": heard.foreign},
            ))  # fmt: skip
        count = dropped(listener.address, listener.port)
        if count is not None:
            more = count - self._drops.get(listener.name, 0)
            self._drops[listener.name] = count
            now = replace(now, dropped=(now.dropped or 0) + max(more, 0))
            if more > 0:
                self.store.tell(CollectEvent(
                    EventKind.LOSS,
                    f"the kernel dropped {more:,} packets: the collector was too slow; "
                    "a larger --buffer (and net.core.rmem_max) or more cores help",
                    listener.name, {"dropped": more},
                ))  # fmt: skip
        self.store.tally.listeners[listener.name] = now
        return heard.stuck

    def _tallied(self, collector: Collector, *, restarts: int) -> None:
        name = collector.listener.name
        self.store.tally.listeners[name] = replace(self.store.tally.listeners[name], restarts=restarts)

    def _problem(self, collector: Collector, said: str) -> None:
        self.store.tell(CollectEvent(EventKind.PROBLEM, said, collector.listener.name))

    def _hear_tap(self) -> None:
        """Takes note of what the tap lost itself."""
        for name, lost in list(self.store.findings.lost.items()):
            self.store.tally.listeners[name] = replace(self.store.tally.listeners[name], unheard=lost)

    def _close(self) -> None:
        """Ends the collectors and claims all they wrote."""
        running = [collector for collector in self.collectors if collector.run is not None]
        for collector in running:
            with suppress(OSError):
                self._hear(collector)
            collector.stop()
            self._hear_last(collector)
        self.tap.stop()  # after its last report the last files can be stored
        self._hear_tap()
        for collector in running:
            if collector.run is not None:
                with suppress(OSError):  # what stays is found by the next run
                    self.store.spool.claim(collector.run, ended=True)

    def _hear_last(self, collector: Collector) -> None:
        with suppress(OSError):
            name, heard = collector.listener.name, collector.heard()
            self.store.tally.listeners[name] = self.store.tally.listeners[name].plus(heard)


def _ending(status: int | None) -> str:
    if status is None:
        return "it does not say that it listens"
    return f"signal {-status}" if status < 0 else f"status {status}"
