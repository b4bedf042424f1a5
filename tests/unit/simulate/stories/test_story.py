"""Tests of simulate/stories/story.py, stage.py, counter.py, catalogue.py: what all stories share."""

import pytest

from headwater.errors import BadSetting
from headwater.simulate.knobs import ORIGINS, knobs
from headwater.simulate.stories.catalogue import STORIES
from headwater.simulate.stories.dridex_emotet import DridexEmotet
from headwater.simulate.stories.meetings import sessions_in
from headwater.simulate.stories.story import tell
from headwater.simulate.stories.truth import labels_of, truth_of

COUNTER = [name for name in STORIES if name != DridexEmotet.name]


def test_every_story_is_found_under_its_own_name_with_a_note() -> None:
    """Nine stories, each with one line about it."""
    assert {name: story.name for name, story in STORIES.items()} == {name: name for name in STORIES}
    assert len(STORIES) == 9
    assert all(story.note for story in STORIES.values())


@pytest.mark.parametrize("name", STORIES)
def test_every_setting_says_what_it_means_and_where_it_comes_from(name: str) -> None:
    """No setting without a sentence and a known origin; ranges go from low to high."""
    found = {each.name: each for each in knobs(STORIES[name])}
    assert found
    assert all(each.meaning.endswith(".") and each.origin in ORIGINS for each in found.values())
    for low in (each for each in found if "_low" in each):
        assert found[low].default <= found[low.replace("_low", "_high")].default  # type: ignore[operator]


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_a_function_of_its_seed(name: str) -> None:
    """The same seed gives the same truth and lists, another seed other ones."""
    story, first, second = STORIES[name], tell(STORIES[name], 11), tell(STORIES[name], 11)
    sampling = story.sampling_of(11)
    assert truth_of(first, sampling=sampling) == truth_of(second, sampling=sampling)
    assert labels_of(first) == labels_of(second)
    assert truth_of(tell(story, 12), sampling=sampling)["c2s"] != truth_of(first, sampling=sampling)["c2s"]


@pytest.mark.parametrize("name", COUNTER)
def test_seeds_differ_within_the_stated_ranges(name: str) -> None:
    """Names, dates, sampling, port or network vary; sampling stays in its range."""
    story = STORIES[name]
    told = [tell(story, seed) for seed in range(12)]
    rates = {each.stage.sampling for each in told}
    settings = {each.name: each.default for each in knobs(story)}
    assert len(rates) > 1
    assert all(settings["sampling_low"] <= rate <= settings["sampling_high"] for rate in rates)  # type: ignore[operator]
    assert len({each.world.settings.start for each in told}) > 8
    assert len({each.stage.families for each in told}) > 5
    assert len({each.world.hosts.address(each.stage.service) for each in told}) > 8
    assert len({len(each.stage.meetings) for each in told}) > 1


@pytest.mark.parametrize("name", COUNTER)
def test_hosts_of_a_counter_story_belong_to_nobody(name: str) -> None:
    """The service and all C2s lie in 240.0.0.0/4, or in documentation's part of IPv6."""
    told = tell(STORIES[name], 13)
    hosts = [told.stage.service, *(c2.host for c2 in told.world.botnet.c2s)]
    addresses = [told.world.hosts.address(host) for host in hosts]
    assert all(240 <= int(each.split(".")[0]) <= 255 for each in addresses)


@pytest.mark.parametrize("name", STORIES)
def test_every_c2_that_the_story_places_is_listed(name: str) -> None:
    """A promise about listed C2s needs them listed, with the group that the truth names."""
    told = tell(STORIES[name], 14)
    listed = {(each.address, f"{each.family}/{each.group}".rstrip("/")) for each in labels_of(told)}
    for c2 in told.stage.planted:
        group = told.stage.families[c2.family].key(c2.group)
        assert (told.world.hosts.address(c2.host), group) in listed


def test_contact_that_is_promised_is_seen_both_ways() -> None:
    """C2s of a story stand in networks from which the exporters see both ways to the service."""
    for seed in range(5):
        told = tell(STORIES["access-sold"], seed)
        seen = told.stage.seen_both_ways
        assert all(seen[told.stage.network_of(c2.host)] for c2 in told.stage.planted)


def test_no_c2_of_a_story_listens_where_its_server_already_serves() -> None:
    """Check-ins would drown in ordinary traffic, and no two programs share a port."""
    for seed in range(5):
        stage = tell(STORIES["access-sold"], seed).stage
        for c2 in stage.planted:
            served = stage.population.service_port[stage.population.service_host == c2.host]
            assert c2.port not in served


@pytest.mark.parametrize("seed", range(2_000, 2_020))
def test_the_promises_of_the_published_case_hold_for_every_seed(seed: int) -> None:
    """Counts, five rare C2s, order of contact and life, and the first contact in late December 2019."""
    truth = truth_of(tell(STORIES["dridex-emotet"], seed), sampling=1_000)
    by_group: dict[str, int] = {}
    for each in truth["c2s"]:
        by_group[each["group"]] = by_group.get(each["group"], 0) + 1
    assert by_group == {"dridex": 7, "emotet/epoch2": 10, "emotet/epoch3": 4}
    rare = [each["group"] for each in truth["c2s"] if each["contact"]["sessions_seen"] < 4]
    assert rare == ["emotet/epoch2"] * 5
    assert all(each["contact"]["first"] >= each["life"]["start"] for each in truth["c2s"])
    first = min(each["contact"]["first_seen"] for each in truth["c2s"])
    assert f"{first:%Y-%m}" == "2019-12"
    assert first.day >= 25


def test_sessions_of_the_truth_are_those_of_the_schedule() -> None:
    """At the story's own rate, the number of sessions seen is what the kept moments amount to."""
    told = tell(STORIES["insufficient"], 2)
    truth = truth_of(told, sampling=told.stage.sampling)
    for meeting, each in zip(told.stage.meetings, truth["c2s"], strict=True):
        kept = meeting.at[meeting.u < told.stage.chance(meeting.shape)]
        assert each["contact"]["sessions_seen"] == sessions_in(kept)


def test_a_negative_seed_is_refused() -> None:
    """The message says what to use."""
    with pytest.raises(BadSetting, match="use 0 or more"):
        tell(STORIES["sinkhole"], -1)
