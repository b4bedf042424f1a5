"""`headwater labels add` and `labels list`, as an analyst runs them."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from headwater.cli.main import app
from headwater.errors import BadSetting, HeadwaterError
from withdrawing import REVOKED, bundle, indicator, listing

CSV = "address,family,port,first_seen,last_seen,note\n185.1.2.3,emotet,8080,2020-01-02,2020-03-04,first\n"
HOSTILE = "\x1b]0;owned\x07[bold red]=cmd|' /C calc'!A0"


class Ran:
    """What a run of the command gave: exit code, stdout, stderr."""

    def __init__(self, lake: Path, *words: str) -> None:
        done = CliRunner().invoke(app, ["--lake", str(lake), *words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        self.code, self.out, self.err = done.exit_code, done.stdout, done.stderr

    @property
    def json(self) -> Any:  # Any: whatever JSON can say
        """The answer of --json."""
        return json.loads(self.out)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """A list of one C2."""
    path = tmp_path / "list.csv"
    path.write_text(CSV)
    return path


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A folder for a lake."""
    return tmp_path / "lake"


def test_add_reports_what_was_taken(lake: Path, feed: Path) -> None:
    """A sound file exits 0 and says format, source, families and counts."""
    ran = Ran(lake, "labels", "add", str(feed), "--json")
    assert (ran.code, ran.json["files"][0]["families"], ran.json["added"], ran.json["refused"]) == (
        0, {"emotet": 1}, 1, 0,
    )  # fmt: skip


def test_second_time_adds_nothing(lake: Path, feed: Path) -> None:
    """The same file again, under another name too, is known."""
    Ran(lake, "labels", "add", str(feed))
    other = feed.with_name("other.csv")
    other.write_bytes(feed.read_bytes())
    ran = Ran(lake, "labels", "add", str(other), "--json")
    assert (ran.code, ran.json["files"][0]["already"], ran.json["added"]) == (0, True, 0)


def test_refused_entries_are_listed_and_exit_1(lake: Path, feed: Path) -> None:
    """Reason, count, line and text of what was refused; the rest is taken."""
    feed.write_text(CSV + "10.0.0.1,emotet,80,,,\n192.168.7.7,emotet,80,,,\n")
    ran = Ran(lake, "labels", "add", str(feed), "--json")
    assert (ran.code, ran.json["files"][0]["refused"]) == (
        1, {"private address": {"count": 2, "first_place": 3, "example": "10.0.0.1 80 emotet"}},
    )  # fmt: skip


def test_reserved_addresses_on_request(lake: Path, feed: Path) -> None:
    """--allow-reserved takes the networks of simulated worlds."""
    feed.write_text("address,family\n198.18.0.1,emotet\n")
    assert Ran(lake, "labels", "add", str(feed), "--allow-reserved").code == 0


def test_unusable_file_does_not_stop_the_others(lake: Path, feed: Path) -> None:
    """In a folder, prose beside a list is named and costs exit code 1."""
    (feed.parent / "letter.txt").write_text("Dear all,\nhere is the list.\n")
    ran = Ran(lake, "labels", "add", str(feed.parent), "--json")
    assert (ran.code, ran.json["added"], [bool(file["error"]) for file in ran.json["files"]]) == (
        1, 1, [True, False],
    )  # fmt: skip


def test_only_unusable_files_exit_2(lake: Path, feed: Path) -> None:
    """Nothing could be done at all: wrong use."""
    feed.write_bytes(b"\0\1\2")
    ran = Ran(lake, "labels", "add", str(feed))
    assert ran.code == 2
    assert "binary data" in ran.err


def test_damaged_json_names_the_place(lake: Path, feed: Path) -> None:
    """A cut download is told with line and column."""
    feed.write_text('[{"ip_address": "185.1.2.3", ')
    ran = Ran(lake, "labels", "add", str(feed), "--json")
    assert "damaged JSON at line 1, column 30" in ran.json["files"][0]["error"]


@pytest.mark.parametrize(
    "words",
    [["--grade", "Z1"], ["--tlp", "blue"], ["--role", "king"], ["--since", "May"], ["--format", "xml"]],
)
def test_impossible_options_are_wrong_use(lake: Path, feed: Path, words: list[str]) -> None:
    """Each wrong option is refused with a message, and nothing is added."""
    with pytest.raises(HeadwaterError, match=r".+"):
        Ran(lake, "labels", "add", str(feed), *words)
    assert not (lake / "labels").exists()


def test_missing_path_is_wrong_use(lake: Path) -> None:
    """A path that stands for nothing is named."""
    with pytest.raises(HeadwaterError, match=r"nowhere\.csv"):
        Ran(lake, "labels", "add", "nowhere.csv")


def test_list_shows_the_override(lake: Path, feed: Path) -> None:
    """Start and end are the window that counts; the feed's own dates stand beside it."""
    Ran(lake, "labels", "add", str(feed), "--since", "2021-01-01", "--until", "2021-02-01")
    label = Ran(lake, "labels", "list", "--json").json["labels"][0]
    assert (label["start"], label["end"], label["feed_start"], label["feed_end"]) == (
        "2021-01-01T00:00:00Z", "2021-02-01T00:00:00Z", "2020-01-02T00:00:00Z", "2020-03-05T00:00:00Z",
    )  # fmt: skip


@pytest.mark.parametrize(("at", "count"), [("2020-01-02", 1), ("2020-03-05", 0)])
def test_list_at_a_moment(lake: Path, feed: Path, at: str, count: int) -> None:
    """--at asks for windows that hold the moment."""
    Ran(lake, "labels", "add", str(feed))
    assert len(Ran(lake, "labels", "list", "--at", at, "--json").json["labels"]) == count


@pytest.mark.parametrize("content", [CSV, '{"hello": 1}'])
@pytest.mark.parametrize("name", ["stix", "misp"])
def test_a_named_format_that_the_file_has_not(lake: Path, feed: Path, content: str, name: str) -> None:
    """Nothing found by --format is no success where the file is no such feed at all."""
    feed.write_text(content)
    ran = Ran(lake, "labels", "add", str(feed), "--format", name, "--json")
    assert (ran.code, f"holds nothing that a {name} feed has" in ran.json["files"][0]["error"]) == (2, True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("feodo", "# Firstseen,DstIP,DstPort,LastOnline,Malware\n"),
        ("stix", '{"type": "bundle", "id": "bundle--1", "objects": []}'),
    ],
)
def test_a_feed_may_list_nothing(lake: Path, feed: Path, name: str, content: str) -> None:
    """On some days a list of live C2s is empty: that is no fault of the file."""
    feed.write_text(content)
    ran = Ran(lake, "labels", "add", str(feed), "--format", name, "--json")
    assert (ran.code, ran.json["files"][0]["error"]) == (0, None)


def test_list_at_no_moment(lake: Path, feed: Path) -> None:
    """--at with what is no time is refused with an example, as the other options of time are."""
    Ran(lake, "labels", "add", str(feed))
    with pytest.raises(BadSetting, match="--at 'yesterday': is no time; write ISO 8601, such as 2020-01-31"):
        Ran(lake, "labels", "list", "--at", "yesterday")


@pytest.mark.parametrize(("family", "count"), [("Emotet", 1), ("heodo", 1), ("dridex", 0)])
def test_list_of_a_family(lake: Path, feed: Path, family: str, count: int) -> None:
    """--family is read as feeds are: any case, any of the names for it."""
    Ran(lake, "labels", "add", str(feed))
    assert len(Ran(lake, "labels", "list", "--family", family, "--json").json["labels"]) == count


def test_list_as_csv_can_be_added_again(lake: Path, feed: Path, tmp_path: Path) -> None:
    """What `labels list --csv` writes gives the same labels in another lake."""
    Ran(lake, "labels", "add", str(feed))
    written = tmp_path / "out.csv"
    Ran(lake, "labels", "list", "--csv", "--output", str(written))
    Ran(tmp_path / "second", "labels", "add", str(written))
    listed = [Ran(one, "labels", "list", "--json").json["labels"] for one in (lake, tmp_path / "second")]
    assert listed[0] == listed[1]


def test_list_defanged(lake: Path, feed: Path) -> None:
    """--defang breaks every address."""
    Ran(lake, "labels", "add", str(feed))
    assert Ran(lake, "labels", "list", "--defang", "--json").json["labels"][0]["address"] == "185.1.2[.]3"


def test_history_of_an_address(lake: Path, feed: Path) -> None:
    """Both snapshots are shown, the newer one counts; a defanged address is understood."""
    Ran(lake, "labels", "add", str(feed))
    feed.write_text(CSV.replace("2020-03-04", "2020-04-04"))
    Ran(lake, "labels", "add", str(feed))
    said = Ran(lake, "labels", "list", "--history", "185.1.2[.]3", "--json").json["history"]
    assert [(one["end"], one["current"]) for one in said] == [
        ("2020-03-05T00:00:00Z", False), ("2020-04-05T00:00:00Z", True),
    ]  # fmt: skip


def test_a_withdrawn_label(lake: Path, tmp_path: Path) -> None:
    """`add` counts and tells what a file takes back, `list` leaves it out, `--history` names the file."""
    said, taken_back = tmp_path / "said.json", tmp_path / "revoked.json"
    said.write_text(listing("185.1.2.3"))
    taken_back.write_text(bundle(indicator(0, "185.1.2.3", modified=REVOKED, revoked=True)))
    Ran(lake, "labels", "add", str(said))
    added = Ran(lake, "labels", "add", str(taken_back), "--json")
    assert (added.code, added.json["withdrawn"], added.json["files"][0]["withdrawn"]) == (0, 1, 1)
    assert Ran(lake, "labels", "list", "--json").json["labels"] == []
    (one,) = Ran(lake, "labels", "list", "--history", "185.1.2.3", "--json").json["history"]
    assert (one["current"], one["withdrawn_by"]) == (False, str(taken_back))
    assert "withdrawn" in Ran(lake, "labels", "list", "--history", "185.1.2.3").out


def test_history_goes_with_no_filter(lake: Path, feed: Path) -> None:
    """--history with --family would hide part of the history."""
    Ran(lake, "labels", "add", str(feed))
    with pytest.raises(BadSetting, match="--history"):
        Ran(lake, "labels", "list", "--history", "185.1.2.3", "--family", "emotet")


@pytest.mark.parametrize("words", [["labels", "list"], ["labels", "list", "--history", "185.1.2.3"]])
def test_hostile_text_does_nothing_on_a_terminal(lake: Path, feed: Path, words: list[str]) -> None:
    """Escape sequences and markup in a family and a source are shown, not obeyed."""
    feed.write_text(f'address,family,source,note\n185.1.2.3,"{HOSTILE}","{HOSTILE}","{HOSTILE}"\n')
    added = Ran(lake, "labels", "add", str(feed))
    listed = Ran(lake, *words)
    assert not any(mark in added.out + added.err + listed.out for mark in ("\x1b]", "\x07"))
    assert "[bold" in "".join(listed.out.split())


def test_hostile_text_is_no_formula_in_csv(lake: Path, feed: Path) -> None:
    """A note that a spreadsheet would run is neutralised, escape characters are spelt out."""
    feed.write_text('address,family,note\n185.1.2.3,x,"=HYPERLINK(1)\x1b[2J"\n')
    Ran(lake, "labels", "add", str(feed))
    note = next(csv.DictReader(io.StringIO(Ran(lake, "labels", "list", "--csv").out)))["note"]
    assert note == "'=HYPERLINK(1)\\x1b[2J"
