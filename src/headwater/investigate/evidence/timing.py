"""When do the C2s talk to the service, before, during or after their life as C2s?

Two models say how well control, handoff and coincidence explain a C2's contact: one compares the edges of
the two intervals and comes with the timeline, the other how sessions divide into before, during and after.
Neither is known to be right. The mean of both is taken, and each alone is tried for the bounds. The template
says which hypothesis takes which of the three. One C2 never moves two of them
apart by more than a factor of 20; co-located C2s speak with one voice, the mean of theirs; C2s that the
rule fixed beforehand leaves out, or whose contact began with a later tenant, say nothing. Timing cannot by
itself show a sale: a share of operators moves on, and looks the same.
"""

import math
from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from headwater.investigate.evidence.co_located import block_of
from headwater.investigate.evidence.session_split import split_logs
from headwater.investigate.facts import Facts
from headwater.investigate.rule import DEFAULT, TIE, Kind, Rule, Scope, measured, number
from headwater.model.hypothesis import Evidence
from headwater.model.timeline import Timeline
from headwater.model.window import micros_of

MODELS = ("control", "handoff", "coincidence")


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
    return scope.name in ("all", timeline.group)


def capped(log_bayes: Mapping[str, float], *, cap: float) -> dict[str, float]:
    """Natural logarithms against the best model, none below -cap: no two then differ by more than cap."""
    best = max(log_bayes.values())
    return {name: max(value - best, -cap) for name, value in log_bayes.items()}


def told_by(timeline: Timeline, rule: Rule, *, by: str) -> dict[str, float]:
    """Capped natural logarithms of one C2's contact under each model; empty where it tells nothing.

    Args:
        timeline: of the C2.
        rule: cap, and the model of sessions.
        by: "intervals", "sessions", or "both" for the mean of the two.
    """
    cap = math.log(rule.numbers["cap_factor"])
    found = []
    if timeline.log_bayes and by != "sessions":
        found.append(capped(dict(timeline.log_bayes), cap=cap))
    if timeline.split is not None and rule.splits and by != "intervals":
        found.append(capped(split_logs(timeline.split, rule.splits, even=rule.numbers["even"]), cap=cap))
    return {model: sum(one.get(model, -cap) for one in found) / len(found) for model in MODELS if found}


def summed(timelines: list[Timeline], rule: Rule, *, by: str) -> dict[str, float]:
    """Log10 likelihood of each model over all timelines; co-located ones count as their mean."""
    blocks: dict[str, list[dict[str, float]]] = defaultdict(list)
    for timeline in timelines:
        blocks[block_of(timeline.address)].append(told_by(timeline, rule, by=by))
    return {
        model: sum(sum(one[model] for one in block) / len(block) for block in blocks.values()) / math.log(10)
        for model in MODELS
    }


def moved_on(models: Mapping[str, float], *, share: float) -> dict[str, float]:
    """The models with control mixed: some operators move on, and their contact looks like a handoff's.

    Args:
        models: log10 likelihood of each.
        share: of the cases under control that look so.
    """
    mixed = np.logaddexp(
        math.log1p(-share) + models["control"] * math.log(10),
        math.log(share) + models["handoff"] * math.log(10),
    )
    return {**models, "control": float(mixed) / math.log(10)}


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
    best = max(MODELS, key=lambda model: models[model])
    left_out = sum(1 for timeline in facts.timelines if scope.name in ("all", timeline.group)) - len(
        timelines
    )
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"{number(len(timelines), 'C2')} of {scope.whom} had {before:.0f} sessions with the "
            f"service before, {during:.0f} during and {after:.0f} after their life as C2s; "
            f"{left_out} left out.",
            reason=f"This is what {_WORDS[best]} looks like: against the next model by a factor of "
            f"{_factor(models):,.0f}, summed over C2s, each at most {rule.numbers['cap_factor']:.0f}.",
            weights=rule.bounded({DEFAULT: models["coincidence"], **logs}),
            rows=sum(timeline.contact.sessions for timeline in timelines if timeline.contact is not None),
        ),
    )


_WORDS = {
    "control": "contact as long as they are C2s",
    "handoff": "contact that stops as their life as C2s begins",
    "coincidence": "contact that keeps no order with that life",
}


def _factor(models: Mapping[str, float]) -> float:
    """By how much the best model explains the sessions better than the next."""
    first, second = sorted(models.values(), reverse=True)[:2]
    return float(min(10 ** (first - second), 1e9))


TIMING = Kind(
    "timing",
    "when the C2s talk to the service",
    TIE,
    _look,
    by_group=True,
    numbers={"cap_factor": (1.5, 1000.0), "even": (0.1, 1000.0), "moved_on": (0.0001, 0.5)},
    splits=("control", "handoff"),
    likes=MODELS,
)
