"""What was collected and what was lost, exporter by exporter and port by port? Added up over a run."""

from dataclasses import dataclass, field, replace

from headwater.app.tap_findings import Found
from headwater.exporters.exporter import SEVERAL
from headwater.ingest.nfcapd_log import LogCounts
from headwater.ingest.nfcapd_statistics import ExporterCount

CLOCK_WRONG_S = (
    3600.0  # ahead or behind by more is no export delay: active timeouts end flows within half an hour
)


@dataclass(frozen=True, slots=True)
class ExporterTally:
    """What one exporter sent.

    Attributes:
        listener: where it was heard, as `netflow 127.0.0.1:9995`.
        sensor: its address and, where not 0, its observation domain or engine.
        version: 5, 9 or 10 (IPFIX).
        packets: export packets; those of files that do not say are missing.
        flows: flow records that nfcapd decoded.
        sequence_failures: breaks in its sequence numbers: packets lost, or the exporter restarted.
        silent_packets: packets in intervals from which no flow could be decoded: its templates had not come
            yet or are unknown, or it sent options only.
        quiet_files: the last so many files had not one packet of it.
        found: what the tap says of it, added up; None where it does not know it.
        sampling: N of 1:N as it last announced; None where it announced none, or several.
        samplers_differ: whether it announces several, so that nobody knows which holds for a flow.
        clock_s: how far its clock was ahead in the last interval with flows, in seconds; None: unknown.
    """

    listener: str
    sensor: str
    version: int
    packets: int = 0
    flows: int = 0
    sequence_failures: int = 0
    silent_packets: int = 0
    quiet_files: int = 0
    found: Found | None = None
    sampling: int | None = None
    samplers_differ: bool = False
    clock_s: float | None = None

    @property
    def clock_wrong(self) -> bool:
        """Whether its clock cannot be right."""
        return self.clock_s is not None and abs(self.clock_s) > CLOCK_WRONG_S

    def plus(
        self, count: ExporterCount, found: Found | None = None, announced: int | None = None
    ) -> "ExporterTally":
        """With what one more file says.

        Args:
            count: what nfcapd counted.
            found: what the tap found meanwhile; None where it does not know the exporter.
            announced: N that the tap last heard, or SEVERAL; None where it heard none.
        """
        heard = announced if found else count.sampling or self.sampling
        return replace(
            self,
            packets=self.packets + (count.packets or 0),
            flows=self.flows + count.flows,
            sequence_failures=self.sequence_failures + count.sequence_failures,
            silent_packets=self.silent_packets + (0 if count.flows else count.packets or 0),
            quiet_files=self.quiet_files + 1 if count.packets == 0 else 0,
            found=(self.found or Found()).plus(found) if found else self.found,
            sampling=None if heard == SEVERAL else heard,
            samplers_differ=heard == SEVERAL,
            clock_s=self.clock_s if count.clock_s is None else count.clock_s,
        )


@dataclass(frozen=True, slots=True)
class ListenerTally:
    """What happened at one port.

    Attributes:
        listener: `netflow 127.0.0.1:9995`.
        dropped: datagrams that the kernel dropped because the collector was too slow; None: it does not say.
        malformed: records, flow sets or packets that could not be decoded.
        foreign: packets that are no flow export.
        restarts: how often the collector had to be started again.
        unheard: datagrams that the tap lost itself, which the collector may have had; None: no tap.
    """

    listener: str
    dropped: int | None = None
    malformed: int = 0
    foreign: int = 0
    restarts: int = 0
    unheard: int | None = None

    def plus(self, heard: LogCounts) -> "ListenerTally":
        """With what more of the log says."""
        return replace(self, malformed=self.malformed + heard.malformed, foreign=self.foreign + heard.foreign)


@dataclass(slots=True)
class Tally:
    """Everything that a run has seen.

    Attributes:
        files: files stored, those of an earlier run that were left among them.
        flows: flows stored in the lake.
        rejected: reason to count of records that were not.
        unreadable: files put aside.
        lake_version: version of the flow table after the last commit; -1 before.
        exporters: by listener, sensor and version.
        listeners: by name.
    """

    files: int = 0
    flows: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0
    lake_version: int = -1
    exporters: dict[tuple[str, str, int], ExporterTally] = field(default_factory=dict)
    listeners: dict[str, ListenerTally] = field(default_factory=dict)

    def reject(self, reasons: dict[str, int]) -> None:
        """Adds what one file's report says was left out."""
        for reason, count in reasons.items():
            self.rejected[reason] = self.rejected.get(reason, 0) + count
