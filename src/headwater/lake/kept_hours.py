"""What was once counted of a day's flows, kept so that it is not counted again: sensors' hours, day by day.

    LAKE/watch/hours/<day>-<digest>.parquet    of the day's files, by whose names the digest is made

Files of the flow table never change, so as long as a day has the same files its hours are the same. All of
this may be deleted: it is counted again then.
"""

import hashlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.lake.tables import Lake
from headwater.whole_files import write_whole

FOLDER = "watch/hours"
SCHEMA = pa.schema(
    [
        ("sensor", pa.string()),
        *((name, pa.int64()) for name in ("hour_us", "flows", "first_us", "last_us")),
    ]
)
_DIGEST = 32


@dataclass(frozen=True, slots=True)
class DayKey:
    """A day with certain files.

    Attributes:
        day: of their flows.
        digest: of their names.
    """

    day: date
    digest: str

    @classmethod
    def of(cls, day: date, files: Iterable[str]) -> "DayKey":
        """The key of a day's files."""
        names = "\0".join(sorted(files)).encode("utf-8", "surrogateescape")
        return cls(day, hashlib.sha256(names).hexdigest()[:_DIGEST])

    @property
    def name(self) -> str:
        """Of the file that keeps it."""
        return f"{self.day.isoformat()}-{self.digest}.parquet"


def kept_hours(lake: Lake, key: DayKey) -> pa.Table | None:
    """The hours of a day as they were counted, in SCHEMA; None where they were not, or cannot be read."""
    try:
        found = pq.read_table(_folder(lake) / key.name, partitioning=None, page_checksum_verification=True)
    except (OSError, pa.ArrowException):
        return None
    return found if found.schema.equals(SCHEMA) else None


def keep_hours(lake: Lake, key: DayKey, hours: pa.Table) -> None:
    """Keeps the hours of a day; where that fails they are counted again next time, and no harm is done.

    Args:
        lake: the lake.
        key: the day and its files.
        hours: in SCHEMA.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(hours.cast(SCHEMA), sink, write_page_checksum=True)
    with suppress(OSError):
        _folder(lake).mkdir(parents=True, exist_ok=True)
        write_whole(_folder(lake) / key.name, sink.getvalue().to_pybytes())


def forget_hours(lake: Lake, *, but: Collection[DayKey]) -> None:
    """Removes what is kept of other days and of days that have other files by now; failing does no harm."""
    wanted = {key.name for key in but}
    for path in _folder(lake).glob("*.parquet"):
        if path.name not in wanted:
            with suppress(OSError):
                path.unlink()


def _folder(lake: Lake) -> Path:
    return lake.path(FOLDER)
