"""How does a verb that goes on for ever end in order? A signal sets an event; what is held is finished."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def stopped_by_signals(seconds: float | None = None) -> Iterator[threading.Event]:
    """An event set by the first signal to end, or after some seconds; a second signal ends at once.

    Args:
        seconds: after which it is set by itself; None: never.
    """
    stop = threading.Event()
    before: dict[signal.Signals, Any] = {}  # Any: typeshed's names for handlers are private

    def end(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)] or signal.SIG_DFL)

    for name in _ENDING:
        number = getattr(signal, name)
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            before[number] = signal.signal(number, end)
    timer = threading.Timer(seconds, stop.set) if seconds else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield stop
    finally:
        if timer:
            timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
