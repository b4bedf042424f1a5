"""Tests of headwater.api.arrow_rows."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from headwater.api.arrow_rows import arrow_of
from headwater.model.candidate import Share
from headwater.model.label import Tlp
from headwater.model.service import Service

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Inner:
    """A record in a record."""

    at: datetime
    count: int | None


@dataclass(frozen=True)
class Outer:
    """One field of each kind."""

    service: Service
    tlp: Tlp
    share: Share
    inner: Inner | None
    by_group: dict[str, int]
    logs: tuple[tuple[str, float], ...]
    for_ids: tuple[str, ...]
    note: str


ROW = Outer(
    Service("192.0.2.1", 443, 6), Tlp.RED, Share(0.5, 0.25, 0.75), Inner(NOON, None), {"a\x1b": 1},
    (("control", -1.5),), ("E1",), "a\nb",
)  # fmt: skip


def test_each_kind_of_field_has_its_columns() -> None:
    """Nested records side by side, shares with bounds, names of the JSON, printable text."""
    assert arrow_of([ROW], Outer).to_pylist(maps_as_pydicts="strict") == [
        {
            "service": "192.0.2.1:443/tcp", "tlp": "red", "share": 0.5, "share_low": 0.25,
            "share_high": 0.75, "inner_at": NOON, "inner_count": None, "by_group": {"a\\x1b": 1},
            "logs": {"control": -1.5}, "for": ["E1"], "note": "a\\nb",
        }
    ]  # fmt: skip


def test_no_rows_have_the_same_columns() -> None:
    """Types and all."""
    assert arrow_of([], Outer).schema == arrow_of([ROW], Outer).schema


def test_a_missing_record_is_nulls() -> None:
    """In every column that it would have."""
    row = arrow_of([replace(ROW, inner=None)], Outer).to_pylist()[0]
    assert (row["inner_at"], row["inner_count"]) == (None, None)


def test_a_field_without_a_column_is_refused() -> None:
    """A new kind of field in a record is noticed when its table is made, not by who reads it."""

    @dataclass(frozen=True)
    class Odd:
        value: complex

    with pytest.raises(TypeError, match="complex"):
        arrow_of([], Odd)


def test_times_are_utc() -> None:
    """In their type."""
    assert arrow_of([], Inner).schema.field("at").type == pa.timestamp("us", tz="UTC")
