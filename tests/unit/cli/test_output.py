"""Tests of headwater.cli.output."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from headwater.cli.output import Output, csv_text
from headwater.errors import BadSetting


def _draw(console: Console) -> None:
    console.print("for people")


def test_json_times_are_iso_with_z(capsys: pytest.CaptureFixture[str]) -> None:
    """2020-01-02T00:00:00Z, not +00:00."""
    Output(as_json=True).write(document={"at": datetime(2020, 1, 2, tzinfo=UTC)}, table=_draw)
    assert json.loads(capsys.readouterr().out) == {"at": "2020-01-02T00:00:00Z"}


def test_people_get_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Without flags the table is drawn on stdout."""
    Output().write(document={}, table=_draw)
    assert capsys.readouterr().out == "for people\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_formulas_are_neutralised_in_csv(text: str) -> None:
    """A family called =cmd() must not run in a spreadsheet (OWASP, CSV injection)."""
    assert csv_text([{"family": text}]).splitlines()[1].lstrip('"').startswith("'")


def test_negative_numbers_stay_numbers_in_csv() -> None:
    """Only text can be a formula."""
    assert csv_text([{"score": -1.5}]) == "score\n-1.5\n"


def test_json_and_csv_together_are_refused() -> None:
    """One answer has one form."""
    with pytest.raises(BadSetting, match="exclude each other"):
        Output(as_json=True, as_csv=True)


def test_output_file_is_whole_or_absent(tmp_path: Path) -> None:
    """The file appears under its name only when complete."""
    target = tmp_path / "answer.json"
    Output(as_json=True, file=target).write(document=[1], table=_draw)
    assert (json.loads(target.read_text()), list(tmp_path.iterdir())) == ([1], [target])


def test_unwritable_output_names_the_file(tmp_path: Path) -> None:
    """The message says which file and what to do."""
    with pytest.raises(BadSetting, match=r"missing/answer\.json"):
        Output(as_json=True, file=tmp_path / "missing" / "answer.json").write(document=[], table=_draw)


@pytest.mark.parametrize("name", ["esc\x1b[2J", "\x9b2J", "safe\u202ecod.exe", "caf\udce9", "tok smečka \n"])
def test_json_is_harmless_on_a_terminal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Text from outside comes back from the JSON as it was, and no character of it is obeyed on the way."""
    Output(as_json=True).write(document={"path": name}, table=_draw)
    out = capsys.readouterr().out
    assert json.loads(out) == {"path": name}
    assert all(character.isprintable() or character == "\n" for character in out)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """An answer that fails on its way leaves the older file as it was, and no half of a new one."""
    file = tmp_path / "answer.csv"
    file.write_text("older")

    def pieces() -> Iterator[str]:
        yield "half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Output(file=file).stream(pieces())
    assert ([path.name for path in tmp_path.iterdir()], file.read_text()) == (["answer.csv"], "older")
    Output(file=file).stream(["new, ", "and whole"])
    assert file.read_text() == "new, and whole"


@pytest.mark.parametrize("form", ["", "as_json=True"])
def test_a_reader_that_leaves_ends_it_in_order(form: str) -> None:
    """As with `| head -1`: what could not be written is no failure, and nothing is complained of."""
    program = (
        "from headwater.cli.output import Output\n"
        "def draw(console): console.print('\\n'.join(map(str, range(50_000))))\n"
        f"Output({form}).write(document=list(range(50_000)), table=draw)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaints = process.stderr.read()
    assert (process.returncode, complaints) == (0, "")
