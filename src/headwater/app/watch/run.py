"""How does a watch go on? Cycle after cycle until it is stopped, patient with a lake that is not ready."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from headwater.app.watch.copy_by_host import renew_copy
from headwater.app.watch.cycle import Cycle, cycle
from headwater.app.watch.deliver import Post
from headwater.app.watch.leads import Say, remember_leads
from headwater.app.watch.settings import WatchSettings
from headwater.errors import LakeError
from headwater.lake.tables import open_lake
from headwater.lake.watch_book import opened
from headwater.lake.watch_deliveries import Deliveries, Owed


@dataclass(frozen=True, slots=True)
class Talk:
    """Whom a watch tells of its own work; events go to the sinks.

    Attributes:
        step: told each step as it begins.
        cycle: told what a cycle did.
        trouble: told what needs a hand: a place ("siem", "lake") and why.
    """

    step: Say = lambda _: None
    cycle: Callable[[Cycle], None] = lambda _: None
    trouble: Callable[[str, str], None] = lambda _, __: None


def watch(
    lake_root: Path,
    settings: WatchSettings,
    *,
    stop: threading.Event,
    once: bool = False,
    now: datetime | None = None,
    talk: Talk | None = None,
) -> tuple[Owed, ...]:
    """Watches a lake until `stop` is set.

    Args:
        lake_root: the lake's folder.
        settings: what to look at, what to tell, whom.
        stop: set it to end; from a signal handler, too.
        once: end after one cycle.
        now: a "now" that wins over the clock.
        talk: whom it tells of its own work.

    Returns:
        What its sinks have not got yet; it stays in the lake for the next run, as does what was for others.

    Raises:
        LakeError: there is no lake, or its book is damaged; with `once` also where it is not ready.
        BadSetting: another watch works in this lake, or a setting is impossible.
    """
    talk = talk or Talk()
    with opened(open_lake(lake_root)) as book:
        book.memory()  # a damaged book ends the watch at once, not after a hunt
        post = Post(book.path, settings.sinks, talk.trouble, stop)
        last = ""
        while True:
            try:
                done = cycle(lake_root, book, settings, now=now, say=talk.step)
                talk.cycle(done)
                post.round()
                if not stop.is_set():
                    remember_leads(lake_root, book, settings, say=talk.step)
                last = ""
                if done.hunted and not stop.is_set():
                    _renew(lake_root, settings, done.now, stop, talk)
            except LakeError as why:
                book.memory()
                if once:
                    post.round()
                    raise
                if str(why) != last:  # the same every quarter of an hour helps nobody
                    talk.trouble("lake", str(why))
                last = str(why)
                post.round()
            if once or stop.wait(settings.schedule.every_s):
                break
        deliveries = Deliveries(book.path)
        try:
            names = {sink.name for sink in settings.sinks}
            return tuple(one for one in deliveries.owed() if one.sink in names)
        finally:
            deliveries.close()


def _renew(
    lake_root: Path, settings: WatchSettings, now: datetime, stop: threading.Event, talk: Talk
) -> None:
    """Renews the copy by host; without it hunts are slower and say the same, so failing ends nothing."""
    try:
        renew_copy(lake_root, settings, now=now, stop=stop, say=talk.step)
    except LakeError as why:
        talk.trouble("copy by host", str(why))
