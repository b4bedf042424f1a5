"""What are posteriors of an end and of a successor worth? Calibrated on worlds with changes.

Ends were fitted on tuning worlds (`headwater evaluate --changes`, seeds 0 to 8, seen again on 20 to 29) by
bins of the raw posterior, with the gates below: of those from .06 to .10, 13 of 15 had ended; to .15, 7 of
9; above, all 102. The line stands to the cautious side of that: it says one half at .12. A wrong accusation
is worse than a missed one.

What an end rests on are the C2s that went on working. Few of them may have been wound down one after the
other, as they are in the story tuned on (seeds 100 to 112 of dridex-emotet, where nothing ends): the gate on
that costs one true end in six. And few cases show that few C2s can carry an end; no more is told than those
with as few or fewer show, a share of 1 - 3/n of n upstreams without an exception (rule of three).

Successors at another address were fitted on the same worlds: 105 ends, of which the likeliest successor was
the true one in 38 of 47 above .5. Simulated moves keep their port; see docs/reference/evaluation-changes.md.
"""

import numpy as np

from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.moves import Ended

_INTERCEPT, _SLOPE = 3.6, 1.8
_MOST = {2: 0.72, 3: 0.91, 4: 0.95}  # by C2s that went on working: 11, 35 and 64 upstreams
_MOST_OF_MANY = 0.96
_UNSEEN_BELOW = 0.1  # gate: chance to see none of its C2s, had each gone on
_WOUND_BELOW = 0.03  # gate: chance that its C2s were only wound down, or each of them seldom seen
_NAMED_INTERCEPT, _NAMED_SLOPE = -0.2, 0.8


def calibrated(one: Ended, *, settings: ChangeSettings) -> float:
    """Probability that an upstream ended, in [0, 0.96]; 0 where nothing shows it.

    Args:
        one: as from `moves.ended`.
        settings: fewest C2s that must have gone on working.
    """
    few = one.at_work < settings.least_shared
    if few or one.unseen >= _UNSEEN_BELOW or one.wound >= _WOUND_BELOW:
        return 0.0
    over = _line(one.silent + one.moved, _INTERCEPT, _SLOPE)
    return min(over, _MOST.get(one.at_work, _MOST_OF_MANY))


def named(share: float) -> float:
    """Probability that a successor at another address is the true one, given that the upstream ended.

    Args:
        share: its raw share of all that may have come after, in [0, 1].
    """
    return min(_line(share, _NAMED_INTERCEPT, _NAMED_SLOPE), share)


def _line(probability: float, intercept: float, slope: float) -> float:
    inside = min(max(probability, 1e-12), 1.0 - 1e-12)
    return float(1.0 / (1.0 + np.exp(-intercept - slope * np.log(inside / (1.0 - inside)))))
