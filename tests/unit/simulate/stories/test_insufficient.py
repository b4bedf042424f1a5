"""Tests of simulate/stories/insufficient.py: too little was seen."""

import pytest

from headwater.simulate.stories.insufficient import Insufficient
from headwater.simulate.stories.meetings import sessions_in
from story_records import Seen, seen_of

STORY = Insufficient()


@pytest.fixture(scope="module", params=[8, 9])
def seen(request: pytest.FixtureRequest) -> Seen:
    """The story with two seeds."""
    return seen_of(STORY, int(request.param))


def test_two_or_three_c2s_in_one_to_three_sessions(seen: Seen) -> None:
    """Few C2s, rarely seen, with few others."""
    assert set(seen.contact) >= seen.c2s
    assert 2 <= len(seen.c2s) <= 3
    assert all(1 <= sessions_in(seen.contact[address]) <= 3 for address in seen.c2s)
    assert len(seen.others) <= STORY.others_high


def test_sampling_is_coarse(seen: Seen) -> None:
    """1:2000 or coarser."""
    assert seen.truth["sampling"] >= 2_000


def test_no_verdict_must_come_out(seen: Seen) -> None:
    """The truth asks for none."""
    assert seen.truth["expected"]["hypothesis"] == "insufficient"
