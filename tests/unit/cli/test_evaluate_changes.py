"""headwater evaluate --changes: what goes with it, and what does not."""

import pytest
from typer.testing import CliRunner

from headwater.app.evaluate_changes import ChangesPlan
from headwater.cli.main import app
from headwater.errors import BadSetting


@pytest.mark.parametrize("other", [["--worlds", "small"], ["--leads"], ["--ablations"]])
def test_other_questions_do_not_go_with_it(other: list[str]) -> None:
    """Refused before anything is simulated."""
    with pytest.raises(BadSetting, match="--changes goes with"):
        CliRunner().invoke(app, ["evaluate", "--changes", *other], catch_exceptions=False)


def test_seeds_for_tuning_and_for_reporting_do_not_mix() -> None:
    """As everywhere."""
    with pytest.raises(BadSetting, match="do not mix"):
        ChangesPlan((999, 1000))
