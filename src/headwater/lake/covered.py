"""What of a version of the flows has the host-clustered copy, and what must be read raw?"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from headwater.lake.by_host import Part, chosen, parts_of_day
from headwater.lake.snapshot import Snapshot
from headwater.lake.tables import FLOWS, Lake, flow_table


@dataclass(frozen=True, slots=True)
class CoveredPart:
    """A part of the copy and the files of the flow table that it stands for.

    Attributes:
        part: the part, its files checked.
        files: absolute paths of those of them that the snapshot lists; a window may leave some out.
    """

    part: Part
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A snapshot's files, divided.

    Attributes:
        loose: absolute paths of files that no part stands for.
        parts: parts that stand for the others.
    """

    loose: tuple[str, ...]
    parts: tuple[CoveredPart, ...]


def covered(lake: Lake, found: Snapshot) -> Covered:
    """Divides a snapshot's files.

    Args:
        lake: the lake.
        found: which version, and which of its files.

    Raises:
        LakeError: a part is damaged, or a file of one is gone.
    """
    root = lake.path(FLOWS).resolve()
    named = {str(Path(path).relative_to(root)): path for path in found.files}
    days = sorted({day for name in named if (day := day_of(name)) is not None})
    of_days = {day: found_parts for day in days if (found_parts := parts_of_day(lake, day))}
    if not of_days:
        return Covered(found.files, ())
    every = frozenset(table_files(lake, version=found.version))
    parts: list[CoveredPart] = []
    for of_day in of_days.values():
        for part in chosen(of_day, every):
            wanted = tuple(named[name] for name in sorted(part.covers & named.keys()))
            if wanted:
                parts.append(CoveredPart(part.checked(), wanted))
    taken = {path for one in parts for path in one.files}
    return Covered(tuple(path for path in found.files if path not in taken), tuple(parts))


def table_files(lake: Lake, *, version: int | None = None) -> dict[str, int]:
    """The flow table's files as its log names them, with their rows.

    Raises:
        LakeError: as `headwater.lake.snapshot.snapshot`.
    """
    actions = pa.table(flow_table(lake, version=version).get_add_actions(flatten=True))
    rows = actions["num_records"].fill_null(0).to_pylist()
    return dict(sorted(zip(actions["path"].to_pylist(), rows, strict=True)))


def day_of(table_path: str) -> date | None:
    """The day of a file of the flow table, by its folder's name."""
    folder = table_path.partition("/")[0]
    try:
        return date.fromisoformat(folder.removeprefix("day="))
    except ValueError:
        return None
