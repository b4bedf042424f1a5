"""Which words may stand for a probability with bounds? One, two neighbours, or none."""

from headwater.investigate.sufficiency import INSUFFICIENT
from headwater.score.words import icd203

_ORDER = (  # words of ICD 203 from the lowest
    "almost no chance",
    "very unlikely",
    "unlikely",
    "roughly even chance",
    "likely",
    "very likely",
    "almost certain",
)


def words_for(value: float, *, low: float, high: float, swing: float) -> str:
    """The word of ICD 203 where the bounds are close, a range of two neighbouring words, or "insufficient".

    Args:
        value: the posterior.
        low: its lower bound.
        high: its upper bound.
        swing: largest difference of the bounds for one word.
    """
    if high - low <= swing:
        return icd203(value)
    first, last = icd203(low), icd203(high)
    between = _ORDER.index(last) - _ORDER.index(first)
    if between == 0:
        return first
    return f"{first} to {last}" if between == 1 else INSUFFICIENT
