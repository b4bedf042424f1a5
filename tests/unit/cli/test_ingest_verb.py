import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from headwater.app.ingest import Progress
from headwater.cli import main as command
from headwater.cli.ingest import _progress

HEADER = "start,end,src,dst,src_port,dst_port,proto,packets,bytes"
LINE = "2020-09-14T12:00:00Z,2020-09-14T12:00:01Z,10.0.0.1,192.0.2.1,40000,443,tcp,3,180"
BAD = LINE.replace("12:00:01", "11:00:00")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def headwater(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `headwater --lake LAKE ingest ...`: exit code, stdout, stderr."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(
            sys, "argv", ["headwater", "--lake", str(tmp_path / "lake"), "ingest", *map(str, arguments)]
        )
        try:
            command.main()
        except SystemExit as done:
            code = done.code if isinstance(done.code, int) else 0
        else:
            code = 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def _file(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def _json(answer: tuple[int, str, str]) -> dict[str, Any]:  # Any: JSON
    document: dict[str, Any] = json.loads(answer[1])
    return document


def test_json_is_the_contract(tmp_path: Path, headwater: Run) -> None:
    """--json has each file with its fields, the sums and the lake's version; times end in Z."""
    path = _file(tmp_path / "a.csv", LINE, BAD)
    assert _json(headwater(path, "--json")) == {
        "files": [
            {
                "path": str(path),
                "format": "csv",
                "flows": 1,
                "rejected": {"end before start": 1},
                "first_bad": {"offset": 3, "why": "end before start"},
                "already": False,
                "start": "2020-09-14T12:00:00Z",
                "end": "2020-09-14T12:00:01Z",
                "notes": [],
            }
        ],
        "flows": 1,
        "rejected": 1,
        "lake_version": 1,
    }


def test_exit_0(tmp_path: Path, headwater: Run) -> None:
    """All read, also all read before: done."""
    path = _file(tmp_path / "a.csv", LINE)
    assert [headwater(path)[0], headwater(path)[0]] == [0, 0]


@pytest.mark.parametrize("content", [f"{HEADER}\n{LINE}\n{BAD}\n", "", "no flows at all", "\0\1\2\3"])
def test_exit_1(tmp_path: Path, headwater: Run, content: str) -> None:
    """Anything left out: done with rejects, without a traceback."""
    path = tmp_path / "a.csv"
    path.write_text(content)
    code, _, err = headwater(path)
    assert (code, err) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--sampling", "0"], "a whole number from 1 (unsampled) up"),
        (["--timezone", "Mars"], "use a name such as UTC or Europe/Prague"),
        (["--base-time", "yesterday"], "write ISO 8601, such as 2020-01-31T12:00Z"),
        (["--map", "nowhere.toml"], "give a TOML file"),
        (["--format", "nonsense"], "there are: "),
        (["--json", "--csv"], "choose one"),
        (["nowhere.csv"], "check the name"),
    ],
)
def test_exit_2(tmp_path: Path, headwater: Run, arguments: list[str], remedy: str) -> None:
    """Wrong use is one line on stderr that says what to do; nothing is stored."""
    code, out, err = headwater(_file(tmp_path / "a.csv", LINE), *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("headwater: ")
    assert remedy in err
    assert not (tmp_path / "lake").exists()


def test_unknown_sampling_text(tmp_path: Path, headwater: Run) -> None:
    """A sampling interval that is no number is wrong use."""
    assert headwater(_file(tmp_path / "a.csv", LINE), "--sampling", "1:100")[0] == 2


def test_table_for_people(tmp_path: Path, headwater: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without flags: a row a file, rejects by reason, the first bad place in the format's unit, the sum."""
    monkeypatch.setenv("COLUMNS", "160")
    code, out, _ = headwater(_file(tmp_path / "a.csv", LINE, BAD, BAD))
    assert code == 1
    assert "2020-09-14 12:00:00 .. 2020-09-14 12:00:01" in out
    assert "  2 end before start" in out
    assert "  first at line 3: end before start" in out
    assert "1 flows stored from 1 files; 2 rejected; lake version 1" in out


def test_already_is_said(tmp_path: Path, headwater: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the lake has already says so in its row and in the sum."""
    monkeypatch.setenv("COLUMNS", "160")
    path = _file(tmp_path / "a.csv", LINE)
    headwater(path)
    out = headwater(path)[1]
    assert "already" in out.splitlines()[1]
    assert "0 flows stored from 1 files, 1 of them already in the lake; 0 rejected; lake version 1" in out


def test_many_files(tmp_path: Path, headwater: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more files than a table can show, those with something to say come first; the rest is counted."""
    monkeypatch.setenv("COLUMNS", "200")
    for number in range(60):
        _file(tmp_path / f"{number:02}.csv", LINE.replace("10.0.0.1", f"10.0.0.{number}"))
    _file(tmp_path / "99.csv", BAD)
    out = headwater(str(tmp_path / "*.csv"))[1]
    assert "99.csv" in out.splitlines()[1]
    assert "... and 11 more files; --json lists them all" in out


def test_csv(tmp_path: Path, headwater: Run) -> None:
    """--csv has a row a file, the rejects by reason in one cell."""
    out = headwater(_file(tmp_path / "a.csv", LINE, BAD), "--csv")[1]
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["flows"], row["reasons"], row["first_bad_offset"]) == ("1", "end before start=1", "3")


def test_output_file(tmp_path: Path, headwater: Run) -> None:
    """--output writes the answer to a file and nothing to stdout."""
    answer = tmp_path / "answer.json"
    assert headwater(_file(tmp_path / "a.csv", LINE), "--json", "--output", answer)[1] == ""
    assert json.loads(answer.read_text())["flows"] == 1


def test_folder_without_files(tmp_path: Path, headwater: Run) -> None:
    """An empty folder is no error, and a remark says what was passed over."""
    (tmp_path / "empty").mkdir()
    code, out, err = headwater(tmp_path / "empty", "--json")
    assert (code, json.loads(out)["files"]) == (0, [])
    assert "No files there" in err


HOSTILE = [
    "[bold red]x.csv",
    "esc\x1b[31mred.csv",
    "bell\x07.csv",
    "turned\u202evsc.exe",
    "line\nbreak.csv",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("flags", [[], ["--csv"]], ids=["table", "csv"])
def test_hostile_names_are_harmless(
    tmp_path: Path, headwater: Run, monkeypatch: pytest.MonkeyPatch, name: str, flags: list[str]
) -> None:
    """Markup and control characters in a file's name are shown, not obeyed."""
    monkeypatch.setenv("COLUMNS", "300")
    out = headwater(_file(tmp_path / name, LINE, BAD), *flags)[1]
    assert name.encode("unicode_escape").decode() in out
    assert not any(mark in out for mark in "\x1b\x07\u202e")


def test_name_that_is_no_text(tmp_path: Path, headwater: Run) -> None:
    """A file name that is no UTF-8 is read and reported, in every form."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    _file(path, LINE)
    assert _json(headwater(path, "--json"))["flows"] == 1
    assert "caf\\udce9.csv" in headwater(path, "--csv")[1]


def test_standard_input(tmp_path: Path) -> None:
    """Flows piped into `ingest -` are stored; the real command, with its streams."""
    done = subprocess.run(
        [sys.executable, "-m", "headwater", "--lake", str(tmp_path / "lake"), "ingest", "-", "--json"],
        input=f"{HEADER}\n{LINE}\n".encode(),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    assert json.loads(done.stdout)["files"][0]["path"] == "-"


def test_progress_on_a_terminal() -> None:
    """On a terminal files, flows, rate and rejects are drawn, with the name of the file made harmless."""
    screen = io.StringIO()
    with _progress(Console(file=screen, force_terminal=True, width=160)) as tell:
        assert tell is not None
        tell(Progress("[red]\x1b]0;title\x07.csv", 1, 3, 1_234_567, 89))
    drawn = screen.getvalue()
    assert "1/3" in drawn
    assert "1,234,567 flows" in drawn
    assert "89 rejected" in drawn
    assert "[red]\\x1b]0;title\\x07.csv" in drawn


@pytest.mark.parametrize("console", [Console(file=io.StringIO()), Console(force_terminal=True, quiet=True)])
def test_no_progress_elsewhere(console: Console) -> None:
    """Into a file, or with --quiet, nothing is drawn."""
    with _progress(console) as tell:
        assert tell is None
