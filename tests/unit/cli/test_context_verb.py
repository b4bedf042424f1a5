"""`headwater context add`, as an analyst runs it."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from headwater.cli.main import app
from headwater.errors import BadSetting
from headwater.lake.claims import claims
from headwater.lake.context import networks, warning_lists
from headwater.lake.host_keys import host_keys
from headwater.model.address import key_of

LIST = json.dumps({"name": "[red]\x1b[2Jclouds", "type": "cidr", "version": 1, "list": ["185.1.2.0/24"]})
HI, LO = (np.array([half], np.int64) for half in key_of("185.1.2.3"))


def run(lake: Path, *words: str) -> tuple[int, str]:
    """Exit code and stdout of `context add`."""
    done = CliRunner().invoke(app, ["--lake", str(lake), "context", "add", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_warning_list_and_networks_by_content(tmp_path: Path) -> None:
    """Both kinds are recognised, stored and found again, whatever the files are called."""
    (tmp_path / "a").write_text(LIST)
    (tmp_path / "b").write_text("prefix,asn,name\n185.1.0.0/16,64496,Example\n")
    code, out = run(tmp_path / "lake", str(tmp_path / "a"), str(tmp_path / "b"), "--json")
    assert (code, [file["kind"] for file in json.loads(out)["files"]]) == (0, ["warninglist", "networks"])
    assert warning_lists(tmp_path / "lake").match(HI, LO)[0].tolist() == [0]
    assert networks(tmp_path / "lake").lookup(HI, LO)[1] == ["Example"]


def test_second_time_adds_nothing(tmp_path: Path) -> None:
    """A file that the lake has is said to be there."""
    (tmp_path / "a").write_text(LIST)
    run(tmp_path / "lake", str(tmp_path / "a"))
    code, out = run(tmp_path / "lake", str(tmp_path / "a"), "--json")
    assert (code, json.loads(out)["files"][0]["already"]) == (0, True)


def test_hostile_name_does_nothing_on_a_terminal(tmp_path: Path) -> None:
    """A list's own name is text from outside."""
    (tmp_path / "a").write_text(LIST)
    _, out = run(tmp_path / "lake", str(tmp_path / "a"))
    assert "\x1b[2J" not in out
    assert "[red]" in out


def test_file_of_neither_kind(tmp_path: Path) -> None:
    """Alone it is wrong use; beside a good one it costs exit code 1."""
    (tmp_path / "a").write_text(LIST)
    (tmp_path / "b").write_text("nothing of the kind\n")
    assert run(tmp_path / "lake", str(tmp_path / "b"))[0] == 2
    assert run(tmp_path / "lake", str(tmp_path / "a"), str(tmp_path / "b"))[0] == 1


def test_unknown_kind_is_wrong_use(tmp_path: Path) -> None:
    """--kind names those there are."""
    with pytest.raises(BadSetting, match="warninglist, networks, host-keys, reports"):
        run(tmp_path / "lake", "x", "--kind", "maps")


KEYS = (
    "address,port,kind,fingerprint,seen_at\n"
    "198.18.0.1,22,ssh,\x1b[2J,2019-06-20\n"
    "198.18.0.1,22,ssh,b,1970-01-01\n"
)
SAID = "address,date,claim\n198.18.0.1,2019-06-20,[red]\x1b[2Jspread\n"


def test_host_keys_and_reports_by_content(tmp_path: Path) -> None:
    """Both are recognised, stored and found again; a date that cannot be true costs exit code 1."""
    (tmp_path / "a").write_text(KEYS)
    (tmp_path / "b").write_text(SAID)

    code, out = run(tmp_path / "lake", str(tmp_path / "a"), str(tmp_path / "b"), "--json")

    keys, said = json.loads(out)["files"]
    assert (code, keys["kind"], keys["entries"], said["kind"], said["entries"]) == (
        1,
        "host-keys",
        1,
        "reports",
        1,
    )
    assert keys["refused"]["date before 1996"] == {
        "count": 1, "first_place": 3, "example": "198.18.0.1 22 ssh 1970-01-01",
    }  # fmt: skip
    assert len(host_keys(tmp_path / "lake", "198.18.0.1")) == 1
    assert [one.claim for one in claims(tmp_path / "lake", "198.18.0.1")] == ["[red]\x1b[2Jspread"]


def test_kind_overrides_content(tmp_path: Path) -> None:
    """A file read as what it is not is unusable, and says what was expected."""
    (tmp_path / "a").write_text(SAID)

    done = CliRunner().invoke(
        app, ["--lake", str(tmp_path / "lake"), "context", "add", str(tmp_path / "a"), "--kind", "host-keys"]
    )

    assert done.exit_code == 2
    assert "address, port, kind" in " ".join(done.output.split())


def test_observations_added_twice(tmp_path: Path) -> None:
    """The same bytes add nothing, also under another name."""
    (tmp_path / "a").write_text(SAID)
    (tmp_path / "b").write_text(SAID)

    _, out = run(tmp_path / "lake", str(tmp_path / "a"), str(tmp_path / "b"), "--json")

    assert [file["already"] for file in json.loads(out)["files"]] == [False, True]


def test_what_a_file_holds_beside_context_is_counted(tmp_path: Path) -> None:
    """Banners without anything to recognise a host by are no fault of the file."""
    banner = {
        "ip_str": "198.18.0.1",
        "port": 80,
        "timestamp": "2019-06-20T00:00:01",
        "hash": 1,
        "http": {"a": 1},
    }
    (tmp_path / "a").write_text(json.dumps({"ip_str": "198.18.0.1", "data": [banner]}))

    code, out = run(tmp_path / "lake", str(tmp_path / "a"), "--json")

    assert (code, json.loads(out)["files"][0]["passed_over"]) == (0, {"banner without a key": 1})
