"""Was the exchange answered? What the TCP flags of a one-way record tell."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_TCP = 6
_SYN, _RST, _ACK, _ALL = 2, 4, 16, 0x3F

Int64s = npt.NDArray[np.int64]


def answered_from_flags(flags: Int64s, proto: Int64s, packets: Int64s) -> pa.Array:
    """Whether a one-way TCP record shows an answer: bool, null where it cannot tell.

    A sender that sets ACK without RST has heard from the other side. One that sent several SYN and nothing
    else has not. A single SYN may be all that sampling left of an answered connection, so it says nothing.

    Args:
        flags: union of TCP flags, 0 where unknown, shape (n,).
        proto: IP protocol numbers, shape (n,).
        packets: counts, 0 where unknown, shape (n,).
    """
    tcp = proto == _TCP
    yes = tcp & (flags & _ACK != 0) & (flags & _RST == 0)
    no = tcp & (flags & _ALL == _SYN) & (packets >= 2)
    return pa.array(yes, mask=~(yes | no))


def told_by_flags(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of one-way records in READ_SCHEMA with `answered` as its flags tell it."""
    flags, proto, packets = (
        np.asarray(batch[name].fill_null(0)).astype(np.int64) for name in ("tcp_flags", "proto", "packets")
    )
    told = answered_from_flags(flags, proto, packets)
    place = batch.schema.get_field_index("answered")
    return batch.set_column(place, batch.schema.field(place), pc.coalesce(batch["answered"], told))
