"""What is known about addresses beside labels? Warning lists and networks, as `context add` stored them.

Tables: `<lake>/context/warninglists` and `<lake>/context/networks`. A newer version of a list, or a newer
file of the same source of networks, replaces the older one in what is read; the older rows stay on disk.
Observations of hosts and claims of open sources have tables of their own: headwater.lake.host_keys and
headwater.lake.claims.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headwater.intel.context.networks import Network, Networks
from headwater.intel.context.prefixes import prefix_of
from headwater.intel.context.warninglists import WarningList, WarningLists
from headwater.lake.small_tables import append_once, read_rows, was_stored

WARNING_LISTS = "context/warninglists"  # names of the tables, and of their folders
NETWORKS = "context/networks"
HOST_KEYS = "context/host_keys"
CLAIMS = "context/claims"

ORIGIN = [
    pa.field("file", pa.string(), nullable=False),  # SHA-256 of the file's bytes
    pa.field("path", pa.string(), nullable=False),  # what the user called it
    pa.field("added_at", pa.timestamp("us", tz="UTC"), nullable=False),
]
WARNING_LIST_SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("version", pa.int64(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("prefix", pa.string(), nullable=False),
        *ORIGIN,
    ]
)
NETWORK_SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("prefix", pa.string(), nullable=False),
        pa.field("asn", pa.int64(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        *ORIGIN,
    ]
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something came from.

    Attributes:
        file: SHA-256 of the file's bytes, in hex.
        path: what the user called the file.
        added_at: when it was added, UTC.
    """

    file: str
    path: str
    added_at: datetime


def store_warning_list(lake_root: Path, found: WarningList, *, origin: Origin) -> bool:
    """Stores a warning list; False where this very file is stored already.

    Raises:
        LakeError: the lake cannot be written.
    """
    count = len(found.entries)
    rows = with_origin(
        WARNING_LIST_SCHEMA,
        origin,
        count,
        name=[found.name] * count,
        version=[found.version] * count,
        category=[found.category] * count,
        prefix=list(found.entries),
    )
    return append_once(lake_root, WARNING_LISTS, rows, key=origin.file)


def store_networks(lake_root: Path, found: Sequence[Network], *, source: str, origin: Origin) -> bool:
    """Stores networks under the name of their source; False where this very file is stored already.

    Raises:
        LakeError: the lake cannot be written.
    """
    rows = with_origin(
        NETWORK_SCHEMA,
        origin,
        len(found),
        prefix=[network.text for network in found],
        asn=[network.asn for network in found],
        name=[network.name for network in found],
        source=[source] * len(found),
    )
    return append_once(lake_root, NETWORKS, rows, key=origin.file)


def holds_context(lake_root: Path, *, file: str) -> bool:
    """Whether the file with this digest was stored before, as context of any kind.

    Raises:
        LakeError: the lake is damaged or of a newer format.
    """
    return any(
        was_stored(lake_root, table, key=file) for table in (WARNING_LISTS, NETWORKS, HOST_KEYS, CLAIMS)
    )


def counting_warning_lists(lake_root: Path, *, version: int | None = None) -> pa.Table:
    """Rows of the newest version of every warning list: WARNING_LIST_SCHEMA, in no order.

    Of two files with one list's name the higher version counts, then the later addition.

    Args:
        lake_root: the lake's folder.
        version: the table as it was then; the newest unless given.

    Raises:
        LakeError: the table is damaged, or has no such version.
    """
    rows = read_rows(lake_root, WARNING_LISTS, schema=WARNING_LIST_SCHEMA, version=version)
    return _of_newest(rows, by="name", order=("version", "added_at"))


def warning_lists(lake_root: Path, *, version: int | None = None) -> WarningLists:
    """The newest version of every warning list in the lake, indexed; empty where none was added.

    Args:
        lake_root: the lake's folder.
        version: the table as it was then; the newest unless given.

    Raises:
        LakeError: the table is damaged, or has no such version.
    """
    rows = counting_warning_lists(lake_root, version=version)
    lists = []
    for name in sorted(pc.unique(rows["name"]).to_pylist()):
        mine = rows.filter(pc.field("name") == name)
        entries = tuple(mine["prefix"].to_pylist())
        lists.append(
            WarningList(
                name=name,
                version=mine["version"][0].as_py(),
                category=mine["category"][0].as_py(),
                entries=entries,
                ranges=tuple(prefix_of(entry) for entry in entries),
            )
        )
    return WarningLists.build(lists)


def counting_networks(lake_root: Path, *, version: int | None = None) -> pa.Table:
    """Rows of the newest file of every source of networks: NETWORK_SCHEMA, in no order.

    Args:
        lake_root: the lake's folder.
        version: the table as it was then; the newest unless given.

    Raises:
        LakeError: the table is damaged, or has no such version.
    """
    rows = read_rows(lake_root, NETWORKS, schema=NETWORK_SCHEMA, version=version)
    return _of_newest(rows, by="source", order=("added_at",))


def networks(lake_root: Path, *, version: int | None = None) -> Networks:
    """The newest file of every source of networks in the lake, indexed; empty where none was added.

    Where two sources name the same prefix, the one added later counts.

    Args:
        lake_root: the lake's folder.
        version: the table as it was then; the newest unless given.

    Raises:
        LakeError: the table is damaged, or has no such version.
    """
    rows = counting_networks(lake_root, version=version).sort_by("added_at")
    return Networks.build(
        [
            Network(prefix_of(prefix), asn, name)
            for prefix, asn, name in zip(
                rows["prefix"].to_pylist(), rows["asn"].to_pylist(), rows["name"].to_pylist(), strict=True
            )
        ]
    )


def _of_newest(rows: pa.Table, *, by: str, order: Sequence[str]) -> pa.Table:
    """For each value of a column the rows of the file that counts."""
    files = rows.select([by, "file", *order]).group_by([by, "file", *order]).aggregate([])
    files = files.sort_by([(column, "ascending") for column in (*order, "file")])
    newest = dict(zip(files[by].to_pylist(), files["file"].to_pylist(), strict=True))
    chosen = pa.table({by: pa.array(newest, pa.string()), "file": pa.array(newest.values(), pa.string())})
    return rows.join(chosen, [by, "file"], join_type="left semi", use_threads=False)


def place_in(path: str, place: int) -> str:
    """File and place of an entry, for people."""
    return f"{file_name(path)}, entry {place}"


def file_name(path: str) -> str:
    """The file's name without its folders, which may tell more than a case should."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def with_origin(schema: pa.Schema, origin: Origin, count: int, **columns: list[Any]) -> pa.Table:
    """Columns as a table, each row with where it came from."""
    # Any: a column's values are texts or numbers, as its type in the schema says
    columns |= {
        "file": [origin.file] * count,
        "path": [origin.path] * count,
        "added_at": [origin.added_at] * count,
    }
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)
