"""The page on the method says what the code does: settings, explanations, warnings, words, pictures."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.score.confounders.registry import CONFOUNDERS
from headwater.score.settings import Settings
from headwater.score.warnings import Doubt
from headwater.score.words import icd203

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "explanation" / "method.md"
ASSUMED = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)


def _first_cells(heading: str) -> list[str]:
    """First cells of the table below a heading."""
    part = PAGE.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [line.split("|")[1].strip() for line in part.splitlines() if line.startswith("|")][2:]


@pytest.mark.parametrize(("name", "value"), ASSUMED)
def test_assumed_numbers_are_those_of_the_settings(name: str, value: str) -> None:
    """Each row of the table of assumptions is the default of that setting."""
    assert ast.literal_eval(value.strip()) == getattr(Settings(), name)


def test_every_explanation_is_in_the_table() -> None:
    """Each confounder by its name, and none that there is not."""
    told = [name for cell in _first_cells("What else would explain it") for name in cell.split(", ")]
    assert sorted(told) == sorted(confounder.name for confounder in CONFOUNDERS)


def test_every_warning_is_in_the_table() -> None:
    """Each type of warning, and none that there is not."""
    assert sorted(_first_cells("Warnings")) == sorted(Doubt)


def test_every_word_of_the_directive_is_in_the_table() -> None:
    """The seven words that calibrated probabilities may get."""
    words = [icd203(probability) for probability in (0.0, 0.1, 0.3, 0.5, 0.6, 0.9, 1.0)]
    assert _first_cells("How sure is that") == words


def test_modules_named_exist() -> None:
    """Each path of a module on the page leads to one."""
    names = re.findall(r"`((?:app|measure|score)/\w+(?:\.py|/))`", PAGE.read_text("utf-8"))
    assert len(names) > 15
    assert [name for name in names if not (PROJECT / "src" / "headwater" / name).exists()] == []


def test_page_of_figures_is_what_the_tool_gives() -> None:
    """docs/reference/evaluation.md is up to date; else: python tools/evaluation_page.py --write."""
    told = subprocess.run(
        [sys.executable, PROJECT / "tools" / "evaluation_page.py"], capture_output=True, check=True
    )
    assert (PROJECT / "docs" / "reference" / "evaluation.md").read_text("utf-8") == told.stdout.decode()


def test_pictures_are_drawn_from_the_same_figures() -> None:
    """No picture is out of date; else: python tools/figures.py --write."""
    told = subprocess.run([sys.executable, PROJECT / "tools" / "figures.py"], capture_output=True, check=True)
    assert told.stdout.decode() == ""
