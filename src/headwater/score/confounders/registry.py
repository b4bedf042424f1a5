"""Which other explanations are tried? All of them, in the order in which ties are settled.

To add one: a file beside the others with a `Confounder`, a line here, a test of its own.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.score.confounders.dos_target import DOS_TARGET
from headwater.score.confounders.evidence import Confounder, Evidence, Look
from headwater.score.confounders.hosting_panel import HOSTING_PANEL
from headwater.score.confounders.named import NAMED
from headwater.score.confounders.peer_to_peer import PEER_TO_PEER
from headwater.score.confounders.proxy_checker import PROXY_CHECKER
from headwater.score.confounders.scanner import SCANNER
from headwater.score.confounders.shared_egress import SHARED_EGRESS
from headwater.score.confounders.shared_service import SHARED_SERVICE
from headwater.score.confounders.sinkhole import SINKHOLE
from headwater.score.confounders.tracker import TRACKER
from headwater.score.confounders.victim import VICTIM
from headwater.score.statistics import Floats

CONFOUNDERS: tuple[Confounder, ...] = (
    *NAMED,
    SHARED_SERVICE,
    TRACKER,
    SCANNER,
    PROXY_CHECKER,
    SINKHOLE,
    VICTIM,
    HOSTING_PANEL,
    SHARED_EGRESS,
    PEER_TO_PEER,
    DOS_TARGET,
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """All weights.

    Attributes:
        weights: log10, shape (m, number of confounders).
        largest: the largest of each row, shape (m,); 0 where nothing explains the candidate.
        which: index into `confounders` of that one, shape (m,).
        confounders: in the order of the columns.
        looks: what each found, in the same order; they give the reasons.
    """

    weights: Floats
    largest: Floats
    which: npt.NDArray[np.intp]
    confounders: tuple[Confounder, ...]
    looks: tuple[Look, ...]


def weigh(evidence: Evidence, *, confounders: tuple[Confounder, ...] = CONFOUNDERS) -> Weighed:
    """Weighs every explanation for every candidate.

    Args:
        evidence: about all candidates.
        confounders: which to try; none at all for an ablation.
    """
    size = len(evidence.tallies.k)
    if not confounders:
        return Weighed(np.zeros((size, 0)), np.zeros(size), np.zeros(size, dtype=np.intp), (), ())
    looks = tuple(confounder.look(evidence) for confounder in confounders)
    weights = np.column_stack([look.weight for look in looks])
    return Weighed(weights, weights.max(axis=1), np.argmax(weights, axis=1), confounders, looks)
