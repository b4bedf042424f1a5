"""headwater evaluate --changes: what goes with it, and what does not."""

import pytest
from typer.testing import CliRunner

from headwater.app.evaluate_changes import ChangesPlan
from headwater.cli.main import app
from headwater.errors import BadSetting


@pytest.mark.parametrize("other", [["--data", "."], ["--leads"], ["--ablations"]])
def test_other_questions_do_not_go_with_it(other: list[str]) -> None:
    """Refused before anything is simulated."""
    with pytest.raises(BadSetting, match="--changes goes with"):
        CliRunner().invoke(app, ["evaluate", "--changes", *other], catch_exceptions=False)


@pytest.mark.parametrize(
    ("worlds", "said"),
    [(["small"], "nothing changes in the world small"), (["changes", "changes-long"], "takes one --worlds")],
)
def test_a_world_in_which_nothing_changes_is_refused(worlds: list[str], said: str) -> None:
    """As are two worlds at once."""
    named = [word for world in worlds for word in ("--worlds", world)]
    with pytest.raises(BadSetting, match=said):
        CliRunner().invoke(app, ["evaluate", "--changes", "--seeds", "0:1", *named], catch_exceptions=False)


def test_seeds_for_tuning_and_for_reporting_do_not_mix() -> None:
    """As everywhere."""
    with pytest.raises(BadSetting, match="do not mix"):
        ChangesPlan((999, 1000))
