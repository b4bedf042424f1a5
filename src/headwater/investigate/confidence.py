"""How good is the basis of the answer? Low, moderate or high, by rules, and apart from how likely it is.

ICD 203 (2015), D.6.e.(2)(b) keeps confidence in the basis apart from likelihood and states no scale. Here one
point each is given for six or more independent C2s, four or more timelines that count, a test on held-out
C2s that confirms, bounds that are close, and an answer that no single item turns; one is taken for bounds
that are far apart and for records with gaps. Four points are high, two or three moderate.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.evidence.co_located import blocks
from headwater.investigate.facts import Facts, counted
from headwater.investigate.robustness import Turn
from headwater.investigate.rule import number
from headwater.model.hypothesis import Hypothesis

_MANY_C2S, _MANY_TIMELINES = 6, 4
_CONFIRMS, _CLOSE, _FAR = 0.05, 0.15, 0.40
_GAPS = 0.2  # share of days without a record, above which coverage is poor


@dataclass(frozen=True, slots=True)
class Confidence:
    """A level, and what speaks for and against it, in words without likelihoods."""

    level: str
    reasons: tuple[str, ...]


def confidence(facts: Facts, *, top: Hypothesis, turned: tuple[Turn, ...], short: bool) -> Confidence:
    """The confidence in the basis.

    Args:
        facts: what was measured.
        top: the likeliest hypothesis.
        turned: the answer without each item.
        short: the data do not carry an answer.
    """
    points, reasons = 0, []
    for gained, reason in (
        _c2s(facts),
        _timelines(facts),
        _held_out(facts),
        _close(top),
        _alone(top, turned),
    ):
        points += gained
        reasons.append(reason)
    gaps = _gap_share(facts)
    if gaps > _GAPS:
        points -= 1
        reasons.append(f"{gaps:.0%} of the days are without records")
    if facts.measurements.days.sampling > 1:
        reasons.append(f"records are sampled at 1:{facts.measurements.days.sampling:,}")
    level = "high" if points >= 4 else "moderate" if points >= 2 else "low"
    return Confidence("low" if short else level, tuple(reasons))


def _c2s(facts: Facts) -> tuple[int, str]:
    rows = facts.measurements.clients.c2[counted(facts).c2s].astype(np.int64)
    count = blocks(facts.measurements.listed, rows)
    return int(count >= _MANY_C2S), f"{number(count, 'independent C2')} in contact"


def _timelines(facts: Facts) -> tuple[int, str]:
    count = sum(1 for timeline in facts.timelines if timeline.included)
    told = f"{number(count, 'timeline')} of {len(facts.timelines)} that count"
    return int(count >= _MANY_TIMELINES), told


def _held_out(facts: Facts) -> tuple[int, str]:
    test = facts.confirmation
    if test is None or test.p_value is None:
        return 0, "nothing could be held out for a test"
    if test.p_value <= _CONFIRMS:
        return 1, f"C2s that were held out confirm the contact (p = {test.p_value:.2g})"
    return 0, f"C2s that were held out do not confirm the contact (p = {test.p_value:.2g})"


def _close(top: Hypothesis) -> tuple[int, str]:
    swing = top.high - top.low
    if swing <= _CLOSE:
        return 1, f"priors and settings move the answer by {swing:.2f}"
    return (-1 if swing > _FAR else 0), f"priors and settings move the answer by as much as {swing:.2f}"


def _alone(top: Hypothesis, turned: tuple[Turn, ...]) -> tuple[int, str]:
    turning = sum(1 for turn in turned if turn.top != top.id)
    if not turning:
        return 1, "no single item turns it"
    return 0, f"{number(turning, 'single item')} would turn it"


def _gap_share(facts: Facts) -> float:
    days = facts.measurements.days.flows
    return float((days == 0).mean()) if len(days) else 0.0
