"""Tests of headwater.model.flow."""

from headwater.model.flow import FLOW, FilledBy


def test_names_are_unique() -> None:
    """One column name means one thing."""
    names = [column.name for column in FLOW]
    assert sorted(set(names)) == sorted(names)


def test_nullable_columns_say_what_null_means() -> None:
    """The columns that a source may not know, and no others, may be null."""
    nullable = {column.name for column in FLOW if column.nullable}
    assert nullable == {"packets", "bytes", "tcp_flags", "answered", "sensor", "sampling", "pair_id"}


def test_lake_fills_what_no_reader_can_know() -> None:
    """Source digest, edge hash and day are derived when a record is stored."""
    assert [column.name for column in FLOW if column.filled_by is FilledBy.LAKE] == [
        "source",
        "edge_hash",
        "day",
    ]
