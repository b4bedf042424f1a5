"""How does context get into the lake? Each file recognised by its content, stored once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from headwater.app.feed_files import text_of_file
from headwater.app.named_files import named_files
from headwater.app.synthetic import mark_if_synthetic, said_by_entries
from headwater.errors import BadSetting, FormatUnknown, UnreadableSource
from headwater.ingest.source import SourceFile
from headwater.intel.context.host_keys import looks_like_host_keys, read_host_keys
from headwater.intel.context.networks import (
    MMDB_MARK,
    Network,
    looks_like_networks_csv,
    read_networks_csv,
    read_networks_mmdb,
)
from headwater.intel.context.reports import looks_like_reports, read_reports
from headwater.intel.context.warninglists import looks_like_warning_list, read_warning_list
from headwater.intel.labels.feed import Document
from headwater.intel.refusals import Refusal, Refusals
from headwater.lake.claims import store_claims
from headwater.lake.context import Origin, holds_context, store_networks, store_warning_list
from headwater.lake.host_keys import store_host_keys
from headwater.lake.synthetic import Mark, mark_synthetic
from headwater.lake.tables import create_lake

WARNING_LIST, NETWORKS, HOST_KEYS, REPORTS = "warninglist", "networks", "host-keys", "reports"
KINDS = (WARNING_LIST, NETWORKS, HOST_KEYS, REPORTS)
_TAIL_BYTES = 128 * 1024  # MaxMind DB 2.0: the mark of the metadata lies in the last 128 KiB


@dataclass(frozen=True, slots=True)
class ContextFile:
    """What became of one file.

    Attributes:
        path: the file as the user named it.
        kind: one of KINDS, or "" where the content is none of them.
        name: the list's own name, the source that networks are kept under, or the file's name without its
            endings; text from outside.
        entries: prefixes, observations or claims that the file gave.
        already: the same file is in the lake already.
        refused: reason to what was refused.
        passed_over: what is no context, by kind, with counts; no fault of the file.
        notes: what is worth saying though nothing was lost.
        error: why the file could not be used at all, "" where it could.
    """

    path: str
    kind: str = ""
    name: str = ""
    entries: int = 0
    already: bool = False
    refused: dict[str, Refusal] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""


def add_context(
    paths: Sequence[str], *, lake: Path, kind: str | None = None, now: datetime | None = None
) -> list[ContextFile]:
    """Adds warning lists, networks, observations of hosts and claims of open sources to the lake.

    Args:
        paths: files, folders, globs or `-`.
        lake: the lake's folder; becomes a lake where it is none.
        kind: read every file as this kind; else by content.
        now: the moment of adding; the clock unless set.

    Returns:
        A report on every file. A file that cannot be used is told in its report and does not stop the others.

    Raises:
        HeadwaterError: a path stands for nothing, the kind does not exist, or the lake cannot be used.
    """
    if kind is not None and kind not in KINDS:
        raise BadSetting(f"--kind {kind!a}: there is no such kind; there are: {', '.join(KINDS)}")
    create_lake(lake)
    at = now or datetime.now(UTC)
    with named_files(paths) as sources:
        if not sources:
            raise UnreadableSource(f"{', '.join(paths)}: no files there; name files of context")
        return [_add(source, lake=lake, kind=kind, now=at) for source in sources]


def _add(source: SourceFile, *, lake: Path, kind: str | None, now: datetime) -> ContextFile:
    refusals = Refusals()
    try:
        origin = Origin(source.digest, source.name, now)
        if holds_context(lake, file=origin.file):
            return ContextFile(source.name, kind=kind or "", already=True)
        mark_if_synthetic(source, lake=lake, table="context")
        if _is_mmdb(source):
            found = _from_mmdb(source, kind, refusals, lake, origin)
        else:
            document = Document(source.name, text_of_file(source, refusals))
            found = _READERS[kind or _kind_of(document)](document, refusals, lake, origin)
    except (FormatUnknown, UnreadableSource) as why:
        return ContextFile(source.name, kind=kind or "", error=str(why))
    return ContextFile(
        path=source.name,
        kind=found.kind,
        name=found.name,
        entries=found.entries,
        already=bool(found.entries) and not found.stored,
        refused=refusals.by_reason,
        passed_over=refusals.passed_over,
        notes=tuple(refusals.notes),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What a file held, and whether it went into the lake."""

    kind: str
    name: str
    entries: int
    stored: bool


def _kind_of(document: Document) -> str:
    if looks_like_warning_list(document.text):
        return WARNING_LIST
    if not document.looks_like_json and looks_like_networks_csv(document.text):
        return NETWORKS
    if looks_like_host_keys(document):
        return HOST_KEYS
    if looks_like_reports(document):
        return REPORTS
    raise FormatUnknown(
        f"{document.name}: none of the kinds of context: a MISP warning list, networks (CSV with "
        "prefix,asn,name or a MaxMind database), host keys (CSV with address,port,kind,fingerprint,seen_at; "
        "Shodan; passive SSH), reports (CSV with address,date,claim; a MISP event; a STIX bundle)"
    )


def _from_mmdb(
    source: SourceFile, kind: str | None, refusals: Refusals, lake: Path, origin: Origin
) -> _Found:
    if kind not in (None, NETWORKS):
        raise FormatUnknown(f"{source.name}: a MaxMind database holds networks; say --kind networks")
    name, networks = read_networks_mmdb(source.path, name=source.name, refusals=refusals)
    return _networks(networks, name, lake, origin)


def _from_warning_list(document: Document, refusals: Refusals, lake: Path, origin: Origin) -> _Found:
    found = read_warning_list(document.text, name=document.name, refusals=refusals)
    if found is None:
        return _Found(WARNING_LIST, "", 0, stored=False)
    stored = bool(found.entries) and store_warning_list(lake, found, origin=origin)
    return _Found(WARNING_LIST, found.name, len(found.entries), stored)


def _marked(words: Iterable[str], lake: Path, origin: Origin) -> None:
    """Marks a file whose entries all say that they are synthetic, before they are stored."""
    if why := said_by_entries(words):
        mark_synthetic(lake, Mark("context", origin.file, why))


def _from_networks(document: Document, refusals: Refusals, lake: Path, origin: Origin) -> _Found:
    networks = read_networks_csv(document.text, name=document.name, refusals=refusals)
    return _networks(networks, document.stem, lake, origin)


def _networks(networks: Sequence[Network], name: str, lake: Path, origin: Origin) -> _Found:
    _marked((one.name for one in networks), lake, origin)
    stored = bool(networks) and store_networks(lake, networks, source=name, origin=origin)
    return _Found(NETWORKS, name, len(networks), stored)


def _from_host_keys(document: Document, refusals: Refusals, lake: Path, origin: Origin) -> _Found:
    found = read_host_keys(document, now=origin.added_at, refusals=refusals)
    _marked((one.source for _, one in found), lake, origin)
    stored = bool(found) and store_host_keys(lake, found, origin=origin)
    return _Found(HOST_KEYS, document.stem, len(found), stored)


def _from_reports(document: Document, refusals: Refusals, lake: Path, origin: Origin) -> _Found:
    found = read_reports(document, now=origin.added_at, refusals=refusals)
    _marked((one.source for _, one in found), lake, origin)
    stored = bool(found) and store_claims(lake, found, origin=origin)
    return _Found(REPORTS, document.stem, len(found), stored)


_READERS: dict[str, Callable[[Document, Refusals, Path, Origin], _Found]] = {
    WARNING_LIST: _from_warning_list,
    NETWORKS: _from_networks,
    HOST_KEYS: _from_host_keys,
    REPORTS: _from_reports,
}


def _is_mmdb(source: SourceFile) -> bool:
    try:
        with source.path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _TAIL_BYTES))
            return MMDB_MARK in stream.read()
    except OSError as why:
        raise UnreadableSource(
            f"{source.name}: {why.strerror}; check the name and your permissions"
        ) from None
