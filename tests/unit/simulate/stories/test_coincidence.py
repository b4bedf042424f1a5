"""Tests of simulate/stories/coincidence.py: C2s use a service as everybody does."""

import numpy as np
import pytest

from headwater.simulate.stories.coincidence import Coincidence
from headwater.simulate.stories.story import tell
from story_records import Seen, seen_of

STORY = Coincidence()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The story with seed 7."""
    return seen_of(STORY, 7)


def test_c2s_are_no_likelier_to_use_it_than_other_servers() -> None:
    """Over 12 seeds, C2s on servers use it as often as ordinary servers do, within three standard errors."""
    excess, variance = 0.0, 0.0
    for seed in range(12):
        told = tell(STORY, seed)
        stage = told.stage
        possible = [each for each in stage.base.c2s if each.kind.value != "residential"]
        servers = stage.others - STORY.people
        share = servers / (
            len(stage.population.servers) - sum(c2.kind.value == "compromised" for c2 in possible)
        )
        excess += len(stage.meetings) - share * len(possible)
        variance += share * (1 - share) * len(possible)
    assert abs(excess) < 3 * np.sqrt(variance)


def test_several_c2s_and_very_many_others_use_it(seen: Seen) -> None:
    """It looks like a service that C2s share."""
    assert len(seen.c2s & set(seen.contact)) >= 4
    assert len(seen.others) > 10 * len(seen.c2s)


def test_contact_of_compromised_servers_does_not_follow_their_lives(seen: Seen) -> None:
    """They use it as long as there are records, whenever they are C2s."""
    late = [each for each in seen.truth["c2s"] if seen.day(each["life"]["start"]) > 10]
    mine = [each for each in late if each["kind"] == "compromised"]
    assert mine
    assert all(each["contact"]["first"] < each["life"]["start"] for each in mine)


def test_chance_must_come_out(seen: Seen) -> None:
    """The truth names the hypothesis."""
    assert seen.truth["expected"]["hypothesis"] == "chance"
