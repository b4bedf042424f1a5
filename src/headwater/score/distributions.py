"""Which probabilities does the score put on counts? Two families of them, in logarithms, for real counts.

Counts may be fractional: expected numbers of bots enter in place of counted ones. The binomial coefficient
is then read with gamma functions.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln, xlog1py, xlogy

Floats = npt.NDArray[np.float64]


def log_choose(total: npt.ArrayLike, hits: npt.ArrayLike) -> Floats:
    """Natural logarithm of the binomial coefficient, for real arguments with 0 <= hits <= total."""
    n, k = np.asarray(total, dtype=np.float64), np.asarray(hits, dtype=np.float64)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def log_beta_binomial(hits: npt.ArrayLike, total: npt.ArrayLike, *, a: float, b: float) -> Floats:
    """Natural logarithm of BetaBin(hits; total, a, b), the binomial whose probability is Beta(a, b)."""
    n, k = np.asarray(total, dtype=np.float64), np.asarray(hits, dtype=np.float64)
    return np.asarray(log_choose(n, k) + betaln(k + a, n - k + b) - betaln(a, b))


def log_negative_binomial(hits: npt.ArrayLike, *, mean: npt.ArrayLike, size: float) -> Floats:
    """Natural logarithm of the negative binomial with a given mean; variance mean + mean^2 / size.

    A mean of 0 puts everything on 0.
    """
    k, mu = np.asarray(hits, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    shape = gammaln(k + size) - gammaln(size) - gammaln(k + 1)
    return np.asarray(shape - xlog1py(size, mu / size) + xlogy(k, mu / (size + mu)))
