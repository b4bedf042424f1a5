"""Who else uses the service? The share of listed C2s among its clients.

Each hypothesis expects a share: an operator's own service sees C2s and hardly anybody else, a shared one a
few C2s among its customers, the server of other malware a few among hundreds of victims. The share follows
a beta distribution of the template's shape; what the lists know of it is a part, uniform between two
bounds, because lists are incomplete. Clients that came with a later tenant make an item of their own, barred.

For one group the C2s of other groups are other clients: where the service is somebody else's, it may still be
another group's and see C2s alone.
"""

import numpy as np
from scipy.special import betaincinv, logsumexp

from headwater.investigate.evidence.co_located import blocks
from headwater.investigate.facts import ALL, Facts, counted
from headwater.investigate.measurements import Bools
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured, number
from headwater.model.hypothesis import Evidence
from headwater.score.distributions import log_choose

_POINTS = 200  # of equal probability, for the share
_RECALLS = 9  # for the part of C2s that lists know


def log10_share(hits: int, total: int, *, shape: tuple[float, float], recall: tuple[float, float]) -> float:
    """Log10 probability of `hits` listed C2s among `total` clients.

    Args:
        hits: listed C2s, one for each co-located group.
        total: clients, those among them.
        shape: (a, b) of the beta distribution of the share of C2s, listed or not.
        recall: smallest and largest part of all C2s that lists know; uniform in between.

    Returns:
        log10 of the mean over share and recall of Bin(hits; total, share * recall).
    """
    share = betaincinv(shape[0], shape[1], (np.arange(_POINTS) + 0.5) / _POINTS)
    known = np.linspace(recall[0], recall[1], _RECALLS)
    chance = np.clip(np.outer(share, known).ravel(), 1e-12, 1 - 1e-12)
    logs = hits * np.log(chance) + (total - hits) * np.log1p(-chance) + float(log_choose(total, hits))
    return float((logsumexp(logs) - np.log(len(logs))) / np.log(10))


def _weights(rule: Rule, hits: int, total: int) -> dict[str, float]:
    recall = rule.numbers["recall_low"], rule.numbers["recall_high"]
    return rule.bounded(
        {name: log10_share(hits, total, shape=shape, recall=recall) for name, shape in rule.shapes.items()}
    )


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    counts = counted(facts)
    items = [_item(facts, rule, scope, counts.c2s, counts.others, barred_by="")]
    if scope.name == ALL:
        items.append(
            _item(facts, rule, scope, counts.later_c2s, counts.later_others, barred_by=facts.held.tenancy)
        )
    return tuple(item for item in items if item is not None)


def _item(
    facts: Facts, rule: Rule, scope: Scope, c2s: Bools, others: Bools, *, barred_by: str
) -> Evidence | None:
    """The item of some clients; None where there is nothing to tell."""
    clients, listed = facts.measurements.clients, facts.measurements.listed
    met = clients.c2[c2s].astype(np.int64)
    own = scope.members[met]
    hits, foreign, hosts = blocks(listed, met[own]), blocks(listed, met[~own]), int(others.sum())
    if facts.held.until_us is None:
        hosts += facts.measurements.clients_left_out  # told by number alone, so not by tenancy
    if not hits + hosts or (not hits and not barred_by):
        return None
    also = f", {number(foreign, 'C2')} of other groups" if foreign else ""
    when = ", all of them since that tenancy ended" if barred_by else ""
    return measured(
        rule,
        facts,
        question=TIE,
        scope=scope.name,
        statement=f"{scope.counted(hits, of='independent')}{also} and {number(hosts, 'other host')} use "
        f"the service{when}.",
        reason="An operator's own service sees hardly anybody but C2s; a shared one, a sinkhole or the "
        "server of other malware sees many others. Lists do not know every C2.",
        weights=_weights(rule, hits, hits + foreign + hosts),
        rows=int(clients.flows[c2s | others].sum()),
        barred_by=barred_by,
    )


PURITY = Kind(
    "purity",
    "the share of C2s among the clients",
    TIE,
    _look,
    by_group=True,
    numbers={"recall_low": (0.01, 1.0), "recall_high": (0.01, 1.0)},
    shapes=True,
)
