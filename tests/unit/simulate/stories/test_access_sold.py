"""Tests of simulate/stories/access_sold.py: contact ends about as the C2's life begins."""

import pytest

from headwater.simulate.stories.access_sold import AccessSold
from headwater.simulate.stories.meetings import sessions_in
from story_records import Seen, seen_of

STORY = AccessSold()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The story with seed 1."""
    return seen_of(STORY, 1)


def test_as_many_c2s_as_stated_are_in_contact(seen: Seen) -> None:
    """Between the two settings, of two families, with a few other hosts beside them."""
    assert STORY.c2s_low <= len(seen.c2s & set(seen.contact)) == len(seen.c2s) <= STORY.c2s_high
    assert len({each["family"] for each in seen.truth["c2s"]}) == 2
    assert len(seen.others) <= STORY.others_high


def test_contact_lies_before_the_life(seen: Seen) -> None:
    """Each C2 begins its contact days before it is a C2, and is last seen about when that life begins."""
    for each in seen.truth["c2s"]:
        days, begin = seen.contact[each["address"]], seen.day(each["life"]["start"])
        assert seen.day(each["contact"]["first"]) < begin - STORY.lead_low_days / 2
        assert days[-1] < begin + STORY.late_days + 0.5  # a session may last some hours


def test_each_c2_is_seen_often_enough_for_a_timeline(seen: Seen) -> None:
    """At least six sessions of each."""
    assert min(sessions_in(seen.contact[address]) for address in seen.c2s) >= 6


def test_handoff_must_come_out(seen: Seen) -> None:
    """The truth names question and hypothesis."""
    assert (seen.truth["expected"]["question"], seen.truth["expected"]["hypothesis"]) == ("tie", "handoff")
