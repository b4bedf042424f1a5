"""When do the C2s talk to the service, before, during or after their life as C2s?

Two models say how well control, handoff and coincidence explain a C2's contact: one compares the edges of
the two intervals and comes with the timeline, the other how sessions divide into before, during and after.
Neither is known to be right. The mean of both is taken, and each alone is tried for the bounds. The template
says which hypothesis takes which of the three. One C2 never moves two of them
apart by more than a factor of 20; co-located C2s speak with one voice, the mean of theirs; C2s that the
rule fixed beforehand leaves out, or whose contact began with a later tenant, say nothing. Timing cannot by
itself show a sale: a share of operators moves on, and looks the same.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from headwater.investigate.evidence.timing_models import MODELS, STORIES, moved_on, summed
from headwater.investigate.facts import Facts, records_of
from headwater.investigate.measurements import Bools
from headwater.investigate.rule import DEFAULT, TIE, Kind, Rule, Scope, measured, number
from headwater.model.address import text_of
from headwater.model.hypothesis import Evidence
from headwater.model.timeline import Timeline
from headwater.model.window import micros_of


def _counts(timeline: Timeline, facts: Facts, scope: Scope) -> bool:
    """Whether it speaks in this scope."""
    if not timeline.log_bayes or timeline.split is None:
        return False
    if not (timeline.included or facts.include_excluded):
        return False
    begun = None if timeline.contact is None else timeline.contact.first_seen
    until = facts.held.until_us
    if begun is not None and until is not None and micros_of(begun) >= until:
        return False
    return scope.name in ("all", timeline.group_key)


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    timelines = [timeline for timeline in facts.timelines if _counts(timeline, facts, scope)]
    if not timelines:
        return ()
    models = moved_on(summed(timelines, rule, by=facts.timing_by), share=rule.numbers["moved_on"])
    logs = {name: models[model] for name, model in rule.likes.items()}
    splits = [timeline.split for timeline in timelines if timeline.split is not None]
    before, during, after = (
        sum(getattr(split, part) for split in splits) for part in ("before", "during", "after")
    )
    best = max(STORIES, key=lambda model: models[model])
    theirs = "its life as C2" if len(timelines) == 1 else "their life as C2s"
    left_out = sum(1 for timeline in facts.timelines if scope.name in ("all", timeline.group_key)) - len(
        timelines
    )
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"{scope.counted(len(timelines))} had {number(round(before), 'session')} with the "
            f"service before, {during:.0f} during and {after:.0f} after {theirs}; {left_out} left out.",
            reason=f"This is what {_WORDS[best]} looks like: against the next model by a factor of "
            f"{_factor(models):,.0f}, summed over C2s, each at most {rule.numbers['cap_factor']:.0f}.",
            weights=rule.bounded({DEFAULT: models["coincidence"], **logs}),
            rows=records_of(facts, _of(timelines, facts)),
        ),
    )


def _of(timelines: Sequence[Timeline], facts: Facts) -> Bools:
    """Which rows of Listed they are of, shape (m,)."""
    listed, addresses = facts.measurements.listed, {timeline.address for timeline in timelines}
    found = np.zeros(len(listed.hi), dtype=np.bool_)
    met = facts.measurements.clients.c2
    for c2 in np.unique(met[met >= 0]):
        found[c2] = text_of(int(listed.hi[c2]), int(listed.lo[c2])) in addresses
    return found


_WORDS = {
    "control": "contact as long as they are C2s",
    "handoff": "contact that stops as their life as C2s begins",
    "coincidence": "contact that keeps no order with that life",
}


def _factor(models: Mapping[str, float]) -> float:
    """By how much the best model explains the sessions better than the next."""
    first, second = sorted((models[story] for story in STORIES), reverse=True)[:2]
    return float(min(10 ** (first - second), 1e9))


TIMING = Kind(
    "timing",
    "when the C2s talk to the service",
    TIE,
    _look,
    by_group=True,
    numbers={
        "cap_factor": (1.5, 1000.0),
        "even": (0.1, 1000.0),
        "moved_on": (0.0001, 0.5),
        "keeps_order": (1.0, 1e6),
    },
    splits=("control", "handoff"),
    likes=MODELS,
)
