"""How many of the small p-values are small by luck? q-values (Benjamini-Hochberg, -Yekutieli).

Read a q-value so: of all candidates with a q-value up to this one, this share is expected to be false.
Keys that no C2 touched (k = 0) have p = 1 and never reach score/; they are tests all the same.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class QValues:
    """q-values in [0, 1], each of shape (m,), in the order of the p-values.

    Attributes:
        bh: Benjamini-Hochberg; holds under positive dependence. For triage.
        by: Benjamini-Yekutieli; holds under any dependence, and is larger. For publication.
    """

    bh: Floats
    by: Floats


def q_values(p: npt.ArrayLike, *, tests: int | None = None) -> QValues:
    """Step-up adjusted p-values.

    Args:
        p: p-values in [0, 1], shape (m,).
        tests: how many hypotheses were tested in all, at least m; the others count as p = 1. None: m.

    Returns:
        The q-values.

    Raises:
        ValueError: fewer tests than p-values.

    Source: Benjamini & Hochberg (1995), JRSS B 57(1); Benjamini & Yekutieli (2001), Annals of Statistics
    29(4), theorem 1.3, whose factor is the harmonic number of the number of tests.
    """
    values = np.asarray(p, dtype=np.float64)
    total = len(values) if tests is None else tests
    if total < len(values):
        raise ValueError(
            f"{len(values)} p-values from {total} tests: there are at least as many tests as p-values"
        )
    order = np.argsort(values, kind="stable")
    scaled = values[order] * total / np.arange(1, len(values) + 1)
    steps = np.minimum.accumulate(scaled[::-1])[::-1]
    bh = np.empty_like(values)
    bh[order] = steps
    harmonic = float(digamma(total + 1) + np.euler_gamma) if total else 1.0
    return QValues(bh=np.minimum(bh, 1.0), by=np.minimum(bh * harmonic, 1.0))
