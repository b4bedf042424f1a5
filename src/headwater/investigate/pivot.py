"""Which other clients of a confirmed service are C2s that nobody has listed? Leads, each with its reasons.

A lead is a client for an analyst to look at, not a finding: its posterior is right as often as it says in
worlds like those that it was calibrated on (investigate/pivot_calibration.py), and no real network is one of
them. Clients that something else explains are set aside, by name and reason, and never deleted.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from headwater.investigate.pivot_aside import set_aside
from headwater.investigate.pivot_calibration import SHIPPED
from headwater.investigate.pivot_evidence import Floats, PivotEvidence, of_services, with_likeness
from headwater.investigate.pivot_posterior import memberships
from headwater.investigate.pivot_settings import PivotSettings
from headwater.investigate.pivot_tables import PivotTables
from headwater.score.calibration import Calibration
from headwater.score.reckoning import recall_of
from headwater.score.strangers import StrangerRatios, stranger_ratios

_ROUNDS = 3  # who is ordinary and how ordinary clients come depend on each other; settled to 0.01 by then
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Pivot:
    """What is made of the clients of one service.

    Attributes:
        rows: clients looked at, by row of PivotClients, the likeliest first, shape (h,).
        log_odds: log10 odds of each before calibration, shape (h,).
        posterior: calibrated probability of being a C2, shape (h,).
        evidence: what each rests on, in the order of `rows`.
        ratios: of all hosts read, for the numbers behind the evidence.
        family: index into `C2s.families` of the family whose bots come to each, shape (h,).
        listed: listed C2s in contact with the service, off their own ports.
        aside: row of PivotClients to why it is no lead.
        not_read: unlisted clients whose own flows were not read, so that nothing is said of them.
    """

    rows: npt.NDArray[np.intp]
    log_odds: Floats
    posterior: Floats
    evidence: PivotEvidence
    ratios: StrangerRatios
    family: npt.NDArray[np.intp]
    listed: int
    aside: dict[int, str]
    not_read: int


def pivot(
    tables: PivotTables, *, settings: PivotSettings | None = None, calibration: Calibration = SHIPPED
) -> Pivot:
    """Weighs every unlisted client.

    Args:
        tables: measured.
        settings: what is assumed.
        calibration: what turns the odds into a probability.

    Returns:
        The clients in order.
    """
    settings = settings or PivotSettings()
    clients, strangers = tables.clients, tables.statistics.strangers
    if strangers is None:
        raise ValueError("a pivot needs the clients' own services: statistics without strangers")
    ratios = stranger_ratios(strangers, c2s=tables.statistics.c2s, settings=settings.score)
    aside = set_aside(tables, settings=settings.score)
    unlisted = np.flatnonzero(clients.c2 < 0)
    rows = np.array(
        [row for row in unlisted.tolist() if row not in aside and clients.read[row] >= 0], np.intp
    )
    listed = int(((clients.c2 >= 0) & ~clients.on_c2_port).sum())
    recall = recall_of(tables.statistics, settings=settings.score).shapes
    found = of_services(tables, rows, ratios, settings=settings)
    share = np.zeros(len(rows))
    for _ in range(_ROUNDS):
        share = memberships(
            found.total(settings), listed=listed, share=settings.score.upstream_share, recall=recall
        )
        found = with_likeness(found, tables, rows, 1.0 - share, settings=settings)
    share = memberships(
        found.total(settings), listed=listed, share=settings.score.upstream_share, recall=recall
    )
    log_odds = logit(np.clip(share, _EDGE, 1.0 - _EDGE)) / np.log(10.0)
    order = np.lexsort((rows, -log_odds))
    parts = {name: getattr(found, name)[order] for name in PivotEvidence.__dataclass_fields__}
    return Pivot(
        rows=rows[order],
        log_odds=log_odds[order],
        posterior=calibration.probability(log_odds[order]),
        evidence=PivotEvidence(**parts),
        ratios=ratios,
        family=ratios.family[clients.read[rows[order]]],
        listed=listed,
        aside=aside,
        not_read=int(sum(clients.read[row] < 0 and row not in aside for row in unlisted.tolist())),
    )
