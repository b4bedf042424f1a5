"""Who touches everything? Scanners of every coverage, and the backscatter of forged senders."""

from dataclasses import dataclass

import numpy as np

from headwater.simulate.profiles import Atoms, Shape
from headwater.simulate.randomness import Floats, Ints, hashed
from headwater.simulate.sessions import TCP, Sessions, Span

# What is scanned for, most wanted first: remote shells, web, databases, cameras, routers
SCANNED_PORTS = np.array(
    [23, 22, 443, 80, 8080, 3389, 445, 5555, 8443, 2323, 3306, 6379, 1080, 25, 7547, 5900]
)
_CLOSED, _OPEN = (
    0.45,
    0.6,
)  # of live hosts 45% say nothing, 15% refuse, 40% of the servers have something open


@dataclass(frozen=True, slots=True)
class Scanning:
    """Probes of scanners to addresses at random. A sessions.Source.

    Attributes:
        name: what the truth calls it.
        scanners: hosts, shape (scanners,).
        coverage: share of all addresses that each reaches in a day, shape (scanners,).
        port_from: first place of each scanner's ports in SCANNED_PORTS.
        port_count: how many ports each scans for.
        targets: number of hosts and dark addresses there are: any of them is hit.
        dark: whether each of them is dark, shape (targets,).
        salt: decides what is open.
        scales: as in sessions.Source.
    """

    name: str
    scanners: Ints
    coverage: Floats
    port_from: Ints
    port_count: Ints
    targets: int
    dark: Ints
    salt: int
    scales: bool = True

    def rate(self, span: Span, atoms: Atoms) -> float:
        """Expected probes that sampling keeps, if every target answered."""
        return float(self.coverage.sum()) * self.targets * span.days * float(atoms.seen[Shape.PROBE_OPEN])

    def draw(self, rng: np.random.Generator, span: Span, atoms: Atoms) -> Sessions:
        """Probes in the span: drawn as if all were answered, then thinned where there are fewer packets."""
        size = int(rng.poisson(self.rate(span, atoms)))
        ladder = np.cumsum(self.coverage) / self.coverage.sum()
        who = np.minimum(np.searchsorted(ladder, rng.random(size), side="right"), len(ladder) - 1)
        target = rng.integers(self.targets, size=size)
        place = self.port_from[who] + (rng.random(size) * self.port_count[who]).astype(np.int64)
        port = SCANNED_PORTS[place % len(SCANNED_PORTS)]
        state = hashed(self.salt, target, port)
        shape = np.where(state < _CLOSED, Shape.PROBE_SILENT, Shape.PROBE_CLOSED)
        shape = np.where(state >= _OPEN, Shape.PROBE_OPEN, shape)
        shape = np.where(self.dark[target] != 0, int(Shape.PROBE_SILENT), shape).astype(np.int64)
        kept = rng.random(size) < atoms.seen[shape] / atoms.seen[Shape.PROBE_OPEN]
        return Sessions(
            client=self.scanners[who],
            server=target,
            client_port=np.zeros(size, np.int64),
            server_port=port,
            proto=np.full(size, TCP),
            shape=shape,
            at=span.begin + span.days * rng.random(size),
        ).keep(kept)


@dataclass(frozen=True, slots=True)
class Backscatter:
    """Replies of attacked services to senders that attackers forged. A sessions.Source.

    Attributes:
        name: what the truth calls it.
        victims: attacked hosts, shape (attacks,).
        port: attacked ports.
        begin: first day of each attack.
        end: last day.
        packets: replies during one attack.
        targets: number of addresses that may be forged.
        scales: as in sessions.Source.
    """

    name: str
    victims: Ints
    port: Ints
    begin: Floats
    end: Floats
    packets: float
    targets: int
    scales: bool = False

    def _overlap(self, span: Span) -> Floats:
        length = np.minimum(self.end, span.end) - np.maximum(self.begin, span.begin)
        share: Floats = np.maximum(length, 0) / (self.end - self.begin)
        return share

    def rate(self, span: Span, atoms: Atoms) -> float:
        """Expected replies that sampling keeps."""
        return float(self._overlap(span).sum()) * self.packets * float(atoms.seen[Shape.BACKSCATTER])

    def draw(self, rng: np.random.Generator, span: Span, atoms: Atoms) -> Sessions:
        """Replies in the span; the forged sender is the client, the attacked service the server."""
        mean = self._overlap(span) * self.packets * atoms.seen[Shape.BACKSCATTER]
        which = np.repeat(np.arange(len(mean)), rng.poisson(mean))
        size = len(which)
        low = np.maximum(self.begin[which], span.begin)
        high = np.minimum(self.end[which], span.end)
        return Sessions(
            client=rng.integers(self.targets, size=size),
            server=self.victims[which],
            client_port=rng.integers(1024, 65_536, size=size),
            server_port=self.port[which],
            proto=np.full(size, TCP),
            shape=np.full(size, int(Shape.BACKSCATTER)),
            at=low + (high - low) * rng.random(size),
        )
