"""Which labels did their own feed take back? What labels rest on, what feeds withdrew, where the two meet.

Both are kept as JSON in columns of the labels table: what a label rests on as groups of entries, each
`[id, maker, microseconds since 1970]`, and a withdrawal as one such entry. A label is taken back where each
of its groups has an entry that its maker withdrew in the same version or a later one: whoever says a thing
again after taking it back, says it.
"""

import json
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.model.label import FeedEntry
from headwater.model.window import micros_of

NOBODY = -1


def rests_on_text(
    groups: Sequence[Sequence[FeedEntry]], *, made_at: datetime, added_at: datetime
) -> str | None:
    """What a label rests on, as the table keeps it; None where its feed's entries have no identifiers.

    Args:
        groups: as `Label.rests_on`.
        made_at: when the feed made the file: stands for versions without a time.
        added_at: when the file was added: no version is later.
    """
    if not groups:
        return None
    return json.dumps([[_entry(one, made_at, added_at) for one in group] for group in groups])


def withdrawal_text(entry: FeedEntry, *, made_at: datetime, added_at: datetime) -> str:
    """An entry that a feed takes back, as the table keeps it; arguments as for `rests_on_text`."""
    return json.dumps(_entry(entry, made_at, added_at))


def _entry(entry: FeedEntry, made_at: datetime, added_at: datetime) -> list[str | int]:
    return [entry.id, entry.maker, micros_of(min(entry.at or made_at, added_at))]


def taken_back_by(
    rests_on: pa.ChunkedArray, withdraws: pa.ChunkedArray, *, among: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """For each row of the labels table, the last row that takes its label back; NOBODY where it stands.

    Args:
        rests_on: what the row's label rests on, null where it rests on nothing that can be withdrawn.
        withdraws: what the row withdraws, null where it is a label.
        among: the rows that speak: the others neither withdraw nor are taken back.
    """
    found = np.full(len(rests_on), NOBODY, dtype=np.int64)
    latest = _latest(withdraws, among)
    if not latest:
        return found
    for row in np.flatnonzero(_is_set(rests_on) & among):
        groups = json.loads(rests_on[int(row)].as_py())
        takers = [_taker(group, latest) for group in groups]
        if NOBODY not in takers:
            found[row] = max(takers)
    return found


def _latest(
    withdraws: pa.ChunkedArray, among: npt.NDArray[np.bool_]
) -> dict[tuple[str, str], tuple[int, int]]:
    """For each withdrawn identifier with its maker: the time of the latest withdrawal, and its row."""
    latest: dict[tuple[str, str], tuple[int, int]] = {}
    for row in np.flatnonzero(_is_set(withdraws) & among):
        name, maker, at_us = json.loads(withdraws[int(row)].as_py())
        latest[name, maker] = max(latest.get((name, maker), (at_us, int(row))), (at_us, int(row)))
    return latest


def _taker(group: list[tuple[str, str, int]], latest: dict[tuple[str, str], tuple[int, int]]) -> int:
    for name, maker, at_us in group:
        withdrawn_us, row = latest.get((name, maker), (at_us - 1, NOBODY))
        if withdrawn_us >= at_us:
            return row
    return NOBODY


def _is_set(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.is_valid(column), dtype=np.bool_)
