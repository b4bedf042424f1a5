"""Tests of headwater.app.watch.parsing: the commented example, and what is refused."""

import tomllib
from pathlib import Path

import pytest

from headwater.app.watch.parsing import example_text, settings_in, settings_of
from headwater.app.watch.settings import JsonSink, MailSink, SyslogSink, WatchSettings, WebhookSink
from headwater.errors import BadSetting
from headwater.model.label import Tlp


def _commented_sinks() -> str:
    """The example with its sinks no longer commented out."""
    lines = example_text().splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("# [[sink]]"))
    return "\n".join(lines[:first] + [line.removeprefix("# ") for line in lines[first:]])


def test_the_example_says_the_defaults() -> None:
    """What is printed is what counts where nothing is said."""
    assert settings_of(example_text(), name="example") == WatchSettings() == settings_of("", name="empty")


def test_the_example_names_every_setting() -> None:
    """Each key of each table is there, with its default, so that nobody has to look elsewhere."""
    written = tomllib.loads(_commented_sinks())
    assert {name: len(keys) for name, keys in written.items()} == {
        "schedule": 5, "alerts": 9, "leads": 3, "coverage": 3, "budget": 4, "quiet": 3, "sink": 4,
    }  # fmt: skip


def test_the_examples_sinks_are_good_ones() -> None:
    """With the comment signs taken away they can be read, one of each kind."""
    sinks = settings_of(_commented_sinks(), name="example").sinks
    assert [type(sink) for sink in sinks] == [JsonSink, SyslogSink, WebhookSink, MailSink]
    assert [sink.tlp for sink in sinks] == [Tlp.AMBER, Tlp.GREEN, Tlp.GREEN, Tlp.AMBER]


SINK = '[[sink]]\nname = "a"\n'
REFUSED = {
    "unknown table": ("[schedle]\n", "w.toml: schedle: means nothing here; use alerts"),
    "unknown key": ("[schedule]\nevry = 3\n", "w.toml: schedule.evry: means nothing here; use clock"),
    "no TOML": ("[schedule\n", "w.toml: no TOML"),
    "out of bounds": ("[schedule]\nevery = 0\n", "schedule.every: 0 is no number from 1 to 86400"),
    "no number": ('[alerts]\nsure = "high"\n', "alerts.sure: 'high' is no number"),
    "no whole number": ("[budget]\nevents = 2.5\n", "budget.events: 2.5 is no whole number"),
    "more kept than there is": ("[budget]\nevents = 2\nreserve = 3\n", "budget.reserve: 3 is more than"),
    "zone": ('[budget]\ntimezone = "Mars/North"\n', "budget.timezone: 'Mars/North' is no time zone"),
    "zone that leaves": ('[budget]\ntimezone = "../../etc/passwd"\n', "budget.timezone"),
    "hour": ('[quiet]\nfrom = "25:00"\n', "quiet.from: '25:00' is no time of day"),
    "kind of event": ('[quiet]\nexcept = ["all"]\n', "quiet.except: 'all' is no kind of event"),
    "mark of two lines": ('[alerts]\nmark = "a\\nb"\n', r"alerts.mark: 'a\nb' does not stand on one line"),
    "clock": ('[schedule]\nclock = "sun"\n', "schedule.clock: 'sun' is unknown; choose system or data"),
    "kind of sink": (SINK + 'kind = "fax"\n', "sink[1].kind: 'fax' is unknown; choose json, syslog"),
    "no name": ('[[sink]]\nkind = "json"\n', "sink[1].name: is missing"),
    "name that is a path": ('[[sink]]\nname = "../a"\nkind = "json"\n', "sink[1].name: '../a'"),
    "twice": (2 * (SINK + 'kind = "json"\n'), "sink: two sinks are called 'a'"),
    "another kind's key": (SINK + 'kind = "json"\nurl = "http://x/"\n', "sink[1].url: means nothing here"),
    "tlp": (SINK + 'kind = "json"\ntlp = "blue"\n', "sink[1].tlp: unknown TLP 'blue'"),
    "scheme": (SINK + 'kind = "webhook"\nurl = "file:///etc/passwd"\n', "sink[1].url: is no http"),
    "password in the URL": (
        SINK + 'kind = "webhook"\nurl = "https://u:p@x/"\n', "put a token into token_file",
    ),
    "line break in the URL": (SINK + 'kind = "webhook"\nurl = "http://x/\\r\\nA: b"\n', "sink[1].url"),
    "port": (SINK + 'kind = "syslog"\nhost = "x"\nport = 70000\n', "sink[1].port: 70000"),
    "address": (
        SINK + 'kind = "mail"\nfolder = "m"\nsender = "a@b.c"\nto = ["x@y.z\\r\\nBcc: all@y.z"]\n',
        "sink[1].to",
    ),
    "no address": (
        SINK + 'kind = "mail"\nfolder = "m"\nsender = "nobody"\nto = ["x@y.z"]\n', "sink[1].sender",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_is_refused(name: str) -> None:
    """With the file, the key and what to write instead."""
    text, said = REFUSED[name]
    with pytest.raises(BadSetting) as refused:
        settings_of(text, name="w.toml")
    assert said in str(refused.value)
    assert str(refused.value).startswith("w.toml: ")


def test_a_password_in_a_url_is_not_repeated() -> None:
    """The refusal ends up in logs."""
    with pytest.raises(BadSetting) as refused:
        settings_of(SINK + 'kind = "webhook"\nurl = "https://u:secret@x/"\n', name="w.toml")
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """With the place of the first byte that is no UTF-8."""
    file = tmp_path / "w.toml"
    file.write_bytes(b"# a\xff")
    with pytest.raises(BadSetting, match=r"w\.toml: no UTF-8 at byte 3"):
        settings_in(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """And what to check."""
    with pytest.raises(BadSetting, match=r"none\.toml: No such file"):
        settings_in(tmp_path / "none.toml")
