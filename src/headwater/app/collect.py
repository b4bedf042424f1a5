"""How are flows collected as they come? nfcapd and sfcapd are kept running, and what they write is stored.

Two threads: this one tends the collectors, ten times a second; the other stores their closed files, at a
lower priority, because a collector that waits for a core loses packets and a file that waits loses nothing.
A process beside them hears what exporters say of themselves, which nfcapd does not tell.
"""

import threading
from pathlib import Path

from headwater.app.collect_events import CollectEvent, EventKind, Tell
from headwater.app.collect_settings import CollectSettings
from headwater.app.collect_store import Store
from headwater.app.collect_tally import ListenerTally, Tally
from headwater.app.collect_watch import Watch
from headwater.app.collector import Collector, check_free, program_of, take_over
from headwater.app.spool import Spool
from headwater.app.store_thread import StoreThread
from headwater.app.tap import Tap
from headwater.ingest.outside_program import find_program
from headwater.lake.tables import create_lake


def collect(
    settings: CollectSettings, *, lake: Path, tell: Tell, stop: threading.Event, tally: Tally | None = None
) -> Tally:
    """Collects until `stop` is set; then closes, stores and ends in order.

    Args:
        settings: what to listen on.
        lake: the lake's folder; made where there is none.
        tell: told what happens, from either thread.
        stop: set it to end; from a signal handler, too.
        tally: filled while it works, for whoever shows it meanwhile; None: a new one.

    Returns:
        The tally: what was collected and lost.

    Raises:
        ToolMissing: nfcapd, sfcapd or nfdump is not installed.
        BadSetting: a port cannot be had, or another `collect` works in the spool.
        LakeError: the lake cannot be made or is none.
    """
    programs = [program_of(listener) for listener in settings.listeners]
    nfdump = find_program("nfdump", package="nfdump", purpose="storing what was collected")
    folder = create_lake(lake).folder
    spool = Spool(settings.spool or folder / "spool")
    tally = Tally() if tally is None else tally
    tally.listeners = {one.name: ListenerTally(one.name) for one in settings.listeners}
    with spool.held():
        _take_over(spool, tell)
        for listener in settings.listeners:
            check_free(listener)
        heard = [each for each in settings.listeners if each.kind == "netflow"]
        tap = Tap(heard, settings.buffer_bytes, tell)
        tap.start()
        collectors = [
            Collector(listener, program, settings, spool)
            for listener, program in zip(settings.listeners, programs, strict=True)
        ]
        store = Store(spool, lake, nfdump, settings, tally, tell, tap.findings)
        try:
            Watch(collectors, store, StoreThread(store, stop), stop, tap).run()
        finally:
            tap.stop()
    return tally


def _take_over(spool: Spool, tell: Tell) -> None:
    """Ends collectors whose supervisor is gone, and claims what earlier runs left."""
    runs = spool.runs()
    alive = sum(take_over(run) for run in runs)
    for run in runs:
        spool.claim(run, ended=True)
    waiting = len(spool.ready())
    if waiting or alive:
        ended = f"; {alive:,} collectors still ran and were ended in order" if alive else ""
        tell(CollectEvent(
            EventKind.TAKEN_OVER, f"an earlier run left {waiting:,} files to be stored{ended}",
            numbers={"files": waiting, "collectors": alive},
        ))  # fmt: skip
