"""To which group is the operator close? To the one whose C2s' lives the contact follows best, C2 by C2.

Probabilities saturate: with enough C2s one operator is as good as certain for several groups. What tells them
apart is how well the contact of each C2 fits one operator against the next best model of timing. That is
averaged over the C2s of a group, one for each co-located block, together with two that say nothing, so that
a group with one C2 does not win by it.
"""

import math
from collections import defaultdict

from headwater.investigate.evidence.co_located import block_of
from headwater.investigate.evidence.timing_models import told_by
from headwater.investigate.facts import Facts, groups_in_contact
from headwater.investigate.rule import Rule
from headwater.model.timeline import Timeline

CONTROL = "control"  # the model of timing under which an operator can be close to a group
_SILENT = 2.0  # C2s that say nothing and are averaged with each group's


def closeness(facts: Facts, rule: Rule) -> tuple[tuple[str, float], ...]:
    """How well each group's timing fits one operator.

    Args:
        facts: with timelines.
        rule: that of the timing.

    Returns:
        Group and mean log10 likelihood ratio of control against the next best model, from the largest;
        above 0 where control fits best.
    """
    found = []
    for group in groups_in_contact(facts):
        blocks: dict[str, list[float]] = defaultdict(list)
        for timeline in facts.timelines:
            if timeline.group_key == group and timeline.included:
                blocks[block_of(timeline.address)].append(_ratio(timeline, facts, rule))
        total = sum(sum(block) / len(block) for block in blocks.values())
        found.append((group, total / (len(blocks) + _SILENT)))
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))


def _ratio(timeline: Timeline, facts: Facts, rule: Rule) -> float:
    logs = told_by(timeline, rule, by=facts.timing_by)
    others = [value for name, value in logs.items() if name != CONTROL]
    return (logs[CONTROL] - max(others)) / math.log(10) if logs else 0.0
