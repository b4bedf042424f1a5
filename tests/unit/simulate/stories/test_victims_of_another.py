"""Tests of simulate/stories/victims_of_another.py: C2s among the victims of another family's server."""

import pytest

from headwater.simulate.stories.story import tell
from headwater.simulate.stories.truth import labels_of
from headwater.simulate.stories.victims_of_another import VictimsOfAnother
from story_records import Seen, seen_of

STORY = VictimsOfAnother()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The story with seed 5."""
    return seen_of(STORY, 5)


def test_hundreds_of_victims_of_many_networks(seen: Seen) -> None:
    """Other victims outnumber the C2s by far and come from everywhere."""
    assert len(seen.others) > 150
    assert len({seen.network(address) for address in seen.others}) >= 10


def test_the_c2s_are_of_other_families(seen: Seen) -> None:
    """Compromised C2s, none of the family whose server they call."""
    own = seen.told.stage.families[-1].name
    met = [each for each in seen.truth["c2s"] if each["address"] in seen.contact]
    assert STORY.c2s_low - 1 <= len(met) <= STORY.c2s_high
    assert own not in {each["family"] for each in met}
    assert {each["kind"] for each in met} == {"compromised"}


def test_most_seeds_list_the_service_as_that_family() -> None:
    """Of 20 seeds 16 are expected to (binomial, standard deviation 1.8); the label names family and port."""
    listed = []
    for seed in range(20):
        told = tell(STORY, seed)
        address = told.world.hosts.address(told.stage.service)
        labels = [each for each in labels_of(told) if each.address == address]
        listed.append(bool(labels))
        for each in labels:
            assert (each.family, each.port) == (told.stage.families[-1].name, told.stage.port)
    assert 11 <= sum(listed) < 20


def test_victims_must_come_out(seen: Seen) -> None:
    """The truth names the hypothesis."""
    assert seen.truth["expected"]["hypothesis"] == "victims"
