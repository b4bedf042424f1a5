"""Where do the lake's tables live, and can this program read them?

    DIR/lake.json     {"format": 1}: the version of this layout
    DIR/flows/        Delta table of FLOW, partitioned by day
    DIR/<table>/      further Delta tables

A folder becomes a lake when `lake.json` appears in it, which is one atomic rename.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from headwater.errors import LakeError
from headwater.ingest.columns import LAKE_SCHEMA
from headwater.lake.table_faults import LOG, fault_of, without_log
from headwater.whole_files import write_whole

FORMAT = 1  # of the layout above; a change adds a converter for each step
MARKER = "lake.json"
FLOWS = "flows"
# A report names the version it was computed on, so no version is ever forgotten by itself.
_CONFIGURATION = {"delta.enableExpiredLogCleanup": "false"}
# What can be written here of Delta's protocol ("Table Features"): tables of this format need version 2 of it.
_WRITER_VERSION = 7
_WRITER_FEATURES = frozenset(
    {"appendOnly", "changeDataFeed", "checkConstraints", "generatedColumns", "invariants", "timestampNtz"}
)


@dataclass(frozen=True, slots=True)
class Lake:
    """A folder that is a lake; made by `open_lake` or `create_lake`.

    Attributes:
        folder: the lake's folder.
    """

    folder: Path

    def path(self, table: str) -> Path:
        """The folder of a table, which need not exist."""
        return self.folder / table


def is_lake(folder: Path) -> bool:
    """Whether the folder holds a lake of any format."""
    return (folder / MARKER).is_file()


def open_lake(folder: Path) -> Lake:
    """The lake in a folder.

    Raises:
        LakeError: there is none, it was written by a newer headwater, or its marker is damaged.
    """
    marker = folder / MARKER
    try:
        written = json.loads(marker.read_text(encoding="utf-8"))
        version = int(written["format"])
    except (FileNotFoundError, NotADirectoryError):
        raise LakeError(
            f"{folder}: there is no lake; make one with `headwater ingest PATH`, or name another with --lake"
        ) from None
    except OSError as why:
        raise LakeError(f"{marker}: {why.strerror}; check the permissions of the lake's folder") from None
    except (ValueError, KeyError, TypeError):
        raise LakeError(
            f'{marker}: damaged; it should hold {{"format": {FORMAT}}}: write that back if the tables '
            "beside it are whole"
        ) from None
    if not 1 <= version <= FORMAT:
        raise LakeError(
            f"{folder}: the lake has format {version} and this headwater reads up to {FORMAT}; "
            "install a newer headwater"
        )
    return Lake(folder)


def create_lake(folder: Path) -> Lake:
    """The lake in a folder, made first where there is none; several processes may do so at once.

    Raises:
        LakeError: as `open_lake`; or the folder holds something else, or cannot be written.
    """
    if is_lake(folder):
        return open_lake(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
        if others and not is_lake(folder):  # the marker may have appeared meanwhile
            raise LakeError(
                f"{folder}: is no lake and holds other files ({others[0]!a}); name a new or empty folder"
            )
        write_whole(folder / MARKER, json.dumps({"format": FORMAT}) + "\n")
    except OSError as why:
        raise LakeError(f"{folder}: {why.strerror}; name a folder that can be written with --lake") from None
    return open_lake(folder)


def open_table(lake: Lake, table: str, *, version: int | None = None) -> DeltaTable:
    """A table of the lake as it is now, or as it was at a version.

    Raises:
        LakeError: the table or the version does not exist, its log is damaged, or it was written by a newer
            program.
    """
    path = lake.path(table)
    try:
        return DeltaTable(path, version=version)
    except TableNotFoundError:
        _refuse_without_log(path)
        raise LakeError(
            f"{path}: the lake has no {table} yet; add some first (headwater ingest, headwater labels add)"
        ) from None
    except DeltaError as why:
        if "Unsupported" in str(why):  # a version of Delta's protocol, or a feature of it
            raise LakeError(
                f"{path}: a newer program wrote this table, and it cannot be read here ({_first_line(why)}); "
                "install a newer headwater"
            ) from None
        which = "" if version is None else f" at version {version}"
        cause = fault_of(path) or _first_line(why)
        raise LakeError(
            f"{path}: the table cannot be opened{which} ({cause}); name an existing version, or restore the "
            "folder from a backup, or ingest the sources into a new lake"
        ) from None


def create_table(
    lake: Lake,
    table: str,
    *,
    schema: pa.Schema,
    partition_by: Sequence[str] = (),
    configuration: Mapping[str, str] | None = None,
) -> DeltaTable:
    """A table of the lake, made first where there is none; several processes may do so at once.

    Args:
        lake: the lake.
        table: name of the table and of its folder.
        schema: its columns.
        partition_by: the columns that become folders.
        configuration: Delta table properties beyond those every table here has.

    Raises:
        LakeError: as `open_table` and `writable`, or the folder cannot be written.
    """
    path = lake.path(table)
    if not DeltaTable.is_deltatable(path):
        _refuse_without_log(path)
        try:
            DeltaTable.create(
                path,
                schema,
                partition_by=list(partition_by),
                configuration={**_CONFIGURATION, **(configuration or {})},
                commit_properties=CommitProperties(max_commit_retries=0),  # a second one would be version 1
            )
        except (DeltaError, OSError) as why:
            if not DeltaTable.is_deltatable(path):  # else another process was faster
                raise LakeError(
                    f"{path}: cannot be written ({_first_line(why)}); check permissions and space"
                ) from None
    return writable(open_table(lake, table), path)


def _refuse_without_log(path: Path) -> None:
    """A new log beside old files would take them for leftovers, which a vacuum removes."""
    data = without_log(path)
    if data is not None:
        raise LakeError(
            f"{path / LOG}: the log of this table is gone, and its files are there ({data.name}); restore "
            "the log from a backup, or ingest the sources into a new lake"
        )


def writable(table: DeltaTable, path: Path) -> DeltaTable:
    """The table itself, if this program may write to it; asked before anything is written.

    Args:
        table: as opened.
        path: its folder.

    Raises:
        LakeError: a newer program wrote it, in a way that only newer ones can go on with.
    """
    needed = table.protocol()
    unknown = sorted(set(needed.writer_features or ()) - _WRITER_FEATURES)
    if needed.min_writer_version > _WRITER_VERSION or unknown:
        what = ", ".join(unknown) or f"writer version {needed.min_writer_version} of Delta Lake's protocol"
        raise LakeError(
            f"{path}: a newer program wrote this table, and it can be read here but not written ({what}); "
            "install a newer headwater"
        )
    return table


def flow_table(lake: Lake, *, create: bool = False, version: int | None = None) -> DeltaTable:
    """The lake's table of flows.

    Raises:
        LakeError: as `open_table`, or its columns are not FLOW's.
    """
    if create:
        create_table(lake, FLOWS, schema=LAKE_SCHEMA, partition_by=["day"])
    table = open_table(lake, FLOWS, version=version)
    names = [field.name for field in table.schema().fields]
    if names != LAKE_SCHEMA.names:
        odd = sorted(set(names) ^ set(LAKE_SCHEMA.names)) or names
        raise LakeError(
            f"{lake.path(FLOWS)}: its columns are not those of format {FORMAT} ({', '.join(odd)}); "
            "ingest the sources into a new lake"
        )
    return table


def _first_line(why: Exception) -> str:
    return str(why).partition("\n")[0][:200]
