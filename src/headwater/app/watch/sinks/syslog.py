"""How do events get to a syslog receiver? Nothing tells of arrival, so after a cut they come again."""

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass

from headwater.app.watch.settings import SyslogSink
from headwater.app.watch.sinks.attempt import Parcel, Undelivered, Untraceable
from headwater.present.events.syslog import Origin, framed, messages

_LINGER_S = 1.0  # for the receiver to refuse what it was sent


@dataclass(frozen=True, slots=True)
class Syslog(Untraceable):
    """Sends to a receiver.

    Attributes:
        sink: which one.
    """

    sink: SyslogSink

    def send(self, parcel: Parcel, *, again: bool) -> None:
        """Sends the message, or those of a digest.

        Raises:
            Undelivered: the receiver cannot be reached, or cut the connection.
        """
        found = self.sink
        origin = Origin(socket.gethostname(), os.getpid(), found.facility, found.enterprise)
        datagrams = found.transport == "udp"
        texts = messages(parcel.shared, origin, again=again, datagrams=datagrams)
        try:
            if datagrams:
                self._datagrams(texts)
            else:
                self._stream(b"".join(framed(text) for text in texts))
        except OSError as why:
            raise Undelivered(
                f"{found.transport} {found.host} port {found.port}: {why.strerror or why}", arrived=None
            ) from None

    def _datagrams(self, texts: list[bytes]) -> None:
        family, _, _, _, address = socket.getaddrinfo(self.sink.host, self.sink.port, type=socket.SOCK_DGRAM)[
            0
        ]
        with socket.socket(family, socket.SOCK_DGRAM) as out:
            out.settimeout(self.sink.timeout_s)
            for text in texts:
                out.sendto(text, address)

    def _stream(self, text: bytes) -> None:
        end_s = time.monotonic() + self.sink.timeout_s
        with socket.create_connection((self.sink.host, self.sink.port), self.sink.timeout_s) as out:
            rest = memoryview(text)
            while rest:
                out.settimeout(max(end_s - time.monotonic(), 0.001))
                rest = rest[out.send(rest) :]
            out.shutdown(socket.SHUT_WR)
            out.settimeout(min(_LINGER_S, self.sink.timeout_s))
            with suppress(TimeoutError):
                out.recv(1)  # raises where the receiver reset the connection
