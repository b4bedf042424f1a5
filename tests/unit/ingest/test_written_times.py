"""Written times become microseconds since 1970."""

import pyarrow as pa
import pytest

from headwater.errors import BadSetting
from headwater.ingest.written_times import check_zone, microseconds

MOMENT = 1_313_674_853_826_372  # date -u -d '2011-08-18 13:40:53.826372' +%s%6N


def test_calendar_and_unix_times_name_the_same_moment() -> None:
    """Slashes, dashes, T, Z and Unix seconds are read alike."""
    texts = ["2011/08/18 13:40:53.826372", "2011-08-18T13:40:53.826372Z", "1313674853.826372"]
    assert microseconds(pa.array(texts), zone="UTC").to_pylist() == [MOMENT] * 3


def test_times_without_a_zone_are_in_the_zone_given() -> None:
    """Prague kept summer time, two hours ahead of UTC; a time marked Z stays UTC."""
    texts = pa.array(["2011/08/18 15:40:53.826372", "2011-08-18T13:40:53.826372Z"])
    assert microseconds(texts, zone="Europe/Prague").to_pylist() == [MOMENT, MOMENT]


def test_what_is_no_time_becomes_null() -> None:
    """Junk, an empty text and days that do not exist are null, and cost the others nothing."""
    texts = pa.array(["x", "", "2011/02/31 00:00:00", "2011/13/01 00:00:00", None, "1970/01/01 00:00:01"])
    assert microseconds(texts, zone="UTC").to_pylist() == [None, None, None, None, None, 1_000_000]


def test_an_hour_that_came_twice_is_the_earlier_one() -> None:
    """2011-10-30 02:30 came twice in Prague; the first was in summer time: 00:30 UTC."""
    assert microseconds(pa.array(["2011/10/30 02:30:00"]), zone="Europe/Prague").to_pylist() == [
        1_319_934_600_000_000  # date -u -d '2011-10-30 00:30:00' +%s
    ]


def test_an_unknown_zone_is_refused() -> None:
    """The message names the zone and shows one that exists."""
    with pytest.raises(BadSetting, match=r"Mars/Olympus.*Europe/Prague"):
        check_zone("Mars/Olympus")
