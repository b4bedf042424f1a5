"""What became of a lake's copy by host, in Python? One row a part, and how much of the flows has it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.api.arrow_rows import arrow_of
from headwater.api.moments import Moment, moment
from headwater.api.part import Part
from headwater.app.compact import CompactReport, Progress, compact
from headwater.app.compact_check import check
from headwater.app.compact_settings import CompactSettings
from headwater.errors import BadSetting
from headwater.lake.by_host import Part as PartOfCopy

Say = Callable[[str], None]

_SHOWN = ("day", "flows", "bytes", "seconds", "wrong")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CompactResult(Part):
    """The parts of the copy by host in the days asked for, one row each.

    `seconds` is null for a part that was there before, `wrong` is null where nothing was compared and empty
    where a part holds exactly its flows.

    Attributes:
        lake_version: version of the flows that the copy holds, or was compared with.
        flows: flows in the days asked for.
        flows_compacted: how many of them have the copy; others are read raw.
        wrong: parts that do not hold what they should; 0 where nothing was compared.
    """

    lake_version: int
    flows: int
    flows_compacted: int
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    """One part."""

    day: str
    folder: Path
    flows: int
    bytes: int
    files_covered: int
    seconds: float | None = None
    wrong: str | None = None


def compact_choice(
    settings: CompactSettings | None,
    *,
    since: Moment | None,
    until: Moment | None,
    rebuild: bool,
    check: bool,
) -> CompactSettings:
    """The settings with what was given beside them.

    Raises:
        BadSetting: a moment is none, or rebuild and check are both asked for.
    """
    chosen = settings or CompactSettings()
    chosen = replace(
        chosen,
        since=moment("since", since) or chosen.since,
        until=moment("until", until) or chosen.until,
        rebuild=rebuild or chosen.rebuild,
    )
    if chosen.rebuild and check:
        raise BadSetting("rebuild and check exclude each other; check first, then rebuild what is wrong")
    return chosen


def compacted(lake_root: Path, settings: CompactSettings, *, say: Say | None) -> CompactResult:
    """Makes what is missing of the copy.

    Raises:
        KeyboardInterrupt: it was stopped by Ctrl-C; what was made stays.
    """
    found = compact(lake_root, settings=settings, on_progress=_told(say))
    if found.stopped:
        raise KeyboardInterrupt
    rows = (
        *(_row(one.part, seconds=one.seconds) for one in found.made),
        *(_row(part) for part in found.kept),
    )
    return _result(rows, lake_version=found.lake_version, flows=found.flows, said=tuple(_of_files(found)))


def checked(lake_root: Path, settings: CompactSettings, *, say: Say | None) -> CompactResult:
    """Compares the copy with the flows."""
    found = check(lake_root, settings=settings, on_progress=_told(say))
    rows = (_row(one.part, wrong=one.wrong) for one in found.parts)
    bad = len(found.wrong)
    told = (
        f"{bad:,} parts are wrong; make them anew with rebuild." if bad else "Each holds exactly its flows."
    )
    return _result(rows, lake_version=found.lake_version, flows=found.flows, said=(told,), wrong=bad)


def _of_files(found: CompactReport) -> Iterator[str]:
    """What became of the files of the flows themselves."""
    merged, gone = found.merged, found.vacuumed
    if merged.days:
        yield f"{merged.before:,} files of {len(merged.days):,} days became {merged.after:,}."
    if gone is not None:
        yield f"{gone.files:,} replaced files, {gone.size_bytes / 1e6:,.1f} MB, were removed."
    if found.in_use:
        yield "Others stay, as somebody is reading: repeat it later."


def _row(part: PartOfCopy, *, seconds: float | None = None, wrong: str | None = None) -> _Row:
    return _Row(part.day.isoformat(), part.folder, part.flows, part.bytes, len(part.covers), seconds, wrong)


def _result(
    rows: Iterable[_Row], *, lake_version: int, flows: int, said: tuple[str, ...], wrong: int = 0
) -> CompactResult:
    parts = sorted(rows, key=lambda row: row.day)
    held = sum(row.flows for row in parts)
    return CompactResult(
        title=f"{held:,} of {flows:,} flows have the copy by host; lake version {lake_version}",
        table=arrow_of(parts, _Row), said=said, shown=_SHOWN, lake_version=lake_version, flows=flows,
        flows_compacted=held, wrong=wrong,
    )  # fmt: skip


def _told(say: Say | None) -> Callable[[Progress], None] | None:
    """Tells each part once, as it begins."""
    if say is None:
        return None
    told: set[int] = set()

    def tell(now: Progress) -> None:
        if now.parts_done not in told and now.parts_done < now.parts:
            told.add(now.parts_done)
            say(f"{now.day}: part {now.parts_done + 1} of {now.parts}")

    return tell
