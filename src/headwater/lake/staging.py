"""How do flows become Parquet files before they are committed? Buffered by day, written as full row groups.

Staged files lie in the table's folder and are invisible: a file counts only once the table's log names it.
A run that is killed leaves its staged files behind as orphans, which a vacuum removes.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.lake.parquet_files import FILE_SCHEMA, ROW_GROUP_ROWS, OpenFile, StagedFile

FILE_ROWS = 4_000_000  # some 80 MB: read in one stride, yet small enough to skip by its statistics
BUFFER_ROWS = 1_000_000  # over all days; about 130 bytes each
OPEN_FILES = 32  # a source whose records spread over years must not hold a file open for each day
_DAY_US = 86_400_000_000
_EPOCH = date(1970, 1, 1)


@dataclass(slots=True)
class _DayBuffer:
    batches: list[pa.RecordBatch] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    rows: int = 0


class Staging:
    """Flows on their way into the table; memory is bounded however many records and days come.

    Args:
        folder: the table's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._buffers: dict[int, _DayBuffer] = {}
        self._open: OrderedDict[int, OpenFile] = OrderedDict()
        self._closed: list[StagedFile] = []
        self._buffered = 0

    def add(self, batch: pa.RecordBatch, *, source: str) -> None:
        """Takes records of one source file.

        Args:
            batch: the columns of FILE_SCHEMA.
            source: digest of the source file.
        """
        for day, part in _by_day(batch):
            buffer = self._buffers.setdefault(day, _DayBuffer())
            buffer.batches.append(part)
            buffer.sources.add(source)
            buffer.rows += part.num_rows
            self._buffered += part.num_rows
            if buffer.rows >= ROW_GROUP_ROWS:
                self._flush(day, whole_groups=True)
        if self._buffered > BUFFER_ROWS:
            self._relieve()

    def take(self) -> list[StagedFile]:
        """Writes what is buffered, closes all files and hands them over; staging then starts anew."""
        for day in sorted(self._buffers):
            self._flush(day)
        while self._open:
            self._close_oldest()
        staged, self._closed = self._closed, []
        return staged

    def abandon(self) -> None:
        """Removes everything staged."""
        self._buffers, self._buffered = {}, 0
        for opened in self._open.values():
            opened.abandon()
        self._open.clear()
        for staged in self._closed:
            staged.path.unlink(missing_ok=True)
        self._closed = []

    def _relieve(self) -> None:
        """Flushes the fullest days until half the buffer is free."""
        for day in sorted(self._buffers, key=lambda one: -self._buffers[one].rows):
            if self._buffered <= BUFFER_ROWS // 2:
                return
            self._flush(day)

    def _flush(self, day: int, *, whole_groups: bool = False) -> None:
        buffer = self._buffers.pop(day)
        self._buffered -= buffer.rows
        table = pa.Table.from_batches(buffer.batches, schema=FILE_SCHEMA).unify_dictionaries()
        if whole_groups and (rest := table.num_rows % ROW_GROUP_ROWS):
            tail = table.slice(table.num_rows - rest).combine_chunks().to_batches()
            self._buffers[day] = _DayBuffer(tail, set(buffer.sources), rest)
            self._buffered += rest
            table = table.slice(0, table.num_rows - rest)
        self._file_for(day).write(table, sources=buffer.sources)

    def _file_for(self, day: int) -> OpenFile:
        opened = self._open.pop(day, None)
        if opened is not None and opened.rows >= FILE_ROWS:
            self._closed.append(opened.close())
            opened = None
        if opened is None:
            while len(self._open) >= OPEN_FILES:
                self._close_oldest()
            opened = OpenFile(self._folder, _EPOCH + timedelta(days=day))
        self._open[day] = opened  # the one used last stands at the end
        return opened

    def _close_oldest(self) -> None:
        _, opened = self._open.popitem(last=False)
        self._closed.append(opened.close())


def _by_day(batch: pa.RecordBatch) -> Iterator[tuple[int, pa.RecordBatch]]:
    if batch.num_rows == 0:
        return
    days: npt.NDArray[np.int64] = np.asarray(batch["start"].cast(pa.int64())) // _DAY_US
    if days.min() == days.max():
        yield int(days[0]), batch
        return
    order = np.argsort(days, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(days[order])) + 1):
        # a copy, not a slice: a slice of ten rows would keep the whole batch in memory
        yield int(days[rows[0]]), batch.take(pa.array(rows))
