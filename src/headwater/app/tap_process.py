"""What do exporters say beside their flows? A process listens beside the collectors and reports each second.

A process of its own, so that whatever a packet holds can harm neither collecting nor storing, and with a
lower priority than the collectors'. Its sockets come from whoever starts it; it reads commands from stdin,
a line `forget N` for a collector that starts anew, and ends with stdin. It writes a line of JSON a second.
"""

import json
import os
import resource
import select
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import IO

from headwater.app.tap_socket import lost_by, receive
from headwater.exporters.table import REPORT_S, ExporterTable

_NICE = 5  # between the collectors and storing
_MEMORY_BYTES = 1 << 29  # far beyond what the bounds of ExporterTable let it take
_GATHER_S = 0.02  # packets are fetched together: waking up for each costs more than taking it
_AT_ONCE = 1_000  # from one socket, before others and reports have their turn
_LARGEST_BYTES = 1 << 16


@dataclass(slots=True)
class Ear:
    """One socket.

    Attributes:
        port: number of the port among those that are listened to.
        udp: the port itself.
        socket: of tap_socket.
        mapped: whether the collector writes its IPv4 addresses as IPv6's, ::ffff:192.0.2.1.
    """

    port: int
    udp: int
    socket: socket.socket
    mapped: bool


@dataclass(slots=True)
class TapProcess:
    """Listens until stdin ends.

    Attributes:
        ears: sockets.
        out: where reports go.
    """

    ears: list[Ear]
    out: IO[str]
    table: ExporterTable = field(default_factory=ExporterTable)
    _buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(_LARGEST_BYTES)))

    def run(self, commands: int) -> None:
        """Listens until the file descriptor `commands` ends; then reports for the last time."""
        poller = select.poll()
        poller.register(commands, select.POLLIN)
        by_number = {ear.socket.fileno(): ear for ear in self.ears}
        for number in by_number:
            poller.register(number, select.POLLIN)
        due_s = self._next()
        while True:
            due_s = min(due_s, self._next())  # the clock may have been set back
            ready = poller.poll(max(due_s - time.time(), 0) * 1000)
            for number, _ in ready:
                if number in by_number:
                    self._fetch(by_number[number])
            if any(number == commands for number, _ in ready) and not self._obey(commands):
                for ear in self.ears:
                    while self._fetch(ear) == _AT_ONCE:
                        pass
                self._report()
                return
            if time.time() >= due_s:
                self._report()
                due_s = self._next()
            if ready:
                time.sleep(_GATHER_S)

    @staticmethod
    def _next() -> float:
        """At whole seconds, as collectors close their files."""
        return (time.time() // REPORT_S + 1) * REPORT_S

    def _fetch(self, ear: Ear) -> int:
        """Takes what waits in a socket; how many datagrams."""
        lost = partial(self._lost, ear.port)
        prefix = "::ffff:" if ear.mapped else ""
        for count in range(_AT_ONCE):
            try:
                received = receive(ear.socket, self._buffer, port=ear.udp)
            except (BlockingIOError, ConnectionError):
                return count
            if received is not None:
                sender, payload = received
                self.table.take(ear.port, prefix + sender, payload, time.time(), lost=lost)
        return _AT_ONCE

    def _lost(self, port: int) -> int:
        return sum(lost_by(ear.socket) for ear in self.ears if ear.port == port)

    def _obey(self, commands: int) -> bool:
        """Does as told; whether to go on."""
        told = os.read(commands, 4096)
        for line in told.decode("ascii", "replace").splitlines():
            if line.startswith("forget "):
                with suppress(ValueError):
                    self.table.forget_templates(int(line[7:]))
        return bool(told)

    def _report(self) -> None:
        now_s = time.time()
        said = {
            "at": now_s,
            "lost": {str(port): self._lost(port) for port in {ear.port for ear in self.ears}},
            "refused": self.table.refused,
            "exporters": list(self.table.report(now_s)),
        }
        self.table.refused = 0
        self.out.write(json.dumps(said) + "\n")
        self.out.flush()


def main(ears: str, *, commands: int, out: IO[str]) -> None:
    """Listens on the sockets that `ears` names, JSON: [port's number, UDP port, file descriptor, mapped]."""
    with suppress(OSError):
        os.nice(_NICE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    listed = [
        Ear(port, udp, socket.socket(fileno=number), mapped) for port, udp, number, mapped in json.loads(ears)
    ]
    with suppress(BrokenPipeError):  # whoever started it is gone
        TapProcess(listed, out).run(commands)


if __name__ == "__main__":
    main(sys.argv[1], commands=sys.stdin.fileno(), out=sys.stdout)
