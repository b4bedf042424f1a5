"""A C2's life against its contact in one line of characters."""

from datetime import UTC, datetime, timedelta

from headwater.model.timeline import Interval, Timeline
from headwater.present.case_bars import Axis, axis_of, bar

START = datetime(2020, 1, 1, tzinfo=UTC)


def _span(start: float, end: float, *, low: float | None = None, high: float | None = None) -> Interval:
    def at(day: float) -> datetime:
        return START + timedelta(days=day)

    first, last = start if low is None else low, end if high is None else high
    return Interval(at(start), at(first), at(start), at(end), at(end), at(last), "made up")


def _line(activity: Interval | None, contact: Interval | None) -> Timeline:
    return Timeline(
        "192.0.2.1", "dridex", "", activity, contact, None, None, included=True, excluded_because=""
    )


AXIS = Axis(START, START + timedelta(days=10), 10)  # a cell a day


def test_each_part_has_its_mark() -> None:
    """Active on days 1 to 4, in contact on days 3 to 6."""
    assert bar(_line(_span(1.5, 4.5), _span(3.5, 6.5)), AXIS) == " ==##--   "


def test_an_uncertain_edge_shows_where_it_may_lie() -> None:
    """The contact may have begun on day 1 and ended on day 8."""
    assert bar(_line(None, _span(3.5, 6.5, low=1.5, high=8.5)), AXIS) == " ~~----~~ "


def test_what_is_unknown_is_not_drawn() -> None:
    """Neither interval, no mark."""
    assert bar(_line(None, None), AXIS) == " " * 10


def test_no_interval_no_axis() -> None:
    """There is nothing to draw."""
    assert axis_of([_line(None, None)], cells=40) is None


def test_moments_outside_fall_on_the_edge() -> None:
    """A bar never runs out of its line."""
    assert bar(_line(_span(-5, 50), None), AXIS) == "=" * 10
