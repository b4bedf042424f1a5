"""How does every sink get every event once? Side by side, so that one that hangs stops no other.

For each event the book says `begun` before its first byte leaves, and `done` behind its last. One that is
found `begun` was cut off: the sink looks whether it arrived. Files and mail know; a receiver in the network
may get it a second time, marked `again` and under the same id.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from headwater.app.watch.settings import JsonSink, MailSink, Sink, SyslogSink, WebhookSink
from headwater.app.watch.sinks.attempt import Carrier, Parcel, Undelivered
from headwater.app.watch.sinks.json_lines import JsonFile, JsonStdout
from headwater.app.watch.sinks.mail_drop import MailDrop
from headwater.app.watch.sinks.syslog import Syslog
from headwater.app.watch.sinks.webhook import Webhook
from headwater.errors import HeadwaterError
from headwater.lake.watch_deliveries import Deliveries, Delivery
from headwater.present.events.sharing import shared

AGAIN_S, AGAIN_MAX_S = 1.0, 3_600.0  # pause before the next attempt, doubled each time
ROUND_S = 60.0  # that a cycle waits for its slowest sink
_SLICE_S, _LAST_S = 0.2, 0.4  # how often the end is looked for, and how long it waits for what is on its way
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Post:
    """Delivers what the book holds for some sinks.

    Attributes:
        book: the book's file.
        sinks: where to.
        tell: told when a sink fails, with the sink's name and why.
        stop: set: nobody is waited for any longer.
    """

    book: Path
    sinks: Sequence[Sink]
    tell: Callable[[str, str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    _busy: dict[str, threading.Thread] = field(default_factory=dict)

    def round(self, *, wait_s: float = ROUND_S) -> None:
        """Lets every sink work on what it is owed, and waits, but not for ever.

        A sink that still works on the last round goes on with it.
        """
        for sink in self.sinks:
            if sink.name in self._busy and self._busy[sink.name].is_alive():
                continue
            worker = threading.Thread(
                target=self._work, args=[sink], name=f"headwater-{sink.name}", daemon=True
            )
            self._busy[sink.name] = worker
            worker.start()
        end_s = time.monotonic() + wait_s
        for worker in self._busy.values():
            while worker.is_alive() and time.monotonic() < end_s:
                worker.join(_SLICE_S)
                if self.stop.is_set():
                    end_s = min(end_s, time.monotonic() + _LAST_S)

    def _work(self, sink: Sink) -> None:
        try:
            deliveries = Deliveries(self.book)
            try:
                deliver(sink, carrier_of(sink), deliveries, tell=self.tell)
            finally:
                deliveries.close()
        except HeadwaterError as why:
            self.tell(sink.name, str(why))
        except Exception as why:  # noqa: BLE001  # the end of a thread: another sink must not suffer
            _log.warning("sink %s failed", sink.name, exc_info=True)
            self.tell(sink.name, f"{type(why).__name__}: {why}")


def carrier_of(sink: Sink) -> Carrier:
    """What brings events to a sink."""
    match sink:
        case JsonSink(file=None):
            return JsonStdout()
        case JsonSink():
            return JsonFile(sink)
        case SyslogSink():
            return Syslog(sink)
        case WebhookSink():
            return Webhook(sink)
        case MailSink():
            return MailDrop(sink)
        case _:
            raise TypeError(f"{type(sink).__name__} has no carrier")


def deliver(
    sink: Sink, carrier: Carrier, deliveries: Deliveries, *, tell: Callable[[str, str], None]
) -> None:
    """Delivers what one sink is owed, in order; stops at the first event that fails.

    Args:
        sink: where to.
        carrier: what brings it there.
        deliveries: the book, for this thread.
        tell: as for `Post`.
    """
    attempts = sink.attempts if isinstance(sink, WebhookSink) else 1
    for delivery in deliveries.due(sink.name, now_s=time.time()):
        for number in range(1, attempts + 1):
            failed = _attempt(sink, carrier, deliveries, delivery)
            if failed is None:
                break
            if number < attempts and failed.arrived is False:
                time.sleep(min(AGAIN_S * 2 ** (number - 1), AGAIN_MAX_S))
                continue
            pause_s = min(AGAIN_S * 2.0 ** min(delivery.attempts + number, 20), AGAIN_MAX_S)
            deliveries.failed(
                delivery.event, sink.name, why=str(failed), next_try_s=time.time() + pause_s,
                arrived=failed.arrived,
            )  # fmt: skip
            tell(sink.name, f"{failed}; next attempt in {pause_s:.0f} s or with the next cycle after that")
            return


def _attempt(sink: Sink, carrier: Carrier, deliveries: Deliveries, delivery: Delivery) -> Undelivered | None:
    parcel = Parcel(shared(delivery.event, sink.tlp), delivery)
    try:
        if delivery.begun and carrier.arrived(parcel):
            deliveries.done(delivery.event, sink.name)
            return None
        deliveries.begin(delivery.event, sink.name, token=carrier.prepare(parcel))
        carrier.send(parcel, again=delivery.begun)
        deliveries.done(delivery.event, sink.name)
    except Undelivered as why:
        return why
    return None
