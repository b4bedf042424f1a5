"""Tests of simulate/stories/sinkhole.py: infected hosts of many networks call in."""

import pytest

from headwater.model.label import Role
from headwater.simulate.stories.sinkhole import Sinkhole
from headwater.simulate.stories.story import tell
from headwater.simulate.stories.truth import labels_of
from story_records import Seen, seen_of

STORY = Sinkhole()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The story with seed 4."""
    return seen_of(STORY, 4)


def test_infected_hosts_of_many_networks_call_in(seen: Seen) -> None:
    """Hundreds of hosts of at least ten networks, people and servers."""
    networks = {seen.network(address) for address in seen.others}
    assert len(seen.others) > 150
    assert len(networks) >= 10
    assert {name.split()[1] for name in networks} == {"residential", "hosting"}


def test_compromised_c2s_are_among_them(seen: Seen) -> None:
    """Compromised C2s, whose calls began before they were C2s."""
    met = [each for each in seen.truth["c2s"] if each["address"] in seen.contact]
    assert STORY.c2s_low - 1 <= len(met) <= STORY.c2s_high
    assert {each["kind"] for each in met} == {"compromised"}
    assert all(each["contact"]["first"] < each["life"]["start"] for each in met)


@pytest.mark.parametrize("seed", [4, 5])
def test_a_feed_says_so_or_only_the_networks_name(seed: int) -> None:
    """Even seeds have a label of the role sinkhole, odd ones the operator's name in networks.csv."""
    told = tell(STORY, seed)
    named = told.world.hosts.network_name(told.stage.service) == "Synthetic sinkhole operator"
    address = told.world.hosts.address(told.stage.service)
    roles = {each.role for each in labels_of(told) if each.address == address}
    assert (roles, named) == (({Role.SINKHOLE}, False) if seed % 2 == 0 else (set(), True))


def test_sinkhole_must_come_out(seen: Seen) -> None:
    """The truth names the hypothesis."""
    assert seen.truth["expected"]["hypothesis"] == "sinkhole"
