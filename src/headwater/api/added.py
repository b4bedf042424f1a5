"""What became of files that were added to a lake, in Python? One row a file, and what was left out."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.app.context import ContextFile
from headwater.app.labels import LabelsReport
from headwater.errors import UnreadableSource
from headwater.ingest.reader import FileReport, IngestReport
from headwater.intel.labels.feed import FeedReport
from headwater.intel.refusals import Refusal
from headwater.present.printable import printable

_log = logging.getLogger("headwater")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Added(Part):
    """What became of each file: read it before you go on.

    Records that cannot be read are left out, counted by reason, and named with the first bad place; they
    raise nothing. `left_out` says how many there are, and a warning goes to the logger "headwater".

    Attributes:
        entries: records, labels or entries of context that this call added.
        left_out: what was left out, and files that could not be used at all.
        lake_version: version of the table of flows afterwards; None for labels and context, which have none.
    """

    entries: int
    left_out: int
    lake_version: int | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """One file of labels or of context."""

    path: str
    format: str
    source: str
    entries: int
    already: bool
    families: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    first_place: dict[str, int] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""
    withdrawn: int = 0


def ingested(report: IngestReport) -> Added:
    """What became of files of flows."""
    version = report.lake_version
    return _told(Added(
        title=f"{report.flows:,} flows stored from {len(report.files):,} files; lake version {version}",
        table=arrow_of(report.files, FileReport),
        said=_said(report.rejected, (note for one in report.files for note in one.notes)),
        shown=("path", "format", "flows", "rejected", "start", "end", "already"),
        entries=report.flows, left_out=report.rejected, lake_version=version,
    ))  # fmt: skip


def labels_added(report: LabelsReport) -> Added:
    """What became of files of labels.

    Raises:
        UnreadableSource: none of them could be used.
    """
    return _files([_of_feed(one) for one in report.files], "labels", entries=report.added)


def context_added(files: Iterable[ContextFile]) -> Added:
    """What became of files of context.

    Raises:
        UnreadableSource: none of them could be used.
    """
    found = [_of_context(one) for one in files]
    return _files(found, "entries of context", entries=sum(not one.already and one.entries for one in found))


def _files(files: list[_File], what: str, *, entries: int) -> Added:
    failed = [one.error for one in files if one.error]
    if files and len(failed) == len(files):
        raise UnreadableSource(failed[0])
    refused = sum(sum(one.refused.values()) for one in files)
    return _told(Added(
        title=f"{entries:,} {what} added from {len(files):,} files",
        table=arrow_of(files, _File),
        said=(*failed, *_said(refused, (note for one in files for note in one.notes))),
        shown=("path", "format", "source", "entries", "refused", "already", "error"),
        entries=entries, left_out=refused + len(failed),
    ))  # fmt: skip


def _of_feed(one: FeedReport) -> _File:
    return _File(
        one.path, one.format, one.source, one.added, one.already, one.families, _counts(one.refused),
        _places(one.refused), one.passed_over, one.notes, one.error, one.withdrawn,
    )  # fmt: skip


def _of_context(one: ContextFile) -> _File:
    return _File(
        one.path, one.kind, one.name, one.entries, one.already, {}, _counts(one.refused),
        _places(one.refused), one.passed_over, one.notes, one.error,
    )  # fmt: skip


def _counts(refused: dict[str, Refusal]) -> dict[str, int]:
    return {reason: one.count for reason, one in refused.items()}


def _places(refused: dict[str, Refusal]) -> dict[str, int]:
    return {reason: one.place for reason, one in refused.items()}


def _said(left_out: int, notes: Iterable[str]) -> tuple[str, ...]:
    told = (f"{left_out:,} records were left out; the rows say why, and where the first of them is.",)
    return (*(told if left_out else ()), *dict.fromkeys(notes))


def _told(found: Added) -> Added:
    """The same; what was left out is never silent."""
    if found.left_out:
        _log.warning("%s", printable(f"{found.title}: {found.left_out:,} left out, see the result's rows"))
    return found
