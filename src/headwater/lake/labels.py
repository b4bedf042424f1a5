"""Which labels hold now, held at a moment, or were ever said of an address? The lake's table of labels.

Every `labels add` appends a snapshot of a feed to `<lake>/labels`; nothing is ever changed or lost.
headwater.lake.label_rows says which of the rows count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.lake.label_rows import (
    LABEL_SCHEMA,
    STORED_SCHEMA,
    Snapshot,
    current_rows,
    labels_of,
    latest_options,
    rows_of,
    taken_back,
    with_window,
)
from headwater.lake.label_withdrawals import NOBODY
from headwater.lake.small_tables import append_once, read_rows
from headwater.lake.tables import is_lake
from headwater.model.address import key_of
from headwater.model.label import FeedEntry, Label, Role
from headwater.model.window import utc

LABELS = "labels"  # name of the table, and of its folder
_ORDER = [(name, "ascending") for name in ("hi", "lo", "role", "family", "group", "port", "feed_start")]
_TIME = pa.timestamp("us", tz="UTC")
CURRENT_SCHEMA: pa.Schema = pa.schema(
    [LABEL_SCHEMA.field(name) for name in ("address", "hi", "lo", "role", "family", "group", "port")]
    + [pa.field("start", _TIME), pa.field("end", _TIME)]
    + [LABEL_SCHEMA.field(name) for name in ("source", "grade", "tlp")]
)
DATED_SCHEMA: pa.Schema = CURRENT_SCHEMA.append(LABEL_SCHEMA.field("overridden"))


@dataclass(frozen=True, slots=True)
class Said:
    """A label and where it was said.

    Attributes:
        label: what the feed, and perhaps the analyst, says.
        place: line or record number in the file.
        path: what the user called the file.
        made_at: when the feed made the file, else when it was added.
        added_at: when it was added.
        current: whether the label is among those that count now.
        withdrawn_by: what the user called the file in which the feed took the label back; "" where none did.
    """

    label: Label
    place: int
    path: str
    made_at: datetime
    added_at: datetime
    current: bool
    withdrawn_by: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What withdrawals do when a file is added.

    Attributes:
        others: labels that counted so far, and that the file takes back.
        own: labels of the file itself that were taken back, by the file or by one that was added before.
    """

    others: int
    own: int


def already_stored(lake_root: Path, *, file: str, options: str) -> bool:
    """Whether the latest addition of the file with this digest had these options.

    Raises:
        LakeError: the lake is damaged or of a newer format.
    """
    latest = _additions(lake_root).get(file)
    return latest is not None and latest[0] == options


def withdrawals_by(
    lake_root: Path,
    labels: Sequence[tuple[int, Label]],
    *,
    snapshot: Snapshot,
    withdrawn: Sequence[FeedEntry],
) -> Withdrawn:
    """What adding a file would take back; arguments as for `store_labels`, which nothing has to precede.

    Raises:
        LakeError: the lake is damaged or of a newer format.
    """
    if not withdrawn and not any(label.rests_on for _, label in labels):
        return Withdrawn(0, 0)
    stored = read_rows(lake_root, LABELS, schema=STORED_SCHEMA)
    before = stored.num_rows
    taken = taken_back(pa.concat_tables([stored, rows_of(labels, snapshot, withdrawn=withdrawn)]))
    return Withdrawn(
        others=int(np.count_nonzero(taken[current_rows(stored)] >= before)),
        own=int(np.count_nonzero(taken[before:] != NOBODY)),
    )


def store_labels(
    lake_root: Path,
    labels: Sequence[tuple[int, Label]],
    *,
    snapshot: Snapshot,
    withdrawn: Sequence[FeedEntry] = (),
) -> bool:
    """Stores one snapshot in one commit; several processes may do so at once.

    Args:
        lake_root: the lake's folder; becomes a lake where it is none.
        labels: place in the file and label.
        snapshot: where they come from.
        withdrawn: entries that the file takes back; without any, and without labels, nothing is stored.

    Returns:
        Whether rows were added: not where the latest addition of this file had the same options.

    Raises:
        LakeError: the lake cannot be read or written.
    """
    options, times = _additions(lake_root).get(snapshot.file, (None, 0))
    if not (labels or withdrawn) or options == snapshot.options:
        return False
    # Two processes that add the same file at once make the same key, and the second one finds it stored.
    key = f"{snapshot.file}/{snapshot.options}/{times}"
    return append_once(lake_root, LABELS, rows_of(labels, snapshot, withdrawn=withdrawn), key=key)


def current_labels(
    lake_root: Path,
    *,
    roles: Sequence[Role] = (Role.C2,),
    families: Sequence[str] = (),
    version: int | None = None,
) -> pa.Table:
    """The labels that count now, whatever their windows.

    Args:
        lake_root: the lake's folder.
        roles: the roles wanted; none means all.
        families: the families wanted, in any case; none means all.
        version: the table as it was then; the newest unless given.

    Returns:
        Table in CURRENT_SCHEMA, ordered by address. `start` and `end` are the window that counts (the
        analyst's where there is one, else the feed's), half-open, null where open; port 0 where the source
        names none.
        One address may have several rows: other sources, roles, families, groups, ports or windows.

    Raises:
        LakeError: there is no lake, or the table is damaged.
    """
    rows = with_window(_current(lake_root, roles=roles, families=families, version=version))
    return rows.select(CURRENT_SCHEMA.names).cast(CURRENT_SCHEMA)


def dated_labels(
    lake_root: Path,
    *,
    roles: Sequence[Role] = (Role.C2,),
    families: Sequence[str] = (),
    version: int | None = None,
) -> pa.Table:
    """As `current_labels`, with whose dates `start` and `end` are.

    Returns:
        Table in DATED_SCHEMA: CURRENT_SCHEMA and `overridden`, true where the window is an analyst's.

    Raises:
        LakeError: there is no lake, or the table is damaged.
    """
    rows = with_window(_current(lake_root, roles=roles, families=families, version=version))
    return rows.select(DATED_SCHEMA.names).cast(DATED_SCHEMA)


def list_labels(
    lake_root: Path,
    *,
    roles: Sequence[Role] = (),
    families: Sequence[str] = (),
    at: datetime | None = None,
    version: int | None = None,
) -> list[Label]:
    """The labels that count now, as objects, ordered by address.

    Args:
        lake_root: the lake's folder.
        roles: the roles wanted; none means all.
        families: the families wanted, in any case; none means all.
        at: only labels whose window holds this moment.
        version: the table as it was then; the newest unless given.

    Raises:
        LakeError: there is no lake, or the table is damaged.
        ValueError: `at` has no time zone.
    """
    moment = None if at is None else utc(at)
    labels = labels_of(_current(lake_root, roles=roles, families=families, version=version))
    return [label for label in labels if moment is None or label.active_at(moment)]


def history(lake_root: Path, address: str) -> list[Said]:
    """Everything ever said of an address, oldest addition first.

    Raises:
        ValueError: the text is no address.
        LakeError: there is no lake, or the table is damaged.
    """
    hi, lo = key_of(address)
    rows = read_rows(lake_root, LABELS, schema=STORED_SCHEMA)
    rows = rows.sort_by([(name, "ascending") for name in ("added_at", "made_at", "place")])
    counts = np.zeros(rows.num_rows, dtype=np.bool_)
    counts[current_rows(rows)] = True
    taken = taken_back(rows)
    takers = pa.array(taken, mask=taken == NOBODY)
    rows = rows.append_column("current", pa.array(counts))
    rows = rows.append_column("withdrawn_by", rows["path"].take(takers).fill_null(""))
    rows = rows.filter((pc.field("hi") == hi) & (pc.field("lo") == lo) & pc.field("withdraws").is_null())
    about = ("place", "path", "made_at", "added_at", "current", "withdrawn_by")
    return [
        Said(label, *(row[name] for name in about))
        for label, row in zip(labels_of(rows), rows.to_pylist(), strict=True)
    ]


def counting_labels(lake_root: Path, *, version: int | None = None) -> pa.Table:
    """The labels that count, with where each was said: LABEL_SCHEMA, in no order.

    Raises:
        LakeError: there is no lake or no such version, or the table is damaged.
    """
    rows = read_rows(lake_root, LABELS, schema=STORED_SCHEMA, version=version)
    return rows.take(pa.array(current_rows(rows))).select(LABEL_SCHEMA.names)


def _current(
    lake_root: Path, *, roles: Sequence[Role], families: Sequence[str], version: int | None = None
) -> pa.Table:
    rows = counting_labels(lake_root, version=version)
    if roles:
        rows = rows.filter(pc.field("role").isin([role.value for role in roles]))
    if families:
        rows = rows.filter(pc.field("family").isin([family.strip().lower() for family in families]))
    return rows.sort_by(_ORDER)


def _additions(lake_root: Path) -> dict[str, tuple[str, int]]:
    if not is_lake(lake_root):
        return {}
    columns = pa.schema([LABEL_SCHEMA.field(name) for name in ("file", "options", "added_at")])
    return latest_options(read_rows(lake_root, LABELS, schema=columns))
