"""What is a label on disk, and which of many rows count? The columns of the labels table, and its rules.

1. A file that was added again with other options speaks only through its latest addition.
2. Of the rows with one key (source, role, family, group, address, port) whose feed windows touch or overlap,
   the one of the newest snapshot counts; windows apart are separate labels, so a C2 that came back after a
   pause has two. Newest means the time that the file itself says it was made, else when it was added.
3. An entry that a newer snapshot no longer has stays as it was last listed: feeds drop what went offline and
   publish partial exports, so absence says nothing about when a server ended.
4. What its own feed takes back counts no more, in no window (headwater.lake.label_withdrawals). A withdrawal
   is a row of its own, so what was said before stays readable.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.lake.label_withdrawals import NOBODY, rests_on_text, taken_back_by, withdrawal_text
from headwater.model.address import key_of
from headwater.model.label import FeedEntry, Label, Role, Tlp
from headwater.model.window import Window

_TIME = pa.timestamp("us", tz="UTC")
_KEY = ("source", "role", "family", "group", "hi", "lo", "port")
_LONG_AGO, _FOR_EVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def _always(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


LABEL_SCHEMA: pa.Schema = pa.schema(
    [
        _always("address", pa.string()),
        _always("hi", pa.int64()),
        _always("lo", pa.int64()),
        _always("role", pa.string()),
        _always("family", pa.string()),
        _always("group", pa.string()),
        _always("port", pa.int32()),
        pa.field("feed_start", _TIME),
        pa.field("feed_end", _TIME),
        _always("overridden", pa.bool_()),  # an override may be open on both sides, so nulls cannot say it
        pa.field("override_start", _TIME),
        pa.field("override_end", _TIME),
        _always("source", pa.string()),
        _always("grade", pa.string()),
        _always("tlp", pa.string()),
        _always("note", pa.string()),
        _always("place", pa.int64()),  # line or record number in the file
        _always("file", pa.string()),  # SHA-256 of the file's bytes
        _always("options", pa.string()),  # SHA-256 of the options it was added with
        _always("path", pa.string()),  # what the user called the file
        _always("made_at", _TIME),  # when the feed made the file, else when it was added
        _always("added_at", _TIME),
    ]
)
# As the table is kept. Tables of earlier versions have neither column: nothing in them can be taken back.
STORED_SCHEMA: pa.Schema = pa.schema(
    [*LABEL_SCHEMA, pa.field("rests_on", pa.string()), pa.field("withdraws", pa.string())]
)
_WITHDRAWAL = {  # what a row that is no label says in the columns of labels
    "address": "", "hi": 0, "lo": 0, "role": "withdrawn", "family": "", "group": "", "port": 0,
    "overridden": False, "source": "", "grade": "", "tlp": Tlp.AMBER.value, "note": "", "place": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One addition of one file.

    Attributes:
        file: SHA-256 of the file's bytes, in hex.
        options: SHA-256 of the options that it was added with.
        path: what the user called the file.
        made_at: when the feed made the file, else when it was added; UTC.
        added_at: when it was added, UTC.
    """

    file: str
    options: str
    path: str
    made_at: datetime
    added_at: datetime


def rows_of(
    labels: Sequence[tuple[int, Label]], snapshot: Snapshot, *, withdrawn: Sequence[FeedEntry] = ()
) -> pa.Table:
    """Labels, each with its place in the file, and what the file takes back, as rows in STORED_SCHEMA."""
    times = {"made_at": snapshot.made_at, "added_at": snapshot.added_at}
    rows = [
        {**_row(label, place, snapshot), "rests_on": rests_on_text(label.rests_on, **times)}
        for place, label in labels
    ]
    rows += [
        {**_WITHDRAWAL, **_origin(snapshot), "withdraws": withdrawal_text(entry, **times)}
        for entry in dict.fromkeys(withdrawn)
    ]
    return pa.Table.from_pylist(rows, STORED_SCHEMA)


def _row(label: Label, place: int, snapshot: Snapshot) -> dict[str, Any]:  # Any: one value a column
    hi, lo = key_of(label.address)
    override = label.override
    return {
        "address": label.address,
        "hi": hi,
        "lo": lo,
        "role": label.role.value,
        "family": storable(label.family),
        "group": storable(label.group),
        "port": label.port,
        "feed_start": label.feed.start,
        "feed_end": label.feed.end,
        "overridden": override is not None,
        "override_start": None if override is None else override.start,
        "override_end": None if override is None else override.end,
        "source": storable(label.source),
        "grade": label.grade,
        "tlp": label.tlp.value,
        "note": storable(label.note),
        "place": place,
        **_origin(snapshot),
    }


def _origin(snapshot: Snapshot) -> dict[str, Any]:  # Any: as above
    return {
        "file": snapshot.file,
        "options": snapshot.options,
        "path": storable(snapshot.path),
        "made_at": snapshot.made_at,
        "added_at": snapshot.added_at,
    }


def storable(text: str) -> str:
    """The text without code points that UTF-8 cannot say (lone surrogates from broken JSON or file names)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def labels_of(rows: pa.Table) -> Iterator[Label]:
    """The labels of rows in LABEL_SCHEMA, in their order."""
    for row in rows.to_pylist():
        yield Label(
            address=row["address"],
            role=Role(row["role"]),
            family=row["family"],
            group=row["group"],
            port=row["port"],
            feed=Window(row["feed_start"], row["feed_end"]),
            override=Window(row["override_start"], row["override_end"]) if row["overridden"] else None,
            source=row["source"],
            grade=row["grade"],
            tlp=Tlp(row["tlp"]),
            note=row["note"],
        )


def with_window(rows: pa.Table) -> pa.Table:
    """The rows with `start` and `end`: the analyst's window where there is one, else the feed's."""
    for side in ("start", "end"):
        chosen = pc.if_else(rows["overridden"], rows[f"override_{side}"], rows[f"feed_{side}"])
        rows = rows.append_column(pa.field(side, _TIME), chosen)
    return rows


def current_rows(rows: pa.Table) -> npt.NDArray[np.int64]:
    """Which rows count now, by the rules above.

    Args:
        rows: the whole table, in STORED_SCHEMA.

    Returns:
        Row numbers, ascending.
    """
    stands = _last_additions(rows) & (taken_back(rows) == NOBODY)
    alive = np.flatnonzero(stands & np.asarray(rows["withdraws"].is_null()))
    if not len(alive):
        return alive
    rows = rows.take(pa.array(alive))
    clusters = _clusters(rows)
    made, added = _microseconds(rows, "made_at", 0), _microseconds(rows, "added_at", 0)
    order = np.lexsort((np.asarray(rows["place"]), added, made, clusters))
    last = np.append(np.diff(clusters[order]) != 0, True)
    return np.sort(alive[order[last]])


def taken_back(rows: pa.Table) -> npt.NDArray[np.int64]:
    """For each row, the last row that takes its label back; NOBODY where it stands (rule 4).

    Args:
        rows: the whole table, in STORED_SCHEMA.
    """
    if rows["withdraws"].null_count == rows.num_rows:
        return np.full(rows.num_rows, NOBODY, dtype=np.int64)
    return taken_back_by(rows["rests_on"], rows["withdraws"], among=_last_additions(rows))


def latest_options(rows: pa.Table) -> dict[str, tuple[str, int]]:
    """For each file digest: the options of its latest addition, and how often it was added."""
    additions = rows.group_by(["file", "options", "added_at"]).aggregate([]).sort_by("added_at").to_pylist()
    found: dict[str, tuple[str, int]] = {}
    for addition in additions:
        times = found.get(addition["file"], ("", 0))[1] + 1
        found[addition["file"]] = (addition["options"], times)
    return found


def _last_additions(rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether each row belongs to the latest addition of its file (rule 1)."""
    _, file = np.unique(np.asarray(rows["file"]), return_inverse=True)
    added = _microseconds(rows, "added_at", 0)
    latest = np.full(file.max(initial=-1) + 1, _LONG_AGO, dtype=np.int64)
    np.maximum.at(latest, file, added)
    is_latest: npt.NDArray[np.bool_] = added == latest[file]
    return is_latest


def _clusters(rows: pa.Table) -> npt.NDArray[np.int64]:
    """A number for each row, the same for rows of one key whose feed windows touch or overlap (rule 2)."""
    key = _key_numbers(rows)
    starts, ends = _microseconds(rows, "feed_start", _LONG_AGO), _microseconds(rows, "feed_end", _FOR_EVER)
    # Times become ranks, so that key and time fit together into one integer and a running maximum never
    # crosses from one key to the next.
    _, ranks = np.unique(np.concatenate([starts, ends]), return_inverse=True)
    span = int(ranks.max()) + 1
    opened, closed = key * span + ranks[: len(key)], key * span + ranks[len(key) :]
    order = np.argsort(opened, kind="stable")
    reach = np.maximum.accumulate(closed[order])
    begins = np.empty(len(order), dtype=np.bool_)
    begins[0] = True
    begins[1:] = (opened[order][1:] > reach[:-1]) | (np.diff(key[order]) != 0)
    clusters = np.empty(len(order), dtype=np.int64)
    clusters[order] = np.cumsum(begins)
    return clusters


def _key_numbers(rows: pa.Table) -> npt.NDArray[np.int64]:
    """A number for each row, the same for rows of one key."""
    numbers = np.zeros(rows.num_rows, dtype=np.int64)
    for name in _KEY:
        values, codes = np.unique(np.asarray(rows[name]), return_inverse=True)
        _, numbers = np.unique(numbers * len(values) + codes, return_inverse=True)
    return numbers.astype(np.int64)


def _microseconds(rows: pa.Table, name: str, null: int) -> npt.NDArray[np.int64]:
    return np.asarray(rows[name].cast(pa.int64()).fill_null(null)).astype(np.int64)
