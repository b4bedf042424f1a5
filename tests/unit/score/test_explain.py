"""The reckoning of one candidate agrees with its rank, step by step."""

import json
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pytest
from scipy import stats

from headwater.score.explain import Explanation, Step, explain
from headwater.score.rank import Ranking, RankSettings, ranking
from headwater.score.statistics import Statistics

Build = Callable[..., Statistics]


@pytest.fixture
def ranked(build: Build) -> Ranking:
    """Seven of ten contacts are C2s; a scanner comes second."""
    return ranking(
        build(
            c2s=[{} for _ in range(9)],
            candidates=[{"hosts": 10}, {"role": 1, "hosts": 7, "fan_out": 9000}],
            contacts=[{"c2": c2} for c2 in range(7)] + [{"candidate": 1, "c2": c2} for c2 in range(4)],
            reach=[(0, 0, day, 4.0) for day in range(28)],
        ),
        settings=RankSettings(allow_reserved=True),
    )


def _step(found: Explanation, start: str) -> Step:
    return next(step for step in found.steps if step.question.startswith(start))


def test_counts_are_those_of_the_candidate(ranked: Ranking) -> None:
    """Seven C2s of ten hosts."""
    values = _step(explain(ranked, 1), "Whom").values
    assert (values["k"], values["d"]) == (7, 10)


def test_p_value_follows_from_the_step_before(ranked: Ranking) -> None:
    """The Poisson tail of the expectation that is shown."""
    values = _step(explain(ranked, 1), "How many").values
    mu = values["expected"]
    assert isinstance(mu, float)
    assert values["p_value"] == pytest.approx(stats.poisson.sf(6, mu))


def test_score_is_odds_and_recurrence_less_the_largest_confounder(ranked: Ranking) -> None:
    """For the scanner, too."""
    found = explain(ranked, 2)
    odds = _step(found, "Upstream").values["log10_odds"]
    weights = [value for value in _step(found, "What else").values.values() if isinstance(value, float)]
    recurs = _step(found, "How sure").values["persistence"]
    assert isinstance(odds, float)
    assert isinstance(recurs, float)
    assert _step(found, "How sure").values["score"] == pytest.approx(odds + recurs - max(weights))


def test_every_c2_in_contact_is_listed(ranked: Ranking) -> None:
    """With its counts."""
    assert [contact["sessions"] for contact in explain(ranked, 1).contacts] == [8] * 7


def test_it_is_plain_data(ranked: Ranking) -> None:
    """JSON takes it as it is, without infinities."""
    text = json.dumps(asdict(explain(ranked, 1)), allow_nan=False)
    assert json.loads(text)["rank"] == 1


def test_a_rank_that_is_not_there_is_refused(ranked: Ranking) -> None:
    """The message says which ranks there are."""
    with pytest.raises(IndexError, match="ranks go from 1 to 2"):
        explain(ranked, 3)


def test_held_out_test_is_part_of_it(ranked: Ranking) -> None:
    """All labels begin on one day and belong to one family: nothing could be held out."""
    values = _step(explain(ranked, 1), "Do C2s").values
    assert values["p_value"] is None
    assert np.isclose(float(values["expected"] or 0), 0.0)
