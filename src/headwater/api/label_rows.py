"""Which labels has a lake, in Python? One row a label, with the columns of `labels list --json`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.lake.labels import Said
from headwater.model.label import Label, Role, Tlp


@dataclass(frozen=True, slots=True)
class _Label:
    address: str
    port: int
    family: str
    group: str
    role: Role
    start: datetime | None
    end: datetime | None
    overridden: bool
    feed_start: datetime | None
    feed_end: datetime | None
    source: str
    grade: str
    tlp: Tlp
    note: str


@dataclass(frozen=True, slots=True)
class _Said(_Label):
    current: bool
    made_at: datetime
    added_at: datetime
    path: str
    place: int
    withdrawn_by: str


def labels_part(labels: Sequence[Label]) -> Part:
    """Labels as users of Python get them; `start` and `end` are the window that counts, half-open."""
    rows = [_Label(*_cells(one)) for one in labels]
    return Part(title=f"{len(rows):,} labels", table=arrow_of(rows, _Label))


def history_part(said: Sequence[Said], address: str) -> Part:
    """Everything ever said of an address, as users of Python get it."""
    rows = [
        _Said(
            *_cells(one.label), one.current, one.made_at, one.added_at, one.path, one.place, one.withdrawn_by
        )
        for one in said
    ]
    return Part(title=f"Everything ever said of {address}", table=arrow_of(rows, _Said))


def _cells(one: Label) -> tuple[
    str, int, str, str, Role, datetime | None, datetime | None, bool, datetime | None, datetime | None, str,
    str, Tlp, str,
]:  # fmt: skip
    return (
        one.address, one.port, one.family, one.group, one.role, one.window.start, one.window.end,
        one.override is not None, one.feed.start, one.feed.end, one.source, one.grade, one.tlp, one.note,
    )  # fmt: skip
