"""Tests of headwater.app.watch.sensors: days are counted once, and the hours are those of the flows."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hand_made_flows import BEGIN, Flow, add_flows, lake_of
from headwater.app.watch.sensors import hours_of
from headwater.engine.connect import connect
from headwater.lake.kept_hours import DayKey, kept_hours
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.measure.scan import Span
from headwater.measure.sensor_hours import sensor_hours
from headwater.model.window import Window

DAY = timedelta(days=1)
WINDOW = Window(BEGIN + 0.5 * DAY, BEGIN + 3.5 * DAY)  # cuts the first day and the fourth


def _flow(day: float, sensor: str = "edge") -> Flow:
    return Flow("1.0.0.1", 1, "2.0.0.1", 80, at=day * 86_400, sensor=sensor)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A flow every six hours for five days, from two sensors."""
    flows = [_flow(number / 4 + 0.1, ("edge", "core")[number % 2]) for number in range(20)]
    return lake_of(tmp_path, flows, labels="address,family\n5.0.0.1,emotet\n")


def _hours(lake: Path) -> tuple[list[tuple[object, ...]], int]:
    """The hours, and how many queries counted them."""
    with connect("duckdb://") as engine:
        files = snapshot(open_lake(lake), window=WINDOW).files
        found = hours_of(engine, open_lake(lake), files, window=WINDOW)
        return _rows(found), len(engine.trace.queries)


def _counted(lake: Path) -> list[tuple[object, ...]]:
    """The hours as one query counts them in all flows."""
    with connect("duckdb://") as engine:
        flows = engine.flows(snapshot(open_lake(lake)).files)
        asked = sensor_hours(flows, span=Span(WINDOW.start, WINDOW.end))
        return _rows(engine.fetch(asked, purpose="test"))


def _rows(hours: pa.Table) -> list[tuple[object, ...]]:
    return sorted((row["sensor"], row["hour_us"], row["flows"], row["last_us"]) for row in hours.to_pylist())


def _kept(lake: Path) -> list[Path]:
    return sorted((lake / "watch" / "hours").glob("*.parquet"))


def _kept_rows(lake: Path, path: Path) -> list[tuple[object, ...]] | None:
    """What is read of a kept file; None where it is refused."""
    key = DayKey(date.fromisoformat(path.name[:10]), path.stem[11:])
    found = kept_hours(open_lake(lake), key)
    return None if found is None else _rows(found)


def _rows_of(written: bytes) -> list[tuple[object, ...]]:
    return _rows(pq.read_table(pa.BufferReader(written)))


def test_the_hours_are_those_of_the_flows(lake: Path) -> None:
    """The first time, and where most of them were kept; cut days are counted each time."""
    expected = _counted(lake)
    assert len(expected) == 12
    assert (_hours(lake), _hours(lake)) == ((expected, 2), (expected, 1))
    assert [path.name[:10] for path in _kept(lake)] == [f"{BEGIN + n * DAY:%Y-%m-%d}" for n in (1, 2)]


def test_a_day_that_got_more_flows_is_counted_again(lake: Path) -> None:
    """And what was kept of it before goes."""
    _hours(lake)
    before = _kept(lake)
    add_flows(lake, [_flow(2.77)], digest="1")
    expected = _counted(lake)
    assert len(expected) == 13
    assert _hours(lake) == (expected, 2)
    assert [path in before for path in _kept(lake)] == [True, False]


def test_damaged_numbers_are_counted_again(lake: Path) -> None:
    """Whichever octet of a kept file has changed: the hours stay those of the flows."""
    expected, _ = _hours(lake)
    first, _ = _kept(lake)
    sound = first.read_bytes()
    wrong = []
    for place in range(4, len(sound) - 8, 11):
        first.write_bytes(sound[:place] + bytes([sound[place] ^ 0x41]) + sound[place + 1 :])
        if _kept_rows(lake, first) not in (None, _rows_of(sound)):
            wrong.append(place)
    assert (wrong, _hours(lake)[0]) == ([], expected)


def test_what_cannot_be_read_is_counted_again(lake: Path) -> None:
    """Half a file is as good as none, and is replaced."""
    expected, _ = _hours(lake)
    first, _ = _kept(lake)
    first.write_bytes(first.read_bytes()[:100])
    assert (_hours(lake), _hours(lake)) == ((expected, 2), (expected, 1))


def test_what_cannot_be_kept_is_counted_each_time(lake: Path) -> None:
    """A file stands where the folder should be: the hours are those of the flows all the same."""
    (lake / "watch").mkdir()
    (lake / "watch" / "hours").write_text("in the way")
    assert (_hours(lake), _hours(lake)) == ((_counted(lake), 2),) * 2
