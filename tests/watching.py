"""Hand-made parts of a watch for tests: events, sights, receivers on the loopback interface."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from hand_made_flows import Flow
from headwater.app.watch.sight import C2Labels, Seen, Sight
from headwater.lake.watch_deliveries import Delivery
from headwater.model.event import Basis, Event, EventHost, EventKind, Measured, event_id
from headwater.model.label import Tlp
from headwater.model.remembered import Key

NOW = datetime(2024, 5, 20, 12, tzinfo=UTC)
UPSTREAM = "9.9.9.9"
SERVICE = f"{UPSTREAM}:8443/tcp"
LOOPBACK = "127.0.0.1"
WAIT_S = 30.0  # for what happens at once on an idle machine


def event(
    kind: EventKind = EventKind.NEW_UPSTREAM,
    subject: str = SERVICE,
    *,
    at: datetime = NOW,
    weight: float = 0.9,
    hosts: tuple[EventHost, ...] = (EventHost("5.0.0.1", "emotet", "epoch2"),),
    **others: Any,  # any of Event's fields
) -> Event:
    """An event; its name comes from kind, subject and time."""
    values: dict[str, Any] = {
        "role": "server", "measured": Measured("upstream", 0.97, 1e-9, 1e-6, 0.2, 7, 9, 40, 12, at, at),
        "command": f"headwater --lake lake flows {subject}",
    } | others  # fmt: skip
    return Event(
        event_id(kind, subject, [at.isoformat()]), kind, at, subject, Basis(7, None, at), weight, hosts=hosts,
        **values,
    )  # fmt: skip


def delivery(of: Event, *, begun: bool = False, token: str = "") -> Delivery:
    """A delivery of an event."""
    return Delivery(of, begun, token, 0)


def sight(
    *services: Seen,
    labels: dict[str, C2Labels] | None = None,
    doubts: dict[str, str] | None = None,
    now: datetime = NOW,
) -> Sight:
    """What a hunt shows; 5.0.0.1 to 5.0.9.1 are labelled unless `labels` says otherwise."""
    found: dict[Key, Seen] = {one.key: one for one in services}
    every = [f"5.0.{number}.1" for number in range(10)]
    said = {address: labelled(address) for address in every} if labels is None else labels
    return Sight(now, 7, now - timedelta(days=28), now, found, said, doubts or {})


def labelled(address: str, *, tlp: Tlp = Tlp.AMBER, source: str = "feed", says: str = "a") -> C2Labels:
    """What a list says of one address; `says` tells one version from another."""
    return C2Labels(EventHost(address, "emotet", "epoch2", tlp, (source,)), says)


def seen(
    address: str = UPSTREAM,
    *,
    c2s: tuple[str, ...] = ("5.0.0.1", "5.0.1.1", "5.0.2.1"),
    posterior: float = 0.97,
    verdict: str = "upstream",
    port: int = 8443,
    last: datetime = NOW,
    q_value: float = 1e-6,
    independent: int | None = None,
    c2_like: int = 0,
) -> Seen:
    """A service with C2s in contact, each in a block of its own unless `independent` says otherwise."""
    numbers = Measured(verdict, posterior, 1e-9, q_value, 0.2, len(c2s), len(c2s) + 1, 40, 12, NOW, last)
    return Seen(
        address, port, 6, "server", numbers, ("most of its clients are C2s",), dict.fromkeys(c2s, last),
        independent=len(c2s) if independent is None else independent, c2_like=c2_like,
    )  # fmt: skip


@dataclass
class Received:
    """What a receiver got.

    Attributes:
        port: where it listens.
        bodies: what came, in order.
        headers: of HTTP, for each body.
    """

    port: int = 0
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def ids(self) -> list[str]:
        """Names of events that came as JSON."""
        return [json.loads(body)["id"] for body in self.bodies]


@contextmanager
def http_receiver(*statuses: int, location: str = "") -> Iterator[Received]:
    """A webhook on the loopback interface that answers with these statuses, the last one for ever."""
    received, answers = Received(), list(statuses) or [204]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            received.headers.append(dict(self.headers.items()))
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    received.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def silent_receiver() -> Iterator[int]:
    """A port of the loopback interface that takes connections and never answers."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def udp_receiver() -> Iterator[socket.socket]:
    """A bound UDP socket on the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind((LOOPBACK, 0))
        found.settimeout(WAIT_S)
        yield found


@contextmanager
def tcp_receiver() -> Iterator[Received]:
    """A TCP server on the loopback interface that keeps all that a connection sent."""
    received = Received()
    server = socket.create_server((LOOPBACK, 0))
    received.port = server.getsockname()[1]

    def take() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as all_of_it:
                received.bodies.append(all_of_it.read())

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(WAIT_S)


C2S = tuple(f"5.0.{number}.1" for number in range(10))
LABELS = "address,family,port,tlp\n"


def watched_flows(*, c2s: tuple[str, ...] = C2S, days: float = 6.0, sensor: str = "edge") -> list[Flow]:
    """Flows of C2s that meet one upstream every few hours, among neighbours that visit ordinary servers.

    Upstream: 9.9.9.9:8443/tcp. The neighbours make known what chance would bring: six hundred hosts in the
    C2s' networks, each at twelve of six hundred servers, the C2s at three.
    """
    random = np.random.default_rng(1)
    flows = []
    for number, c2 in enumerate(c2s):
        flows += [
            Flow(c2, 50_000 + number, UPSTREAM, 8443, at=float(at), sensor=sensor)
            for at in np.arange(3_600.0 * (number + 1), days * 86_400, 6.5 * 3_600)
        ]
    hosts = [f"5.0.{n % 10}.{1 + n // 10}" for n in range(600)]  # the first ten are the C2s
    for number, host in enumerate(hosts):
        servers = random.choice(600, 3 if number < len(C2S) else 12, replace=False).tolist()
        flows.extend(
            Flow(host, 40_000 + n, f"8.{server // 250}.{server % 250}.1", 443, at=at, sensor=sensor)
            for n, (server, at) in enumerate(
                zip(servers, random.uniform(0, days * 86_400, len(servers)).tolist(), strict=True)
            )
        )
    return flows


def watched_labels(*c2s: str) -> str:
    """A list that names these C2s."""
    return LABELS + "".join(f"{c2},emotet,447,amber\n" for c2 in c2s)
