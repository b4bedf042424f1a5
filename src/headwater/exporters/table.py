"""What do all exporters of some ports do? Their packets taken one by one, and what is new told now and then.

Reports are plain values, so that one process can write them to another as JSON.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from headwater.exporters.exporter import Exporter, Lost
from headwater.exporters.packets import Octets, packet_in
from headwater.exporters.sequence import Counts

REPORT_S = 1.0  # between reports
MAX_EXPORTERS = 4_096
MAX_TEMPLATES_IN_ALL = 100_000
FORGOTTEN_S = 600.0  # an exporter that was silent so long makes room for another

Key = tuple[int, str, int, int]  # number of the port, address, version, domain


@dataclass(slots=True)
class ExporterTable:
    """The exporters of some ports.

    Attributes:
        exporters: by port, address, version and domain.
        refused: packets of exporters for which there was no room, since it was last reported.
    """

    exporters: dict[Key, Exporter] = field(default_factory=dict)
    refused: int = 0
    _templates: int = 0
    _news: set[Key] = field(default_factory=set)
    _looked_s: float = 0.0

    def take(self, port: int, address: str, payload: Octets, now_s: float, lost: Lost = lambda: 0) -> None:
        """Takes one datagram.

        Args:
            port: number of the port to which it came, as the caller counts them.
            address: who sent it.
            payload: all octets behind the UDP header; anything. Nothing of it is kept.
            now_s: our clock, seconds.
            lost: how many datagrams to this port we have lost until now; asked where numbers jump.
        """
        packet = packet_in(payload)
        if packet is None:
            return
        key = (port, address, packet.version, packet.domain)
        exporter = self.exporters.get(key)
        if exporter is None:
            if len(self.exporters) >= MAX_EXPORTERS and not self._make_room(now_s):
                self.refused += 1
                return
            exporter = self.exporters[key] = Exporter()
        room = MAX_TEMPLATES_IN_ALL - self._templates
        self._templates += exporter.take(packet, payload, now_s, lost=lost, room=room)
        self._news.add(key)

    def forget_templates(self, port: int) -> None:
        """A port's collector was started anew and knows no template."""
        for key, exporter in self.exporters.items():
            if key[0] == port:
                self._templates -= len(exporter.templates)
                exporter.forget_templates()

    def report(self, now_s: float) -> Iterator[dict[str, Any]]:  # Any: what JSON can say
        """What is new of each exporter since the last report.

        Yields:
            `port`, `address`, `version`, `domain`; `packets`; the numbers of Counts; `undecoded`, the data
            sets without a template, and `unknown`, those templates; `pending`, whether its next packet will
            tell if it restarted; `sampling`, its changes as [from, last
            data before, N] with 0 for several and null for none announced.
        """
        for key, exporter in self.exporters.items():
            exporter.tick(now_s)
            if key in self._news or exporter.has_news:
                yield dict(zip(("port", "address", "version", "domain"), key, strict=True)) | _said(exporter)
        self._news.clear()

    def _make_room(self, now_s: float) -> bool:
        """Forgets the exporter that was silent for longest, if that is long enough."""
        if now_s < self._looked_s + REPORT_S:  # looking costs: not for each packet of a flood
            return False
        self._looked_s = now_s
        key, oldest = min(self.exporters.items(), key=lambda each: each[1].seen_s)
        if now_s - oldest.seen_s < FORGOTTEN_S:
            return False
        self._templates -= len(oldest.templates)
        del self.exporters[key]
        self._news.discard(key)
        return True


def _said(exporter: Exporter) -> dict[str, Any]:  # Any: as above
    said = {
        "packets": exporter.packets, **asdict(exporter.sequence.counts), "undecoded": exporter.undecoded,
        "unknown": sorted(exporter.unknown), "pending": exporter.sequence.pending,
        "sampling": exporter.taken_changes(),
    }  # fmt: skip
    exporter.packets = exporter.undecoded = 0
    exporter.sequence.counts = Counts()
    return said
