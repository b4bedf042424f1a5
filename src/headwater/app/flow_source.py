"""Where do the flows that a question needs come from: the raw files, or the copy by host?

Whatever is chosen, the answer holds the same flows: `tests/unit/app/test_compact_equality.py`. A part of the
copy is read where that means fewer rows than its raw files have; files without a part are always read raw.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from headwater.engine.connect import Engine
from headwater.lake.covered import Covered, CoveredPart
from headwater.measure import by_host, scan
from headwater.measure.scan import Span

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]

# What a row of a row group in which a wanted host may be costs, in terms of a flow in a raw scan: most are
# passed over by their host alone. In a day of 35.7 M flows: 0.48 with 10,000 hosts, 0.69 with 2,000; more
# with fewer, where so few row groups are read that it does not matter (docs/decisions/0006).
ROW_COST = 0.5


@dataclass(frozen=True, slots=True)
class FirstPass:
    """What the first pass reads, as queries that have not run.

    Attributes:
        flows: narrow flows of the addresses, and of the sample, each once. Those of the addresses that come
            from the copy have no edge_hash, and so are not known to be of the sample;
        sample: these are the ones of them that are; None where nothing comes from the copy.
        means: `flows` asked of the raw files alone; None where nothing comes from the copy.
    """

    flows: Table
    sample: Table | None
    means: Table | None


@dataclass(frozen=True, slots=True)
class Touching:
    """All flows of some addresses, as a query that has not run.

    Attributes:
        flows: narrow flows; `edge_hash` is null in what comes from the copy.
        means: the same asked of the raw files alone; None where nothing comes from the copy.
    """

    flows: Table
    means: Table | None

    def through(self, question: Callable[[Table], Table]) -> "Touching":
        """The same question asked of both, for `Engine.keep`."""
        return Touching(question(self.flows), None if self.means is None else question(self.means))


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts that are read, and those of their files in which wanted hosts may be."""

    parts: tuple[CoveredPart, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(slots=True)
class FlowSource:
    """The flows of a snapshot.

    Attributes:
        engine: where it runs.
        table: all of them, in LAKE_SCHEMA.
        covered: which files have the copy; None for none.
        by_host: flows that were read from the copy in the first pass.
    """

    engine: Engine
    table: Table
    covered: Covered | None = None
    by_host: int = field(default=0, init=False)

    @classmethod
    def of(cls, engine: Engine, flows: Any) -> "FlowSource":  # Any: a table or a source
        """The source itself, or a table of flows as one."""
        return flows if isinstance(flows, cls) else cls(engine, flows)

    @classmethod
    def in_lake(cls, engine: Engine, files: Sequence[str], covered: Covered) -> "FlowSource":
        """The flows of some files.

        Args:
            engine: where it runs.
            files: as the snapshot lists them.
            covered: the same files, divided.

        Raises:
            LakeError: there are no files.
        """
        return cls(engine, engine.flows(files), covered if covered.parts else None)

    def first_pass(self, *, addresses: Table, lows: Int64s, limit: int, span: Span) -> FirstPass:
        """The flows of some addresses, and the sample.

        Args:
            addresses: a table with the column `lo`.
            lows: its values.
            limit: as from `scan.sample_limit`.
            span: which flows to look at.
        """
        raw, chosen = self._divided(lows, limit=limit)
        parts = chosen.parts
        queries = [
            *(scan.first_pass(table, c2s=addresses, limit=limit, span=span) for table in raw),
            *self._from_copy(chosen, addresses, lows, span),
        ]
        sample = means = None
        if parts:
            means = scan.first_pass(self.table, c2s=addresses, limit=limit, span=span)
            kept = self._opened([one.part.sample for one in parts])
            kept = scan.sampled(kept, limit=limit, span=span)
            touched = kept.src_lo.isin(addresses.lo) | kept.dst_lo.isin(addresses.lo)
            queries.append(kept.filter(~touched))
            sample = kept.filter(touched)
        self.by_host = sum(one.part.flows for one in parts)
        self._note("pass 1", parts)
        return FirstPass(_together(queries), sample, means)

    def touching(self, addresses: Table, *, span: Span, what: str) -> Touching:
        """All flows of some addresses.

        Args:
            addresses: a table with the column `lo`.
            span: which flows to look at.
            what: is being read, for the note in the trace.
        """
        # asked also where there is no copy: the queries behind a case are the same with it and without
        asked = addresses.select("lo").distinct()
        found = self.engine.fetch(asked, purpose="addresses to read the flows of")
        lows = np.sort(np.asarray(found["lo"].combine_chunks(), np.int64))
        raw, chosen = self._divided(lows)
        queries = [
            *(scan.touching(table, addresses=addresses, span=span) for table in raw),
            *self._from_copy(chosen, addresses, lows, span),
        ]
        self._note(what, chosen.parts)
        raw_alone = scan.touching(self.table, addresses=addresses, span=span) if chosen.parts else None
        return Touching(_together(queries), raw_alone)

    def _divided(self, lows: Int64s, *, limit: int | None = None) -> tuple[list[Table], "_Parts"]:
        """The raw files as a table, if there are any, and the parts to read in place of the others."""
        if self.covered is None:
            return [self.table], _Parts()
        wanted = np.unique(lows)
        parts: list[CoveredPart] = []
        files: list[str] = []
        for one in self.covered.parts:
            if limit is None or one.part.sample_limit >= limit:
                with_hosts, rows = one.part.files_with(wanted)
                if rows * ROW_COST < one.part.flows:
                    parts.append(one)
                    files.extend(with_hosts)
        if not parts:
            return [self.table], _Parts()
        taken = {path for one in parts for path in one.files}
        every = (*self.covered.loose, *(path for one in self.covered.parts for path in one.files))
        raw = sorted(set(every) - taken)
        return ([self._opened(raw)] if raw else []), _Parts(tuple(parts), tuple(files))

    def _from_copy(self, parts: "_Parts", addresses: Table, lows: Int64s, span: Span) -> list[Table]:
        """The flows of the addresses, as parts have them; a file even where no host of theirs is in any."""
        if not parts.parts:
            return []
        rows = self._opened(parts.files or parts.parts[0].part.hosts[:1])
        return [by_host.touching(rows, addresses=addresses, lows=np.unique(lows).tolist(), span=span)]

    def _opened(self, files: Sequence[str]) -> Table:
        """Some files as a table; while a query runs none can be opened."""
        self.engine.finish()
        return self.engine.flows(files)

    def _note(self, what: str, parts: tuple[CoveredPart, ...]) -> None:
        if self.covered is None:
            return
        every, loose = len(self.covered.parts), len(self.covered.loose)
        self.engine.trace.notes.append(
            f"{what}: {len(parts)} of {every} compacted parts were read from the copy by host, all else raw; "
            f"{loose} files have no copy"
        )


def _together(queries: list[Table]) -> Table:
    first, *others = queries
    return first.union(*others) if others else first
