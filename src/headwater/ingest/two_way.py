"""How does one bidirectional record become two one-way records with a shared `pair_id`?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.ingest.columns import flow_batch
from headwater.ingest.reader import Chunk


def both_ways(forth: pa.RecordBatch, back: Mapping[str, Any], positions: npt.NDArray[np.int64]) -> Chunk:
    """Records and, behind them, the way back of those where packets or bytes came back.

    A record with a way back and no packets of its own stands for the way back alone.

    Args:
        forth: in READ_SCHEMA.
        back: `packets` and `bytes` of the way back (NumPy or Arrow, null for unknown), and further columns of
            FLOW whose values differ from those of `forth`. Addresses and ports are exchanged here.
        positions: shape (rows,): number of each record, which also becomes the `pair_id`.

    Returns:
        The rows of `forth`, then the ways back, each with the position of its record.
    """
    packets, size = _known(back["packets"]), _known(back["bytes"])
    returned = (packets > 0) | (size > 0)
    if not returned.any():
        return Chunk(forth, positions)
    columns = {name: forth[name] for name in forth.schema.names}
    silent = returned & np.asarray(forth["packets"].is_valid()) & (_known(forth["packets"]) == 0)
    columns["pair_id"] = pa.array(positions, mask=~returned | silent)
    turned = {**columns, **back}
    for end in ("hi", "lo", "port"):
        turned[f"src_{end}"], turned[f"dst_{end}"] = columns[f"dst_{end}"], columns[f"src_{end}"]
    parts = [(flow_batch(columns), np.flatnonzero(~silent)), (flow_batch(turned), np.flatnonzero(returned))]
    batches = [batch.take(pa.array(rows)) for batch, rows in parts]
    return Chunk(pa.concat_batches(batches), np.concatenate([positions[rows] for _, rows in parts]))


def _known(counts: Any) -> npt.NDArray[np.int64]:  # Any: NumPy or Arrow arrays alike
    array = counts if isinstance(counts, pa.Array) else pa.array(counts)
    return np.asarray(array.fill_null(0)).astype(np.int64)
