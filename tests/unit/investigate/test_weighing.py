"""Posteriors, bounds, words and waterfalls by hand."""

import math

import numpy as np
import pytest

from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.template import Answer, Grid, Question, Template
from headwater.investigate.weighing import Asked, log_odds, posterior, weigh
from headwater.investigate.words_for import words_for
from headwater.model.hypothesis import Evidence

NAMES = {"group": "the listed C2s", "actor": "somebody", "service": "192.0.2.1:443/tcp"}


def _template() -> Template:
    """Two hypotheses, even, and a grid of one point."""
    shipped = shipped_template()
    answers = (Answer("one", "one", "it is one", 0.5), Answer("two", "two", "it is two", 0.5))
    return Template(
        "hand",
        "hand",
        (Question("tie", "Which?", by_group=False, answers=answers),),
        {},
        Grid((1.0,), (1.0,), (10.0,)),
        shipped.limits,
    )


def _item(name: str, scope: str = "all", barred_by: str = "", **weights: float) -> Evidence:
    return Evidence(name, "analyst", "tie", scope, "seen", "so", weights, barred_by=barred_by)


def test_bayes_by_hand() -> None:
    """Even priors and likelihoods of 10 to 1: 10/11."""
    found = posterior(np.array([0.5, 0.5]), np.array([[1.0, 0.0]]))
    assert found.tolist() == pytest.approx([10 / 11, 1 / 11])


def test_items_add_up() -> None:
    """Two items of log10 0.5 are one of 1."""
    both = posterior(np.array([0.2, 0.8]), np.array([[0.5, 0.0], [0.5, 0.0]]))
    one = posterior(np.array([0.2, 0.8]), np.array([[1.0, 0.0]]))
    assert both.tolist() == pytest.approx(one.tolist())


def test_limit_cuts_a_single_item() -> None:
    """A weight of 6 counts as 1 where the limit is 1: 10/11."""
    found = posterior(np.array([0.5, 0.5]), np.array([[6.0, 0.0]]), limit=1.0)
    assert found[0] == pytest.approx(10 / 11)


def test_factor_tells_less() -> None:
    """Half of log10 2 is log10 of the root of 100: 10/11."""
    found = posterior(np.array([0.5, 0.5]), np.array([[2.0, 0.0]]), factor=0.5)
    assert found[0] == pytest.approx(10 / 11)


def test_log_odds_against_all_others() -> None:
    """10/11 against 1/11: a factor of ten."""
    assert log_odds(np.array([10 / 11, 0.5 / 11, 0.5 / 11]))[0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (0.90, 0.85, 0.94, "very likely"),
        (0.82, 0.75, 0.89, "very likely"),
        (0.85, 0.70, 0.90, "likely to very likely"),
        (0.60, 0.30, 0.90, "insufficient"),
        (0.65, 0.56, 0.79, "likely"),
    ],
)
def test_words_only_where_bounds_are_close(value: float, low: float, high: float, words: str) -> None:
    """One word up to a swing of 0.15, else that of both bounds, two neighbours, or none (ICD 203 bands)."""
    assert words_for(value, low=low, high=high, swing=0.15) == words


def test_waterfall_ends_at_the_posterior() -> None:
    """The last step of a hypothesis is the log10 odds of its posterior."""
    items = (_item("A1", one=0.7), _item("A2", two=0.3, one=-0.1))
    found = weigh(items, _template(), asked=(Asked("tie", "all", NAMES),))
    first = found.hypotheses[0]
    last = [step for step in found.waterfall if step.hypothesis == first.id][-1]
    assert last.after == pytest.approx(math.log10(first.posterior / (1 - first.posterior)))


def test_waterfall_steps_join() -> None:
    """Each bar begins where the one before it ends."""
    items = (_item("A1", one=0.7), _item("A2", two=0.3))
    found = weigh(items, _template(), asked=(Asked("tie", "all", NAMES),))
    steps = [step for step in found.waterfall if step.hypothesis == "one"]
    assert [step.after for step in steps[:-1]] == [step.before for step in steps[1:]]


def test_barred_items_do_not_count() -> None:
    """What a tenancy bars leaves the even prior as it is."""
    found = weigh((_item("A1", barred_by="T2", one=3.0),), _template(), asked=(Asked("tie", "all", NAMES),))
    assert [one.posterior for one in found.hypotheses] == [0.5, 0.5]


def test_items_for_and_against() -> None:
    """What raises a hypothesis stands for it, what lowers it against it."""
    items = (_item("A1", one=0.7), _item("A2", two=0.3))
    found = weigh(items, _template(), asked=(Asked("tie", "all", NAMES),))
    one = next(each for each in found.hypotheses if each.id == "one")
    assert (one.for_ids, one.against_ids) == (("A1",), ("A2",))


def test_other_settings_widen_the_bounds() -> None:
    """A ledger under another setting without the item: down to the even prior."""
    found = weigh(
        (_item("A1", one=1.0),), _template(), asked=(Asked("tie", "all", NAMES),), alternatives=((),)
    )
    assert (found.hypotheses[0].low, found.hypotheses[0].high) == pytest.approx((0.5, 10 / 11))


def test_shortfall_takes_the_words() -> None:
    """Where the data do not carry an answer there is no word, however far the odds."""
    asked = (Asked("tie", "all", NAMES, shortfall="only 1 listed C2 in contact"),)
    found = weigh((_item("A1", one=3.0),), _template(), asked=asked)
    assert {one.words for one in found.hypotheses} == {"insufficient"}
