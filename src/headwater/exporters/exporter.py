"""What is known of each exporter that sends to a port? Its templates, its sequence, its sampling.

Beside nfcapd, which decodes the flows and says little about these. As in nfcapd 1.7.1, templates are kept by
address, domain and version until they are withdrawn or replaced. Everything is bounded: UDP lets anybody send
in anybody's name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from headwater.exporters.packets import FIRST_DATA, V5, Octets, Packet
from headwater.exporters.records import Records
from headwater.exporters.sampling import Sampler, announced
from headwater.exporters.sequence import Sequence
from headwater.exporters.stream import Moment
from headwater.exporters.templates import OPTIONS, TEMPLATES, Template, templates_in

MAX_TEMPLATES = 1_024  # of an exporter; vendors send some dozens
MAX_UNKNOWN = 16  # identifiers of templates, of an exporter
MAX_SAMPLERS = 64  # of an exporter
SAMPLER_LASTS_S = 7_200.0  # silent for so long while others are announced: gone
MAX_CHANGES = 8  # of its sampling, between two reports
SEVERAL = 0  # in place of N: samplers that do not agree


Lost = Callable[[], int]  # how many packets we have lost until now


class Change(NamedTuple):
    """Another sampling: from when on, when the last packet with data came before it, and what holds."""

    at_s: float
    data_s: float | None
    sampling: int | None


@dataclass(slots=True)
class Exporter:
    """One exporter.

    Attributes:
        sequence: what became of its packets.
        templates: by identifier.
        unknown: templates that data came for, by identifier.
        sampling: N of 1:N that it announces; SEVERAL; None where it has announced none.
        packets, undecoded: packets, and data sets without a template, since the last report.
    """

    sequence: Sequence = field(default_factory=Sequence)
    templates: dict[int, Template] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)
    sampling: int | None = None
    packets: int = 0
    undecoded: int = 0
    seen_s: float = 0.0
    data_s: float | None = None  # of its last packet with data
    changes: list[Change] = field(default_factory=list)
    _samplers: dict[Sampler, tuple[int, float]] = field(default_factory=dict)
    _hasty: bool = False
    _refused: bool = False  # a template of it, for want of room: then nobody knows which are unknown
    _lost_before: int = 0  # packets that we had lost when its numbers last jumped

    def take(self, packet: Packet, payload: Octets, now_s: float, *, lost: Lost, room: int) -> int:
        """Takes one packet.

        Args:
            packet: its header and sets.
            payload: all of it.
            now_s: our clock.
            lost: how many packets we have lost until now.
            room: how many more templates may be kept.

        Returns:
            How many more templates it has than before.
        """
        before = len(self.templates)
        self.packets += 1
        self.seen_s = now_s
        sets = Records()
        if packet.interval:
            self._announce((b"", 0), packet.interval, now_s)
        for identifier, start, end in packet.sets:
            if identifier >= FIRST_DATA:
                self._data(identifier, payload[start:end], now_s, sets)
            elif identifier in (TEMPLATES[packet.version], OPTIONS[packet.version]):
                options = identifier == OPTIONS[packet.version]
                self._templates(bytes(payload[start:end]), packet.version, options, room + before)
        restarted_s = self.sequence.take(
            sets.numbered(packet), Moment(packet.uptime_ms, packet.clock_s, now_s),
            blind=lambda: self._is_blind(lost()),
        )  # fmt: skip
        if restarted_s is not None:
            self._forget_sampling(restarted_s)
        has_data = packet.version == V5 or sets.are_flows
        if has_data:
            self.data_s = now_s
        return len(self.templates) - before

    def tick(self, now_s: float) -> None:
        """Looks at what only time decides."""
        restarted_s = self.sequence.tick(now_s)
        if restarted_s is not None:
            self._forget_sampling(restarted_s)

    def forget_templates(self) -> None:
        """As a collector that starts anew."""
        self.templates.clear()
        self.unknown.clear()
        self._refused = False

    def _is_blind(self, lost: int) -> bool:
        """Whether we have lost packets since this exporter's numbers last jumped."""
        blind, self._lost_before = lost > self._lost_before, lost
        return blind

    @property
    def has_news(self) -> bool:
        """Whether something has changed though no packet came."""
        return bool(self.changes or self.sequence.counts.restarts)

    def taken_changes(self) -> list[Change]:
        """The changes of its sampling since this was last asked."""
        if self._hasty:
            self.changes.append(Change(self.seen_s, self.data_s, self.sampling))
        changes, self.changes, self._hasty = self.changes, [], False
        return changes

    def _data(self, identifier: int, body: Octets, now_s: float, sets: Records) -> None:
        template = self.templates.get(identifier)
        if template is None:
            self.undecoded += not self._refused
            if self._refused:
                self.unknown.clear()
            elif len(self.unknown) < MAX_UNKNOWN:
                self.unknown.add(identifier)
            sets.add(0, len(body), options=False)
            return
        sets.add(*template.records(len(body)), options=template.options)
        if template.fields:
            for sampler, interval in announced(
                template.fields, template.scopes, bytes(body), shortest=template.shortest
            ):
                self._announce(sampler, interval, now_s)

    def _templates(self, body: bytes, version: int, options: bool, room: int) -> None:
        for identifier, template in templates_in(body, version=version, options=options):
            if template is not None:
                if identifier in self.templates or len(self.templates) < min(MAX_TEMPLATES, room):
                    self.templates[identifier] = template
                    self.unknown.discard(identifier)
                else:
                    self._refused = True
            elif identifier >= FIRST_DATA:
                self.templates.pop(identifier, None)
            else:  # RFC 7011, section 8.1: all templates of a kind; which ones are options' is not kept
                self.templates.clear()

    def _announce(self, sampler: Sampler, interval: int, now_s: float) -> None:
        known = self._samplers.get(sampler)
        if known is None and len(self._samplers) >= MAX_SAMPLERS:
            self._change(SEVERAL, now_s)
            return
        self._samplers[sampler] = (interval, now_s)
        if known is not None and known[0] == interval and len(self._samplers) == 1:
            return
        self._samplers = {
            each: said for each, said in self._samplers.items() if now_s - said[1] <= SAMPLER_LASTS_S
        }
        self._change(self._agreed(), now_s)

    def _forget_sampling(self, restarted_s: float) -> None:
        """A restarted exporter may sample otherwise: what it announced before no longer counts."""
        self._samplers = {each: said for each, said in self._samplers.items() if said[1] >= restarted_s}
        self._change(self._agreed(), restarted_s)

    def _agreed(self) -> int | None:
        intervals = {interval for interval, _ in self._samplers.values()}
        if len(intervals) > 1:
            return SEVERAL
        return intervals.pop() if intervals else None

    def _change(self, sampling: int | None, now_s: float) -> None:
        if sampling == self.sampling:
            return
        self.sampling = sampling
        if len(self.changes) < MAX_CHANGES:
            self.changes.append(Change(now_s, self.data_s, sampling))
        else:  # between two reports: nobody knows what held for which flow
            self.changes[-1] = Change(self.changes[-1].at_s, self.changes[-1].data_s, SEVERAL)
            self._hasty = True
