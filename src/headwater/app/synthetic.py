"""Does a file say that it is synthetic, and does a case stand on such files? Then what is made of it says so.

What `headwater simulate` writes says so in three ways, and each is enough: README.txt of its folder begins
with SYNTHETIC; a Parquet file of flows has the key of PARQUET_MARK in its metadata; every note of a list of
C2s, every name of a network or every source of observations begins with "synthetic".
"""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from headwater.app.named_files import STANDARD_INPUT
from headwater.ingest.columns import PARQUET_MARK
from headwater.ingest.source import SourceFile
from headwater.lake.list_contents import read_table
from headwater.lake.synthetic import Mark, mark_synthetic, synthetic_flows, synthetic_marks
from headwater.model.source import ReadTable

_README, _BEGINS = "README.txt", b"SYNTHETIC"
_WORD = "synthetic"


def mark_if_synthetic(source: SourceFile, *, lake: Path, table: str, words: Iterable[str] = ()) -> None:
    """Marks a file in the lake that says that it is synthetic; before its entries are stored.

    Args:
        source: the file.
        lake: the lake's folder.
        table: "flows", "labels" or "context".
        words: of each of its entries the note, name or source.

    Raises:
        LakeError: the lake cannot be written.
    """
    why = _said_by_folder(source) or _said_by_metadata(source) or said_by_entries(words)
    if why:
        mark_synthetic(lake, Mark(table, source.digest, why))


def _said_by_folder(source: SourceFile) -> str:
    """README.txt beside the file, or beside its folder: flows and feeds lie one deeper."""
    if source.name == STANDARD_INPUT:
        return ""
    for folder in list(source.path.absolute().parents)[:2]:
        try:
            with (folder / _README).open("rb") as file:
                if file.read(len(_BEGINS)) == _BEGINS:
                    return f"{_README} of its folder"
        except OSError:
            continue
    return ""


def _said_by_metadata(source: SourceFile) -> str:
    if not source.raw_head.startswith(b"PAR1"):
        return ""
    try:
        metadata = pyarrow.parquet.read_schema(source.path).metadata or {}
    except (pa.ArrowException, OSError):
        return ""  # its reader tells what is wrong with it
    return "metadata of the file" if PARQUET_MARK in metadata else ""


def said_by_entries(words: Iterable[str]) -> str:
    """Why entries are synthetic, where each of these words of theirs says so; else ""."""
    found = [word.strip().casefold() for word in words]
    return "each of its entries" if found and all(word.startswith(_WORD) for word in found) else ""


def synthetic_said(lake_root: Path, *, lake_version: int | None, tables: Iterable[ReadTable]) -> str:
    """What of a case's material says that it is synthetic, as a sentence without its full stop.

    Args:
        lake_root: the lake's folder.
        lake_version: version of the flows that the case read.
        tables: labels and context, as it read them.

    Returns:
        The sentence; "" where nothing says so.

    Raises:
        LakeError: the marks are damaged.
    """
    marks = synthetic_marks(lake_root)
    if not marks:
        return ""
    marked = {mark.file for mark in marks}
    flows = synthetic_flows(lake_root, marks, version=lake_version)
    told = [f"flows of {_files(flows)}"] if flows else []
    for table in tables:
        count = len({file.digest for file in table.files} & marked)
        told += [f"{table.id.replace('_', ' ')} of {_files(count)}"] if count else []
    if not told:
        return ""
    return f"SYNTHETIC: made from simulated material that was observed nowhere ({', '.join(told)})"


def synthetic_notes(lake_root: Path, *, lake_version: int | None) -> tuple[str, ...]:
    """What an answer from flows and today's labels says first: the sentence, or nothing.

    Raises:
        LakeError: the marks or the labels are damaged.
    """
    labels = (read_table(lake_root, name) for name in ("labels",))  # read only where anything is marked
    said = synthetic_said(lake_root, lake_version=lake_version, tables=labels)
    return (said,) if said else ()


def _files(count: int) -> str:
    return f"{count:,} file" if count == 1 else f"{count:,} files"
