"""Dates of open sources: days, months, years, moments, spans, and what cannot be true."""

from datetime import UTC, datetime

import pytest

from headwater.intel.dates import moment_at, span_of
from headwater.intel.labels.endpoints import Unusable

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "until"),
    [
        ("2019-06-20", "2019-06-20", "2019-06-21"),
        ("2019-06", "2019-06-01", "2019-07-01"),
        ("2020-02", "2020-02-01", "2020-03-01"),
        ("2019-12", "2019-12-01", "2020-01-01"),
        ("2019", "2019-01-01", "2020-01-01"),
        ("2020", "2020-01-01", "2021-01-01"),
        ("2019-06-20/2019-07-20", "2019-06-20", "2019-07-21"),
        ("2019-06 to 2019-08", "2019-06-01", "2019-09-01"),
        ("2019/06/20", "2019-06-20", "2019-06-21"),
        ("2019-06-20T10:00Z/2019-06-20T12:00+02:00", "2019-06-20T10:00", None),
        ("2019-06-20T10:00Z", "2019-06-20T10:00", None),
        ("2019-06-20T01:00+02:00", "2019-06-19T23:00", None),
        ("2019-06-20T10:00Z--2019-06-21", "2019-06-20T10:00", "2019-06-22"),
    ],
)
def test_spans(text: str, start: str, until: str | None) -> None:
    """A day is a day wide, a month a month; the second of two dates belongs to the span; all in UTC."""
    assert span_of(text, now=NOW) == (at(start), at(until) if until else None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no date"),
        ("unknown", "no date"),
        ("0000-00-00", "no date"),
        ("1970-01-01", "date before 1996"),
        ("0001-01-01T00:00:00Z", "date before 1996"),
        ("2027-01-01", "date in the future"),
        ("9999-12-31", "date in the future"),
        ("2019-02-30", "date unreadable"),
        ("06/07/2019", "date unreadable"),
        ("yesterday", "date unreadable"),
        ("2019-13", "date unreadable"),
        ("2019-07-20/2019-06-20", "end before start"),
        ("2019-06/2019-05", "end before start"),
        ("2019-06-20/", "no date"),
        ("\u0662\u0660\u0661\u0669-\u0660\u0666-\u0662\u0660", "date unreadable"),
    ],
)
def test_what_cannot_be_true_is_refused(text: str, reason: str) -> None:
    """The reason is what is counted."""
    with pytest.raises(Unusable, match=f"^{reason}$"):
        span_of(text, now=NOW)


def test_a_month_under_way_may_end_later() -> None:
    """Only its begin must not lie in the future."""
    assert span_of("2026-11", now=NOW) == (at("2026-11-01"), at("2026-12-01"))


def test_clocks_may_be_a_day_ahead() -> None:
    """Zones go wrong by hours."""
    assert moment_at("2026-11-01T20:00Z", now=NOW).at == at("2026-11-01T20:00")
