"""Have labels and context changed since a report was written? Which table, and what came into it or went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from headwater.lake.list_contents import (
    TABLES,
    ListChange,
    Versions,
    list_change,
    list_versions,
    read_table,
)
from headwater.present.report.reading import StatedTable


@dataclass(frozen=True, slots=True)
class ReportLists:
    """The lists of a report against those of a lake.

    Attributes:
        versions: what to read so that the report is computed on what it read; none for a report of before
            there were any, and for a table of which the lake does not have that version.
        changes: tables that have changed since, as far as the lake can tell both states.
        unlike: what could not be made the same, a sentence each.
    """

    versions: Versions = field(default_factory=dict)
    changes: tuple[ListChange, ...] = ()
    unlike: tuple[str, ...] = ()


def report_lists(lake_root: Path, stated: Mapping[str, StatedTable]) -> ReportLists:
    """Holds the tables that a report names against the lake.

    Args:
        lake_root: the lake that it was computed on, or is said to be.
        stated: id of each table to what the report says of it.

    Raises:
        LakeError: there is no lake, or a table is damaged.
    """
    now = list_versions(lake_root)
    versions, changes, unlike = {}, [], []
    for id_, said in stated.items():
        if id_ not in TABLES:
            continue
        if not 0 <= said.version <= now[id_]:
            unlike.append(
                f"{id_}: the report read version {said.version}, which this lake does not have; computed "
                f"with version {now[id_]}"
            )
            continue
        versions[id_] = said.version
        if read_table(lake_root, id_, version=said.version).digest != said.digest:
            unlike.append(f"{id_}: version {said.version} of this lake is not what the report read")
        elif said.version < now[id_]:
            change = list_change(lake_root, id_, before=said.version, after=now[id_])
            changes += [change] if change.added or change.removed else []
    return ReportLists(versions, tuple(changes), tuple(unlike))


def change_text(one: ListChange) -> str:
    """One change as a sentence."""
    told = f"{one.table} (version {one.before} then, {one.after} now): {len(one.added):,} entries more"
    told += f", {len(one.removed):,} fewer"
    told += f"; new files: {', '.join(one.files_added)}" if one.files_added else ""
    return told + (f"; files that count no more: {', '.join(one.files_removed)}" if one.files_removed else "")
