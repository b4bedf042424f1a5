"""Does the copy by host hold exactly the flows? Each part is read whole, and so are the flows it stands for.

For each part four tables must be the same, as multisets of rows with all their columns: the flows, the rows
under senders, the rows under receivers; and the sample against the flows that belong to it. Hosts must stand
in order in its files, and the index must say what the files say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from headwater.app.compact import Progress
from headwater.app.compact_settings import CompactSettings
from headwater.engine.connect import Engine, connect
from headwater.engine.sorted_files import Fingerprint, fingerprint
from headwater.errors import LakeError
from headwater.lake.by_host import INDEX, Part, chosen, index_of, parts_of_day
from headwater.lake.covered import day_of, table_files
from headwater.lake.snapshot import refuse_damaged_files
from headwater.lake.tables import FLOWS, Lake, flow_table, open_lake
from headwater.measure import by_host, scan
from headwater.measure.scan import Span


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """What became of one part.

    Attributes:
        part: which.
        wrong: what is wrong with it, in words; empty for nothing.
    """

    part: Part
    wrong: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found.

    Attributes:
        lake_version: version of the flow table that the copy was compared with.
        parts: all parts in use.
        flows: flows in the days asked for; those that no part stands for cannot be wrong.
    """

    lake_version: int
    parts: tuple[CheckedPart, ...]
    flows: int

    @property
    def wrong(self) -> tuple[CheckedPart, ...]:
        """Parts that do not hold what they should."""
        return tuple(one for one in self.parts if one.wrong)


def check(
    lake_root: Path,
    *,
    settings: CompactSettings | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> CheckReport:
    """Compares the copy by host with the flows.

    Args:
        lake_root: the lake's folder.
        settings: which days.
        on_progress: told what is done.

    Raises:
        LakeError: there is no lake or no flows, or a file of the flows is damaged, with which nothing can be
            compared.
        BadSetting: the engine refuses its URL.
    """
    settings = settings or CompactSettings()
    lake = open_lake(lake_root)
    version = int(flow_table(lake).version())
    files = table_files(lake, version=version)
    asked = {name: flows for name, flows in files.items() if (day := day_of(name)) and settings.wants(day)}
    days: list[date] = sorted({day for name in asked if (day := day_of(name)) is not None})
    parts = [part for day in days for part in chosen(parts_of_day(lake, day), frozenset(files))]
    refuse_damaged_files(lake, {name for part in parts for name in part.covers}, version=version)
    every = sum(part.flows for part in parts)
    found, done = [], 0
    with connect(settings.engine) as engine:
        engine.trace.lake_version = version
        for place, part in enumerate(parts):
            if on_progress:
                on_progress(Progress(part.day, place, len(parts), done, every, 0))
            found.append(CheckedPart(part, _wrong(engine, lake, part)))
            done += part.flows
    return CheckReport(version, tuple(found), sum(asked.values()))


def _wrong(engine: Engine, lake: Lake, part: Part) -> str:
    """What is wrong with a part, or nothing.

    Raises:
        LakeError: the flows cannot be read, which is no fault of the part's.
    """
    flows = _of_flows(engine, lake, part)
    try:
        part.checked()
        return _misplaced(part) or _different(engine, part, flows)
    except (LakeError, OSError, pa.ArrowException) as why:
        return str(why)


def _misplaced(part: Part) -> str:
    """Whether hosts stand out of order, or the index is not that of the files."""
    index = pq.read_table(part.folder / INDEX)
    if not index.equals(index_of(Path(path) for path in part.hosts)):
        return "the index does not say which hosts the files hold"
    first, last = (np.asarray(index[name], np.int64) for name in ("first", "last"))
    if (first > last).any() or (first[1:] < last[:-1]).any():
        return "hosts are not in order"
    return ""


@dataclass(frozen=True, slots=True)
class _Flows:
    """What the flows hold that a part stands for: all of them, and those of its sample."""

    every: Fingerprint
    sample: Fingerprint


def _of_flows(engine: Engine, lake: Lake, part: Part) -> _Flows:
    root = lake.path(FLOWS).resolve()
    raw = engine.flows([str(root / name) for name in sorted(part.covers)])
    sample = by_host.sample_rows(raw, limit=part.sample_limit)
    return _Flows(
        fingerprint(
            engine, scan.narrow(raw, Span()).drop("edge_hash"), purpose=f"checking {part.day}: the flows"
        ),
        fingerprint(engine, sample, purpose=f"checking {part.day}: those of the sample"),
    )


def _different(engine: Engine, part: Part, flows: _Flows) -> str:
    """Whether any row is missing, is there too often, or is another one."""
    rows = engine.flows(part.hosts)
    what, but = f"checking {part.day}", "and they are not the same"
    for side, mine in (("senders", rows.filter(rows.outward)), ("receivers", rows.filter(~rows.outward))):
        under = by_host.flows_of(mine).drop("edge_hash")
        found = fingerprint(engine, under, purpose=f"{what}: the rows under their {side}")
        if found != flows.every:
            return f"{flows.every.rows:,} flows, {found.rows:,} rows under their {side}, {but}"
    sample = fingerprint(engine, engine.flows([part.sample]), purpose=f"{what}: the sample")
    if sample != flows.sample:
        return f"{flows.sample.rows:,} flows of the sample, {sample.rows:,} in its file, {but}"
    return ""
