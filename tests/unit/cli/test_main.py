"""Tests of headwater.cli.main."""

import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules

import pytest
from typer.testing import CliRunner

from headwater import cli
from headwater.cli.main import VERBS, app, declared

HEAVY = ("deltalake", "duckdb", "ibis", "numpy", "pandas", "pyarrow", "pymisp", "scipy", "stix2")


def test_help_imports_no_engine() -> None:
    """`headwater --help` answers without the libraries that only verbs need."""
    program = (
        "import sys; from headwater.cli.main import app\n"
        "try: app(['--help'])\n"
        "finally: print('loaded:', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.rpartition("loaded:")[2].split()
    assert [name for name in HEAVY if name in loaded] == []


def test_help_names_every_verb() -> None:
    """Each verb stands in `headwater --help` with what it does."""
    text = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
    assert [verb for verb, said in VERBS.items() if verb not in text or said not in text] == []


def test_each_file_of_a_verb_is_a_verb() -> None:
    """A module with `add_to` that VERBS leaves out would never be called."""
    modules = [found.name for found in iter_modules(cli.__path__)]
    with_verb = {name for name in modules if hasattr(import_module(f"headwater.cli.{name}"), "add_to")}
    assert with_verb == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_list_says_what_the_verb_says(verb: str) -> None:
    """The list of verbs and the verb's own help begin alike."""
    assert declared(verb).help.startswith(VERBS[verb])


@pytest.mark.parametrize(("words", "code"), [([], 2), (["--help"], 0), (["hunted"], 2), (["hunt", "--x"], 2)])
def test_exit_code_tells_wrong_use(words: list[str], code: int) -> None:
    """No verb, one that does not exist and an unknown option are wrong use; asking for help is not."""
    assert CliRunner().invoke(app, words).exit_code == code


def test_misspelt_verb_gets_a_proposal() -> None:
    """`headwater ingst` is told of `ingest`."""
    assert "'ingest'" in CliRunner().invoke(app, ["ingst"]).output


def test_too_little_memory_is_refused_before_anything_is_read() -> None:
    """A setting below what the program itself takes cannot be held."""
    done = subprocess.run(
        [sys.executable, "-m", "headwater", "--memory", "5MB", "labels", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "headwater: --memory 5MB: too little to work in; give it 1 GiB or more\n",
    )


def test_version_is_that_of_the_package() -> None:
    """`headwater --version` names the version that is installed, and does nothing else."""
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output) == (0, f"headwater {version('headwater')}\n")
