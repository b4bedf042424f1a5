"""How do a spool's closed files get into the lake? In batches, each file once, counting what was lost."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from headwater.app.collect_events import CollectEvent, EventKind, Tell
from headwater.app.collect_losses import losses_of, numbers_of
from headwater.app.collect_settings import CollectSettings, Listener
from headwater.app.collect_tally import ExporterTally, Tally
from headwater.app.ingest import REASONS, ingest
from headwater.app.spool import Spool, listener_of, written_s
from headwater.app.tap_findings import Findings
from headwater.exporters.table import REPORT_S
from headwater.ingest.nfcapd_exporters import UNHEARD
from headwater.ingest.nfcapd_statistics import ExporterCount, exporter_counts
from headwater.ingest.outside_program import find_program
from headwater.ingest.reader import FileReport, ReadOptions

PATIENCE_S = 5.0  # for what the tap says of the last file
BATCH_FILES = 200  # at once; what waits after a long pause is stored step by step
_MISSING = "program missing"
_WHOLE_FILE = frozenset(reason for _, reason in REASONS if reason != _MISSING) | {"reader failed"}


@dataclass(slots=True)
class Store:
    """Stores what lies in a spool's `ready`, and adds up what nfcapd counted.

    Attributes:
        spool: the spool.
        lake: the lake's folder.
        nfdump: path of the program.
        settings: how long files are kept, and the listeners' sampling.
        tally: what is added to.
        tell: told what happened.
        findings: what was heard beside the collectors.
    """

    spool: Spool
    lake: Path
    nfdump: str
    settings: CollectSettings
    tally: Tally
    tell: Tell
    findings: Findings = field(default_factory=Findings)
    _by_folder: Mapping[str, Listener] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_folder = {listener.folder: listener for listener in self.settings.listeners}

    def store(self) -> int:
        """Stores what is ready; how many files it took.

        Raises:
            LakeError: the lake cannot be written; the files stay where they are.
            ToolMissing: nfdump is gone; as above.
        """
        ready = self.spool.ready()[:BATCH_FILES]
        if ready:
            last_s = max(written_s(path)[1] for path in ready)
            self.findings.wait(last_s, patience_s=PATIENCE_S)
            self._batch(ready)
        return len(ready)

    def _options(self, path: Path) -> ReadOptions:
        listener = self._by_folder.get(listener_of(path))  # None: the settings have changed since
        if listener is None:
            return ReadOptions()
        heard = self.findings.sampling_in(listener.name, *written_s(path)) if self._heard(path) else {}
        announced = {sensor: said for sensor, said in heard.items() if said != UNHEARD}
        return ReadOptions(sampling=listener.sampling, announced=announced)

    def _heard(self, path: Path) -> bool:
        """Whether the tap was there while a file was written; not before this `collect`."""
        since_s = self.findings.since_s
        return since_s is not None and written_s(path)[0] >= math.floor(since_s)

    def _batch(self, paths: Sequence[Path]) -> None:
        report = ingest(
            [str(path) for path in paths], lake=self.lake, format_name="nfcapd",
            own={str(path): self._options(path) for path in paths},
        )  # fmt: skip
        if any(_MISSING in (file.rejected or {}) for file in report.files):
            find_program("nfdump", package="nfdump", purpose="storing what was collected")
        stored = already = 0
        rejected: dict[str, int] = {}
        for path, file in zip(paths, report.files, strict=True):
            if _unreadable(file):
                self._put_aside(path, file)
                continue
            counts, closed_s = exporter_counts(self.nfdump, path), written_s(path)[1]
            self.spool.done(path, keep=self.settings.keep_days > 0)
            stored, already = stored + 1, already + file.already
            for reason, count in (file.rejected or {}).items():
                rejected[reason] = rejected.get(reason, 0) + count
            if not file.already:  # else it was counted by the run that stored it
                for each in counts:
                    self._count(listener_of(path), each, closed_s)
        self.tally.files += stored
        self.tally.flows += report.flows
        self.tally.reject(rejected)
        self.tally.lake_version = report.lake_version
        if report.flows or rejected or already:  # an idle port closes an empty file now and then
            self._tell_stored(stored, already, report.flows, rejected)

    def _tell_stored(self, files: int, already: int, flows: int, rejected: dict[str, int]) -> None:
        left_out = "".join(f"; left out: {count:,} {reason}" for reason, count in rejected.items())
        known = f", {already:,} of them stored before" if already else ""
        version = self.tally.lake_version
        self.tell(CollectEvent(
            EventKind.STORED,
            f"{flows:,} flows stored from {files:,} files{known}, lake version {version}{left_out}",
            numbers={
                "files": files, "already": already, "flows": flows, "rejected": sum(rejected.values()),
                "lake_version": version,
            },
        ))  # fmt: skip

    def _put_aside(self, path: Path, file: FileReport) -> None:
        now_at = self.spool.unreadable(path)
        self.tally.unreadable += 1
        self.tally.reject(dict(file.rejected or {}))
        why = file.first_bad.why if file.first_bad else "cannot be read"
        self.tell(
            CollectEvent(
                EventKind.PROBLEM,
                f"{now_at}: {why}; put aside, see `headwater ingest`",
                numbers={"path": str(now_at)},
            )
        )

    def _count(self, folder: str, count: ExporterCount, closed_s: float) -> None:
        listener = self._by_folder[folder].name if folder in self._by_folder else folder
        key = (listener, count.sensor, count.version)
        before = self.tally.exporters.get(key)
        found = self.findings.taken(key, closed_s + REPORT_S / 2)
        now = (before or ExporterTally(*key)).plus(count, found, self.findings.sampling_now(key))
        self.tally.exporters[key] = now
        if before is None or (before.sampling, before.samplers_differ) != (now.sampling, now.samplers_differ):
            self._tell_exporter(now)
        if said := losses_of(before, now, count, found):
            self.tell(CollectEvent(
                EventKind.LOSS, f"exporter {now.sensor}: " + "; ".join(said), listener,
                {
                    "exporter": now.sensor, "version": now.version, "packets": count.packets,
                    "flows": count.flows, "sequence_failures": count.sequence_failures,
                    "silent_packets": 0 if count.flows else count.packets,
                    "quiet_before": before.quiet_files if before else 0, "clock_s": count.clock_s,
                    **numbers_of(found, version=now.version),
                },
            ))  # fmt: skip

    def _tell_exporter(self, now: ExporterTally) -> None:
        sampling = f", samples 1:{now.sampling}" if now.sampling else ""
        if now.samplers_differ:
            sampling = ", announces several samplings: which holds for a flow is not known"
        self.tell(CollectEvent(
            EventKind.EXPORTER, f"exporter {now.sensor}, version {now.version}{sampling}", now.listener,
            {
                "exporter": now.sensor, "version": now.version, "sampling": now.sampling,
                "samplers_differ": now.samplers_differ,
            },
        ))  # fmt: skip


def _unreadable(file: FileReport) -> bool:
    """Whether nothing could be made of the file as a whole."""
    return not file.flows and not file.already and bool(_WHOLE_FILE & set(file.rejected or {}))
