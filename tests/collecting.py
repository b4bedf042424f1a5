"""A `collect` in this process, for tests: started, waited for, stopped."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from headwater.app.collect import collect
from headwater.app.collect_events import CollectEvent, EventKind
from headwater.app.collect_settings import CollectSettings
from headwater.app.collect_tally import Tally

WAIT_S = 60.0  # for what happens within a second or two on an idle machine


@dataclass
class Collecting:
    """A `collect` that runs in a thread of its own; used with `with`, it is stopped at the end of the block.

    Attributes:
        settings: as given to `collect`.
        lake: the lake's folder.
        tally: what it counts.
        events: what it told.
    """

    settings: CollectSettings
    lake: Path
    tally: Tally = field(default_factory=Tally)
    events: list[CollectEvent] = field(default_factory=list)
    failure: BaseException | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.wait(EventKind.LISTENING, times=len(self.settings.listeners))
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()
        if self.failure is not None:
            raise self.failure

    def wait(self, kind: EventKind, *, times: int = 1) -> None:
        """Waits until events of a kind were told so often."""
        self.wait_for(lambda: self.told(kind) >= times)

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Waits until something is so, looking after each event."""
        with self._news:
            assert self._news.wait_for(lambda: happened() or self.failure is not None, WAIT_S)
        if self.failure is not None:
            raise self.failure

    def told(self, kind: EventKind) -> int:
        """How often events of a kind were told."""
        return sum(event.kind is kind for event in self.events)

    @property
    def problems(self) -> list[str]:
        """What was told to need a hand, but for a capability that whoever runs the tests may lack."""
        said = [event.said for event in self.events if event.kind is EventKind.PROBLEM]
        return [each for each in said if "CAP_NET_RAW" not in each]

    def _run(self) -> None:
        try:
            collect(self.settings, lake=self.lake, tell=self._tell, stop=self._stop, tally=self.tally)
        except BaseException as why:  # noqa: BLE001  # raised in the test's thread
            with self._news:
                self.failure = why
                self._news.notify_all()

    def _tell(self, event: CollectEvent) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()
