"""How well do models of timing explain the contact of some C2s?

Three tell of one C2: control (contact as long as it is a C2), handoff (contact that stops as that life
begins), coincidence (no order). Of all together, a share follows their lives and the rest keeps no order:
under control most, as labels end early and an operator may keep a host; of the customers of a third party,
and of hosts that somebody else holds as well, any share, as servers are rented and broken into about when
they become C2s.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np
from scipy.special import betaincinv, logsumexp

from headwater.investigate.evidence.co_located import block_of
from headwater.investigate.evidence.session_split import split_logs
from headwater.investigate.rule import Rule
from headwater.model.timeline import Timeline

STORIES = ("control", "handoff", "coincidence")
MODELS = (*STORIES, "customer")
_POINTS = 50  # of equal probability, for the unknown share


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
    return {model: sum(one.get(model, -cap) for one in found) / len(found) for model in STORIES if found}


def summed(timelines: list[Timeline], rule: Rule, *, by: str) -> dict[str, float]:
    """Log10 likelihood of each model over all timelines; co-located ones count as their mean.

    Args:
        timelines: of C2s that tell something.
        rule: cap, and the model of sessions.
        by: "intervals", "sessions" or "both".

    Returns:
        Those of STORIES, and of "customer".
    """
    blocks: dict[str, list[dict[str, float]]] = defaultdict(list)
    for timeline in timelines:
        blocks[block_of(timeline.address)].append(told_by(timeline, rule, by=by))
    means = [{model: fmean(one[model] for one in block) for model in STORIES} for block in blocks.values()]
    steady = follows(means, shape=(rule.numbers["keeps_order"], 1.0))
    logs = {
        "control": steady,
        "handoff": sum(one["handoff"] for one in means),
        "coincidence": sum(one["coincidence"] for one in means),
        "customer": follows(means, shape=(1.0, 1.0)),
    }
    return {model: value / math.log(10) for model, value in logs.items()}


def follows(means: Sequence[Mapping[str, float]], *, shape: tuple[float, float]) -> float:
    """Natural logarithm of the likelihood that a share of the C2s follows their lives, the rest no order.

    Args:
        means: natural logarithms of control and coincidence for each independent C2.
        shape: (a, b) of the beta distribution of that share.
    """
    order = np.array([one["control"] for one in means])
    free = np.array([one["coincidence"] for one in means])
    shares = betaincinv(*shape, (np.arange(_POINTS) + 0.5) / _POINTS)
    each = np.logaddexp(np.log(shares)[:, None] + order, np.log1p(-shares)[:, None] + free)
    return float(logsumexp(each.sum(axis=1)) - math.log(_POINTS))


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
