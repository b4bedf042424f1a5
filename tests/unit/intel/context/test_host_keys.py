"""Observations of hosts from CSV, Shodan and passive SSH. All of these files are made up."""

import base64
import hashlib
import json
from datetime import UTC, datetime

import pytest

from headwater.errors import FormatUnknown, UnreadableSource
from headwater.intel.context.host_keys import looks_like_host_keys, read_host_keys
from headwater.intel.labels.feed import Document
from headwater.intel.refusals import Refusals
from headwater.model.tenancy import HostKey

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "address,port,kind,fingerprint,seen_at,source\n"
KEY = base64.b64encode(b"\x00\x00\x00\x07ssh-rsa and so on").decode()
KEY_MD5 = hashlib.md5(b"\x00\x00\x00\x07ssh-rsa and so on", usedforsecurity=False).hexdigest()


def read(text: str, refusals: Refusals | None = None) -> list[HostKey]:
    """The observations in a text."""
    told = refusals if refusals is not None else Refusals()
    return [one for _, one in read_host_keys(Document("keys.csv", text), now=NOW, refusals=told)]


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_plain_csv() -> None:
    """The columns of the reference, a defanged address, a zone that is not UTC."""
    found = read(HEAD + "198[.]18.0.1,22,SSH,aa:bb,2019-06-20T02:00+02:00,scans\n")

    assert found == [HostKey("198.18.0.1", 22, "ssh", "aa:bb", at("2019-06-20T00:00"), "scans")]


def test_csv_of_others() -> None:
    """Other names of columns; a first and a last sighting are two; the file is the source; no port is 0."""
    found = read("IP;Type;SHA256;First Seen;Last Seen\n198.18.0.1;https;ff;2019-01-01;2019-02-01\n")

    assert [(one.kind, one.port, one.seen_at, one.source) for one in found] == [
        ("tls", 0, at("2019-01-01"), "keys"),
        ("tls", 0, at("2019-02-01"), "keys"),
    ]


def test_the_same_row_twice_is_one_observation() -> None:
    """Files put together from several say things twice."""
    row = "198.18.0.1,22,ssh,aa,2019-06-20,x\n"

    assert len(read(HEAD + row + row)) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("198.18.0.1,22,ssh,aa,1970-01-01,x", "date before 1996"),
        ("198.18.0.1,22,ssh,aa,0001-01-01,x", "date before 1996"),
        ("198.18.0.1,22,ssh,aa,2031-01-01,x", "date in the future"),
        ("198.18.0.1,22,ssh,aa,soon,x", "date unreadable"),
        ("198.18.0.1,22,ssh,aa,,x", "no date"),
        ("198.18.0.1,22,ssh,,2019-06-20,x", "no fingerprint"),
        ("198.18.0.1,22,,aa,2019-06-20,x", "no kind"),
        ("198.18.0.1,22,<b>,aa,2019-06-20,x", "no name of a kind"),
        ("198.18.0.1,70000,ssh,aa,2019-06-20,x", "port out of range"),
        ("example.org,22,ssh,aa,2019-06-20,x", "host name, not an address"),
        ("198.18.0.0/24,22,ssh,aa,2019-06-20,x", "a network, not an address"),
    ],
)
def test_rows_that_are_refused(row: str, reason: str) -> None:
    """Counted by reason with their line; the rest of the file is taken."""
    refusals = Refusals()

    assert len(read(HEAD + row + "\n198.18.0.1,22,ssh,bb,2019-06-20,x\n", refusals)) == 1
    assert {why: (one.count, one.place) for why, one in refusals.by_reason.items()} == {reason: (1, 2)}


def test_key_types_become_kinds_of_ssh() -> None:
    """A host has one key of each type."""
    found = read(HEAD + "198.18.0.1,22,ssh-ed25519,aa,2019-06-20,x\n")

    assert found[0].kind == "ssh/ssh-ed25519"


def banner(**more: object) -> dict[str, object]:
    """A banner with the properties that all of them have."""
    return {"ip_str": "198.18.0.1", "port": 22, "timestamp": "2019-06-20T04:05:06.000007", "data": "", **more}


def test_shodan_host_with_history() -> None:
    """Key, certificate, page and version line, each with its own time; times without a zone are UTC."""
    ssh = banner(
        data="SSH-2.0-OpenSSH_7.4\nKey type: ssh-rsa",
        ssh={"type": "ssh-rsa", "fingerprint": "aa:bb"},
    )
    web = banner(
        port=443,
        timestamp="2019-07-01T00:00:00.5",
        hash=5,
        ssl={"cert": {"fingerprint": {"sha1": "01", "sha256": "02"}}},
        http={"html_hash": -46589965},
    )
    found = read(json.dumps({"ip_str": "198.18.0.1", "data": [ssh, web]}))

    first, second = at("2019-06-20T04:05:06.000007"), at("2019-07-01T00:00:00.500")
    assert found == [
        HostKey("198.18.0.1", 22, "ssh/ssh-rsa", "aa:bb", first, "shodan"),
        HostKey("198.18.0.1", 22, "banner", "SSH-2.0-OpenSSH_7.4", first, "shodan"),
        HostKey("198.18.0.1", 443, "tls", "02", second, "shodan"),
        HostKey("198.18.0.1", 443, "http", "html_hash -46589965", second, "shodan"),
    ]


def test_shodan_key_without_its_fingerprint() -> None:
    """The MD5 of the key itself, as Shodan would have given it."""
    assert read(json.dumps(banner(ssh={"key": KEY})))[0].fingerprint == KEY_MD5


def test_shodan_download() -> None:
    """One banner a line, IPv4 as a number; a line cut off is told with its place."""
    refusals = Refusals()
    lines = [
        json.dumps(banner(hash=7, ip_str=None, ip=3323068417)),
        json.dumps(banner(hash=8)),
        '{"ip_str": "198',
    ]

    found = read("\n".join(lines) + "\n", refusals)

    assert [(one.address, one.kind, one.fingerprint) for one in found] == [
        ("198.18.0.1", "banner", "hash 7"),
        ("198.18.0.1", "banner", "hash 8"),
    ]
    assert refusals.by_reason["damaged JSON"].place == 3


def test_shodan_hash_of_a_page_is_no_banner() -> None:
    """It changes with every date in a header."""
    refusals = Refusals()

    assert read(json.dumps({"matches": [banner(hash=7, http={"html_hash": None})]}), refusals) == []
    assert refusals.passed_over == {"banner without a key": 1}


def test_impossible_dates_in_json() -> None:
    """Refused with the number of the banner."""
    refusals = Refusals()
    banners = [banner(hash=1), banner(hash=2, timestamp="1970-01-01T00:00:00")]

    assert len(read(json.dumps({"ip_str": "198.18.0.1", "data": banners}), refusals)) == 1
    assert refusals.by_reason["date before 1996"].place == 2


def test_passive_ssh_history() -> None:
    """The history of a host dates each of its keys."""
    history = {"1561003200": ["ssh-rsa;aa:bb", "ssh-ed25519;cc:dd"], "1563595200": ["ssh-rsa;ee:ff"]}
    found = read(json.dumps({"hosts": "198.18.0.1", "history": history}))

    assert [(one.kind, one.fingerprint, one.seen_at) for one in found] == [
        ("ssh/ssh-rsa", "aa:bb", at("2019-06-20T04:00")),
        ("ssh/ssh-ed25519", "cc:dd", at("2019-06-20T04:00")),
        ("ssh/ssh-rsa", "ee:ff", at("2019-07-20T04:00")),
    ]


def test_passive_ssh_host() -> None:
    """One key of a type was there at both dates of the host; of two nobody knows when."""
    keys = [{"type": kind, "fingerprint": text} for kind, text in (("a", "1"), ("b", "2"), ("b", "3"))]
    answer = {
        "host": "198.18.0.1",
        "first_seen": "20190620",
        "last_seen": "20190720",
        "port": 22,
        "keys": keys,
    }

    found = read(json.dumps(answer))

    assert [(one.fingerprint, one.seen_at.day, one.dated) for one in found if one.seen_at.month == 6] == [
        ("1", 20, True), ("2", 20, False), ("3", 20, False),
    ]  # fmt: skip
    assert [one.port for one in found] == [22] * 6


def test_passive_ssh_host_that_is_not_named() -> None:
    """The server does not repeat whom it was asked for: refused, with what to do."""
    refusals = Refusals()
    answer = {
        "first_seen": "20190620",
        "last_seen": "20190620",
        "port": 22,
        "keys": [{"type": "a", "fingerprint": "1"}],
    }

    assert read(json.dumps(answer), refusals) == []
    assert list(refusals.by_reason) == ["no address"]
    assert "/host/history/" in refusals.notes[0]


def test_passive_ssh_key_of_many_hosts() -> None:
    """Its dates are those of all hosts together: who shares it, not when; onion services are passed over."""
    refusals = Refusals()
    answer = {
        "type": "ssh-rsa", "first_seen": "20190101", "last_seen": "20190201",
        "base64": f"ssh-rsa {KEY}", "hosts": ["198.18.0.1", "198.18.0.2", "x.onion"],
    }  # fmt: skip

    found = read(json.dumps(answer), refusals)

    assert {(one.address, one.fingerprint, one.dated) for one in found} == {
        ("198.18.0.1", KEY_MD5, False),
        ("198.18.0.2", KEY_MD5, False),
    }
    assert refusals.passed_over == {"onion service": 1}


def test_passive_ssh_key_of_one_host() -> None:
    """Its dates are the host's."""
    answer = {
        "type": "a",
        "fingerprint": "1",
        "first_seen": "20190101",
        "last_seen": "20190201",
        "hosts": ["198.18.0.1"],
    }

    assert [one.dated for one in read(json.dumps(answer))] == [True, True]


def test_passive_ssh_dates_in_the_wrong_order() -> None:
    """An end before its start is refused."""
    refusals = Refusals()
    answer = {
        "type": "a",
        "fingerprint": "1",
        "first_seen": "20190201",
        "last_seen": "20190101",
        "hosts": ["198.18.0.1"],
    }

    assert read(json.dumps(answer), refusals) == []
    assert list(refusals.by_reason) == ["end before start"]


def test_hostile_banners_are_kept_as_data() -> None:
    """Terminal controls, markup and length: cut, never interpreted."""
    evil = "SSH-\x1b[2J<script>alert(1)</script>" + "A" * 10_000

    found = read(json.dumps(banner(data=evil)))

    assert found[0].fingerprint == evil[:300]


@pytest.mark.parametrize(
    "text", ["prefix,asn,name\n", '{"name": "x", "list": []}', "[]", "", '{"a": 1}\n{"b": 2}\n']
)
def test_what_is_none_of_these(text: str) -> None:
    """Recognised by content; forced, it is refused with what would be right."""
    assert not looks_like_host_keys(Document("x", text))
    with pytest.raises(FormatUnknown, match="address, port, kind"):
        read(text)


def test_damaged_json_says_where() -> None:
    """Line and column."""
    with pytest.raises(UnreadableSource, match="line 1, column 12"):
        looks_like_host_keys(Document("x", '{"ip_str": }'))
