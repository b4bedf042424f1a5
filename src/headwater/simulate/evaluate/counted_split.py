"""What do bare counts of sessions before, within and behind a life say? The simpler way, to compare with."""

import numpy as np
from scipy.special import gammaln

from headwater.investigate.timing import Split
from headwater.simulate.randomness import Floats

_CONTROL, _HANDOFF = (1.5, 8.0, 0.7), (8.0, 1.2, 0.3)
_FLOOR = 0.01  # smallest share of exposure


def dirichlet_multinomials(split: Split) -> Floats:
    """Log likelihood of each C2's counts under control, handoff and coincidence, shape (c, 3).

    Control and handoff are Dirichlet-multinomials with fixed weights; coincidence is a multinomial in
    proportion to exposure. Every session counts, however close to the last, and edges are means.

    Args:
        split: sessions and exposures.
    """
    counts, shares = split.sessions, np.maximum(split.exposure, _FLOOR)
    shares = shares / shares.sum(axis=1, keepdims=True)
    parts = [_dirichlet(counts, np.array(weights)) for weights in (_CONTROL, _HANDOFF)]
    return np.stack([*parts, (counts * np.log(shares)).sum(axis=1)], axis=1)


def _dirichlet(counts: Floats, weights: Floats) -> Floats:
    total, mass = counts.sum(axis=1), weights.sum()
    each = (gammaln(counts + weights) - gammaln(weights)).sum(axis=1)
    return np.asarray(each + gammaln(mass) - gammaln(mass + total), np.float64)
