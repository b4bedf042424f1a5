"""What is told of an upstream that ended, and how sure it is said to be."""

from dataclasses import replace

import pytest

from change_tables import Contact, change_tables
from headwater.investigate.change_calibration import calibrated, named
from headwater.investigate.change_findings import endings
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.common_edge import grid_of
from headwater.investigate.moves import Ended, ended
from headwater.model.change import Change, ChangeKind

SETTINGS = ChangeSettings()
STOPS: dict[tuple[int, int], Contact] = {(0, n): (0.5 + 0.1 * n, 13.4 + 0.1 * n, 25) for n in range(5)}
ONE = {(1, n): (14.2 + 0.1 * n, 27.0, 25) for n in range(5)}
TWO = {(2, n): (14.2 + 0.1 * n, 27.0, 25) for n in range(5)}


def _told(contact: dict[tuple[int, int], Contact]) -> tuple[Change, ...]:
    tables = change_tables(contact, dark=(20, 22))
    found = ended(tables, 0, grid_of(tables, settings=SETTINGS), settings=SETTINGS)
    return endings(tables, [found], settings=SETTINGS)


def _raw(over: float, *, at_work: int = 5, unseen: float = 0.01, wound: float = 0.001) -> Ended:
    return Ended(0, 1.0 - over, over, (), 1.0, 2.0, 1.5, at_work, 10.0, unseen, 6, wound)


def test_silence_has_a_word() -> None:
    """That of ICD 203 for its probability."""
    (one,) = _told(STOPS)
    assert (one.kind, one.words) == (ChangeKind.SILENT, "almost certain")


def test_two_equal_successors_leave_it_open() -> None:
    """Neither is likelier than not: silent, with both as alternatives."""
    (one,) = _told(STOPS | ONE | TWO)
    assert (one.kind, one.other) == (ChangeKind.SILENT, None)
    assert [round(each.probability, 2) for each in one.alternatives] == [
        round(one.alternatives[0].probability, 2)
    ] * 2


def test_a_move_has_a_number_and_no_word() -> None:
    """Which address took over is not calibrated; how many C2s both share is told."""
    (one,) = _told(STOPS | ONE)
    assert (one.kind, one.words) == (ChangeKind.MOVED, "")
    assert one.probability is not None
    assert 0.5 <= one.probability <= 0.96
    assert "5 of the 5 C2s in contact with 9.9.9.1:8443/tcp" in one.reasons[0]


def test_an_outage_near_the_change_is_among_the_reasons() -> None:
    """North is dark from day 20 on, and the bounds of a silence end before: told only where they meet."""
    tables = change_tables(STOPS, dark=(14, 17))
    found = ended(tables, 0, grid_of(tables, settings=SETTINGS), settings=SETTINGS)
    told = endings(tables, [replace(found, at_work=5, unseen=0.0)], settings=SETTINGS)
    assert any("north recorded 0% of the usual for 3 days" in text for text in told[0].reasons)


@pytest.mark.parametrize(("over", "told"), [(0.05, 0.1537), (0.12, 0.5034), (0.3, 0.8886), (0.99, 0.96)])
def test_the_calibration_is_the_line_that_the_page_states(over: float, told: float) -> None:
    """1 / (1 + exp(-3.6 - 1.8 ln(p / (1 - p)))), by hand, and 0.96 at most."""
    assert calibrated(_raw(over), settings=SETTINGS) == pytest.approx(told, abs=0.001)


@pytest.mark.parametrize(("at_work", "unseen", "wound"), [(1, 0.01, 0.0), (5, 0.2, 0.0), (5, 0.01, 0.04)])
def test_silence_that_something_explains_is_none(at_work: int, unseen: float, wound: float) -> None:
    """One C2 went on working, or sampling alone would hide all of them one time in five, or one time in 25
    C2s that are wound down would work on for as long.
    """
    assert calibrated(_raw(0.9, at_work=at_work, unseen=unseen, wound=wound), settings=SETTINGS) == 0.0


@pytest.mark.parametrize(("at_work", "most"), [(2, 0.72), (3, 0.91), (4, 0.95), (5, 0.96)])
def test_few_c2s_carry_no_more_than_was_shown_with_as_few(at_work: int, most: float) -> None:
    """1 - 3/11, 1 - 3/35, 1 - 3/64, cut to two digits, and 0.96."""
    assert calibrated(_raw(0.99, at_work=at_work), settings=SETTINGS) == most


@pytest.mark.parametrize(("share", "told"), [(0.95, 0.8962), (0.5, 0.4502), (0.1, 0.1)])
def test_a_successor_is_told_less_surely_than_it_is_reckoned(share: float, told: float) -> None:
    """1 / (1 + exp(0.2 - 0.8 ln(s / (1 - s)))) by hand, and never more than the share."""
    assert named(share) == pytest.approx(told, abs=0.001)
