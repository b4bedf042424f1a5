"""When was it? One unit a file, decided by size, and every way of writing a time."""

from collections.abc import Sequence

import pyarrow as pa
import pytest

from headwater.errors import BadSetting
from headwater.ingest.clock import Clock
from headwater.ingest.rejects import Rejects

MOMENT_US = 1_591_367_999_305_988  # date -u -d @1591367999.305988: 2020-06-05 14:39:59.305988


def _times(
    values: Sequence[object], *, unit: str | None = None, timezone: str = "UTC"
) -> tuple[list[int | None], Rejects]:
    column = values if isinstance(values, pa.Array) else pa.array(values)
    rejects = Rejects()
    units = {"start": unit} if unit else {}
    clock = Clock.told_by({"start": column}, units=units, timezone=timezone, rejects=rejects)
    return clock.times(column, "start").cast(pa.int64()).to_pylist(), rejects


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1_591_367_999, "seconds", 1_591_367_999_000_000),
        (1_591_367_999.305988, "seconds", MOMENT_US),
        (1_591_367_999_305, "milliseconds", 1_591_367_999_305_000),
        (MOMENT_US, "microseconds", MOMENT_US),
        (MOMENT_US * 1000 + 999, "nanoseconds", MOMENT_US),
        ("1591367999.305988", "seconds", MOMENT_US),
    ],
)
def test_epoch_units_are_told_by_size_and_reported(value: object, unit: str, expected: int) -> None:
    """Seconds, milli-, micro- and nanoseconds since 1970 cannot be mistaken for one another."""
    times, rejects = _times([value])
    assert (times, rejects.notes) == ([expected], [f"times read as epoch {unit}, by their size"])


@pytest.mark.parametrize(
    "text",
    ["2020-06-05T14:39:59.305988Z", "2020-06-05 14:39:59.305988", "2020-06-05T16:39:59.305988+02:00",
     "2020-06-05T14:39:59.305988000Z", "2020-06-05T16:39:59.305988+0200"],
)  # fmt: skip
def test_iso_8601_in_its_forms(text: str) -> None:
    """With and without a zone, with a blank or T, to the nanosecond."""
    assert _times([text])[0] == [MOMENT_US]


@pytest.mark.parametrize(
    ("values", "notes"),
    [
        (["2020-06-05T14:39:59Z", "2020-06-05T16:39:59+02:00", None, "soon"], []),
        (["2020-06-05T14:39:59Z", "2020-06-05 14:39:59.305988"], ["times name no zone; taken as Asia/Tokyo"]),
        (["2020-06-05"], ["times name no zone; taken as Asia/Tokyo"]),
        (pa.array([MOMENT_US], pa.timestamp("us")), ["times name no zone; taken as Asia/Tokyo"]),
        (pa.array([MOMENT_US], pa.timestamp("us", tz="UTC")), []),
        ([b"\xff", b"\xfe"], []),
    ],
)  # fmt: skip
def test_the_zone_that_was_assumed_is_noted(values: Sequence[object], notes: list[str]) -> None:
    """Whoever reads the report can see that --timezone decided about the times."""
    assert _times(values, unit="iso", timezone="Asia/Tokyo")[1].notes == notes


def test_mixed_forms_and_junk_in_one_column() -> None:
    """One odd time costs its own row only."""
    texts = ["2020-06-05T14:39:59.305988Z", "2020-06-05 14:39:59.305988", "soon", None, "2020-06-05"]
    assert _times(texts)[0] == [
        MOMENT_US, MOMENT_US, None, None, 1_591_315_200_000_000,
    ]  # fmt: skip


def test_the_unit_is_the_files_not_the_rows() -> None:
    """An absurd value among seconds is not read in another unit to make it fit."""
    times, _ = _times([1_591_367_999, 1_591_367_999_305, 1_591_367_998])
    assert times == [1_591_367_999_000_000, 1_591_367_999_305_000_000, 1_591_367_998_000_000]


def test_a_map_outranks_the_size() -> None:
    """What a map says of the unit holds, and nothing is guessed or noted."""
    times, rejects = _times([5], unit="ms")
    assert (times, rejects.notes) == ([5000], [])


def test_times_without_a_zone_are_in_the_users() -> None:
    """Prague in June is two hours ahead of UTC; times that name their zone are not moved."""
    times, _ = _times(["2020-06-05 16:39:59.305988"], timezone="Europe/Prague")
    zoned, _ = _times(["2020-06-05T14:39:59.305988Z"], timezone="Europe/Prague")
    assert (times, zoned) == ([MOMENT_US], [MOMENT_US])


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_arrow_timestamps_of_any_unit(unit: str) -> None:
    """A column that is a timestamp already needs no guess."""
    column = pa.array([1_591_367_999_000_000_000], pa.timestamp("ns", "UTC")).cast(pa.timestamp(unit, "UTC"))
    times, rejects = _times(column)
    assert (times, rejects.notes) == ([1_591_367_999_000_000], [])


def test_what_no_64_bits_hold_is_null() -> None:
    """Numbers beyond any calendar become null, not a wrong time."""
    assert _times([1_591_367_999, 1 << 62])[0] == [1_591_367_999_000_000, None]
    assert _times([1.5e9, float("nan"), 1e300])[0] == [1_500_000_000_000_000, None, None]


def test_an_unknown_zone_is_refused() -> None:
    """The message names the option and an example."""
    with pytest.raises(BadSetting, match=r"Middle/Earth.*Europe/Prague"):
        _times([1], timezone="Middle/Earth")
