"""What do the unlisted clients say for each candidate?"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from headwater.score.clusters import independent
from headwater.score.posterior import looks
from headwater.score.settings import Settings
from headwater.score.statistics import Floats, Int64s, Statistics, Strangers
from headwater.score.strangers import StrangerRatios, stranger_ratios
from headwater.score.tallies import Tallies


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of the unlisted clients; arrays of shape (m,) unless stated.

    Attributes:
        ratios: of every stranger, or None where nobody looked.
        by_bin: strangers of each candidate by bin of their ratio, shape (m, bins), or None.
        strong: strangers with a ratio above the settings' limit, co-located ones counted once.
        c2_like: expected number of C2s among them.
        hosts: d of each candidate with co-located C2-like strangers folded.
    """

    ratios: StrangerRatios | None
    by_bin: Floats | None
    strong: Int64s
    c2_like: Floats
    hosts: Int64s


def looked_at(
    strangers: Strangers | None, *, statistics: Statistics, counted: Tallies, settings: Settings
) -> Looked:
    """Judges the unlisted clients of every candidate.

    Args:
        strangers: as measured; None where nobody looked.
        statistics: measured tables.
        counted: what each candidate met.
        settings: what the score assumes.
    """
    size = len(counted.k)
    if strangers is None or not len(strangers.hi):
        return Looked(None, None, np.zeros(size, dtype=np.int64), np.zeros(size), counted.hosts)
    ratios = stranger_ratios(strangers, c2s=statistics.c2s, settings=settings)
    own = ratios.ratio[strangers.stranger]
    kept, folded = independent(statistics, strangers, own)
    candidate, own = strangers.candidate[kept], own[kept]
    by_looks = looks(candidate, own, candidates=size)
    strong = np.bincount(candidate[own >= settings.strong_stranger], minlength=size)
    share = counted.k / (counted.hosts + 1.0)  # what an unlisted client of it is before anybody looks
    prior = np.clip(share[candidate], settings.ordinary_peer, 0.5)
    c2_like = np.bincount(candidate, weights=expit(own + logit(prior)), minlength=size)
    hosts = np.maximum(counted.hosts - folded, counted.k)
    return Looked(ratios, by_looks, strong.astype(np.int64), c2_like.astype(np.float64), hosts)
