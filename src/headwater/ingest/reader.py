"""Which reader takes a file, and what does every reader promise?

The protocol, the registry, the recognition of formats by content, and the report of what became of each file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.errors import FormatUnknown
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.source import SourceFile

PositionUnit = Literal["line", "byte", "record"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user knows about files and the files do not say.

    Attributes:
        sensor: name for the column `sensor` where a record names none.
        sampling: packet sampling interval N of 1:N where a record names none; None is unknown.
        timezone: IANA name of the zone in which times without a zone were written; UTC unless set.
        base_time: what relative times count from; None where they cannot be placed.
        map_file: TOML map from other column names to FLOW's (tabular formats).
        announced: N of 1:N by sensor for all its records, as the exporter announced it beside the file
            (nfcapd); None: it announced several, so that nobody knows which holds.
    """

    sensor: str | None = None
    sampling: int | None = None
    timezone: str = "UTC"
    base_time: datetime | None = None
    map_file: Path | None = None
    announced: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of a file.

    Attributes:
        batch: in READ_SCHEMA (headwater.ingest.columns); null where a value could not be read.
        positions: shape (rows,): line, byte or record number of each row, for reports of bad records.
    """

    batch: pa.RecordBatch
    positions: npt.NDArray[np.int64]


class Reader(Protocol):
    """One file format.

    Attributes:
        name: what `--format` calls it.
        title: what people call it.
        position_unit: what a position counts; lines count from 1, bytes and records from 0.
        rank: recognition order; 0 for magic bytes, 1 for a header of its own, 2 for anything tabular.
    """

    name: str
    title: str
    position_unit: PositionUnit
    rank: int

    def sniff(self, source: SourceFile) -> bool:
        """Whether the file's first bytes are this format: by content (`source.head`), never by name."""
        ...

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The file's records in chunks of bounded size; memory does not grow with the file.

        Damaged parts are told to `rejects` and skipped; nothing is raised for what a file contains.

        Raises:
            HeadwaterError: the file cannot be read at all, a program is missing, or an option is wrong.
        """
        ...


@runtime_checkable
class TakesMap(Protocol):
    """A reader of tables whose columns a map may name."""

    def is_table(self, source: SourceFile) -> bool:
        """Whether the file is such a table, whatever its columns are called."""
        ...


_READERS: list[Reader] = []


def register(reader: Reader) -> None:
    """Adds a reader; called once at the end of each reader's file."""
    _READERS.append(reader)
    _READERS.sort(key=lambda known: (known.rank, known.name))


def readers() -> tuple[Reader, ...]:
    """All readers in the order in which they are asked."""
    return tuple(_READERS)


def reader_named(name: str) -> Reader:
    """The reader that `--format NAME` means.

    Raises:
        FormatUnknown: there is none; the message lists those there are.
    """
    for reader in _READERS:
        if reader.name == name:
            return reader
    known = ", ".join(sorted(reader.name for reader in _READERS))
    raise FormatUnknown(f"no format is called {name!r}; there are: {known}")


def recognise(source: SourceFile, *, mapped: bool = False) -> Reader:
    """The reader whose format the file's content is.

    Args:
        source: the file.
        mapped: the user gave a map of column names; then only tables count, whatever their columns' names.

    Raises:
        FormatUnknown: no reader recognises it.
    """
    for reader in _READERS:
        if (isinstance(reader, TakesMap) and reader.is_table(source)) if mapped else reader.sniff(source):
            return reader
    raise FormatUnknown(
        f"{source.name}: no table that a map could name columns of; a map needs CSV with a header line, "
        "JSON lines or Parquet"
        if mapped
        else f"{source.name}: no reader recognises its content; name the format with --format, "
        "or map its columns with --map FILE.toml"
    )


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file.

    Attributes:
        path: the file as the user named it.
        format: the reader's name, or "" where none recognised it.
        flows: records stored.
        rejected: reason to count.
        first_bad: the first place that could not be read, or None.
        already: the same bytes are in the lake already; nothing was added.
        start: first start of a stored flow, or None.
        end: last end of a stored flow, or None.
        notes: what is worth saying though nothing was lost.
    """

    path: str
    format: str
    flows: int = 0
    rejected: dict[str, int] | None = None
    first_bad: FirstBad | None = None
    already: bool = False
    start: datetime | None = None
    end: datetime | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of all files of one run.

    Attributes:
        files: one report a file, in the order read.
        lake_version: version of the lake's flow table afterwards.
    """

    files: tuple[FileReport, ...]
    lake_version: int

    @property
    def flows(self) -> int:
        """Records stored by this run."""
        return sum(file.flows for file in self.files)

    @property
    def rejected(self) -> int:
        """Records left out by this run."""
        return sum(sum((file.rejected or {}).values()) for file in self.files)
