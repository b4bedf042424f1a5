"""Runs of the harness put together: means over seeds, counts added, nothing counted twice."""

import runpy
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[3]
TOOL = runpy.run_path(str(PROJECT / "tools" / "evaluation_summary.py"))


def _run(seed: int, precision: float, *, true: int) -> dict[str, Any]:  # Any: what JSON holds
    """A run of one world: ten candidates of probability .25, some of them upstreams, one fake set."""
    where = {"world": "w", "sampling": 1000}
    figures = {"average_precision": precision, "reciprocal_rank": 1.0, "precision_at_5": 0.5}
    counts = {"upstreams": 4, "found": 3, "alerts": 2, "false_by_chance": 1, "false_real": 0}
    plan = {"worlds": ["w"], "seeds": [seed], "samplings": [1000], "ablations": False, "fake_sets": 1}
    return {
        "plan": plan,
        "outcomes": [where | figures | counts | {"seed": seed, "score": "headwater", "flows": 100}],
        "reliability": [where | {"bins": [{"forecast": 0.25, "outcome": true / 10, "candidates": 10}]}],
        "orientation": [where | {"right": 9, "contacts": 10}],
        "fake_sets": [
            where
            | {"p_levels": [0.05], "sets": [{"tests": 50, "discoveries": true, "alerts": 0, "small": [2]}]}
        ],
        "confusion": [where | {"kind": "upstream", "verdict": "upstream", "peers": 1}],
        "specimens": [],
    }


def test_means_over_seeds_and_added_counts() -> None:
    """Mean of .8 and .6 with standard error .1 (half their distance); 2 and 2 alerts are 4."""
    row = TOOL["summary"]([_run(1000, 0.8, true=1), _run(1001, 0.6, true=4)])["table"][0]
    told = [row[name] for name in ("average_precision", "standard_error", "alerts", "seeds")]
    assert told == pytest.approx([0.7, 0.1, 4, 2])


def test_reliability_is_added_bin_by_bin() -> None:
    """Twenty candidates of .25, of which 1 + 4 were upstreams: the error is |.25 - .25| = 0."""
    row = TOOL["summary"]([_run(1000, 0.8, true=1), _run(1001, 0.6, true=4)])["score"][0]
    assert row["bins"] == [{"from": 0.2, "candidates": 20, "forecast": pytest.approx(0.25), "upstreams": 5}]
    assert TOOL["calibration_error"](row["bins"]) == pytest.approx(0.0)


def test_fake_sets_are_added() -> None:
    """One of two sets discovered something; 4 of 100 tests had a small p-value."""
    fake = TOOL["summary"]([_run(1000, 0.8, true=0), _run(1001, 0.6, true=4)])["score"][0]["fake_sets"]
    assert (fake["sets"], fake["with_discovery"], fake["small"], fake["tests"]) == (2, 1, [4], 100)


def _without_strata(run: dict[str, Any], precision: float) -> dict[str, Any]:  # Any: what JSON holds
    """The run, its score also without strata."""
    more = run["outcomes"][0] | {"score": "without strata", "average_precision": precision}
    return run | {"outcomes": [*run["outcomes"], more]}


def test_a_run_may_add_ablations_to_an_earlier_one() -> None:
    """All else of it is known already: counts stay, and the whole score stands beside on the same seeds."""
    runs = [_run(1000, 0.8, true=1), _run(1001, 0.6, true=4)]
    told = TOOL["summary"]([*runs, _without_strata(runs[0], 0.7)])
    means = {row["score"]: row["average_precision"] for row in told["table"]}
    assert means == pytest.approx({"headwater": 0.7, "without strata": 0.7, "all parts": 0.8})
    assert (told["score"][0]["bins"][0]["candidates"], told["score"][0]["fake_sets"]["sets"]) == (20, 2)


def test_runs_that_overlap_in_part_are_refused() -> None:
    """What they have in common would count twice."""
    both = _run(1000, 0.8, true=1)
    both["outcomes"] += _run(1001, 0.6, true=4)["outcomes"]
    with pytest.raises(SystemExit, match="seed 1000, 1:1000 is in two of the files"):
        TOOL["summary"]([_run(1000, 0.8, true=1), both])


def test_a_file_of_something_else_is_refused() -> None:
    """With the remedy."""
    with pytest.raises(SystemExit, match="holds no worlds"):
        TOOL["summary"]([{"table": []}])
