"""How do warning lists and networks get into the lake? Each file recognised by its content, stored once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath

from headwater.app.feed_files import text_of_file
from headwater.app.named_files import named_files
from headwater.errors import BadSetting, FormatUnknown, UnreadableSource
from headwater.ingest.source import SourceFile
from headwater.intel.context.networks import (
    MMDB_MARK,
    Network,
    looks_like_networks_csv,
    read_networks_csv,
    read_networks_mmdb,
)
from headwater.intel.context.warninglists import looks_like_warning_list, read_warning_list
from headwater.intel.refusals import Refusal, Refusals
from headwater.lake.context import Origin, holds_context, store_networks, store_warning_list
from headwater.lake.tables import create_lake

WARNING_LIST, NETWORKS = "warninglist", "networks"
KINDS = (WARNING_LIST, NETWORKS)
_TAIL_BYTES = 128 * 1024  # MaxMind DB 2.0: the mark of the metadata lies in the last 128 KiB


@dataclass(frozen=True, slots=True)
class ContextFile:
    """What became of one file.

    Attributes:
        path: the file as the user named it.
        kind: warninglist, networks, or "" where the content is neither.
        name: the list's own name, or the source that networks are kept under; text from outside.
        entries: prefixes that the file gave.
        already: the same file is in the lake already.
        refused: reason to what was refused.
        notes: what is worth saying though nothing was lost.
        error: why the file could not be used at all, "" where it could.
    """

    path: str
    kind: str = ""
    name: str = ""
    entries: int = 0
    already: bool = False
    refused: dict[str, Refusal] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""


def add_context(
    paths: Sequence[str], *, lake: Path, kind: str | None = None, now: datetime | None = None
) -> list[ContextFile]:
    """Adds warning lists and networks to the lake.

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
            raise UnreadableSource(f"{', '.join(paths)}: no files there; name warning lists or networks")
        return [_add(source, lake=lake, kind=kind, now=at) for source in sources]


def _add(source: SourceFile, *, lake: Path, kind: str | None, now: datetime) -> ContextFile:
    refusals = Refusals()
    try:
        origin = Origin(source.digest, source.name, now)
        if holds_context(lake, file=origin.file):
            return ContextFile(source.name, kind=kind or "", already=True)
        if _is_mmdb(source):
            name, networks = _from_mmdb(source, kind, refusals)
            return _networks(source, networks, name=name, lake=lake, origin=origin, refusals=refusals)
        text = text_of_file(source, refusals)
        if (kind or _kind_of(text, source)) == NETWORKS:
            networks = read_networks_csv(text, name=source.name, refusals=refusals)
            name = PurePath(source.name).name.partition(".")[0]
            return _networks(source, networks, name=name, lake=lake, origin=origin, refusals=refusals)
        return _warning_list(source, text, lake=lake, origin=origin, refusals=refusals)
    except (FormatUnknown, UnreadableSource) as why:
        return ContextFile(source.name, kind=kind or "", error=str(why))


def _from_mmdb(source: SourceFile, kind: str | None, refusals: Refusals) -> tuple[str, list[Network]]:
    if kind == WARNING_LIST:
        raise FormatUnknown(f"{source.name}: a MaxMind database is no warning list; say --kind networks")
    return read_networks_mmdb(source.path, name=source.name, refusals=refusals)


def _kind_of(text: str, source: SourceFile) -> str:
    if looks_like_warning_list(text):
        return WARNING_LIST
    if looks_like_networks_csv(text):
        return NETWORKS
    raise FormatUnknown(
        f"{source.name}: neither a MISP warning list (JSON) nor networks (CSV with prefix,asn,name, or a "
        "MaxMind database)"
    )


def _warning_list(
    source: SourceFile, text: str, *, lake: Path, origin: Origin, refusals: Refusals
) -> ContextFile:
    found = read_warning_list(text, name=source.name, refusals=refusals)
    stored = found is not None and bool(found.entries) and store_warning_list(lake, found, origin=origin)
    return ContextFile(
        path=source.name,
        kind=WARNING_LIST,
        name=found.name if found else "",
        entries=len(found.entries) if found else 0,
        already=found is not None and bool(found.entries) and not stored,
        refused=refusals.by_reason,
        notes=tuple(refusals.notes),
    )


def _networks(
    source: SourceFile,
    networks: Sequence[Network],
    *,
    name: str,
    lake: Path,
    origin: Origin,
    refusals: Refusals,
) -> ContextFile:
    stored = bool(networks) and store_networks(lake, networks, source=name, origin=origin)
    return ContextFile(
        path=source.name,
        kind=NETWORKS,
        name=name,
        entries=len(networks),
        already=bool(networks) and not stored,
        refused=refusals.by_reason,
        notes=tuple(refusals.notes),
    )


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
