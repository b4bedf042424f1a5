"""Who else uses the service? The share of listed C2s among its clients.

Each hypothesis expects a share: an operator's own service sees C2s and hardly anybody else, a shared one a
few C2s among its customers, the server of other malware a few among hundreds of victims. The share follows
a beta distribution of the template's shape; what the lists know of it is a part, uniform between two
bounds, because lists are incomplete. Clients that came with a later tenant make an item of their own, barred.
"""

import numpy as np
from scipy.special import betaincinv, logsumexp

from headwater.investigate.evidence.co_located import blocks
from headwater.investigate.facts import Facts, counted
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
    counts, clients = counted(facts), facts.measurements.clients
    listed = facts.measurements.listed
    made = []
    for c2s, others, barred in (
        (counts.c2s, counts.others, ""),
        (counts.later_c2s, counts.later_others, facts.held.tenancy),
    ):
        met = clients.c2[c2s].astype(np.int64)
        hits, beside = blocks(listed, met), int(others.sum())
        if not hits + beside or (not hits and not barred):
            continue
        when = ", all of them since that tenancy ended" if barred else ""
        made.append(
            measured(
                rule,
                facts,
                question=TIE,
                scope=scope.name,
                statement=f"{number(hits, 'independent listed C2')} and {number(beside, 'other host')} "
                f"use the service{when}.",
                reason="An operator's own service sees hardly anybody but C2s, a shared one, a sinkhole or "
                "the server of other malware sees many others; lists do not know every C2.",
                weights=_weights(rule, hits, hits + beside),
                rows=int(clients.flows[c2s | others].sum()),
                barred_by=barred,
            )
        )
    return tuple(made)


PURITY = Kind(
    "purity",
    "the share of C2s among the clients",
    TIE,
    _look,
    numbers={"recall_low": (0.01, 1.0), "recall_high": (0.01, 1.0)},
    shapes=True,
)
