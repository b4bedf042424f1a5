"""Tests of simulate/stories/hosting_panel.py: a service that its whole network uses."""

import pytest

from headwater.simulate.stories.hosting_panel import HostingPanel
from story_records import Seen, seen_of

STORY = HostingPanel()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The story with seed 2."""
    return seen_of(STORY, 2)


def test_over_a_hundred_servers_of_one_network_use_it(seen: Seen) -> None:
    """All clients, C2s and others, stand in the service's own network."""
    home = seen.truth["service"]["network"]
    assert {seen.network(address) for address in seen.contact} == {home}
    assert len(seen.others) > 100


def test_c2s_rented_there_are_among_them(seen: Seen) -> None:
    """Rented C2s of several families, as many as stated."""
    met = [each for each in seen.truth["c2s"] if each["address"] in seen.contact]
    assert STORY.c2s_low <= len(met) <= STORY.c2s_high
    assert {each["kind"] for each in met} == {"rented"}
    assert len({each["family"] for each in met}) > 1


def test_c2s_use_it_before_and_after_their_lives(seen: Seen) -> None:
    """The service comes with the server: contact begins before each C2's life does."""
    for each in seen.truth["c2s"]:
        assert each["contact"]["first"] < each["life"]["start"]


def test_third_party_must_come_out(seen: Seen) -> None:
    """The truth names the hypothesis."""
    assert seen.truth["expected"]["hypothesis"] == "third-party"
