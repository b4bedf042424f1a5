"""What would simpler scores say? Eight of them, from the same statistics that the score reads.

Each gives one number a key, larger is better, -inf where the key met nobody. The graph that the walks see is
what the statistics hold: C2s, candidates, their contacts, and how many other hosts each candidate has; the
walk's mass that leaves for those others starts anew at the C2s.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

from headwater.score.exclusivity import exclusivity
from headwater.score.statistics import Floats, Statistics
from headwater.score.tallies import Tallies

_RESTART = 0.15  # the usual teleport of PageRank (Brin & Page 1998)
_STEPS = 50  # 0.85^50 < 4e-4 of the mass is still on its way

Baseline = Callable[[Statistics, Tallies], Floats]


def _met(tallies: Tallies, score: npt.ArrayLike, least: int) -> Floats:
    return np.where(tallies.c2s >= least, np.asarray(score, dtype=np.float64), -np.inf)


def count(statistics: Statistics, tallies: Tallies) -> Floats:
    """Distinct C2s in contact, check-ins on C2s' own ports included: what a plain count sees."""
    pairs = np.unique(np.column_stack([statistics.contacts.candidate, statistics.contacts.c2]), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(tallies.k)).astype(np.float64)


def count_filtered(_: Statistics, tallies: Tallies) -> Floats:
    """Distinct C2s in contact, check-ins left out."""
    return tallies.c2s.astype(np.float64)


def share(_: Statistics, tallies: Tallies) -> Floats:
    """Exclusivity k / d with at least two C2s."""
    return _met(tallies, tallies.k / np.maximum(tallies.hosts, 1), 2)


def share_low(_: Statistics, tallies: Tallies) -> Floats:
    """Lower Jeffreys bound (90%) of exclusivity, at least two C2s."""
    return _met(tallies, exclusivity(tallies.k, hosts=tallies.hosts).low, 2)


def jaccard(statistics: Statistics, tallies: Tallies) -> Floats:
    """C2s in contact by C2s or clients: overlap of the two sets (Jaccard 1912)."""
    either = tallies.hosts + len(statistics.c2s.hi) - tallies.c2s
    return _met(tallies, tallies.c2s / np.maximum(either, 1), 1)


def tf_idf(statistics: Statistics, tallies: Tallies) -> Floats:
    """Distinct C2s times ln(all hosts / hosts in contact) (Sparck Jones 1972)."""
    hosts = max(int(statistics.exposure.hosts.sum()), 1)
    rarity = np.log(np.maximum(hosts / np.maximum(tallies.hosts, 1), 1.0))
    return _met(tallies, tallies.c2s * rarity, 1)


def hypergeometric(statistics: Statistics, tallies: Tallies) -> Floats:
    """Minus ln P(so many C2s or more), clients drawn from all hosts alike: no strata, no activity."""
    hosts = max(int(statistics.exposure.hosts.sum()), int(tallies.hosts.max(initial=1)))
    listed = len(statistics.c2s.hi)
    drawn = np.minimum(tallies.hosts, hosts)
    tail = np.asarray(stats.hypergeom.logsf(tallies.c2s - 1, hosts, listed, drawn))
    return _met(tallies, -tail, 1)


def _graph(statistics: Statistics) -> sparse.csr_array:
    """1 where a C2 is in contact with a candidate, check-ins included, shape (n, m)."""
    pairs = np.unique(np.column_stack([statistics.contacts.c2, statistics.contacts.candidate]), axis=0)
    shape = (len(statistics.c2s.hi), len(statistics.candidates.hi))
    return sparse.csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)


def pagerank(statistics: Statistics, tallies: Tallies) -> Floats:
    """Visits of a walk from random C2s that restarts with 15%, and whenever it leaves the graph.

    Source: personalised PageRank, Haveliwala (2002), Topic-sensitive PageRank.
    """
    graph = _graph(statistics)
    degree = np.maximum(statistics.c2s.edges, np.asarray(graph.sum(axis=1)).reshape(-1))
    out = graph.multiply((1.0 / np.maximum(degree, 1))[:, None]).tocsr()
    back = graph.multiply((1.0 / np.maximum(tallies.hosts, tallies.c2s).clip(min=1))[None, :]).tocsr()
    start = np.full(graph.shape[0], 1.0 / max(graph.shape[0], 1))
    at_c2s, visits = start, np.zeros(graph.shape[1])
    for _ in range(_STEPS):
        visits = (1 - _RESTART) * (out.T @ at_c2s)
        returned = (1 - _RESTART) * (back @ visits)
        at_c2s = returned + (1.0 - returned.sum()) * start
    return np.asarray(visits, dtype=np.float64)


def hits(statistics: Statistics, _: Tallies) -> Floats:
    """Authority of each candidate where C2s are the hubs (Kleinberg 1999, J. ACM 46(5))."""
    graph = _graph(statistics)
    hubs, authorities = np.ones(graph.shape[0]), np.zeros(graph.shape[1])
    for _step in range(_STEPS):
        authorities = np.asarray(graph.T @ hubs, dtype=np.float64)
        authorities /= max(float(np.linalg.norm(authorities)), 1e-300)
        hubs = np.asarray(graph @ authorities, dtype=np.float64)
        hubs /= max(float(np.linalg.norm(hubs)), 1e-300)
    return authorities


BASELINES: dict[str, Baseline] = {
    "count": count,
    "count, filtered": count_filtered,
    "k/d": share,
    "k/d lower bound": share_low,
    "Jaccard": jaccard,
    "TF-IDF": tf_idf,
    "hypergeometric": hypergeometric,
    "PageRank": pagerank,
    "HITS": hits,
}
