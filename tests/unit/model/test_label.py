"""Tests of headwater.model.label."""

from datetime import UTC, datetime

from headwater.model.label import Label, Role
from headwater.model.window import Window

JANUARY = Window(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC))
MARCH = Window(datetime(2020, 3, 1, tzinfo=UTC), datetime(2020, 4, 1, tzinfo=UTC))
MID_JANUARY = datetime(2020, 1, 15, tzinfo=UTC)


def test_label_holds_in_the_feeds_window() -> None:
    """Without an override the feed's dates count."""
    assert Label("192.0.2.1", Role.C2, "emotet", feed=JANUARY).active_at(MID_JANUARY)


def test_override_wins_and_the_feeds_dates_stay() -> None:
    """An analyst's window replaces the feed's in matching only."""
    label = Label("192.0.2.1", Role.C2, "emotet", feed=JANUARY, override=MARCH)
    assert (label.active_at(MID_JANUARY), label.window, label.feed) == (False, MARCH, JANUARY)
