"""Which files of the lake say that they are synthetic? So that nobody takes an exercise for an observation.

    LAKE/synthetic.jsonl    {"format": 1, "table", "file", "why"}, a line for each file that says so

A line is written before the entries of its file are stored, in one write: nothing synthetic is ever in the
lake without it. A line whose file was not stored after all means nothing.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from headwater.errors import LakeError
from headwater.lake.tables import create_lake, flow_table, is_lake, open_lake

FORMAT = 1
NAME = "synthetic.jsonl"
FLOWS = "flows"


@dataclass(frozen=True, slots=True)
class Mark:
    """A file that says that it is synthetic.

    Attributes:
        table: "flows", "labels" or "context": what it went into.
        file: SHA-256 of its bytes, in hex.
        why: what says so.
    """

    table: str
    file: str
    why: str


def mark_synthetic(lake_root: Path, mark: Mark) -> None:
    """Remembers that a file says that it is synthetic; to be called before its entries are stored.

    Args:
        lake_root: the lake's folder; becomes a lake where it is none.
        mark: what says so of which file.

    Raises:
        LakeError: the lake cannot be written.
    """
    path = create_lake(lake_root).path(NAME)
    row = {"format": FORMAT, "table": mark.table, "file": mark.file, "why": mark.why}
    line = (json.dumps(row) + "\n").encode()
    try:
        with path.open("ab", buffering=0) as file:
            file.write(line)
            os.fsync(file.fileno())
    except OSError as why:
        raise LakeError(f"{path}: {why.strerror}; check the permissions and space of the lake") from None


def synthetic_marks(lake_root: Path) -> frozenset[Mark]:
    """Every mark of the lake; none where nothing synthetic was ever added.

    Raises:
        LakeError: there is no lake, or the marks are damaged or of a newer format.
    """
    path = open_lake(lake_root).path(NAME)
    if not is_lake(lake_root) or not path.exists():
        return frozenset()
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        if any(row["format"] != FORMAT for row in rows):
            raise LakeError(f"{path}: marks of a newer format; install a newer headwater")
        return frozenset(Mark(str(row["table"]), str(row["file"]), str(row["why"])) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as why:
        raise LakeError(
            f"{path}: damaged ({why}); restore it from a backup, or remove its damaged line"
        ) from None


def synthetic_flows(lake_root: Path, marks: frozenset[Mark], *, version: int | None) -> int:
    """How many files of marked flows a version of the flows holds.

    Raises:
        LakeError: there are no flows, or no such version.
    """
    files = {mark.file for mark in marks if mark.table == FLOWS}
    if not files:
        return 0
    table = flow_table(open_lake(lake_root), version=version)
    return sum(table.transaction_version(file) is not None for file in files)
