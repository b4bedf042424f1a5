"""Which unlisted clients are looked at where there are too many to read?

Those of the most promising candidates first: keys of several C2s before keys of one, then by the share of
listed C2s among the clients. Reading stops at a budget of flows, so time and memory stay flat.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.lake.edge_hash import edge_hash
from headwater.score.statistics import Candidates, Contacts

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEFT_COST = 0.1  # a flow that is looked at and left out costs about a tenth of one that is kept


@dataclass(frozen=True, slots=True)
class Loads:
    """How many flows each stranger has to do with, estimated for all flows, each of shape (h,).

    Attributes:
        touched: flows of its address.
        kept: those that may show who comes to it.
    """

    touched: Floats
    kept: Floats


def promise(candidates: Candidates, contacts: Contacts) -> Int64s:
    """The place of every candidate in the order of promise, 0 first, shape (m,); ties go by row.

    Args:
        candidates: all keys.
        contacts: their contacts with listed C2s.
    """
    count = len(candidates.hi)
    c2s = np.bincount(contacts.candidate[~contacts.on_c2_port], minlength=count)
    share = c2s / np.maximum(candidates.hosts, 1)
    place = np.empty(count, np.int64)
    place[np.lexsort((np.arange(count), -share, c2s < 2))] = np.arange(count)
    return place


def looked_at(stranger: Int64s, place: Int64s, *, loads: Loads, budget: int) -> Bools:
    """Which strangers are read, shape (h,).

    Args:
        stranger: row of the stranger in each contact with a candidate, shape (q,); each has a contact.
        place: place of that candidate in the order of promise, shape (q,).
        loads: of the strangers.
        budget: flows to keep, about.
    """
    best = np.full(len(loads.kept), np.iinfo(np.int64).max)
    np.minimum.at(best, stranger, place)
    order = np.argsort(best, kind="stable")
    cost = loads.kept + LEFT_COST * np.maximum(loads.touched - loads.kept, 0.0)
    read = np.zeros(len(best), np.bool_)
    read[order] = np.cumsum(cost[order]) <= budget
    return read


def some_clients(everybody: pa.Table, *, most: int) -> pa.Table:
    """The clients of each stranger, a random choice where they are many.

    Args:
        everybody: distinct hi, lo (the stranger), client_hi, client_lo.
        most: clients of one stranger; the choice goes by the uniform hash of the pair of addresses.

    Returns:
        Some of the rows, each stranger's together.
    """
    hi, lo, client_hi, client_lo = (
        np.ascontiguousarray(everybody[name].combine_chunks().cast(pa.int64()))
        for name in ("hi", "lo", "client_hi", "client_lo")
    )
    by_chance = edge_hash(src_hi=hi, src_lo=lo, dst_hi=client_hi, dst_lo=client_lo)
    order = np.lexsort((client_lo, client_hi, by_chance, lo, hi))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(hi[order]) != 0) | (np.diff(lo[order]) != 0)
    first = np.flatnonzero(new)
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    return everybody.take(pa.array(order[place < most]))
