"""What would a sampling exporter have kept of these flows? Packets drawn at random, 1 in N.

A flow of n packets keeps m ~ Binomial(n, 1/N) of them and is gone where m is 0. Bytes shrink in proportion,
times to those of the packets kept. SYN, FIN and RST each sit on one packet of a side and stay with chance
m / n. What only sees packets cannot pair the two sides or say who was answered: those columns become null.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.errors import BadSetting
from headwater.simulate.evaluate.capture import column

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ON_ONE_PACKET = (1, 2, 4)  # FIN, SYN, RST
_SYN, _BESIDE_SYN = 2, 0x12  # a handshake packet carries SYN alone or SYN and ACK
_TCP = 6


def thinned(flows: pa.Table, packets: Int64s, *, sampling: int, rng: np.random.Generator) -> pa.Table:
    """Flows as an exporter with random packet sampling writes them.

    Args:
        flows: unsampled, columns of READ_SCHEMA, n rows; the two of a pair follow each other, the opening
            side's first.
        packets: of each flow, shape (n,), at least 1.
        sampling: N of 1:N; 1 gives the flows back as they are.
        rng: where chance comes from.

    Returns:
        The flows left, same columns, in the same order.

    Raises:
        BadSetting: sampling below 1.

    Source: independent sampling of packets, RFC 5475, section 5.2.2.2 (uniform probabilistic sampling).
    """
    if sampling < 1:
        raise BadSetting(f"sampling 1:{sampling} makes no sense; use 1 (every packet) or more")
    if sampling == 1:
        return flows
    kept = rng.binomial(packets, 1.0 / sampling)
    rows = np.flatnonzero(kept)
    left, kept, share = flows.take(pa.array(rows)), kept[rows], kept[rows] / packets[rows]
    begin, end = _times(left, kept, rng)
    changed: dict[str, pa.Array] = {
        "start": pa.array(begin), "end": pa.array(end),
        "packets": pa.array(kept),
        "bytes": _shrunk(left, share),
        "tcp_flags": _flags(left, kept, share, _opening(flows)[rows], rng),
        "answered": pa.nulls(len(rows)), "pair_id": pa.nulls(len(rows)),
        "sampling": pa.array(np.full(len(rows), sampling)),
    }  # fmt: skip
    for name, values in changed.items():
        place = left.schema.get_field_index(name)
        field = left.schema.field(place)
        left = left.set_column(place, field, values.cast(field.type))
    return left


def _shrunk(flows: pa.Table, share: Floats) -> pa.Array:
    unknown = np.asarray(flows["bytes"].combine_chunks().is_null())
    return pa.array(np.rint(column(flows, "bytes") * share).astype(np.int64), mask=unknown)


def _times(flows: pa.Table, kept: Int64s, rng: np.random.Generator) -> tuple[Int64s, Int64s]:
    """First and last of so many moments that are uniform in the flow's time."""
    begin, length = column(flows, "start"), column(flows, "end") - column(flows, "start")
    first = 1.0 - rng.random(len(kept)) ** (1.0 / kept)
    later = rng.random(len(kept)) ** (1.0 / np.maximum(kept - 1, 1))
    last = np.where(kept > 1, first + (1.0 - first) * later, first)
    return begin + (length * first).astype(np.int64), begin + (length * last).astype(np.int64)


def _opening(flows: pa.Table) -> npt.NDArray[np.bool_]:
    """Which flows are the opening side of a pair: the first of two with one pair_id."""
    pair = column(flows, "pair_id")
    paired = ~np.asarray(flows["pair_id"].combine_chunks().is_null())
    again = np.concatenate([[False], pair[1:] == pair[:-1]])
    opening: npt.NDArray[np.bool_] = paired & ~again
    return opening


def _flags(
    flows: pa.Table, kept: Int64s, share: Floats, opening: npt.NDArray[np.bool_], rng: np.random.Generator
) -> pa.Array:
    seen = column(flows, "tcp_flags")
    for flag in _ON_ONE_PACKET:
        lost = rng.random(len(seen)) >= share
        seen = np.where(lost, seen & ~flag, seen)
    alone = (kept == 1) & (seen & _SYN != 0)  # the one packet kept is the handshake's
    seen = np.where(alone, seen & np.where(opening, _SYN, _BESIDE_SYN), seen)
    unknown = np.asarray(flows["tcp_flags"].combine_chunks().is_null()) | (column(flows, "proto") != _TCP)
    return pa.array(seen, mask=unknown)
