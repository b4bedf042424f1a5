"""Is it a scanner? It goes to very many hosts, C2s among them, and stays with none.

Evidence: fan-out on all ports, and how thin its contact with each C2 is. An upstream in client role goes to
its C2s and to few others. At high sampling rates a scanner's fan-out shrinks with the rate and thin contact
is all that anyone sees; then neither weighs much.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, ramp

_SPREAD = 5.0  # weight rises from the scanners' limit divided by this to the limit times this
_THIN = 0.7  # weight (log10) of contact that is never more than one session


def _look(evidence: Evidence) -> Look:
    fan_out = evidence.statistics.candidates.fan_out
    thin = evidence.share_of_contacts(evidence.statistics.contacts.sessions <= 1)
    # A server with a fan-out is only a scanner if it goes out far more than others come to it.
    active = evidence.is_client | (fan_out > 10 * evidence.tallies.hosts)
    limit = evidence.settings.scanner_hosts
    wide = ramp(fan_out, start=limit / _SPREAD, full=limit * _SPREAD, height=3.0)

    def reason(row: int) -> str:
        times = f"{thin[row]:.0%} of its C2s in a single session"
        return f"goes to {fan_out[row]:,} hosts, to {times}: a scanner"

    return Look(np.where(active & (wide > 0), wide + _THIN * thin, 0.0), reason)


SCANNER = Confounder("scanner", Verdict.SCANNER, _look)
