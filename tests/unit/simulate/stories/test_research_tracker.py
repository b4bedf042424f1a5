"""Tests of simulate/stories/research_tracker.py: a client that follows the listings."""

import pytest

from headwater.simulate.stories.research_tracker import ResearchTracker
from headwater.simulate.stories.truth import labels_of
from story_records import Seen, seen_of

STORY = ResearchTracker()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The story with seed 3."""
    return seen_of(STORY, 3)


def test_it_comes_after_the_listing(seen: Seen) -> None:
    """No listed C2 is met before the first feed lists it."""
    listed: dict[str, float] = {}
    for label in labels_of(seen.told):
        assert label.feed.start is not None
        day = seen.day(label.feed.start)
        listed[label.address] = min(day, listed.get(label.address, day))
    assert len(seen.c2s) >= 8
    for address in seen.c2s:
        assert seen.contact[address][0] > listed[address] - 0.001  # exporters' clocks are seconds off


def test_it_goes_to_the_listed_ports_and_to_some_others(seen: Seen) -> None:
    """C2s are met on 22, on 80 and on the port that they listen on."""
    for each in seen.truth["c2s"]:
        assert {22, 80} <= seen.ports[each["address"]]
    own = [each["port"] in seen.ports[each["address"]] for each in seen.truth["c2s"]]
    assert sum(own) > 0.5 * len(own)  # some feeds name no port, and some C2s listen on 22 or 80


def test_c2s_of_all_families_are_met(seen: Seen) -> None:
    """The tracker does not care for families."""
    assert len({each["family"] for each in seen.truth["c2s"]}) == STORY.families_count


def test_it_touches_many_others_a_little(seen: Seen) -> None:
    """Far more hosts than C2s."""
    assert len(seen.ports) > 5 * len(seen.c2s)


def test_observer_must_come_out(seen: Seen) -> None:
    """The truth names the hypothesis and the role."""
    assert seen.truth["expected"]["hypothesis"] == "observer"
    assert seen.truth["service"]["role"] == "client"
