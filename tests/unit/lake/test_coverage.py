"""Flows by day, from the table's log."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from headwater.lake.coverage import logged_days
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import Lake
from headwater.lake.writer import FlowWriter
from headwater.model.window import Window

FlowMaker = Callable[..., pa.RecordBatch]
_DAY_US = 86_400_000_000
MIDNIGHT = datetime(2020, 9, 14, tzinfo=UTC)
_START = int(MIDNIGHT.timestamp()) * 1_000_000


@pytest.fixture
def four_days(lake: Lake, flows: FlowMaker) -> Lake:
    """1,000 flows of one second at noon of days 0, 1 and 3, and 500 of day 3 in a file of their own."""
    with FlowWriter(lake) as writer:
        for number, (day, rows) in enumerate([(0, 1_000), (1, 1_000), (3, 1_000), (3, 500)]):
            noon = _START + day * _DAY_US + _DAY_US // 2
            writer.add(flows(rows, start=noon, seed=number), digest=f"d{number}")
            writer.commit()
    return lake


def test_days_with_flows(four_days: Lake) -> None:
    """Three days have flows; files of one day are put together; none is cut."""
    found = logged_days(four_days, snapshot(four_days))
    assert ((found.day_us - _START) // _DAY_US).tolist() == [0, 1, 3]
    assert (found.flows.tolist(), found.cut.tolist()) == ([1_000, 1_000, 1_500], [False] * 3)
    assert (int(found.first_us[0]) - _START) // _DAY_US == 0
    assert int(found.last_us[-1]) > _START + 3 * _DAY_US


@pytest.mark.parametrize(
    ("since", "until", "days", "cut"),
    [
        (timedelta(0), None, [0, 1, 3], [False, False, False]),
        (timedelta(hours=1), None, [0, 1, 3], [True, False, False]),
        (timedelta(days=1), timedelta(days=3, hours=12), [1, 3], [False, True]),
        (timedelta(days=1), timedelta(days=3), [1], [False]),
        (timedelta(days=2), timedelta(days=3), [], []),
    ],
)
def test_days_of_a_window(
    four_days: Lake, since: timedelta, until: timedelta | None, days: list[int], cut: list[bool]
) -> None:
    """Days that the window touches; a day of which it holds a part is marked."""
    window = Window(MIDNIGHT + since, None if until is None else MIDNIGHT + until)
    found = logged_days(four_days, snapshot(four_days), window=window)
    assert (((found.day_us - _START) // _DAY_US).tolist(), found.cut.tolist()) == (days, cut)
