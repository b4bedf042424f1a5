"""How many records does a packet hold, and so: what may its exporter have counted?"""

from dataclasses import dataclass

from headwater.exporters.counting import Numbered
from headwater.exporters.packets import V5, V9, Packet


@dataclass(slots=True)
class Records:
    """How many records a packet's sets hold, at least and at most; those of flows, where that is known."""

    least: int = 0
    most: int = 0
    flows: int = 0
    known: bool = True
    are_flows: bool = False

    def add(self, least: int, most: int, *, options: bool) -> None:
        """With one more set."""
        self.least, self.most = self.least + least, self.most + most
        self.known &= least == most
        if not options:
            self.flows, self.are_flows = self.flows + least, True

    def numbered(self, packet: Packet) -> Numbered:
        """The packet's number, and what it may count."""
        if packet.version == V5:
            return Numbered(packet.sequence, (packet.units, packet.units))
        if packet.version == V9:
            return Numbered(packet.sequence, (1, 1), (self.most, self.flows) if self.known else (), self.most)
        others = (self.most, self.flows, 1) if self.known else ()
        return Numbered(packet.sequence, (self.least, self.most), others, self.most)
