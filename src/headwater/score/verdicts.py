"""What is each candidate taken for? A confounder's word, else the calibrated posterior's behind its gate."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder
from headwater.score.confounders.registry import Weighed
from headwater.score.settings import Settings
from headwater.score.statistics import Floats


@dataclass(frozen=True, slots=True)
class Grounds:
    """What verdicts stand on.

    Attributes:
        rows: the candidates, shape (r,); the other arrays are of all keys unless stated.
        weighed: confounders.
        p_value, q_value: of so many C2s under the stratified null.
        probability: calibrated, of upstream.
        by_chance: posterior of chance, of `rows` only, shape (r,).
    """

    rows: npt.NDArray[np.intp]
    weighed: Weighed
    p_value: Floats
    q_value: Floats
    probability: Floats
    by_chance: Floats


def verdicts_of(grounds: Grounds, *, settings: Settings) -> tuple[Verdict, ...]:
    """One verdict for each of the rows.

    In this order: a confounder that outweighs the prior; upstream, where the calibrated probability reaches
    the settings' bound and the test on listed C2s alone does not speak for chance; associated, where the C2s
    are more than chance brings; chance, where it explains more than half; else undecided.

    Args:
        grounds: what verdicts stand on.
        settings: the bounds.
    """
    return tuple(_verdict(grounds, place, settings) for place in range(len(grounds.rows)))


def _verdict(grounds: Grounds, place: int, settings: Settings) -> Verdict:
    row = int(grounds.rows[place])
    if grounds.weighed.largest[row] >= settings.explained:
        strongest: Confounder = grounds.weighed.confounders[int(grounds.weighed.which[row])]
        return strongest.verdict
    if grounds.probability[row] >= settings.upstream_from and grounds.p_value[row] <= settings.gate:
        return Verdict.UPSTREAM
    if grounds.q_value[row] <= settings.false_discovery_rate:
        return Verdict.ASSOCIATED
    return Verdict.CHANCE if grounds.by_chance[place] >= 0.5 else Verdict.UNDECIDED
