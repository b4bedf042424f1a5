"""How likely is each unlisted client of a confirmed service a C2, given all of them together?

The service is confirmed, so a share e of its clients are C2s (Beta as for upstreams in a hunt), of which the
lists know a share r. With k listed clients, and x_h = exp(lr_h) for unlisted client h, the likelihood is

    L(e, r) = (e r)^k * prod over h of [ e (1 - r) x_h + 1 - e ]

and the answer for each client the mean over L of e (1 - r) x_h / [ e (1 - r) x_h + 1 - e ]. The other clients
so decide how many unlisted C2s there are; the lists' recall is only where that starts.

Source: the likelihood of headwater.score.posterior, with the membership of each client kept.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import expit, xlog1py, xlogy

Floats = npt.NDArray[np.float64]

_CELLS = 40  # points of e and of r; twice as many move no answer by 0.005


def memberships(
    ratio: Floats, *, listed: int, share: tuple[float, float], recall: tuple[float, float]
) -> Floats:
    """Probability of each unlisted client to be a C2, before calibration.

    Args:
        ratio: lr of each, natural logarithm, shape (h,).
        listed: k, listed C2s in contact.
        share: Beta(a, b) of e.
        recall: Beta(a, b) of r.

    Returns:
        Probabilities in (0, 1), shape (h,).
    """
    middles = (np.arange(_CELLS) + 0.5) / _CELLS
    e, r = (each.reshape(-1, 1) for each in np.meshgrid(middles, middles))
    log_odds = np.log(e) + np.log1p(-r) - np.log1p(-e)  # of an unlisted client before anybody looks
    log_weight = (
        xlogy(listed + share[0] - 1.0, e) + xlog1py(share[1] - 1.0, -e)
        + xlogy(listed + recall[0] - 1.0, r) + xlog1py(recall[1] - 1.0, -r)
    )  # fmt: skip
    each = log_odds + ratio[None, :]
    log_weight = log_weight + (np.logaddexp(0.0, each) + np.log1p(-e)).sum(axis=1, keepdims=True)
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray((weight * expit(each)).sum(axis=0) / weight.sum(), np.float64)
