"""Which flows has the copy by host, and in which files? In parts: folders that appear whole or not at all.

    DIR/by_host/day=2020-09-14/part-<random>/
        part.json                         what the part covers; its format is FORMAT
        hosts-000.parquet ...             each flow under both of its hosts, sorted by host
        sample.parquet                    its flows with the smallest edge hashes, in their order
        index.parquet                     first and last host of each row group of hosts-*.parquet

A part covers some Parquet files of one day of the flow table, by name. It stands for them in every version of
the table that has them all, and in no other: so an answer is bound to its version with the copy as without,
and flows that come later are simply not covered yet. The copy can be deleted at any time; it holds nothing
that the flows do not hold.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from headwater.errors import LakeError
from headwater.lake.tables import Lake

BY_HOST = "by_host"
FORMAT = 1  # of a part
MARKER, INDEX, SAMPLE = "part.json", "index.parquet", "sample.parquet"
_REMEDY = "the flows themselves are whole: make the copy anew with `headwater compact --rebuild`"

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the copy.

    Attributes:
        folder: where it lies.
        day: the day of its flows.
        made_ns: when it was made, nanoseconds since 1970.
        flows: how many.
        covers: the flow table's files that it stands for, as the log names them.
        sample_limit: its sample holds all flows with an edge hash below.
        files: names and sizes of its files, bytes.
    """

    folder: Path
    day: date
    made_ns: int
    flows: int
    covers: frozenset[str]
    sample_limit: int
    files: dict[str, int]

    @property
    def hosts(self) -> tuple[str, ...]:
        """Paths of the files sorted by host."""
        return tuple(str(self.folder / name) for name in sorted(self.files) if name.startswith("hosts-"))

    @property
    def sample(self) -> str:
        """Path of the sample."""
        return str(self.folder / SAMPLE)

    @property
    def bytes(self) -> int:
        """Size of all its files."""
        return sum(self.files.values())

    def checked(self) -> "Part":
        """The part itself, if its files are there and as long as they were.

        Raises:
            LakeError: a file is gone or cut off.
        """
        for name, size in self.files.items():
            path = self.folder / name
            try:
                found = path.stat().st_size
            except OSError:
                raise LakeError(f"{path}: this file of the copy by host is gone; {_REMEDY}") from None
            if found != size:
                raise LakeError(
                    f"{path}: this file of the copy by host has {found:,} bytes and had {size:,} when it was "
                    f"written; {_REMEDY}"
                )
        return self

    def files_with(self, lows: Int64s) -> tuple[tuple[str, ...], int]:
        """Paths of the files in which some hosts may be, and the rows of the row groups in which they may be.

        Args:
            lows: lower halves of their addresses, sorted.

        Raises:
            LakeError: the index is damaged.
        """
        try:
            index = pq.read_table(self.folder / INDEX)
            file, first, last, rows = (
                np.asarray(index[name], np.int64) for name in ("file", "first", "last", "rows")
            )
        except (OSError, pa.ArrowException, KeyError) as why:
            raise LakeError(
                f"{self.folder / INDEX}: cannot be read ({_first_line(why)}); {_REMEDY}"
            ) from None
        hit = np.searchsorted(lows, first, side="left") < np.searchsorted(lows, last, side="right")
        hosts = self.hosts
        return tuple(hosts[place] for place in np.unique(file[hit]).tolist()), int(rows[hit].sum())


def parts_of_day(lake: Lake, day: date) -> list[Part]:
    """All parts of a day, the newest first.

    Raises:
        LakeError: a part is damaged, or was written by a newer headwater.
    """
    folders = sorted((lake.path(BY_HOST) / f"day={day.isoformat()}").glob("part-*"))
    return sorted((_read(folder / MARKER, day) for folder in folders), key=lambda part: -part.made_ns)


def readable(folder: Path) -> bool:
    """Whether a part says what it covers in a way that this headwater understands."""
    try:
        _read(folder / MARKER, date.min)
    except LakeError:
        return False
    return True


def days_with_parts(lake: Lake) -> list[date]:
    """The days of which there is any part, in order."""
    return sorted(
        date.fromisoformat(folder.name.removeprefix("day="))
        for folder in lake.path(BY_HOST).glob("day=????-??-??")
    )


def chosen(parts: Iterable[Part], files: frozenset[str]) -> list[Part]:
    """Parts that together stand for as many flows as may be, no file twice.

    Args:
        parts: of one day.
        files: the flow table's files at one version.
    """
    found: list[Part] = []
    taken: set[str] = set()
    for part in sorted(parts, key=lambda part: (-part.flows, -part.made_ns)):
        if part.covers <= files and not part.covers & taken:
            found.append(part)
            taken |= part.covers
    return found


def described(part: Part) -> str:
    """What `part.json` of a part says."""
    return json.dumps(
        {
            "format": FORMAT,
            "day": part.day.isoformat(),
            "made_ns": part.made_ns,
            "flows": part.flows,
            "covers": sorted(part.covers),
            "sample_limit": part.sample_limit,
            "files": part.files,
        },
        indent=1,
    )


def index_of(files: Iterable[Path]) -> pa.Table:
    """The index of files sorted by host: of each row group the place of its file, its first and last host
    (lower halves of their addresses) and its rows.
    """
    places, first, last, rows = [], [], [], []
    for place_of_file, path in enumerate(files):
        metadata = pq.read_metadata(path)
        names = [metadata.schema.column(place).name for place in range(metadata.num_columns)]
        place = names.index("host_lo")
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            found = group.column(place).statistics
            places.append(place_of_file)
            first.append(found.min)
            last.append(found.max)
            rows.append(group.num_rows)
    columns = {"file": places, "first": first, "last": last, "rows": rows}
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


def _read(marker: Path, day: date) -> Part:
    try:
        told: dict[str, Any] = json.loads(marker.read_text(encoding="utf-8"))
        version = int(told["format"])
        if version > FORMAT:
            raise LakeError(
                f"{marker}: this part of the copy by host has format {version} and this headwater reads up "
                f"to {FORMAT}; install a newer headwater, or make the copy anew with `headwater compact "
                "--rebuild`"
            )
        return Part(
            folder=marker.parent,
            day=day,
            made_ns=int(told["made_ns"]),
            flows=int(told["flows"]),
            covers=frozenset(map(str, told["covers"])),
            sample_limit=int(told["sample_limit"]),
            files={str(name): int(size) for name, size in told["files"].items()},
        )
    except FileNotFoundError:
        raise LakeError(f"{marker}: this file of the copy by host is gone; {_REMEDY}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
        raise LakeError(f"{marker}: damaged ({_first_line(why)}); {_REMEDY}") from None


def _first_line(why: Exception) -> str:
    return str(why).partition("\n")[0][:200]
