"""How do files of flows get into the lake? Recognised, read, screened, stored; with a report on each file."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.app.named_files import named_files
from headwater.app.read_ahead import read_ahead
from headwater.app.synthetic import mark_if_synthetic
from headwater.errors import (
    BadSetting,
    FormatUnknown,
    HeadwaterError,
    LakeError,
    ToolMissing,
    UnreadableSource,
)
from headwater.ingest.column_map import load_map
from headwater.ingest.reader import (
    FileReport,
    IngestReport,
    Reader,
    ReadOptions,
    reader_named,
    recognise,
)
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile
from headwater.lake.tables import create_lake
from headwater.lake.writer import FlowWriter

COMMIT_ROWS = 4_000_000  # small files share a commit until so many flows wait ...
COMMIT_SECONDS = 10.0  # ... or the first of them has waited so long
_SAMPLING_MAX = 2**31 - 1  # FLOW's column is a signed 32-bit integer
_TOO_LATE = "stored before: options of this call change nothing"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)

# Why a whole file was left out, as the report counts it.
REASONS: tuple[tuple[type[HeadwaterError], str], ...] = (
    (FormatUnknown, "not recognised"),
    (ToolMissing, "program missing"),
    (BadSetting, "needs a setting"),
    (UnreadableSource, "cannot be read"),
    (HeadwaterError, "cannot be read"),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        path: the file being read, as the user named it.
        files_done: files finished.
        files: files in all.
        flows: flows read so far; those of the last files may not be committed yet.
        rejected: records left out so far.
    """

    path: str
    files_done: int
    files: int
    flows: int
    rejected: int


def ingest(
    paths: Sequence[str],
    *,
    lake: Path,
    format_name: str | None = None,
    options: ReadOptions | None = None,
    own: Mapping[str, ReadOptions] = MappingProxyType({}),
    on_progress: Callable[[Progress], None] | None = None,
) -> IngestReport:
    """Stores the flows of files, each file once, and reports on each.

    Args:
        paths: files, folders, globs or `-` for standard input.
        lake: the lake's folder; made where there is none.
        format_name: the reader for all files; None recognises each by its content.
        options: what the files do not say.
        own: the same for single files, by path, in place of `options`.
        on_progress: told now and then how far the run is.

    Returns:
        A report for each file, in order. A file that cannot be read is in it and does not stop the others.

    Raises:
        FormatUnknown: no format is called `format_name`.
        BadSetting: an option is impossible, or every file needs one that was not given.
        UnreadableSource: a path stands for nothing.
        LakeError: the lake cannot be written; files committed before stay.
    """
    settings = checked(options or ReadOptions())
    reader = None if format_name is None else reader_named(format_name)
    with named_files(paths) as sources, FlowWriter(create_lake(lake)) as writer:
        run = _Run(lake, writer, settings, own, reader, on_progress or (lambda _: None), len(sources))
        for source in sources:
            run.take(source)
        run.commit()
        if run.refused and len(run.refused) == len(sources):
            raise run.refused[0]
        return IngestReport(tuple(run.reports), writer.version)


def checked(options: ReadOptions) -> ReadOptions:
    """The same options, if they can be true.

    Raises:
        BadSetting: the sampling interval, the zone or the map cannot be used.
    """
    if options.sampling is not None and not 1 <= options.sampling <= _SAMPLING_MAX:
        raise BadSetting(
            f"--sampling {options.sampling}: give the N of 1:N sampling, a whole number from 1 (unsampled) up"
        )
    try:
        ZoneInfo(options.timezone)
    except (KeyError, ValueError, OSError):
        raise BadSetting(
            f"--timezone {options.timezone!r}: there is no such zone; use a name such as UTC or Europe/Prague"
        ) from None
    if options.map_file is not None:
        load_map(options.map_file)
    return options


@dataclass(slots=True)
class _Taken:
    """What has been read of one file."""

    flows: int = 0
    start_us: int | None = None
    end_us: int | None = None

    def count(self, batch: pa.RecordBatch) -> None:
        first = int(np.asarray(batch["start"].cast(pa.int64())).min())
        last = int(np.asarray(batch["end"].cast(pa.int64())).max())
        self.flows += batch.num_rows
        self.start_us = first if self.start_us is None else min(self.start_us, first)
        self.end_us = last if self.end_us is None else max(self.end_us, last)


@dataclass(slots=True)
class _Run:
    """One call of `ingest`."""

    lake: Path
    writer: FlowWriter
    options: ReadOptions
    own: Mapping[str, ReadOptions]
    reader: Reader | None
    tell: Callable[[Progress], None]
    files: int
    reports: list[FileReport] = field(default_factory=list)
    refused: list[BadSetting] = field(default_factory=list)
    flows: int = 0
    rejected: int = 0
    _waiting: dict[str, int] = field(default_factory=dict)  # digest to place in `reports`
    _waiting_since: float = 0.0
    _own: set[str] = field(default_factory=set)  # digests that this run read, with its own options

    def take(self, source: SourceFile) -> None:
        """Reads one file, stages its flows and reports on it."""
        rejects, taken, format_name, digest = Rejects(), _Taken(), "", ""
        try:
            before = _state(source)
            reader = self._reader_of(source)
            format_name, digest = reader.name, source.digest
            if self.writer.holds(digest):
                self._report(self._known(source, format_name, digest))
                return
            mark_if_synthetic(source, lake=self.lake, table="flows")
            for batch in read_ahead(self._batches(reader, source, rejects)):
                taken.count(batch)
                self.writer.add(batch, digest=digest)
                self._progress(source, flows=taken.flows, rejected=rejects.total)
            _still(source, before)
        except LakeError:
            raise
        except HeadwaterError as why:
            if isinstance(why, BadSetting):
                self.refused.append(why)
            reason = next(reason for kind, reason in REASONS if isinstance(why, kind))
            taken = self._left_out(digest, rejects, reason, str(why).removeprefix(f"{source.name}: "))
        except OSError as why:
            taken = self._left_out(digest, rejects, "cannot be read", f"{why.strerror or why}")
        except Exception as why:  # noqa: BLE001  # a defect in one reader must not cost the other files
            _log.exception("%s: the reader %s failed", source.name, format_name)
            taken = self._left_out(digest, rejects, "reader failed", f"{type(why).__name__}: {why}")
        self._finish(FileReport(
            source.name, format_name, taken.flows, dict(rejects.counts), rejects.first_bad,
            start=_moment(taken.start_us), end=_moment(taken.end_us), notes=tuple(rejects.notes),
        ), digest)  # fmt: skip

    def commit(self) -> None:
        """Makes what waits visible and corrects the reports on files that another run stored first."""
        for digest in self.writer.commit().already:
            place = self._waiting[digest]
            self._own.discard(digest)
            self.flows -= self.reports[place].flows
            self.reports[place] = replace(
                self.reports[place],
                flows=0, rejected={}, first_bad=None, already=True, start=None, end=None,
                notes=self._too_late(),
            )  # fmt: skip
        self._waiting.clear()

    def _known(self, source: SourceFile, format_name: str, digest: str) -> FileReport:
        """The report on a file that the lake has; as what another run read it is not remembered."""
        if digest in self._own:
            return FileReport(source.name, format_name, rejected={}, already=True)
        recognised = "" if self.reader else format_name
        return FileReport(source.name, recognised, rejected={}, already=True, notes=self._too_late())

    def _too_late(self) -> tuple[str, ...]:
        """What to note on a file that another run stored, if somebody said how this one should read it."""
        said = self.reader is not None or self.options != ReadOptions()
        return (_TOO_LATE,) if said else ()

    def _reader_of(self, source: SourceFile) -> Reader:
        if not source.raw_head:
            raise UnreadableSource(f"{source.name}: is empty")
        return self.reader or recognise(source, mapped=self.options.map_file is not None)

    def _batches(self, reader: Reader, source: SourceFile, rejects: Rejects) -> Iterator[pa.RecordBatch]:
        now, options = datetime.now(UTC), self.own.get(source.name, self.options)
        for chunk in reader.read(source, options, rejects):
            batch = screen(chunk, rejects, now=now)
            if batch.num_rows:
                yield _filled(batch, options)

    def _left_out(self, digest: str, rejects: Rejects, reason: str, why: str) -> _Taken:
        """Takes the file's flows back: without an end nobody knows what they are part of."""
        self.writer.discard(digest)
        rejects.add(reason, offset=0)
        rejects.first_bad = FirstBad(0, why)
        return _Taken()

    def _finish(self, report: FileReport, digest: str) -> None:
        if report.flows:
            if not self._waiting:
                self._waiting_since = time.monotonic()
            self._waiting[digest] = len(self.reports)
            self._own.add(digest)
        self._report(report)
        waited = time.monotonic() - self._waiting_since
        if self._waiting and (self.writer.rows_staged >= COMMIT_ROWS or waited >= COMMIT_SECONDS):
            self.commit()

    def _report(self, report: FileReport) -> None:
        self.reports.append(report)
        self.flows += report.flows
        self.rejected += sum((report.rejected or {}).values())
        self.tell(Progress(report.path, len(self.reports), self.files, self.flows, self.rejected))

    def _progress(self, source: SourceFile, *, flows: int, rejected: int) -> None:
        self.tell(Progress(
            source.name, len(self.reports), self.files, self.flows + flows, self.rejected + rejected
        ))  # fmt: skip


def _state(source: SourceFile) -> tuple[int, int]:
    """What changes when a file is written to: its size and the time of its last change."""
    try:
        found = source.path.stat()
    except OSError as why:
        raise UnreadableSource(
            f"{source.name}: {why.strerror}; check the name and your permissions"
        ) from None
    return found.st_size, found.st_mtime_ns


def _still(source: SourceFile, before: tuple[int, int]) -> None:
    """Refuses a file that grew meanwhile: its flows would be stored again under the digest of the whole."""
    if _state(source) != before:
        raise UnreadableSource(f"{source.name}: changed while it was read; ingest it once it is complete")


def _filled(batch: pa.RecordBatch, options: ReadOptions) -> pa.RecordBatch:
    """The batch with the options' sensor and sampling where the records say none."""
    unclear = pa.array([sensor for sensor, said in options.announced.items() if said is None], pa.string())
    told = batch["sampling"]
    for name, value in (("sensor", options.sensor), ("sampling", options.sampling)):
        if value is not None and batch[name].null_count:
            place = batch.schema.get_field_index(name)
            column = pc.fill_null(batch[name], pa.scalar(value, batch.schema.field(place).type))
            if name == "sampling" and len(unclear):  # what is announced and unclear is not "none"
                column = pc.if_else(pc.is_in(batch["sensor"], unclear), told, column)
            batch = batch.set_column(place, batch.schema.field(place), column)
    return batch


def _moment(us: int | None) -> datetime | None:
    return None if us is None else _EPOCH + timedelta(microseconds=us)
