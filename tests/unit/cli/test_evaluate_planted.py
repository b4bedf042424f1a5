"""The verb evaluate with --planted: what it refuses, and what it says above its table."""

from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from headwater.cli.evaluate_planted import _draw
from headwater.cli.main import app
from headwater.errors import BadSetting, HeadwaterError, UnreadableSource


def _refused(*words: str) -> HeadwaterError:
    found = CliRunner().invoke(app, ["evaluate", *words]).exception
    assert isinstance(found, HeadwaterError)
    return found


@pytest.mark.parametrize(
    "words", [("--worlds", "reference"), ("--ablations",), ("--fake-sets", "2")], ids=lambda words: words[0]
)
def test_what_belongs_to_worlds_is_refused(words: tuple[str, ...]) -> None:
    """Real traffic has no worlds, no ablations and no fake sets of its own."""
    refused = _refused("--planted", *words)
    assert isinstance(refused, BadSetting)
    assert f"leave out {words[0]}" in str(refused)


def test_data_without_planted_is_refused() -> None:
    """Worlds read nothing, so the folder would be ignored."""
    assert "--data is for --planted" in str(_refused("--data", "."))


def test_a_folder_without_the_capture_is_named(tmp_path: Path) -> None:
    """With the file that is missed and the option that helps."""
    refused = _refused("--planted", "--data", str(tmp_path))
    assert isinstance(refused, UnreadableSource)
    assert str(tmp_path) in str(refused)
    assert "--data DIR" in str(refused)


def test_the_table_says_first_that_it_is_planted() -> None:
    """Before any number."""
    console = Console(record=True, width=120)
    _draw([], console)
    assert console.export_text().startswith("PLANTED into CTU-13 scenario 11")
