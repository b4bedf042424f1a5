"""Does the null keep its word? Fake C2 sets: other hosts of the same networks, as active as the C2s are.

A hunt with such labels has nothing to find, so each of its discoveries is false. How often a set has any, at
a false discovery rate of 5%, is the calibration of the p-values that counts.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]

_NEAREST = 12  # of the hosts closest in activity one is drawn, so that sets differ


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hosts that may stand in, or that are stood in for.

    Attributes:
        network: number of each host's network, shape (h,).
        activity: distinct peers of each host, shape (h,).
    """

    network: Int64s
    activity: Int64s


def matched(c2s: Hosts, pool: Hosts, *, seed: int) -> Int64s:
    """Draws a host for every C2: of its network where one is left, and about as active.

    Args:
        c2s: the real ones, n of them.
        pool: hosts that are neither C2s nor in anything with them.
        seed: which set.

    Returns:
        For each C2 a number of the pool, without repetition; -1 where its network has none left. Shape (n,).
    """
    rng = np.random.default_rng(seed)
    free = np.ones(len(pool.network), dtype=np.bool_)
    distance = np.log1p(pool.activity.astype(np.float64))
    chosen = np.full(len(c2s.network), -1, dtype=np.int64)
    for c2 in rng.permutation(len(c2s.network)).tolist():
        able = np.flatnonzero(free & (pool.network == c2s.network[c2]))
        if len(able):
            near = np.abs(distance[able] - np.log1p(float(c2s.activity[c2])))
            chosen[c2] = rng.choice(able[np.argsort(near, kind="stable")[:_NEAREST]])
            free[chosen[c2]] = False
    return chosen
