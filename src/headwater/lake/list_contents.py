"""What did the tables of labels and context hold at a version, and what has come or gone since?

Which entries count is decided where each table is read: headwater.lake.label_rows for labels, the newest
list or file of a source in headwater.lake.context; observations and claims all count.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headwater.intel.labels.names import strictest
from headwater.lake.claims import CLAIM_SCHEMA
from headwater.lake.context import (
    CLAIMS,
    HOST_KEYS,
    NETWORKS,
    WARNING_LISTS,
    counting_networks,
    counting_warning_lists,
    file_name,
)
from headwater.lake.host_keys import HOST_KEY_SCHEMA
from headwater.lake.labels import LABELS, counting_labels
from headwater.lake.small_tables import newest_version, read_rows
from headwater.model.label import Tlp
from headwater.model.source import ReadFile, ReadTable

Versions = Mapping[str, int]  # id of a table to its version; the newest of those that are not named
NEWEST: Versions = {}
TABLES = {  # id to name in the lake
    "labels": LABELS, "networks": NETWORKS, "warninglists": WARNING_LISTS, "host_keys": HOST_KEYS,
    "claims": CLAIMS,
}  # fmt: skip
# What says where an entry stands, and how it is compared, and not what it tells.
_ABOUT = frozenset({"file", "options", "path", "place", "made_at", "added_at", "hi", "lo", "form", "value"})


@dataclass(frozen=True, slots=True)
class ListChange:
    """How a table differs from what it was.

    Attributes:
        table: its id.
        before, after: its versions.
        added, removed: entries that count now and did not, and the other way round; one text each, ordered.
        files_added, files_removed: files whose entries count now and did not, and the other way round.
    """

    table: str
    before: int
    after: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    files_added: tuple[str, ...] = ()
    files_removed: tuple[str, ...] = ()


def list_versions(lake_root: Path) -> dict[str, int]:
    """The versions of all tables of labels and context as they are now, by id.

    Raises:
        LakeError: there is no lake, or a table is damaged.
    """
    return {id_: newest_version(lake_root, name) for id_, name in TABLES.items()}


def read_table(lake_root: Path, table: str, *, version: int | None = None) -> ReadTable:
    """What a table holds that counts, as a case records it.

    Args:
        lake_root: the lake's folder.
        table: its id, one of TABLES.
        version: the table as it was then; the newest unless given.

    Raises:
        LakeError: the table is damaged, or has no such version.
    """
    if version is None:
        version = newest_version(lake_root, TABLES[table])
    rows = _READERS[table](lake_root, version)
    by = [name for name in ("file", "options") if name in rows.column_names]
    told = rows.group_by([*by, "path"], use_threads=False).aggregate([([], "count_all")])
    marked = _marked(rows)
    files = [
        ReadFile(file_name(row["path"]), row["file"], row["count_all"], marked.get(row["file"]))
        for row in told.to_pylist()
    ]
    content = sorted([*(row[name] for name in by), row["count_all"]] for row in told.to_pylist())
    return ReadTable(
        id=table,
        version=version,
        rows=rows.num_rows,
        digest=hashlib.sha256(json.dumps(content).encode()).hexdigest(),
        files=tuple(sorted(files, key=lambda one: (one.name, one.digest, one.rows))),
    )


def list_change(lake_root: Path, table: str, *, before: int, after: int) -> ListChange:
    """What has come into a table and gone from it between two versions, entry by entry.

    Args:
        lake_root: the lake's folder.
        table: its id, one of TABLES.
        before: the older version.
        after: the newer one.

    Raises:
        LakeError: the table is damaged, or has no such version.
    """
    old, new = _READERS[table](lake_root, before), _READERS[table](lake_root, after)
    had, has = _told(old), _told(new)
    names = [{file_name(path) for path in pc.unique(rows["path"]).to_pylist()} for rows in (old, new)]
    return ListChange(
        table, before, after, tuple(sorted(has - had)), tuple(sorted(had - has)),
        tuple(sorted(names[1] - names[0])), tuple(sorted(names[0] - names[1])),
    )  # fmt: skip


def _told(rows: pa.Table) -> set[str]:
    """What each entry says, as one text."""
    columns = [name for name in rows.column_names if name not in _ABOUT]
    return {", ".join(_text(row[name]) for name in columns if row[name]) for row in _plain(rows, columns)}


def _plain(rows: pa.Table, columns: list[str]) -> list[dict[str, Any]]:  # Any: a value a column
    found: list[dict[str, Any]] = rows.select(columns).to_pylist()
    return found


def _text(value: Any) -> str:  # Any: a value of a column
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if hasattr(value, "tzinfo") else str(value)


def _marked(rows: pa.Table) -> dict[str, Tlp | None]:
    """The strictest marking of each file's entries."""
    if "tlp" not in rows.column_names:
        return {}
    words: dict[str, list[Tlp]] = {}
    for row in rows.group_by(["file", "tlp"], use_threads=False).aggregate([]).to_pylist():
        words.setdefault(row["file"], []).append(Tlp(row["tlp"]))
    return {file: strictest(found) for file, found in words.items()}


_READERS: dict[str, Callable[[Path, int], pa.Table]] = {
    "labels": lambda lake, version: counting_labels(lake, version=version),
    "networks": lambda lake, version: counting_networks(lake, version=version),
    "warninglists": lambda lake, version: counting_warning_lists(lake, version=version),
    "host_keys": lambda lake, version: read_rows(lake, HOST_KEYS, schema=HOST_KEY_SCHEMA, version=version),
    "claims": lambda lake, version: read_rows(lake, CLAIMS, schema=CLAIM_SCHEMA, version=version),
}
