"""Reads tables of flows written as Parquet: canonical names, with addresses as text or as keys, or a map."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from headwater.ingest.in_order import in_order
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.table_flows import TableFlows
from headwater.ingest.tabular import bound_columns, fitting_map

MAGIC = b"PAR1"
BATCH_ROWS = 1 << 17
_ROWS_MAX = 1 << 31  # Parquet writers stop a row group at some million rows
# ValueError: Arrow's own errors, and names that are no UTF-8; OSError: Thrift and decompression
_BROKEN = (pa.ArrowException, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some rows of the table and the number of the first."""

    batch: pa.RecordBatch
    first_row: int


class ParquetReader:
    """Parquet files."""

    name = "parquet"
    title = "Apache Parquet"
    position_unit: PositionUnit = "record"
    rank = 2

    def sniff(self, source: SourceFile) -> bool:
        """Whether it is Parquet with canonical names or those of a shipped map."""
        if not source.head.startswith(MAGIC):
            return False
        with ExitStack() as stack:
            try:
                return fitting_map(_opened(source, stack, Rejects()).schema_arrow.names) is not None
            except _BROKEN:
                return True  # it says that it is Parquet: what is wrong with it is for `read` to report

    def is_table(self, source: SourceFile) -> bool:
        """Whether it is Parquet of any columns, so that a map may be given."""
        return source.head.startswith(MAGIC)

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The table's rows; a value that cannot be read is null, a damaged row group is left out and counted.

        Raises:
            BadSetting: the map is wrong, or none fits, or there is no such time zone.
        """
        with ExitStack() as stack:
            try:
                file = _opened(source, stack, rejects)
                names = file.schema_arrow.names
            except _BROKEN as why:
                rejects.add("damaged Parquet footer", offset=0, detail=_short(why))
                return
            bound = bound_columns(names, source=source, options=options, rejects=rejects)
            pieces = _pieces(file, bound.wanted, rejects)
            first = next(pieces, None)
            if first is None:
                return
            flows = TableFlows.of(_columns(first.batch), bound=bound, options=options, rejects=rejects)

            def work(piece: _Piece) -> Chunk:
                rows = np.arange(piece.first_row, piece.first_row + piece.batch.num_rows)
                return Chunk(flows.batch(_columns(piece.batch)), rows)

            yield from in_order(work, chain([first], pieces))


def _opened(source: SourceFile, stack: ExitStack, rejects: Rejects) -> pq.ParquetFile:
    """The file, unpacked to disk first where it was compressed as a whole: Parquet is read from its end."""
    if not source.compression:
        return stack.enter_context(pq.ParquetFile(source.path))
    unpacked = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    with source.open(rejects) as stream:
        shutil.copyfileobj(stream, unpacked)
    unpacked.seek(0)
    return stack.enter_context(pq.ParquetFile(unpacked))


def _pieces(file: pq.ParquetFile, wanted: tuple[str, ...], rejects: Rejects) -> Iterator[_Piece]:
    """The wanted columns, row group by row group: damage to one leaves the others readable."""
    row = 0
    for group in range(file.num_row_groups):
        held = _rows_claimed(file, group)
        read = 0
        try:
            for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], columns=list(wanted)):
                yield _Piece(batch, row + read)
                read += batch.num_rows
        except _BROKEN as why:
            rejects.add("damaged row group", offset=row + read, count=max(1, held - read), detail=_short(why))
        row += held


def _rows_claimed(file: pq.ParquetFile, group: int) -> int:
    """How many rows the footer says the row group has; 1 where that cannot be, for footers break too."""
    claimed = int(file.metadata.row_group(group).num_rows)
    return claimed if 0 < claimed <= _ROWS_MAX else 1


def _columns(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    return dict(zip(batch.schema.names, batch.columns, strict=True))


def _short(why: Exception) -> str:
    return str(why).split("\n")[0][:200]


register(ParquetReader())
