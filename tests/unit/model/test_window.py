"""Tests of headwater.model.window."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from headwater.model.window import Window, parse_time

NOON = datetime(2020, 1, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_start_belongs_and_end_does_not() -> None:
    """Windows are half-open."""
    window = Window(NOON, NOON + HOUR)
    assert [window.contains(NOON), window.contains(NOON + HOUR)] == [True, False]


def test_windows_that_touch_share_nothing() -> None:
    """[12, 13) and [13, 14) have no moment in common."""
    assert not Window(NOON, NOON + HOUR).overlaps(Window(NOON + HOUR, NOON + 2 * HOUR))


def test_open_windows_reach_everything() -> None:
    """None is unbounded."""
    assert Window().overlaps(Window(NOON, NOON + HOUR))


def test_other_zones_become_utc() -> None:
    """14:00+02:00 is noon UTC."""
    assert Window(datetime(2020, 1, 2, 14, tzinfo=timezone(2 * HOUR))).start == NOON


def test_naive_time_is_refused_with_a_remedy() -> None:
    """A time without a zone is a bug waiting for an analyst."""
    with pytest.raises(ValueError, match="no time zone; write"):
        Window(datetime(2020, 1, 2))  # noqa: DTZ001  # the point of the test


def test_end_before_start_is_refused() -> None:
    """Such a window would match nothing without saying so."""
    with pytest.raises(ValueError, match="not after its start"):
        Window(NOON, NOON)


def test_widened_moves_both_edges() -> None:
    """Slack of 7 days before and 2 after, as hunts use it."""
    wide = Window(NOON, NOON + HOUR).widened(before=timedelta(days=7), after=timedelta(days=2))
    assert wide == Window(NOON - timedelta(days=7), NOON + HOUR + timedelta(days=2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-02", datetime(2020, 1, 2, tzinfo=UTC)),
        ("2020-01-02T12:00:00Z", NOON),
        ("2020-01-02 12:00", NOON),
        ("2020-01-02T14:00+02:00", NOON),
    ],
)
def test_times_are_utc_unless_they_say_otherwise(text: str, expected: datetime) -> None:
    """Every time on the command line is ISO 8601, UTC unless it says otherwise."""
    assert parse_time(text) == expected
