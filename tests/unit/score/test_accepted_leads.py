"""Accepted leads in the score: weighed in the odds, left out of the test of chance."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from headwater.model.candidate import Verdict
from headwater.score.chance import null_of
from headwater.score.confirmation import confirm
from headwater.score.explain import explain
from headwater.score.rank import Ranking, RankSettings, ranking
from headwater.score.reckoning import Reckoning, reckon
from headwater.score.statistics import Statistics
from headwater.score.tallies import Tallies, tallies

Build = Callable[..., Statistics]
OPEN = RankSettings(allow_reserved=True)
SURE, POSSIBLE, DOUBTFUL = 0.95, 0.80, 0.45


def _tallied(build: Build, weights: Sequence[float], *, together: Sequence[int] = ()) -> Tallies:
    """One candidate that met C2s of these weights; `together` share a block."""
    rows = [{"cluster": 7} if c2 in together else {} for c2 in range(len(weights))]
    return tallies(
        build(
            c2s=rows, candidates=[{"hosts": 20}], contacts=[{"c2": c2} for c2 in range(len(rows))],
            c2_extra={"weight": np.array(weights)},
        )
    )  # fmt: skip


def _world(build: Build, *, listed: int, leads: Sequence[float] = (), others: int = 0) -> Statistics:
    """20 listed C2s, of which `listed` met the candidate, and all leads; each host of a block of its own."""
    size = 20 + len(leads)
    met = [*range(listed), *range(20, size)]
    extra = {"weight": np.array([1.0] * 20 + list(leads))} if leads else None
    return build(
        c2s=[{}] * size, candidates=[{"hosts": len(met) + others}],
        contacts=[{"c2": c2} for c2 in met],
        reach=[(0, 0, day, 3.0) for day in range(28)], c2_extra=extra,
    )  # fmt: skip


def _ranked(build: Build, *, listed: int, leads: Sequence[float] = (), others: int = 0) -> Ranking:
    return ranking(_world(build, listed=listed, leads=leads, others=others), settings=OPEN)


def test_k_is_what_the_weights_have_of_whole_c2s(build: Build) -> None:
    """Two listed C2s and leads of .95, .80, .45: 4.2, so four of five."""
    found = _tallied(build, [1.0, 1.0, SURE, POSSIBLE, DOUBTFUL])
    counts = (found.k[0], found.groups[0], found.listed[0], found.accepted[0], found.c2s[0])
    assert found.weight[0] == pytest.approx(4.2)
    assert counts == (4, 5, 2, 3, 5)


def test_twenty_sure_leads_are_nineteen_c2s(build: Build) -> None:
    """20 times .95 is 19 on paper, and 18.999... in a machine's fractions."""
    assert _tallied(build, [SURE] * 20).k[0] == 19


@pytest.mark.parametrize(
    ("weights", "weight", "listed"), [([DOUBTFUL, SURE], SURE, 0), ([DOUBTFUL, 1.0], 1.0, 1)]
)
def test_a_block_is_worth_its_best_witness(
    build: Build, weights: list[float], weight: float, listed: int
) -> None:
    """Two C2s of one /24 are one witness, the better of the two."""
    found = _tallied(build, weights, together=(0, 1))
    assert (found.weight[0], found.groups[0], found.listed[0]) == (weight, 1, listed)


def _numbers(found: Reckoning) -> dict[str, npt.NDArray[Any]]:  # Any: counts, fractions and masks
    """Every array of the reckoning's parts."""
    parts = (found.tallies, found.chance, found.exclusivity, found.posterior, found.q)
    told = {
        f"{type(part).__name__}.{each.name}": getattr(part, each.name)
        for part in parts
        for each in fields(part)
    }
    return told | {"score": found.score, "probability": found.probability}


def test_c2s_that_are_all_listed_count_as_without_weights(build: Build) -> None:
    """To the last digit: weights of 1 are no weights."""
    plain = _world(build, listed=9, others=2)
    ones = build(
        c2s=[{}] * 20, candidates=[{"hosts": 11}], contacts=[{"c2": c2} for c2 in range(9)],
        reach=[(0, 0, day, 3.0) for day in range(28)], c2_extra={"weight": np.ones(20)},
    )  # fmt: skip
    without, weighed = _numbers(reckon(plain)), _numbers(reckon(ones))
    assert without.keys() == weighed.keys()
    assert all(np.array_equal(without[name], weighed[name]) for name in without)


def test_chance_is_tested_on_listed_c2s_alone(build: Build) -> None:
    """Five leads more, and neither p, q nor the expectation moves: leads were chosen for that contact."""
    without = _ranked(build, listed=3, others=5).candidates[0]
    found = _ranked(build, listed=3, leads=[SURE] * 5).candidates[0]
    assert (found.c2s, without.c2s) == (8, 3)
    assert found.p_value == pytest.approx(without.p_value)
    assert found.expected == pytest.approx(without.expected)
    assert found.q_value == pytest.approx(without.q_value)


def test_leads_move_the_odds_by_less_than_listed_c2s(build: Build) -> None:
    """The better the grade the more, and never as much as if a list named them."""
    scores = [
        float(_ranked(build, listed=4, leads=leads, others=4 - len(leads)).reckoning.score[0])
        for leads in ([], [DOUBTFUL] * 4, [POSSIBLE] * 4, [SURE] * 4)
    ]
    scores.append(float(_ranked(build, listed=8).reckoning.score[0]))
    assert scores == sorted(scores)
    assert len(set(scores)) == len(scores)


def test_leads_alone_never_make_an_upstream(build: Build) -> None:
    """Nine of nine clients are sure leads: with listed ones in their place it would be one."""
    found, listed = (
        _ranked(build, listed=0, leads=[SURE] * 9).candidates[0],
        _ranked(build, listed=9).candidates[0],
    )
    assert (found.c2s, found.p_value, listed.verdict) == (9, 1.0, Verdict.UPSTREAM)
    assert found.verdict is not Verdict.UPSTREAM


def test_reasons_say_what_leads_do_to_the_numbers(build: Build) -> None:
    """Three listed C2s and two leads of .80 weigh 4.6, and chance is asked for three."""
    reasons = _ranked(build, listed=3, leads=[POSSIBLE] * 2).candidates[0].reasons
    assert reasons[0].startswith("5 of its 5 contacts are C2s of one family")
    assert reasons[1].startswith(
        "2 of these C2s are on no list, but accepted after a pivot: the odds take the 5 for 4.6"
    )
    assert " of 3: p = " in reasons[2]


def test_an_explanation_has_the_weights_only_where_there_are_leads(build: Build) -> None:
    """Beside c2s, k and d; and the formula of p says whom it is about."""
    counts, chance = explain(_ranked(build, listed=3, leads=[POSSIBLE] * 2), 1).steps[:2]
    told = {name: counts.values[name] for name in ("k", "accepted_leads", "k_weighed", "k_listed")}
    assert told == {"k": 4, "accepted_leads": 2, "k_weighed": pytest.approx(4.6), "k_listed": 3}
    assert "listed C2s alone" in chance.formula
    plain = explain(_ranked(build, listed=3), 1).steps[:2]
    assert "k_weighed" not in plain[0].values
    assert "listed C2s alone" not in plain[1].formula


def test_leads_confirm_nothing(build: Build) -> None:
    """Found by three Emotet C2s; the Dridex ones in contact are leads, so nothing is held out."""
    statistics = build(
        c2s=[{"family": 1}] * 3 + [{"family": 0}] * 2, candidates=[{}],
        contacts=[{"c2": c2} for c2 in range(5)], families=("dridex", "emotet"),
        reach=[(0, 0, day, 3.0) for day in range(28)],
        c2_extra={"weight": np.array([1.0, 1.0, 1.0, SURE, SURE])},
    )  # fmt: skip
    found = confirm(statistics, 0, tallies=tallies(statistics), null=null_of(statistics))
    assert (found.k, "dridex" in found.confirmed_on) == (0, False)
