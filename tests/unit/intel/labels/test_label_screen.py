"""What every feed's entries must pass: addresses, ports, dates, grades, and the analyst's own words."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from headwater.errors import BadSetting
from headwater.intel.labels.feed import Analyst
from headwater.intel.labels.screen import checked
from headwater.model.label import Role, Tlp
from headwater.model.window import Window

Take = Callable[..., Any]  # Any: what came of a text, see conftest.py


def at(text: str) -> datetime:
    """A day in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("10.1.2.3", "private address"),
        ("127.0.0.1", "loopback address"),
        ("224.0.0.5", "multicast address"),
        ("203.0.113.9", "documentation address"),
        ("198.18.5.5", "benchmarking address"),
        ("100.64.1.1", "carrier-grade NAT address"),
        ("::ffff:192.168.0.1", "private address"),
        ("fe80::1", "link-local address"),
        ("2001:db8::1", "documentation address"),
        ("4000::1", "reserved address"),
    ],
)
def test_addresses_that_no_server_has_are_refused(take: Take, address: str, reason: str) -> None:
    """Special-purpose addresses (IANA registries) are refused and named, with the way to take them."""
    taken = take(f"address,family\n{address},x\n")
    assert taken.refused == {reason: (1, 2)}
    assert "--allow-reserved" in taken.notes[0]


def test_reserved_addresses_are_taken_when_allowed(take: Take) -> None:
    """Simulated worlds live in 198.18.0.0/15."""
    labels = take("address,family\n198.18.5.5,x\n", analyst=Analyst(allow_reserved=True)).labels
    assert [one.address for one in labels] == ["198.18.5.5"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("185.1.2.3,x,70000,,", "port out of range"),
        ("185.1.2.3,x,-1,,", "port out of range"),
        ("185.1.2.3,x,http,,", "port unreadable"),
        ("185.1.2.3:80,x,81,,", "two different ports"),
        ("185.1.2.0/24,x,80,,", "a network, not an address"),
        ("185.1.2.3,x,80,2020-02-30,", "date unreadable"),
        ("185.1.2.3,x,80,01/02/2020,", "date unreadable"),
        ("185.1.2.3,x,80,2020-02-02,2020-02-01", "end before start"),
        ("185.1.2.3,x,80,2027-02-02,", "date in the future"),
        ("185.1.2.3,x,80,1970-01-01,", "date before 1996"),
        ("185.1.2.3,x,80,2020-01-01,9999-12-31", "date in the future"),
    ],
)
def test_impossible_entries_are_refused_with_their_line(take: Take, row: str, reason: str) -> None:
    """Each impossible value has its own reason; the good row beside it is taken."""
    taken = take(f"address,family,port,first_seen,last_seen\n185.9.9.9,x,1,,\n{row}\n")
    assert (len(taken.labels), taken.refused) == (1, {reason: (1, 3)})


@pytest.mark.parametrize(
    ("column", "bad"), [("grade", "G2"), ("grade", "B7"), ("tlp", "mauve"), ("role", "king")]
)
def test_unknown_words_are_refused(take: Take, column: str, bad: str) -> None:
    """A grade, TLP or role that does not exist is no reason to guess."""
    assert (
        sum(count for count, _ in take(f"address,family,{column}\n185.1.2.3,x,{bad}\n").refused.values()) == 1
    )


def test_override_stands_beside_the_feeds_dates(take: Take) -> None:
    """The analyst's window counts, the feed's is kept."""
    analyst = Analyst(since=at("2021-01-01"), until=at("2021-02-01"))
    label = take("address,family,first_seen\n185.1.2.3,x,2020-05-05\n", analyst=analyst).labels[0]
    assert (label.window, label.feed) == (
        Window(at("2021-01-01"), at("2021-02-01")),
        Window(at("2020-05-05"), None),
    )


def test_override_of_one_side_keeps_the_other(take: Take) -> None:
    """--until alone leaves the feed's start."""
    label = take(
        "address,family,first_seen\n185.1.2.3,x,2020-05-05\n", analyst=Analyst(until=at("2020-06-01"))
    ).labels[0]
    assert label.override == Window(at("2020-05-05"), at("2020-06-01"))


def test_override_that_leaves_no_time_is_refused(take: Take) -> None:
    """A server first seen after --until is no label."""
    taken = take(
        "address,family,first_seen\n185.1.2.3,x,2020-05-05\n", analyst=Analyst(until=at("2019-06-01"))
    )
    assert taken.refused == {"outside the window of --since and --until": (1, 2)}


def test_analysts_words_replace_the_feeds(take: Take) -> None:
    """Family, group, role and source said by the analyst win; a grade fills only gaps."""
    analyst = Analyst(family="Dridex", group="10444", role="loader", source="me", grade="c3")
    text = "address,family,group,source,grade\n185.1.2.3,x,y,z,A1\n185.1.2.4,x,y,z,\n"
    one, other = take(text, analyst=analyst).labels
    assert (one.family, one.group, one.role, one.source, one.grade, other.grade) == (
        "dridex", "10444", Role.LOADER, "me", "A1", "C3",
    )  # fmt: skip


@pytest.mark.parametrize(("said", "option", "result"), [("red", "green", Tlp.RED), ("green", "red", Tlp.RED)])
def test_an_option_never_loosens_tlp(take: Take, said: str, option: str, result: Tlp) -> None:
    """The stricter of the feed's and the analyst's word holds."""
    labels = take(f"address,family,tlp\n185.1.2.3,x,{said}\n", analyst=Analyst(tlp=option)).labels
    assert labels[0].tlp is result


def test_tlp_option_counts_where_the_feed_says_nothing(take: Take) -> None:
    """A list without TLP is amber by default and clear if the analyst says so."""
    text = "address,family\n185.1.2.3,x\n"
    assert (take(text).labels[0].tlp, take(text, analyst=Analyst(tlp="clear")).labels[0].tlp) == (
        Tlp.AMBER,
        Tlp.CLEAR,
    )


def test_entries_that_say_the_same_become_one(take: Take) -> None:
    """Overlapping windows of one key join; a window apart stays a label of its own."""
    text = (
        "address,family,first_seen,last_seen\n185.1.2.3,x,2020-01-05,2020-01-20\n185.1.2.3,x,2020-01-01,2020-01-10\n"
        "185.1.2.3,x,2020-06-01,2020-06-02\n"
    )
    taken = take(text)
    assert (taken.merged, [one.feed for one in taken.labels]) == (
        1,
        [Window(at("2020-01-01"), at("2020-01-21")), Window(at("2020-06-01"), at("2020-06-03"))],
    )


@pytest.mark.parametrize(
    "wrong",
    [
        Analyst(role="king"),
        Analyst(grade="Z9"),
        Analyst(tlp="blue"),
        Analyst(since=datetime(2021, 1, 1, tzinfo=UTC), until=datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_impossible_options_are_wrong_use(wrong: Analyst) -> None:
    """An option that cannot be is refused before any file is read."""
    with pytest.raises(BadSetting):
        checked(wrong)
