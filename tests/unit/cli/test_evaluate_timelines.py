"""headwater evaluate --timelines."""

import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from headwater.app.evaluate_timelines import TimelinePlan, evaluate_timelines, timelines_document
from headwater.cli.evaluate_timelines import _draw
from headwater.cli.main import app
from headwater.errors import BadSetting
from headwater.simulate.evaluate.timeline_figures import Figure

FIGURE = Figure("month", "relation, 3 classes", "5 to 7", 42, 0.876, 0.8, 0.9, 0.85, 0.95)


def test_table_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """80 columns hold every number, and the table says that it is synthetic."""
    _draw([FIGURE], Console(width=80))
    shown = capsys.readouterr().out
    assert "SYNTHETIC" in shown
    assert all(text in shown for text in ("0.876", "0.800", "0.900", "0.85-0.95", "42"))


def test_worlds_have_names() -> None:
    """Another one is refused with those that there are."""
    with pytest.raises(BadSetting, match="there are month, season"):
        TimelinePlan((1,), ("moon",))


def test_it_goes_with_no_option_of_hunts(tmp_path: Path) -> None:
    """One line says what to leave out."""
    told = CliRunner().invoke(
        app, ["evaluate", "--timelines", "--planted", "--save", str(tmp_path / "x.json")]
    )
    assert (told.exit_code != 0, (tmp_path / "x.json").exists()) == (True, False)


def test_one_seed_of_one_world() -> None:
    """There are cases, the document carries the settings of the world, and again is the same."""
    plan = TimelinePlan((1,), ("month",), bounds=False)
    first = timelines_document(plan, evaluate_timelines(plan))
    relation = next(each for each in first["figures"] if each["measure"] == "relation, 3 classes")
    assert (first["synthetic"], relation["cases"] > 10, first["worlds"]["month"]["settings"]["days"]) == (
        True,
        True,
        28.0,
    )
    assert json.dumps(first) == json.dumps(timelines_document(plan, evaluate_timelines(plan)))
