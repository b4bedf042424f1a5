"""Walks measured on worlds: what a plan refuses, and what comes out of a small one."""

import pytest
from typer.testing import CliRunner

from headwater.app.evaluate_tiers import TiersPlan, evaluate_tiers, tiers_document
from headwater.cli.main import app
from headwater.errors import BadSetting


@pytest.mark.parametrize(
    ("seeds", "worlds", "said"),
    [((), ("two-tiers",), "no seed"), ((999, 1000), ("two-tiers",), "mix"), ((1,), ("nowhere",), "nowhere")],
)
def test_impossible_plans_are_refused(seeds: tuple[int, ...], worlds: tuple[str, ...], said: str) -> None:
    """Before anything is simulated."""
    with pytest.raises(BadSetting, match=said):
        TiersPlan(seeds, worlds)


def test_tiers_go_with_no_other_measurement() -> None:
    """The command line says with what they go."""
    with pytest.raises(BadSetting, match="--tiers goes with"):
        CliRunner().invoke(app, ["evaluate", "--tiers", "--planted"], catch_exceptions=False)


@pytest.mark.slow
def test_a_small_world_is_walked_twice() -> None:
    """From the true upstreams and from those of the hunt; nothing was planted, so nothing can be missed."""
    found = evaluate_tiers(TiersPlan((1,), ("small",), (100,)))
    assert [(one.begins, one.planted, one.missed) for one in found.walks] == [
        ("truth", 0, ()),
        ("hunt", 0, ()),
    ]
    assert [(one.begins, one.walks, one.worlds_with_all) for one in found.figures] == [
        ("truth", 1, 0), ("hunt", 1, 0),
    ]  # fmt: skip
    assert found.walks[0].given == 4
    told = tiers_document(found)
    assert (told["synthetic"], len(told["walks"]), told["figures"][0]["false_share"]) in {
        (True, 2, None), (True, 2, 0.0),
    }  # fmt: skip
