"""Chances that one thing happened before another, against hand arithmetic."""

import pytest

from headwater.investigate.before import chance_before, day_end
from tenancy_samples import day


def test_a_day_at_the_edge_of_a_bracket() -> None:
    """A claim on the first of 31 days: P = 1 - (1/2)/31."""
    found = chance_before(day("2019-06-20"), day("2019-06-21"), low=day("2019-06-20"), high=day("2019-07-21"))

    assert found == pytest.approx(1 - 0.5 / 31)


def test_a_moment_within_a_bracket() -> None:
    """The share of the bracket behind the moment: 3 of 10 days."""
    at = day("2020-01-08")

    assert chance_before(at, at, low=day("2020-01-01"), high=day("2020-01-11")) == pytest.approx(0.3)


def test_equal_spans_are_even() -> None:
    """Two things within the same span: one half."""
    low, high = day("2020-01-01"), day("2020-01-11")

    assert chance_before(low, high, low=low, high=high) == pytest.approx(0.5)


def test_a_span_around_a_bracket() -> None:
    """An x in [0, 10], y in [4, 6]: the mean of y/10, which is 0.5."""
    found = chance_before(day("2020-01-01"), day("2020-01-11"), low=day("2020-01-05"), high=day("2020-01-07"))

    assert found == pytest.approx(0.5)


def test_a_span_against_a_moment() -> None:
    """An x in [0, 10], y at 4: 0.4."""
    at = day("2020-01-05")

    assert chance_before(day("2020-01-01"), day("2020-01-11"), low=at, high=at) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("start", "end", "chance"), [("2019-01-01", "2019-02-01", 1.0), ("2021-01-01", "2021-02-01", 0.0)]
)
def test_spans_apart(start: str, end: str, chance: float) -> None:
    """Apart, there is nothing to weigh."""
    assert chance_before(day(start), day(end), low=day("2020-01-01"), high=day("2020-02-01")) == chance


def test_two_equal_moments() -> None:
    """A moment is not before itself."""
    at = day("2020-01-01T10:00")

    assert chance_before(at, at, low=at, high=at) == 0


def test_midnight_stands_for_its_day() -> None:
    """A date is a day wide, a moment is not."""
    assert (day_end(day("2020-01-01")), day_end(day("2020-01-01T10:00"))) == (
        day("2020-01-02"),
        day("2020-01-01T10:00"),
    )
