"""What is the posterior of an end worth? Calibrated on worlds with changes, and never more than was shown.

Fitted on the tuning worlds (`headwater evaluate --changes` with seeds 0 to 8; 326 known upstreams, 106 of
which had ended) by bins of the raw posterior, with the gate below: of those from .03 to .06, one in five had
ended; to .10, half; to .15, 8 of 10; above, all 68. The line stands to the cautious side of that: it says one
half at .12. A wrong accusation is worse than a missed one.
"""

import numpy as np

from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.moves import Ended

_INTERCEPT, _SLOPE = 3.6, 1.8
_MOST = 0.96  # 3 / 68: what no counterexample among 68 shows at 95% (rule of three)
_UNSEEN_BELOW = 0.1  # gate: chance to see none of its C2s, had each gone on


def calibrated(one: Ended, *, settings: ChangeSettings) -> float:
    """Probability that an upstream ended, in [0, 0.96]; 0 where nothing shows it.

    Args:
        one: as from `moves.ended`.
        settings: fewest C2s that must have gone on working.
    """
    if one.at_work < settings.least_shared or one.unseen >= _UNSEEN_BELOW:
        return 0.0
    over = min(max(one.silent + one.moved, 1e-12), 1.0 - 1e-12)
    log_odds = _INTERCEPT + _SLOPE * float(np.log(over / (1.0 - over)))
    return min(float(1.0 / (1.0 + np.exp(-log_odds))), _MOST)
