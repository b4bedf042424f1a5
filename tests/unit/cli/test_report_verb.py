"""`headwater report` and `headwater verify`, as an analyst runs them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from case_sample_clients import SERVICE
from case_samples import hostile_case, small_case
from headwater.app.case_files import case_text, write_case
from headwater.cli.main import app
from headwater.errors import BadSetting, HeadwaterError
from headwater.lake.cases import store_case
from headwater.lake.tables import create_lake


def _ran(*words: str) -> tuple[int, str]:
    """Exit code and stdout; a refusal is raised."""
    done = CliRunner().invoke(app, [*words])
    if isinstance(done.exception, HeadwaterError):
        raise done.exception
    return done.exit_code, done.stdout


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a case of three clients."""
    return str(write_case(small_case(), tmp_path_factory.mktemp("case")).parent)


@pytest.fixture(scope="module")
def reported(case: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """The folder of its report, and what the command answered."""
    out = tmp_path_factory.mktemp("report") / "out"
    return out, *_ran("report", case, "--out", str(out), "--json")


def test_a_report_is_a_folder(reported: tuple[Path, int, str]) -> None:
    """HTML, Markdown and the figures as SVG and PNG are left in the folder, and nothing else."""
    out, code, said = reported
    told = json.loads(said)
    files = {str(path) for path in out.rglob("*") if path.is_file()}
    assert (code, files) == (0, {told["html"], told["markdown"], *told["figures"]})
    assert {Path(name).suffix for name in told["figures"]} == {".svg", ".png"}


def test_the_case_of_a_service_in_the_lake(tmp_path: Path) -> None:
    """A service that was investigated is named as it is: its case lies in the lake."""
    lake = create_lake(tmp_path / "lake").folder
    store_case(lake, SERVICE, case_text(small_case()))
    code, _ = _ran("--lake", str(lake), "report", str(SERVICE), "--out", str(tmp_path / "out"))
    assert (code, (tmp_path / "out" / "report.html").is_file()) == (0, True)


def test_an_unknown_case_is_refused(tmp_path: Path) -> None:
    """What is no case is refused in a sentence that says what may be named."""
    with pytest.raises(BadSetting, match=r"name a case\.json"):
        _ran("--lake", str(tmp_path), "report", "nothing", "--out", str(tmp_path / "out"))


def test_a_folder_that_cannot_be_written_is_refused(case: str, tmp_path: Path) -> None:
    """A file in the place of the folder is named, and stays as it was."""
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(BadSetting, match="choose a folder"):
        _ran("report", case, "--out", str(file))
    assert file.read_text() == "mine"


def test_what_is_said_is_printable(tmp_path: Path) -> None:
    """A hostile case leaves nothing on the terminal that it would obey."""
    folder = str(write_case(hostile_case(), tmp_path / "case").parent)
    _, said = _ran("report", folder, "--out", str(tmp_path / "out"), "--tlp", "red", "--name-others")
    assert [one for one in said if ord(one) < 32 and one != "\n"] == []


def test_verify_names_the_lake_that_is_missing(reported: tuple[Path, int, str], tmp_path: Path) -> None:
    """A report without its lake is refused, not taken for wrong."""
    with pytest.raises(HeadwaterError, match="lake"):
        _ran("--lake", str(tmp_path / "none"), "verify", str(reported[0]))
