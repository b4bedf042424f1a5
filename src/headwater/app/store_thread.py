"""Who stores collected files while others are being written? One thread, patient with a lake that fails."""

import logging
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from headwater.app.collect_events import CollectEvent, EventKind
from headwater.app.collect_store import Store
from headwater.errors import HeadwaterError

LINGER_S = 0.5  # files of several collectors that rotate together share a commit
AGAIN_S, AGAIN_MAX_S = 2.0, 60.0  # before storing is tried again after it failed; doubled each time
EXPIRE_S = 3600.0
_NICE = 10  # of this thread and of the programs it starts
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class StoreThread:
    """Stores what is ready until `finish`.

    Attributes:
        store: what stores.
        stop: set where this thread can do nothing more.
    """

    store: Store
    stop: threading.Event
    _last: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _failure: BaseException | None = None

    def start(self) -> None:
        """Starts the thread."""
        self._thread = threading.Thread(target=self._run, name="headwater-store")
        self._thread.start()

    def finish(self) -> None:
        """Lets it store what is ready now, and waits for it.

        Raises:
            HeadwaterError: that failed, as anything did that ended the thread before.
        """
        if self._thread is None:
            return
        self._last.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        with suppress(OSError, AttributeError):  # Linux alone gives threads priorities of their own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        try:
            self._until_last()
        except BaseException as why:  # noqa: BLE001  # raised by `finish`, in the thread that can tell it
            _log.debug("storing failed", exc_info=True)
            self._failure = why
            self.stop.set()

    def _until_last(self) -> None:
        pause_s, expired_s = AGAIN_S, -EXPIRE_S
        while True:
            last = self._last.wait(LINGER_S)
            if time.monotonic() - expired_s >= EXPIRE_S:
                self._expire()
                expired_s = time.monotonic()
            try:
                while self.store.store():
                    pause_s = AGAIN_S
            except (HeadwaterError, OSError) as why:
                if last:
                    raise
                self._tell(why, pause_s)
                self._last.wait(pause_s)
                pause_s = min(2 * pause_s, AGAIN_MAX_S)
            else:
                if last:
                    return

    def _expire(self) -> None:
        store = self.store
        try:
            store.spool.expire(keep_days=store.settings.keep_days, today=datetime.now(UTC).date())
        except OSError as why:
            store.tell(CollectEvent(EventKind.PROBLEM, f"old files in {store.spool.folder} stay: {why}"))

    def _tell(self, why: Exception, pause_s: float) -> None:
        self.store.tell(CollectEvent(
            EventKind.PROBLEM,
            f"{why}; the files wait in {self.store.spool.folder}, next try in {pause_s:.0f} s",
            numbers={"pause_s": pause_s},
        ))  # fmt: skip
