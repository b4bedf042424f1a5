"""How do lists of known addresses get into the lake, and what is in it? Adding, listing, history."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc

from headwater.app.feed_files import text_of_file
from headwater.app.named_files import named_files
from headwater.app.synthetic import mark_if_synthetic
from headwater.errors import BadSetting, FormatUnknown, UnreadableSource
from headwater.ingest.source import SourceFile
from headwater.intel.labels.endpoints import endpoint_of
from headwater.intel.labels.feed import Analyst, Document, FeedReport, LabelFeed
from headwater.intel.labels.moments import moment_of
from headwater.intel.labels.names import family_of, role_of
from headwater.intel.labels.registry import feed_named, recognise
from headwater.intel.labels.screen import checked, screen
from headwater.intel.refusals import Refusals
from headwater.lake.label_rows import Snapshot, storable
from headwater.lake.labels import (
    Said,
    Withdrawn,
    already_stored,
    current_labels,
    history,
    list_labels,
    store_labels,
    withdrawals_by,
)
from headwater.lake.tables import create_lake
from headwater.model.label import Label, Role


@dataclass(frozen=True, slots=True)
class LabelsReport:
    """What became of all files of one run.

    Attributes:
        files: one report a file, in the order read.
    """

    files: tuple[FeedReport, ...]

    @property
    def taken(self) -> int:
        """Labels that the files gave."""
        return sum(file.taken for file in self.files)

    @property
    def added(self) -> int:
        """Labels added to the lake."""
        return sum(file.added for file in self.files)

    @property
    def withdrawn(self) -> int:
        """Labels of earlier files that the files took back."""
        return sum(file.withdrawn for file in self.files)

    @property
    def refused(self) -> int:
        """Entries refused."""
        return sum(file.refused_count for file in self.files)

    @property
    def failed(self) -> int:
        """Files that could not be used at all."""
        return sum(bool(file.error) for file in self.files)


def add_labels(
    paths: Sequence[str],
    *,
    lake: Path,
    format_name: str | None = None,
    analyst: Analyst | None = None,
    now: datetime | None = None,
) -> LabelsReport:
    """Adds feeds of labels to the lake, each file as one snapshot of its feed.

    Args:
        paths: files, folders, globs or `-`.
        lake: the lake's folder; becomes a lake where it is none.
        format_name: read every file as this feed; else by content.
        analyst: what the analyst says beside the feeds.
        now: the moment of adding; the clock unless set.

    Returns:
        A report on every file. A file that cannot be used is told in its report and does not stop the others.

    Raises:
        HeadwaterError: a path stands for nothing, an option is wrong, or the lake cannot be used.
    """
    analyst = checked(analyst or Analyst())
    feed = feed_named(format_name).name if format_name else None
    at = now or datetime.now(UTC)
    create_lake(lake)
    with named_files(paths) as sources:
        if not sources:
            raise UnreadableSource(f"{', '.join(paths)}: no files there; name files of label feeds")
        return LabelsReport(
            tuple(_add(source, lake=lake, feed=feed, analyst=analyst, now=at) for source in sources)
        )


def _add(source: SourceFile, *, lake: Path, feed: str | None, analyst: Analyst, now: datetime) -> FeedReport:
    refusals = Refusals()
    options = _digest_of(feed, analyst)
    try:
        if already_stored(lake, file=source.digest, options=options):
            return FeedReport(source.name, format=feed or "", already=True)
        document = Document(source.name, text_of_file(source, refusals))
        kind = feed_named(feed) if feed else recognise(document)
        said = kind.read(document, refusals)
        screened = screen(said, analyst=analyst, now=now, refusals=refusals)
        if not (screened.labels or screened.withdrawn or refusals.total or refusals.passed_over):
            _check_empty(document, kind)
    except (FormatUnknown, UnreadableSource) as why:
        return FeedReport(source.name, format=feed or "", error=str(why))
    except RecursionError:
        return FeedReport(source.name, format=feed or "", error=f"{source.name}: nested too deep to read")
    labels = [label for _, label in screened.labels]
    snapshot = Snapshot(source.digest, options, source.name, _made_at(said.made_at, now), now)
    gone = withdrawals_by(lake, screened.labels, snapshot=snapshot, withdrawn=screened.withdrawn)
    mark_if_synthetic(source, lake=lake, table="labels", words=(label.note for label in labels))
    stored = store_labels(lake, screened.labels, snapshot=snapshot, withdrawn=screened.withdrawn)
    _note_withdrawn(gone, refusals)
    _note_absent(lake, labels, refusals)
    return FeedReport(
        path=source.name,
        format=kind.name,
        source=", ".join(sorted({label.source for label in labels})) or said.source,
        taken=len(labels),
        added=len(labels) if stored else 0,
        already=bool(labels or screened.withdrawn) and not stored,
        merged=screened.merged,
        withdrawn=gone.others if stored else 0,
        families=dict(Counter(label.family for label in labels).most_common()),
        refused=refusals.by_reason,
        passed_over=refusals.passed_over,
        notes=tuple(refusals.notes),
    )


def _check_empty(document: Document, kind: LabelFeed) -> None:
    """Tells a feed that lists nothing now, which is sound, from a file that is no such feed.

    Raises:
        FormatUnknown: the file has no mark of the feed that --format named.
    """
    if not kind.recognises(document):
        raise FormatUnknown(
            f"{document.name}: holds nothing that a {kind.name} feed has; leave out --format, or check "
            "what file it is"
        )


def _digest_of(feed: str | None, analyst: Analyst) -> str:
    """SHA-256 of everything that makes the same bytes mean something else."""
    said = json.dumps({"format": feed, **asdict(analyst)}, default=str, sort_keys=True)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _made_at(text: str, now: datetime) -> datetime:
    """When the feed made the file, where it says so and that can be true; else the moment of adding."""
    try:
        made = moment_of(text)
    except (ValueError, OverflowError):
        return now
    return min(made.at, now) if made else now


def _note_withdrawn(gone: Withdrawn, refusals: Refusals) -> None:
    if gone.others:
        refusals.note(
            f"{gone.others} labels of earlier files are withdrawn: this file takes their entries back"
        )
    if gone.own:
        refusals.note(f"{gone.own} labels of this file do not count: their feed has taken the entries back")


def _note_absent(lake: Path, labels: Sequence[Label], refusals: Refusals) -> None:
    """Says how many labels of the same sources this file does not have; they stay as last listed."""
    sources = {storable(label.source) for label in labels}
    known = current_labels(lake, roles=())
    known = known.filter(pc.field("source").isin(list(sources))) if sources else known.slice(0, 0)
    names = ("source", "role", "family", "group", "address", "port")
    before = set(zip(*(known[name].to_pylist() for name in names), strict=True))
    listed = {
        (
            storable(one.source),
            one.role.value,
            storable(one.family),
            storable(one.group),
            one.address,
            one.port,
        )
        for one in labels
    }
    if absent := len(before - listed):
        refusals.note(f"{absent} labels of this source are absent from this file; they stay as last listed")


def listed_labels(
    lake: Path, *, families: Sequence[str] = (), roles: Sequence[str] = (), at: datetime | None = None
) -> list[Label]:
    """The labels that count now.

    Args:
        lake: the lake's folder.
        families: the families wanted, as anybody writes them; none means all.
        roles: the roles wanted; none means all.
        at: only labels whose window holds this moment.

    Raises:
        LakeError: there is no lake, or it is damaged.
        BadSetting: a role that does not exist.
    """
    try:
        wanted: list[Role] = [role_of(role) for role in roles]
    except ValueError as why:
        raise BadSetting(str(why)) from None
    return list_labels(lake, roles=wanted, families=[family_of(family) for family in families], at=at)


def address_history(lake: Path, address: str) -> list[Said]:
    """Everything ever said of an address, oldest addition first.

    Raises:
        LakeError: there is no lake, or it is damaged.
        BadSetting: the text is no address.
    """
    try:
        return history(lake, endpoint_of(address)[0])
    except ValueError as why:
        raise BadSetting(f"--history {address!a}: {why}; write an address such as 192.0.2.1") from None
