"""What stays open? Explanations that are not excluded, C2s that were left out, labels and clocks in doubt."""

import numpy as np

from headwater.investigate.facts import Facts
from headwater.investigate.measurements import Listed
from headwater.investigate.rule import number
from headwater.investigate.template import Limits
from headwater.investigate.wording import listing, said
from headwater.model.case import Sentence
from headwater.model.hypothesis import Hypothesis

_DAY_US = 86_400_000_000
_APART_DAYS = 30  # between the starts that two sources state for one C2, above which they contradict


def open_points(
    facts: Facts, answers: tuple[Hypothesis, ...], *, limits: Limits, short: bool
) -> list[Sentence]:
    """One sentence for each open point.

    Args:
        facts: what was measured and gathered.
        answers: those to the question of the tie, likeliest first.
        limits: from when on a hypothesis is open.
        short: the data do not carry an answer, so that hypotheses are not named.
    """
    made = [] if short else _not_excluded(answers, limits)
    excluded = [timeline for timeline in facts.timelines if not timeline.included]
    if excluded:
        text = (
            f"{number(len(excluded), 'C2')} of {len(facts.timelines)} "
            f"{'counts' if len(excluded) == 1 else 'count'} for no timing, by the rule fixed beforehand; the "
            "answer with them is among the settings tried."
        )
        made.append(Sentence(text, "open", ("timelines",)))
    contradicted = contradictions(facts)
    if contradicted:
        text = (
            f"Sources contradict each other on the dates of {number(contradicted, 'C2')} in contact, "
            f"by more than {_APART_DAYS} days."
        )
        made.append(Sentence(text, "open", ("contacts",)))
    gaps = int(np.sum(facts.measurements.days.flows == 0))
    if gaps:
        text = f"On {number(gaps, 'day')} no sensor recorded anything; nothing is known of them."
        made.append(Sentence(text, "open", ("coverage.gaps",)))
    odd = impossible_clocks(facts)
    if odd:
        text = f"{number(odd, 'session')} end before they begin or lie outside the records: a clock is wrong."
        made.append(Sentence(text, "open", ("coverage",)))
    return made


def _not_excluded(answers: tuple[Hypothesis, ...], limits: Limits) -> list[Sentence]:
    left = [one for one in answers[1:] if one.high >= limits.open_from]
    if not left:
        return _sale(answers)
    told = listing([f"that {one.statement} (up to {said(one.high)})" for one in left])
    rests = tuple(f"hypotheses.tie.{one.id}" for one in left)
    return [Sentence(f"Not excluded is {told}.", "open", rests), *_sale(answers)]


def _sale(answers: tuple[Hypothesis, ...]) -> list[Sentence]:
    """What timing cannot show, where a handoff is the answer."""
    if not answers or answers[0].id != "handoff":
        return []
    text = "Timing cannot show by itself that access changed hands: an operator who moves on looks the same."
    return [Sentence(text, "open", ("timelines",))]


def contradictions(facts: Facts) -> int:
    """How many listed C2s in contact have sources whose stated starts lie far apart."""
    listed, met = facts.measurements.listed, facts.measurements.clients.c2
    return sum(_contradicts(listed, int(row)) for row in np.unique(met[met >= 0]))


def _contradicts(listed: Listed, row: int) -> bool:
    mine = listed.label_c2 == row
    starts, sources = listed.label_from_us[mine], listed.label_source[mine]
    first = [starts[sources == source].min() for source in np.unique(sources)]
    return len(first) > 1 and max(first) - min(first) > _APART_DAYS * _DAY_US


def impossible_clocks(facts: Facts) -> int:
    """Sessions of C2s with the service that end before they begin, or lie outside the records."""
    contact, days = facts.measurements.contact, facts.measurements.days
    wrong = (contact.end_us < contact.start_us) | (contact.start_us < days.first_us)
    return int(wrong.sum())
