"""Texts of feeds in this project's words: endpoints, moments, names."""

from datetime import UTC, datetime

import pytest

from headwater.intel.labels.endpoints import Unusable, endpoint_of
from headwater.intel.labels.moments import Moment, moment_of
from headwater.intel.labels.names import family_of, group_of, tlp_of
from headwater.model.label import Tlp


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("185.1.2.3", ("185.1.2.3", 0)),
        ("185[.]1[.]2[.]3:443", ("185.1.2.3", 443)),
        ("185.1.2.3[:]443", ("185.1.2.3", 443)),
        (" '185.1.2.3/32' ", ("185.1.2.3", 0)),
        ("hxxp://185.1.2[.]3:8080/gate.php", ("185.1.2.3", 8080)),
        ("hxxps://185.1.2[.]3/", ("185.1.2.3", 443)),
        ("[2a01:4f8::0001]:443", ("2a01:4f8::1", 443)),
        ("2a01:4f8::1", ("2a01:4f8::1", 0)),
        ("2a01:4f8:[:]1", ("2a01:4f8::1", 0)),
        ("::ffff:185.1.2.3", ("185.1.2.3", 0)),
    ],
)
def test_endpoint(text: str, endpoint: tuple[str, int]) -> None:
    """An address is found in every form that feeds write, defanged or not."""
    assert endpoint_of(text) == endpoint


@pytest.mark.parametrize("text", ["", "example.com", "185.1.2", "http://[::1", "fe80::1%eth0", "1.2.3.4/0"])
def test_no_endpoint(text: str) -> None:
    """What is no single address is said to be unusable, never guessed."""
    with pytest.raises(Unusable):
        endpoint_of(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-01-25", Moment(datetime(2020, 1, 25, tzinfo=UTC), date_only=True)),
        ("2022/06/30", Moment(datetime(2022, 6, 30, tzinfo=UTC), date_only=True)),
        ("2022-06-30 20:11:05 UTC", Moment(datetime(2022, 6, 30, 20, 11, 5, tzinfo=UTC), date_only=False)),
        ("2022-06-30T22:11:05+02:00", Moment(datetime(2022, 6, 30, 20, 11, 5, tzinfo=UTC), date_only=False)),
        # `date -u -d @1656619865` prints 2022-06-30 20:11:05
        ("1656619865", Moment(datetime(2022, 6, 30, 20, 11, 5, tzinfo=UTC), date_only=False)),
        ("1656619865000", Moment(datetime(2022, 6, 30, 20, 11, 5, tzinfo=UTC), date_only=False)),
        ("", None),
        ("None", None),
        ("0000-00-00 00:00:00", None),
    ],
)
def test_moment(text: str, moment: Moment | None) -> None:
    """Dates as feeds write them are UTC moments; words for "no date" are none."""
    assert moment_of(text) == moment


@pytest.mark.parametrize("text", ["25.01.2020", "01/02/2020", "2020-13-01", "soon", "2020", "9" * 40])
def test_no_moment(text: str) -> None:
    """A date that could mean two days, or none, is refused."""
    with pytest.raises(ValueError, match=r".+"):
        moment_of(text)


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Emotet", "emotet"),
        ("win.emotet", "emotet"),
        ("Heodo", "emotet"),
        ("Cobalt Strike", "cobalt_strike"),
        ("win.cobalt_strike", "cobalt_strike"),
        ("QuakBot", "qakbot"),
        ("winnti", "winnti"),
    ],
)
def test_family(text: str, family: str) -> None:
    """One family has one name, whoever writes it."""
    assert family_of(text) == family


def test_group_keeps_its_own_words() -> None:
    """Only a bare number takes the word of its column."""
    assert (group_of("Epoch 4", word="epoch"), group_of("4", word="epoch"), group_of("4")) == (
        "epoch4", "epoch4", "4",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tlp"),
    [("TLP:WHITE", Tlp.CLEAR), ("tlp:amber+strict", Tlp.AMBER_STRICT), ("Amber Strict", Tlp.AMBER_STRICT)],
)
def test_tlp(text: str, tlp: Tlp) -> None:
    """TLP 1's white is TLP 2.0's clear; amber+strict has several spellings."""
    assert tlp_of(text) is tlp
