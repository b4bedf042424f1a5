"""Is it a sinkhole? Bots come to it as they come to C2s, and cleaned or seized C2s do, too.

Evidence: the share of its clients that also check in at listed C2s. An upstream serves C2s, not bots.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, rising
from headwater.score.statistics import Floats

_SHARE = (0.10, 0.50)  # of its clients
_LEAST_BOTS = 8  # below, a few infected customers explain it


def _bots(evidence: Evidence) -> Floats:
    bots = evidence.statistics.candidates.bot_hosts
    return np.zeros(len(evidence.tallies.k)) if bots is None else bots.astype(np.float64)


def _weight(evidence: Evidence) -> Floats:
    bots = _bots(evidence)
    share = bots / np.maximum(evidence.tallies.hosts, 1)
    told = evidence.is_server & (bots >= _LEAST_BOTS)
    return np.where(told, rising(share, start=_SHARE[0], full=_SHARE[1], height=3.0), 0.0)


def _reason(evidence: Evidence, row: int) -> str:
    bots, hosts = int(_bots(evidence)[row]), int(evidence.tallies.hosts[row])
    return f"{bots:,} of its {hosts:,} clients also check in at listed C2s: bots come here, as to a sinkhole"


SINKHOLE = Confounder("sinkhole", Verdict.SINKHOLE, _weight, _reason)
