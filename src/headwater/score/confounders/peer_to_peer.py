"""Is it a peer of an overlay? In a peer-to-peer network everybody serves everybody.

Evidence: contact opened now by the one side, now by the other, on a port that is no well-known one, and many
other peers. An upstream either serves its C2s or goes to them.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, ramp, rising
from headwater.score.statistics import Floats

_OTHERS = (10.0, 100.0)
_UDP_SHARE = 0.5  # part of the weight that UDP on a high port with many peers gives without both-way opening


def _both_ways(evidence: Evidence) -> Floats:
    """Share of contacts that both sides open (nan, unknown, counts as one-sided)."""
    opened = evidence.statistics.contacts.opened_by_c2
    return evidence.share_of_contacts((opened > 0.15) & (opened < 0.85))


def _look(evidence: Evidence) -> Look:
    candidates, others = evidence.statistics.candidates, evidence.others
    both_ways = _both_ways(evidence)
    mixed = rising(both_ways, start=0.1, full=0.5, height=1.0)
    loose = np.where((candidates.proto == 17) & evidence.is_server, _UDP_SHARE, 0.0)
    crowd = ramp(others, start=_OTHERS[0], full=_OTHERS[1], height=2.5)

    def reason(row: int) -> str:
        return (
            f"{both_ways[row]:.0%} of its contacts are opened by either side, port {candidates.port[row]}, "
            f"{others[row]:,.0f} peers are no C2s: a peer-to-peer overlay"
        )

    return Look(np.where(candidates.port >= 1024, np.maximum(mixed, loose) * crowd, 0.0), reason)


PEER_TO_PEER = Confounder("peer-to-peer overlay", Verdict.ASSOCIATED, _look)
