"""Can this record be true? The checks that every format's records pass before they are stored."""

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.ingest.columns import READ_SCHEMA
from headwater.ingest.reader import Chunk
from headwater.ingest.rejects import Rejects
from headwater.model.flow import FLOW

# NetFlow v1 shipped in 1996: no flow record is older. Clocks that were never set say 1970 or 2000-01-01.
EARLIEST_US = int(datetime(1996, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
FUTURE_SLACK = timedelta(days=1)  # clocks and zones go wrong by hours, not by days
COUNTER_MAX = 1 << 53  # 9 petabytes in one flow record: more than any link carries between two exports

_REQUIRED = tuple(column.name for column in FLOW if not column.nullable and column.name in READ_SCHEMA.names)


def screen(chunk: Chunk, rejects: Rejects, *, now: datetime) -> pa.RecordBatch:
    """The chunk's sound records; the others are counted in `rejects` under the first reason that applies.

    Args:
        chunk: records in READ_SCHEMA.
        rejects: told reason, count and position of what is left out.
        now: the moment after which a time lies in the future.

    Returns:
        Record batch in READ_SCHEMA without the records left out.
    """
    batch = chunk.batch
    good = np.ones(batch.num_rows, np.bool_)
    for reason, bad in _checks(batch, int((now + FUTURE_SLACK).timestamp() * 1_000_000)):
        hits = np.flatnonzero(bad & good)
        if len(hits):
            rejects.add(reason, offset=int(chunk.positions[hits].min()), count=len(hits))
            good[hits] = False
    return batch if good.all() else batch.filter(pa.array(good))


def _checks(batch: pa.RecordBatch, latest_us: int) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    checks = [
        (f"no readable {name}", np.asarray(batch[name].is_null()))
        for name in _REQUIRED
        if batch[name].null_count
    ]
    start, end = _integers(batch, "start"), _integers(batch, "end")
    checks += [
        ("end before start", end < start),
        ("time before 1996", start < EARLIEST_US),
        ("time in the future", end > latest_us),
        ("mixed address families", _is_v4(batch, "src") != _is_v4(batch, "dst")),
    ]
    for name in ("src_port", "dst_port"):
        port = _integers(batch, name)
        checks.append(("port out of range", (port < 0) | (port > 65535)))
    proto = _integers(batch, "proto")
    checks.append(("protocol out of range", (proto < 0) | (proto > 255)))
    for name in ("packets", "bytes"):
        counter = _integers(batch, name)
        checks.append((f"absurd count of {name}", (counter < 0) | (counter > COUNTER_MAX)))
    return checks


def _integers(batch: pa.RecordBatch, name: str) -> npt.NDArray[np.int64]:
    column = batch[name]
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return np.asarray(column.fill_null(0)).astype(np.int64, copy=False)


def _is_v4(batch: pa.RecordBatch, side: str) -> npt.NDArray[np.bool_]:
    v4: npt.NDArray[np.bool_] = (_integers(batch, f"{side}_lo") >> 32 == 0xFFFF) & (
        _integers(batch, f"{side}_hi") == 0
    )
    return v4
