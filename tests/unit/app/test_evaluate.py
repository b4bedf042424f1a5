"""The harness: its plan, its table, and one small world from end to end."""

from collections import Counter

import pytest

from headwater.app.evaluate import SCORE, Evaluation, Outcome, Plan, evaluate
from headwater.app.evaluation_table import document_of, table_of
from headwater.app.fake_sets import FakeSet
from headwater.errors import BadSetting
from headwater.simulate.evaluate.metrics import Alerts, Ranked


def _outcome(seed: int, precision: float, alerts: Alerts | None, *, score: str = SCORE) -> Outcome:
    return Outcome("w", seed, 1000, 10, score, 2, Ranked(precision, 1.0, 0.5, 1), alerts)


FOUND = Evaluation(
    outcomes=[
        _outcome(1000, 0.8, Alerts(3, 2, 1, 0)),
        _outcome(1001, 0.6, Alerts(1, 1, 0, 0)),
        _outcome(1000, 0.3, None, score="count"),
    ],
    forecasts={("w", 1000): [(1.0, 0.9, True), (0.9, 0.9, False)]},
    confusion={("w", 1000): Counter({("upstream", "upstream"): 3})},
    oriented={("w", 1000): (9, 10)},
    fake_sets={("w", 1000): [FakeSet(100, false, 0, (2, 1, 0, 0)) for false in (0, 2, 0)]},
)


def test_seeds_for_tuning_and_reporting_do_not_mix() -> None:
    """A figure from both is worth nothing."""
    with pytest.raises(BadSetting, match="do not mix"):
        Plan(seeds=(999, 1000))


def test_a_plan_needs_a_seed() -> None:
    """An empty range is a slip."""
    with pytest.raises(BadSetting, match="no seed"):
        Plan(seeds=())


def test_an_unknown_world_is_refused() -> None:
    """With the names there are."""
    with pytest.raises(BadSetting, match="reference"):
        evaluate(Plan(worlds=("nowhere",)))


def test_table_gives_means_over_seeds() -> None:
    """Mean of .8 and .6, standard error .1; four alerts, one of them by chance; 9 of 10 sides right."""
    row = table_of(FOUND)[0]
    told = [
        row[name] for name in ("average_precision", "standard_error", "alerts", "false_share", "oriented")
    ]
    assert told == pytest.approx([0.7, 0.1, 4, 0.25, 0.9])


def test_calibration_error_and_fake_sets_are_the_scores_own() -> None:
    """Two forecasts of .9 of which one came true: .4; one of three fake sets had a discovery."""
    rows = table_of(FOUND)
    assert rows[0]["calibration_error"] == pytest.approx(0.4)
    assert (rows[0]["fake_sets"], rows[0]["fake_sets_with_discovery"]) == (3, 1)
    assert rows[1]["alerts"] is None


def test_document_keeps_every_outcome() -> None:
    """The table can be made again from it."""
    found = document_of(FOUND)
    assert [row["average_precision"] for row in found["outcomes"]] == [0.8, 0.6, 0.3]


def test_document_keeps_counts_behind_shares() -> None:
    """9 of 10 sides, and three fake sets of 100 tests: runs can be put together again."""
    found = document_of(FOUND)
    assert (found["orientation"][0]["right"], found["orientation"][0]["contacts"]) == (9, 10)
    assert [each["tests"] for each in found["fake_sets"][0]["sets"]] == [100, 100, 100]


@pytest.mark.slow
def test_a_small_world_from_end_to_end() -> None:
    """The score finds upstreams first and beats the count; fake sets discover nothing."""
    found = evaluate(Plan(worlds=("small",), seeds=(1,), samplings=(1000,), fake_sets=2))
    by_score = {outcome.score: outcome.ranked for outcome in found.outcomes}
    assert by_score[SCORE].reciprocal_rank == 1.0
    assert by_score[SCORE].average_precision > by_score["count"].average_precision
    assert [each.discoveries for each in found.fake_sets["small", 1000]] == [0, 0]
    seed, chosen = found.specimens["small", 1000]
    assert (seed, chosen.explanation.verdict) == (1, "upstream")
