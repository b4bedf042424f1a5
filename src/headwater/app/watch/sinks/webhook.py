"""How do events get to a webhook? One POST, within a time, without following where it points elsewhere."""

import http.client
import json
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from headwater.app.watch.settings import WebhookSink
from headwater.app.watch.sinks.attempt import Parcel, Undelivered, Untraceable
from headwater.present.events.document import document
from headwater.present.printable import printable

_REASON_CHARACTERS = 80
_LATER = frozenset({408, 425, 429})  # RFC 9110 and RFC 6585: refused now, not for ever


@dataclass(frozen=True, slots=True)
class Webhook(Untraceable):
    """Posts to a URL; a receiver tells what comes again by the header Idempotency-Key.

    Attributes:
        sink: which one.
    """

    sink: WebhookSink

    def send(self, parcel: Parcel, *, again: bool) -> None:
        """Posts the event.

        Raises:
            Undelivered: no answer in time, or another one than 2xx.
        """
        body = json.dumps(document(parcel.shared, again=again), ensure_ascii=True).encode("ascii")
        headers = {
            "Content-Type": "application/json", "User-Agent": "headwater",
            "Idempotency-Key": parcel.shared.event.id, **self._authorization(),
        }  # fmt: skip
        connection = self._connection()
        # a server that answers byte by byte would never exceed the socket's own time limit
        late = threading.Event()
        limit = threading.Timer(self.sink.timeout_s, _cut, [connection, late])
        limit.daemon = True
        limit.start()
        connected = False
        try:
            connection.connect()
            connected = True
            connection.request("POST", self._target(), body, headers)
            answer = connection.getresponse()
            status, reason = answer.status, printable(answer.reason[:_REASON_CHARACTERS])
        except ssl.SSLCertVerificationError as why:
            raise Undelivered(
                f"its certificate is not trusted ({why.verify_message}); correct it, or name its authority "
                "in ca_file"
            ) from None
        except (OSError, http.client.HTTPException, ValueError) as why:
            said = "no answer in time" if late.is_set() or isinstance(why, TimeoutError) else _words(why)
            raise Undelivered(said, arrived=None if connected else False) from None
        finally:
            limit.cancel()
            connection.close()
        if 300 <= status < 400:
            raise Undelivered(f"it answered {status} {reason}; redirects are not followed: correct its url")
        if not 200 <= status < 300:
            refused = "" if status in _LATER or status >= 500 else "; correct its url or token"
            raise Undelivered(f"it answered {status} {reason}{refused}")

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.sink.url)
        host, port, wait_s = parts.hostname or "", parts.port, self.sink.timeout_s
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=wait_s)
        try:
            context = ssl.create_default_context(
                cafile=None if self.sink.ca_file is None else str(self.sink.ca_file)
            )
        except OSError as why:
            raise Undelivered(f"ca_file {self.sink.ca_file}: {why.strerror or why}") from None
        return http.client.HTTPSConnection(host, port, timeout=wait_s, context=context)

    def _target(self) -> str:
        parts = urlsplit(self.sink.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _authorization(self) -> dict[str, str]:
        if self.sink.token_file is None:
            return {}
        try:
            token = self.sink.token_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise Undelivered(f"token_file {self.sink.token_file}: cannot be read as ASCII text") from None
        if not token.isprintable():
            raise Undelivered(f"token_file {self.sink.token_file}: holds more than one line")
        return {"Authorization": f"Bearer {token}"}


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """Ends whatever the connection waits for, and says so first."""
    late.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _words(why: Exception) -> str:
    said = getattr(why, "strerror", None) or str(why) or type(why).__name__
    return printable(str(said)[:_REASON_CHARACTERS])
