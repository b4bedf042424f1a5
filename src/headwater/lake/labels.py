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
    Snapshot,
    current_rows,
    labels_of,
    latest_options,
    rows_of,
    with_window,
)
from headwater.lake.small_tables import append_once, read_rows
from headwater.lake.tables import is_lake
from headwater.model.address import key_of
from headwater.model.label import Label, Role
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
    """

    label: Label
    place: int
    path: str
    made_at: datetime
    added_at: datetime
    current: bool


def already_stored(lake_root: Path, *, file: str, options: str) -> bool:
    """Whether the latest addition of the file with this digest had these options.

    Raises:
        LakeError: the lake is damaged or of a newer format.
    """
    latest = _additions(lake_root).get(file)
    return latest is not None and latest[0] == options


def store_labels(lake_root: Path, labels: Sequence[tuple[int, Label]], *, snapshot: Snapshot) -> bool:
    """Stores one snapshot in one commit; several processes may do so at once.

    Args:
        lake_root: the lake's folder; becomes a lake where it is none.
        labels: place in the file and label; none stores nothing.
        snapshot: where they come from.

    Returns:
        Whether rows were added: not where the latest addition of this file had the same options.

    Raises:
        LakeError: the lake cannot be read or written.
    """
    options, times = _additions(lake_root).get(snapshot.file, (None, 0))
    if not labels or options == snapshot.options:
        return False
    # Two processes that add the same file at once make the same key, and the second one finds it stored.
    key = f"{snapshot.file}/{snapshot.options}/{times}"
    return append_once(lake_root, LABELS, rows_of(labels, snapshot), key=key)


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
    rows = read_rows(lake_root, LABELS, schema=LABEL_SCHEMA)
    counts = np.zeros(rows.num_rows, dtype=np.bool_)
    counts[current_rows(rows)] = True
    rows = rows.append_column("current", pa.array(counts))
    rows = rows.filter((pc.field("hi") == hi) & (pc.field("lo") == lo))
    rows = rows.sort_by([(name, "ascending") for name in ("added_at", "made_at", "place")])
    return [
        Said(label, row["place"], row["path"], row["made_at"], row["added_at"], row["current"])
        for label, row in zip(labels_of(rows), rows.to_pylist(), strict=True)
    ]


def counting_labels(lake_root: Path, *, version: int | None = None) -> pa.Table:
    """The labels that count, with where each was said: LABEL_SCHEMA, in no order.

    Raises:
        LakeError: there is no lake or no such version, or the table is damaged.
    """
    rows = read_rows(lake_root, LABELS, schema=LABEL_SCHEMA, version=version)
    return rows.take(pa.array(current_rows(rows)))


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
