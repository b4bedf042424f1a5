"""Tests of simulate/stories/dridex_emotet.py: what is told of the published case is in the records."""

from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from headwater.simulate.randomness import Floats
from headwater.simulate.stories.dridex_emotet import TA505_FAMILIES, DridexEmotet
from headwater.simulate.stories.meetings import sessions_in
from headwater.simulate.stories.story import Told
from headwater.simulate.stories.truth import labels_of
from story_records import Seen, seen_of

STORY = DridexEmotet()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The story with seed 1 on a thin background."""
    return seen_of(STORY, 1)


@pytest.fixture
def told(seen: Seen) -> Told:
    """The story itself."""
    return seen.told


@pytest.fixture
def truth(seen: Seen) -> dict[str, Any]:
    """Its truth."""
    return seen.truth


@pytest.fixture
def contact(seen: Seen) -> dict[str, Floats]:
    """Days of the records of each host in contact with the service on its port."""
    return seen.contact


def _day(told: Told, moment: datetime) -> float:
    return (moment - told.world.settings.start).total_seconds() / 86_400


def test_the_records_hold_ten_four_and_seven(truth: dict[str, Any], contact: dict[str, Floats]) -> None:
    """10 Emotet epoch 2, 4 epoch 3 and 7 Dridex C2s are in contact, and two other hosts."""
    group = {c2["address"]: c2["group"] for c2 in truth["c2s"]}
    counts = Counter(group.get(other, "other") for other in contact)
    assert counts == {"emotet/epoch2": 10, "emotet/epoch3": 4, "dridex": 7, "other": 2}


def test_five_of_epoch_2_are_seen_in_one_to_three_sessions(
    truth: dict[str, Any], contact: dict[str, Floats]
) -> None:
    """The rule of four sessions leaves out five epoch 2 C2s and nobody else."""
    sessions = {c2["address"]: sessions_in(contact[c2["address"]]) for c2 in truth["c2s"]}
    rare = [c2["group"] for c2 in truth["c2s"] if sessions[c2["address"]] < 4]
    assert rare == ["emotet/epoch2"] * 5
    assert min(sessions.values()) >= 1


def test_contact_begins_in_late_december_2019(told: Told, contact: dict[str, Floats]) -> None:
    """The first record of any C2 lies between 2019-12-25 and 2020-01-01, well behind the first of all."""
    first = min(days[0] for days in contact.values())
    low, high = datetime(2019, 12, 25, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    assert _day(told, low) < first < _day(told, high)


def test_dridex_c2s_are_in_contact_within_their_lives(truth: dict[str, Any]) -> None:
    """The true contact of every Dridex C2 lies within its true life."""
    for c2 in truth["c2s"]:
        if c2["group"] == "dridex":
            assert c2["life"]["start"] < c2["contact"]["first"] < c2["contact"]["last"] < c2["life"]["end"]


def test_epoch_2_c2s_begin_contact_with_or_after_their_life(truth: dict[str, Any]) -> None:
    """None is in contact before it is a C2; those that are not rare go on behind its end."""
    mine = [c2 for c2 in truth["c2s"] if c2["group"] == "emotet/epoch2"]
    assert all(c2["contact"]["first"] >= c2["life"]["start"] for c2 in mine)
    assert sum(c2["contact"]["last"] > c2["life"]["end"] for c2 in mine) == 5


def test_addresses_are_those_of_the_source_or_made_up(told: Told, truth: dict[str, Any]) -> None:
    """The service is 179.43.147.77, its C2s stand in 198.18.0.0/15, each network announces its part."""
    assert truth["service"]["investigate"] == "179.43.147.77:38400/tcp"
    assert truth["service"]["network"] == "Synthetic offshore hosting"
    assert all(ip_address(c2["address"]) in ip_network("198.18.0.0/15") for c2 in truth["c2s"])
    assert len({c2["address"].rpartition(".")[0] for c2 in truth["c2s"]}) == 21
    announced = {each.name: [ip_network(prefix) for prefix in each.more] for each in told.world.networks()}
    for c2 in truth["c2s"]:
        assert any(ip_address(c2["address"]) in prefix for prefix in announced[c2["network"]])


def test_every_c2_in_contact_is_listed_with_its_group(told: Told, truth: dict[str, Any]) -> None:
    """Feeds hold all 21 with port and group, after the true start of their lives."""
    labels = [each for each in labels_of(told) if each.address.startswith("198.")]
    wanted = {c2["address"]: c2 for c2 in truth["c2s"]}
    assert {each.address for each in labels} == set(wanted)
    for each in labels:
        c2 = wanted[each.address]
        assert c2["group"] == (f"{each.family}/{each.group}" if each.group else each.family)
        assert each.port == c2["port"]
        assert each.feed.start is not None
        assert each.feed.start >= c2["life"]["start"]


def test_ta505_families_are_listed_and_never_in_contact(
    told: Told, truth: dict[str, Any], contact: dict[str, Floats]
) -> None:
    """FlawedAmmyy and SDBbot C2s are in the feeds by the dozen; none talks to the service."""
    theirs = {each.address for each in labels_of(told) if each.family in TA505_FAMILIES}
    assert len(theirs) > 24
    assert not theirs & set(contact)
    assert {c2["family"] for c2 in truth["background_c2s"]} > set(TA505_FAMILIES)


def test_the_key_was_set_between_two_scans(told: Told) -> None:
    """The scan of 2019-06-20 sees an older key, that of 2019-07-20 and all later ones the present one."""
    keys = [each for each in told.stage.keys if each.host == told.stage.service]
    by_day = {
        round(each.day - _day(told, datetime(2019, 6, 20, tzinfo=UTC))): each.fingerprint for each in keys
    }
    assert by_day[0] != by_day[30]
    assert {name for day, name in by_day.items() if day <= 0} == {by_day[0]}
    assert {name for day, name in by_day.items() if day >= 30} == {by_day[30]}
    assert len(by_day) > 18


def test_reports_tie_ta505_to_dridex_and_not_to_emotet(told: Told) -> None:
    """The claim about the address is of 2019-06-20; actors' own families are told without an address."""
    about = [each for each in told.stage.reports if each.host == told.stage.service]
    assert ("2019-06-20", "TA505", "FlawedAmmyy") in {(r.date, r.actor, r.malware) for r in about}
    used = {each.malware for each in told.stage.reports if each.actor == "TA505"}
    assert used == {"Dridex", "FlawedAmmyy", "SDBbot"}


def test_each_fact_says_where_it_comes_from(truth: dict[str, Any]) -> None:
    """The truth marks what the source states and what was invented."""
    origins = Counter(each["origin"] for each in truth["facts"])
    assert set(origins) == {"the source states it", "invented"}
    assert min(origins.values()) > 5
