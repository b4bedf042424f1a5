"""The verb hunt: its three forms, its refusals, and hostile names of families."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hand_made_flows import hunting_lake
from headwater.cli.hunt import _SHOWN
from headwater.cli.main import app
from headwater.errors import HeadwaterError


@dataclass(frozen=True)
class Ran:
    """What a run of the verb gave; a refusal, which `main` turns into one line and exit code 2, stands in
    `err`.
    """

    out: str
    err: str
    refused: bool = False


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake that the tests hunt in."""
    return hunting_lake(tmp_path_factory.mktemp("hunting"))


def _run(lake: Path, *arguments: str) -> Ran:
    done = CliRunner().invoke(app, ["--lake", str(lake), "hunt", *arguments])
    if isinstance(done.exception, HeadwaterError):
        return Ran(done.stdout, str(done.exception), refused=True)
    assert done.exit_code == 0, done.output
    return Ran(done.stdout, done.stderr)


def test_json_holds_every_field(lake: Path) -> None:
    """The promised fields are there, the best candidate first."""
    told = json.loads(_run(lake, "--json").out)
    assert {"format", "lake_version", "engine", "window", "examined", "recall", "candidates"} <= set(told)
    assert set(told["examined"]) >= {"flows", "contacts", "services_tested", "c2s", "c2s_seen"}
    assert set(told["candidates"][0]) >= {
        "rank", "address", "port", "proto", "role", "verdict", "score", "posterior", "c2s", "clients",
        "by_group", "expected", "p_value", "q_value", "exclusivity", "first_seen", "last_seen", "flows",
        "sessions", "reasons",
    }  # fmt: skip
    best = told["candidates"][0]
    service = (best["rank"], best["address"], best["port"], best["proto"], best["role"], best["by_group"])
    assert service == (1, "9.9.9.9", 8443, "tcp", "server", {"emotet": 3})


def test_csv_has_a_row_a_candidate(lake: Path) -> None:
    """The header and as many rows as there are candidates; --top cuts them."""
    rows = list(csv.DictReader(io.StringIO(_run(lake, "--csv", "--top", "1").out)))
    assert [(row["rank"], row["address"], row["c2s"]) for row in rows] == [("1", "9.9.9.9", "3")]


def test_help_says_how_many_are_shown(lake: Path) -> None:
    """What --top leaves out when nobody gives it stands in the help, with the table's own number."""
    told = " ".join(_run(lake, "--help").out.replace("│", " ").split())
    assert f"else {_SHOWN} in the table, all in JSON and CSV" in told


def test_addresses_can_be_defanged(lake: Path) -> None:
    """With --defang no form holds an address that a program would turn into a link."""
    for form in ((), ("--json",), ("--csv",)):
        told = _run(lake, "--defang", *form).out
        assert ("9.9.9[.]9" in told, "9.9.9.9" in told) == (True, False)


def test_the_table_gives_reasons(lake: Path) -> None:
    """People see the service and why it stands where it stands."""
    told = _run(lake).out
    assert "9.9.9.9:8443/tcp" in told
    assert "3 of its 3 contacts are listed C2s" in told


def test_sql_goes_to_stderr(lake: Path) -> None:
    """--show-sql leaves stdout to the answer."""
    done = _run(lake, "--show-sql", "--json")
    assert "-- pass 1" in done.err
    assert json.loads(done.out)["format"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "yesterday"), "is no time"),
        (("--top", "0"), "a positive number is needed"),
        (("--engine", "spark://x"), "no Spark master"),
        (("--json", "--csv"), "exclude each other"),
        (("--family", "nosuch"), "no labelled C2 of family nosuch"),
    ],
)
def test_wrong_use_is_refused(lake: Path, arguments: tuple[str, ...], said: str) -> None:
    """Each refusal says what is wrong, and nothing goes to stdout."""
    done = _run(lake, *arguments)
    assert (done.refused, done.out, said in done.err) == (True, "", True)


def test_a_hostile_family_name_is_only_shown(tmp_path: Path) -> None:
    """Escape sequences and markup in a family's name reach no output as such."""
    lake = hunting_lake(tmp_path, family="\x1b[31m[bold]red\u202e")
    for form in ((), ("--json",), ("--csv",)):
        told = _run(lake, *form).out
        assert ("9.9.9.9" in told, "\x1b" in told, "\u202e" in told) == (True, False, False)


@pytest.mark.parametrize(("name", "magic"), [("best.svg", b"<svg"), ("best.png", b"\x89PNG")])
def test_chart_is_a_picture_of_the_candidates(lake: Path, tmp_path: Path, *, name: str, magic: bytes) -> None:
    """--chart leaves the picture in the form that its name asks for; the table is printed all the same."""
    ran = _run(lake, "--chart", str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(magic)
    assert ("9.9.9.9" in ran.out, "as a picture" in ran.err) == (True, True)


def test_chart_names_the_candidates_with_their_bounds(lake: Path, tmp_path: Path) -> None:
    """The picture names each candidate, defanged, and says how many of its clients are listed C2s."""
    best = json.loads(_run(lake, "--json", "--chart", str(tmp_path / "best.svg")).out)["candidates"][0]
    drawn = (tmp_path / "best.svg").read_text()
    assert ("1. 9.9.9[.]9:8443/tcp" in drawn, f"{best['c2s']} of {best['clients']}" in drawn) == (True, True)


def test_chart_of_another_form_is_refused_before_the_hunt(lake: Path, tmp_path: Path) -> None:
    """A name that ends in neither .svg nor .png is refused, and says what can be drawn."""
    ran = _run(lake, "--chart", str(tmp_path / "best.pdf"))
    assert (ran.refused, ".svg or .png" in ran.err, list(tmp_path.iterdir())) == (True, True, [])
