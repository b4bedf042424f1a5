"""Is it infected itself? A victim works through its list of C2s, as bots do.

Evidence: it goes to the listening ports of C2s. What it says to them on other ports, such as modules or
stolen files, is the same infection. Trackers do the same to many more C2s.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look

_EACH = 0.8  # weight (log10) of a C2 whose listening port it contacts
_LIMIT = 2.5


def _look(evidence: Evidence) -> Look:
    tallies = evidence.tallies
    few = tallies.listed_share <= evidence.settings.tracker_share

    def reason(row: int) -> str:
        return f"checks in at the listening port of {tallies.ports_hit[row]} C2s, as bots do: a victim"

    return Look(np.where(few, np.minimum(tallies.ports_hit * _EACH, _LIMIT), 0.0), reason)


VICTIM = Confounder("victim", Verdict.ASSOCIATED, _look)
