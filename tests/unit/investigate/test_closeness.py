"""Which group the operator is close to, by hand."""

import math

import pytest

from case_facts import C2, c2s, facts
from headwater.investigate.closeness import closeness
from headwater.investigate.rule import Rule

RULE = Rule("timing", "when", numbers={"cap_factor": 20.0})
TEN = math.log(10)
CLEAR = {"control": 0.0, "handoff": -TEN, "coincidence": -TEN}
EVEN = {"control": 0.0, "handoff": 0.0, "coincidence": 0.0}


def test_mean_per_c2_by_hand() -> None:
    """Four C2s of ten to one and two silent ones: 4 / 6. Four that say nothing: 0."""
    case = facts(c2s(4, log_bayes=CLEAR) + c2s(4, group="emotet", log_bayes=EVEN))
    assert dict(closeness(case, RULE)) == pytest.approx({"dridex": 4 / 6, "emotet": 0.0})


def test_one_clear_c2_does_not_win() -> None:
    """1 / 3 against 4 / 6."""
    case = facts([*c2s(4, log_bayes=CLEAR), C2("198.18.9.9", group="emotet", log_bayes=CLEAR)])
    assert [group for group, _ in closeness(case, RULE)] == ["dridex", "emotet"]


def test_a_group_that_fits_another_model_lies_below_zero() -> None:
    """Ten to one for a handoff: -4 / 6."""
    handoff = {"control": -TEN, "handoff": 0.0, "coincidence": -TEN}
    assert closeness(facts(c2s(4, log_bayes=handoff)), RULE)[0][1] == pytest.approx(-4 / 6)
