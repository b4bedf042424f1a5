"""Does `pip install .` give a working `headwater`, away from the checkout?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = PROJECT / "src"

# One record as goflow2 writes it, recognised by a map that must have been shipped.
GOFLOW2 = {
    "time_flow_start_ns": 1_591_367_999_000_000_000, "time_flow_end_ns": 1_591_368_000_000_000_000,
    "src_addr": "192.0.2.1", "dst_addr": "198.51.100.7", "src_port": 40000, "dst_port": 443, "proto": "TCP",
    "packets": 9, "bytes": 1200, "sampling_rate": 0,
}  # fmt: skip

pytestmark = pytest.mark.slow  # pip fetches every dependency


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new environment with headwater installed by pip."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    programs = folder / "bin"
    done = subprocess.run(
        [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PROJECT],
        capture_output=True, text=True, check=False, cwd=folder, env=_environment(),
    )  # fmt: skip
    if "Could not find a version that satisfies" in done.stderr or "NewConnectionError" in done.stderr:
        pytest.skip("no package index within reach")
    assert done.returncode == 0, done.stderr
    return programs


def _environment() -> dict[str, str]:
    """This environment without what would let the checkout be found."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}


def _said(command: list[object], folder: Path) -> str:
    """What a command prints that is run in a folder outside the checkout."""
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True, text=True, check=True, cwd=folder, env=_environment(),
    )  # fmt: skip
    return done.stdout


def test_every_file_is_installed(installed: Path, tmp_path: Path) -> None:
    """What is installed are the files of src/headwater, maps and py.typed included, and no others."""
    where = "import headwater, pathlib; print(pathlib.Path(headwater.__file__).parent)"
    package = Path(_said([installed / "python", "-c", where], tmp_path).strip())
    there, here = (
        {
            str(file.relative_to(parent))
            for file in parent.rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        for parent in (package, SOURCE / "headwater")
    )
    assert (installed.parent in package.parents, there) == (True, here)


def test_program_and_module_are_the_same(installed: Path, tmp_path: Path) -> None:
    """`headwater --help` and `python -m headwater --help` say the same."""
    program = _said([installed / "headwater", "--help"], tmp_path)
    module = _said([installed / "python", "-m", "headwater", "--help"], tmp_path)
    assert ("ingest" in program, module) == (True, program)


def test_ingest_works(installed: Path, tmp_path: Path) -> None:
    """A record of goflow2 is stored, by its shipped map."""
    (tmp_path / "flows.json").write_text(json.dumps(GOFLOW2) + "\n", encoding="utf-8")
    answer = json.loads(_said([installed / "headwater", "ingest", "flows.json", "--json"], tmp_path))
    assert (answer["flows"], answer["files"][0]["notes"]) == (
        1,
        ["columns read by the map goflow2 (goflow2 JSON)"],
    )
