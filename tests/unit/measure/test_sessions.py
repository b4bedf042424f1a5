"""Sessions end after six hours of silence."""

import pyarrow as pa
import pytest

from headwater.engine.connect import Engine
from headwater.measure.sessions import sessions

HOUR_US = 3_600_000_000
Record = tuple[int, float, float, int | None]  # owner, start and end in hours, packets


def _sessions(engine: Engine, records: list[Record]) -> list[tuple[int, float, float, int, int]]:
    columns = {
        "owner": [one[0] for one in records],
        "start_us": [round(one[1] * HOUR_US) for one in records],
        "end_us": [round(one[2] * HOUR_US) for one in records],
        "packets": pa.array([one[3] for one in records], pa.int64()),
    }
    table = engine.bring("records", pa.table(columns))
    found = engine.fetch(sessions(table), purpose="test").sort_by(
        [("owner", "ascending"), ("start_us", "ascending")]
    )
    return [
        (row["owner"], row["start_us"] / HOUR_US, row["end_us"] / HOUR_US, row["flows"], row["packets"])
        for row in found.to_pylist()
    ]


def test_six_hours_of_silence_end_a_session(engine: Engine) -> None:
    """Silences of 5, 6 and 6.5 hours: only the last is longer than six."""
    records: list[Record] = [(1, 0, 0, 2), (1, 5, 5, 3), (1, 11, 11, 4), (1, 17.5, 18, 5)]
    assert _sessions(engine, records) == [(1, 0, 11, 3, 9), (1, 17.5, 18, 1, 5)]


def test_silence_counts_from_the_latest_end(engine: Engine) -> None:
    """A flow of 12 hours holds its session open over shorter ones."""
    records: list[Record] = [(1, 0, 12, 1), (1, 1, 1, 1), (1, 17, 17, 1)]
    assert _sessions(engine, records) == [(1, 0, 17, 3, 3)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_records_that_start_together_are_of_one_session(engine: Engine, order: tuple[int, ...]) -> None:
    """Two records start at once after a long silence: both begin the second session, in whatever order."""
    records: list[Record] = [(1, 0, 0, 1), (1, 20, 21, 1), (1, 20, 20, 1)]
    assert _sessions(engine, [records[place] for place in order]) == [(1, 0, 0, 1, 1), (1, 20, 21, 2, 2)]


def test_owners_are_apart_and_uncounted_packets_are_none(engine: Engine) -> None:
    """Each owner has sessions of its own; a source without counters gives 0 packets."""
    records: list[Record] = [(2, 0, 0, None), (1, 1, 1, None), (1, 2, 2, 7)]
    assert _sessions(engine, records) == [(1, 1, 2, 2, 7), (2, 0, 0, 1, 0)]
