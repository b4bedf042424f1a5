"""Is it a sinkhole? Bots come to it as they come to C2s, and cleaned or seized C2s do, too.

Evidence: the share of its clients that also check in at listed C2s. An upstream serves C2s, not bots.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, rising

_SHARE = (0.10, 0.50)  # of its clients
_LEAST_BOTS = 8  # below, a few infected customers explain it


def _look(evidence: Evidence) -> Look:
    hosts = evidence.tallies.hosts
    counted = evidence.statistics.candidates.bot_hosts
    bots = np.zeros_like(hosts) if counted is None else counted
    share = bots / np.maximum(hosts, 1)
    told = evidence.is_server & (bots >= _LEAST_BOTS)

    def reason(row: int) -> str:
        return f"{bots[row]:,} of its {hosts[row]:,} clients also check in at listed C2s: bots end here"

    return Look(np.where(told, rising(share, start=_SHARE[0], full=_SHARE[1], height=3.0), 0.0), reason)


SINKHOLE = Confounder("sinkhole", Verdict.SINKHOLE, _look)
