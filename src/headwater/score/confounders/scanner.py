"""Is it a scanner? It goes to very many hosts, C2s among them, and stays with none.

Evidence: fan-out on all ports, and how thin its contact with each C2 is. An upstream in client role goes to
its C2s and to few others. At high sampling rates a scanner's fan-out shrinks with the rate and thin contact
is all that anyone sees; then neither weighs much.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, ramp
from headwater.score.statistics import Floats

_FAN_OUT = (200.0, 5_000.0)  # hosts; administrators reach tens, scanners at 1:1000 still hundreds
_THIN = 0.7  # weight (log10) of contact that is never more than one session


def _thin(evidence: Evidence) -> Floats:
    return evidence.share_of_contacts(evidence.statistics.contacts.sessions <= 1)


def _weight(evidence: Evidence) -> Floats:
    fan_out = evidence.statistics.candidates.fan_out
    # A server with a fan-out is only a scanner if it goes out far more than others come to it.
    active = evidence.is_client | (fan_out > 10 * evidence.tallies.hosts)
    wide = ramp(fan_out, start=_FAN_OUT[0], full=_FAN_OUT[1], height=3.0)
    return np.where(active & (wide > 0), wide + _THIN * _thin(evidence), 0.0)


def _reason(evidence: Evidence, row: int) -> str:
    fan_out = int(evidence.statistics.candidates.fan_out[row])
    share = _thin(evidence)[row]
    return f"goes to {fan_out:,} hosts, and to {share:.0%} of its C2s in a single session: a scanner"


SCANNER = Confounder("scanner", Verdict.SCANNER, _weight, _reason)
