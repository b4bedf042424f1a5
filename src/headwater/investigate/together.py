"""What do the other C2s of a service say about how one of them met it?

Each C2 has one of the three stories of timing.py. A share of the service's C2s has each: all of them one
story, or some this and some that. Before anything is seen every division is as likely (an even Dirichlet
distribution, on a grid). What the others' contact says moves it, and its mean is what is expected of the one.
The C2's own records do not enter, so its own likelihood is multiplied with it without counting them twice.
Where the others agree an ambiguous C2 leans their way; where they differ it is left alone.

Nothing of this enters the evidence: there each C2 speaks once, and for itself.
"""

import numpy as np
from scipy.special import logsumexp

from headwater.investigate.measurements import Bools, Floats

_STEPS = 20  # of the grid of divisions, to each side


def shares_of_others(log_bayes: Floats, known: Bools) -> Floats:
    """Expected share of each story among C2s like the others.

    Args:
        log_bayes: log likelihood of each C2's contact under each story, capped, shape (c, 3).
        known: whose says anything, shape (c,).

    Returns:
        Shape (c, 3), rows add up to 1; a third each where there is no other.
    """
    divisions = _divisions()
    each = logsumexp(np.log(divisions)[:, None, :] + log_bayes[None], axis=2)
    each = np.where(known[None], each, 0.0)
    others = each.sum(axis=1, keepdims=True) - each
    weights = np.exp(others - logsumexp(others, axis=0))
    return np.asarray(weights.T @ divisions, np.float64)


def _divisions() -> Floats:
    """Every division among three, in equal steps, from the inside of each cell of the grid."""
    first, second = np.meshgrid(np.arange(_STEPS + 1), np.arange(_STEPS + 1), indexing="ij")
    inside = first + second <= _STEPS
    first, second = first[inside], second[inside]
    corners = np.stack([first, second, _STEPS - first - second], axis=1) + 1.0 / 3.0
    return np.asarray(corners / (_STEPS + 1.0), np.float64)
