"""How does a lake get its copy by host? Day by day, each part at one moment; stopped at any time, it goes on.

store      files in an earlier form, or small ones, of a day that is over   (app/compact_files.py)
plan       files of the flow table that no part of the copy stands for      (app/compact_plan.py)
part       its flows under both hosts, sorted; the flows of its sample; the index; then it appears
vacuum     where asked for: what the day's new files replaced goes          (app/compact_files.py)
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from headwater.app.compact_files import DayFiles
from headwater.app.compact_plan import PlannedPart, planned
from headwater.app.compact_settings import CompactSettings
from headwater.engine.connect import Engine, connect
from headwater.engine.sorted_files import write_sorted
from headwater.errors import LakeError
from headwater.lake.by_host import SAMPLE, Part, days_with_parts
from headwater.lake.by_host_store import new_part, only_writer, publish, remove_replaced, remove_unreadable
from headwater.lake.covered import day_of
from headwater.lake.merging import Merged
from headwater.lake.snapshot import refuse_damaged_files
from headwater.lake.tables import FLOWS, Lake, open_lake
from headwater.lake.vacuum import Vacuumed
from headwater.measure import by_host, scan

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]

GROUP_ROWS = 20_480  # of a row group: ten of DuckDB's vectors; a wanted host costs reading one
FILE_ROWS = 8_000_000  # of one file, about: sorted within a gigabyte of memory
SAMPLE_FLOWS = 1_100_000  # of a day, about: somewhat more than a hunt in that day alone draws
SAMPLE_SHARE = 32  # and at most one in so many: hunts in fewer than some thirty million flows read raw files
SMALL_FILES = 16  # of a day that is over: as many are merged, which makes its parts anew, once
_LEAST_LO, _GREATEST_LO = -(1 << 63), (1 << 63) - 1
_DRAWN = 100_000  # flows whose hosts tell where files are to begin


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is.

    Attributes:
        day: being worked on.
        parts_done, parts: how many are made, of how many.
        flows_done, flows: the same in flows; a part that is being written counts as far as it is.
        bytes: written so far.
    """

    day: date
    parts_done: int
    parts: int
    flows_done: int
    flows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class MadePart:
    """A part that was made, and in how many seconds."""

    part: Part
    seconds: float


@dataclass(frozen=True, slots=True)
class CompactReport:
    """What was done.

    Attributes:
        lake_version: version of the flow table whose flows the copy now holds, where it was not stopped.
        made: parts made by this run.
        kept: parts that were there and stay.
        merged: files of the flow table that were stored anew.
        flows: flows in the days asked for.
        vacuumed: what was removed of files that were replaced; None where that was not asked for.
        in_use: whether some of them stay because somebody was reading.
        stopped: whether Ctrl-C or `stop` ended it; what was made stays.
    """

    lake_version: int
    made: tuple[MadePart, ...]
    kept: tuple[Part, ...]
    merged: Merged
    flows: int
    vacuumed: Vacuumed | None = None
    in_use: bool = False
    stopped: bool = False

    @property
    def compacted(self) -> int:
        """Flows that the copy holds."""
        return sum(one.part.flows for one in self.made) + sum(part.flows for part in self.kept)

    @property
    def bytes(self) -> int:
        """Size of these parts."""
        return sum(one.part.bytes for one in self.made) + sum(part.bytes for part in self.kept)


def compact(
    lake_root: Path,
    *,
    settings: CompactSettings | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> CompactReport:
    """Makes what is missing of a lake's copy by host.

    Args:
        lake_root: the lake's folder.
        settings: which days, and whether to make them anew.
        on_progress: told what is done, file by file.
        stop: set it to end with the file that is being written, as Ctrl-C does; what was made stays.

    Raises:
        LakeError: there is no lake or no flows, a file is damaged, another run writes the copy, or the disk
            is full; what was made before stays.
        BadSetting: the engine refuses its URL.
    """
    settings = settings or CompactSettings()
    lake = open_lake(lake_root)
    made: list[MadePart] = []
    kept: dict[date, tuple[Part, ...]] = {}
    stopped = False
    with only_writer(lake), connect(settings.engine) as engine:
        if settings.rebuild:
            remove_unreadable(lake)
        files = DayFiles(lake, settings, many=SMALL_FILES)
        plan = planned(lake, files.every, settings)
        to_read = {name for part in plan.parts for name in part.files}
        refuse_damaged_files(lake, to_read, version=files.version)
        for day in files.days:
            kept[day] = tuple(part for part in plan.kept if part.day == day)
        told = _Told(on_progress, len(plan.parts), plan.flows, stop or threading.Event())
        try:
            for day in files.days:
                told.at(day)
                today = planned(lake, files.ready(day), settings)
                engine.trace.lake_version, kept[day] = files.version, today.kept
                for wanted in today.parts:
                    made.append(_made(engine, lake, wanted, told))
                    if settings.rebuild:  # what is there may be damaged, and would be refused
                        remove_replaced(lake, day, files=files.every, now=True)
                if today.parts:
                    files.give_back([day])
            for day in days_with_parts(lake):
                remove_replaced(lake, day, files=files.every)
            files.give_back(files.days)
        except (KeyboardInterrupt, _Stopped):
            stopped = True
    return CompactReport(
        lake_version=files.version,
        made=tuple(made),
        kept=tuple(part for of_day in kept.values() for part in of_day),
        merged=files.merged,
        flows=sum(flows for name, flows in files.every.items() if day_of(name) in kept),
        vacuumed=files.vacuumed,
        in_use=files.in_use,
        stopped=stopped,
    )


class _Stopped(Exception):
    """Somebody wants it to end."""


class _Told:
    """Tells how far it is, if anybody wants to know, and ends what is not wanted any more."""

    def __init__(
        self, tell: Callable[[Progress], None] | None, parts: int, flows: int, stop: threading.Event
    ) -> None:
        self._tell, self._parts, self._flows, self._stop = tell, parts, flows, stop
        self._done, self._flows_done, self._bytes = 0, 0, 0

    def at(self, day: date) -> None:
        """A day is looked at, and its files may be stored anew."""
        self._go_on()
        if self._tell:
            self._tell(Progress(day, self._done, self._parts, self._flows_done, self._flows, self._bytes))

    def within(self, part: PlannedPart, share: float, size: int) -> None:
        """A share of a part is written, with so many bytes."""
        self._go_on()
        if self._tell:
            flows = self._flows_done + int(share * part.flows)
            self._tell(Progress(part.day, self._done, self._parts, flows, self._flows, self._bytes + size))

    def after(self, part: PlannedPart, size: int) -> None:
        """A part is made."""
        self._done += 1
        self._flows_done += part.flows
        self._bytes += size
        self.within(part, 0.0, 0)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise _Stopped


def _made(engine: Engine, lake: Lake, wanted: PlannedPart, told: _Told) -> MadePart:
    began = perf_counter()
    root = lake.path(FLOWS).resolve()
    flows = engine.flows([str(root / name) for name in wanted.files])
    limit = sample_limit(wanted.day_flows)
    with new_part(lake, wanted.day) as folder:
        told.within(wanted, 0.0, 0)
        rows = size = 0
        ranges = _ranges(_drawn_lows(engine, flows, wanted.flows), files=-(-2 * wanted.flows // FILE_ROWS))
        for place, (first, last) in enumerate(ranges):
            path = folder / f"hosts-{place:03}.parquet"
            rows += write_sorted(
                engine, by_host.under_both_hosts(flows, first_lo=first, last_lo=last), path,
                order=by_host.ORDER, group_rows=GROUP_ROWS, encodings=by_host.ENCODINGS,
                purpose=f"compacting {wanted.day}: flows by host, {place + 1} of {len(ranges)}",
            )  # fmt: skip
            size += path.stat().st_size
            told.within(wanted, (place + 1) / len(ranges), size)
        if rows != 2 * wanted.flows:
            raise LakeError(
                f"{folder.parent}: {rows:,} rows were written for {wanted.flows:,} flows; files of the "
                "flow table do not hold what its log says: restore them from a backup"
            )
        write_sorted(
            engine, by_host.sample_rows(flows, limit=limit), folder / SAMPLE, order=by_host.SAMPLE_ORDER,
            group_rows=GROUP_ROWS, encodings=by_host.SAMPLE_ENCODINGS,
            purpose=f"compacting {wanted.day}: the sample",
        )  # fmt: skip
        part = publish(folder, day=wanted.day, flows=wanted.flows, covers=wanted.files, sample_limit=limit)
    told.after(wanted, part.bytes)
    return MadePart(part, perf_counter() - began)


def sample_limit(day_flows: int) -> int:
    """The edge hash below which a day's flows are kept as its sample."""
    return min(scan.EDGE_HASH_RANGE // SAMPLE_SHARE, scan.sample_limit(day_flows, wanted=SAMPLE_FLOWS))


def _drawn_lows(engine: Engine, flows: Table, count: int) -> Int64s:
    """Lower halves of the hosts of some flows, sorted."""
    few = flows.filter(flows.edge_hash < scan.sample_limit(count, wanted=_DRAWN))
    found = engine.fetch(
        few.select(lo=few.src_lo).union(few.select(lo=few.dst_lo)), purpose="where hosts are many"
    )
    return np.sort(np.asarray(found["lo"].combine_chunks(), np.int64))


def _ranges(lows: Int64s, *, files: int) -> list[tuple[int, int]]:
    """Ranges of addresses with about equally many rows, both ends inclusive, all addresses together."""
    cuts = sorted({int(lows[len(lows) * place // files]) for place in range(1, files)} if len(lows) else ())
    cuts = [cut for cut in cuts if cut > lows[0]]
    return list(_between([_LEAST_LO, *cuts]))


def _between(firsts: list[int]) -> Iterator[tuple[int, int]]:
    for place, first in enumerate(firsts):
        yield first, (firsts[place + 1] - 1 if place + 1 < len(firsts) else _GREATEST_LO)
