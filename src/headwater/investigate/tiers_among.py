"""What would have been measured with fewer seeds? The tables of a step, cut down to some of its seeds."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from headwater.investigate.tiers_tables import TierTables
from headwater.score.statistics import C2s, Candidates, Contacts

Bools = npt.NDArray[np.bool_]


def among(tables: TierTables, kept: Bools) -> TierTables:
    """The same step with some of its seeds.

    Popularity, exposure and manners of coming stay as they were measured: the first two are no matter of
    seeds, and how somebody comes to a seed that is left out says as much of him as the others do.

    Args:
        tables: measured.
        kept: which seeds stay, shape (n,).
    """
    statistics = tables.statistics
    c2s, contacts = statistics.c2s, statistics.contacts
    number = np.cumsum(kept) - 1
    cut = contacts.where(kept[contacts.c2])
    cut = replace(cut, c2=number[cut.c2].astype(contacts.c2.dtype))
    return replace(
        tables,
        seeds=tuple(seed for seed, stays in zip(tables.seeds, kept.tolist(), strict=True) if stays),
        statistics=replace(
            statistics, c2s=_rows(c2s, kept), contacts=cut, candidates=_counted(statistics.candidates, cut)
        ),
    )


def _rows(c2s: C2s, kept: Bools) -> C2s:
    """Those C2s; columns have one row each, names do not."""
    rows: dict[str, Any] = {  # Any: arrays of several types
        one.name: value[kept]
        for one in fields(C2s)
        if isinstance(value := getattr(c2s, one.name), np.ndarray)
    }
    return replace(c2s, **rows)


def _counted(candidates: Candidates, contacts: Contacts) -> Candidates:
    """The candidates with counts and times of this contact only; without any they keep theirs."""
    count = len(candidates.hi)
    met = np.isin(np.arange(count), contacts.candidate)
    first, last = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(first, contacts.candidate, contacts.first_us)
    np.maximum.at(last, contacts.candidate, contacts.last_us)
    flows, sessions = (
        np.bincount(contacts.candidate, weights=column, minlength=count).astype(np.int64)
        for column in (contacts.flows, contacts.sessions)
    )
    return replace(
        candidates, flows=flows, sessions=sessions,
        first_us=np.where(met, first, candidates.first_us), last_us=np.where(met, last, candidates.last_us),
    )  # fmt: skip
