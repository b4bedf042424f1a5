"""How do reading and writing overlap? The next items are made in a thread while the last ones are used."""

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")

_DEPTH = 3  # items waiting: enough to even out, few enough to stay small in memory
_POLL_S = 0.2  # how often a waiting thread looks whether anybody still wants its items


class _End:
    """Stands behind the last item; carries the error that ended the items early, or None."""

    def __init__(self, why: BaseException | None) -> None:
        self.why = why


def read_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order, made in another thread; an error is raised where it occurred.

    Args:
        items: run entirely in that thread, which has ended when this iterator has.
    """
    ready: queue.Queue[Item | _End] = queue.Queue(_DEPTH)
    unwanted = threading.Event()
    thread = threading.Thread(target=_fill, args=(items, ready, unwanted), name="read-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.why is not None:
            raise item.why
    finally:
        unwanted.set()
        thread.join()


def _fill(items: Iterator[Item], ready: "queue.Queue[Item | _End]", unwanted: threading.Event) -> None:
    why: BaseException | None = None
    try:
        for item in items:
            if not _put(item, ready, unwanted):
                break
    except BaseException as raised:  # noqa: BLE001  # handed to the thread that asked, which raises it
        why = raised
    finally:
        if hasattr(items, "close"):
            items.close()
    _put(_End(why), ready, unwanted)


def _put(item: Item | _End, ready: "queue.Queue[Item | _End]", unwanted: threading.Event) -> bool:
    while not unwanted.is_set():
        try:
            ready.put(item, timeout=_POLL_S)
        except queue.Full:
            continue
        return True
    return False
