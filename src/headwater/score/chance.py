"""How many C2s would a candidate meet by chance? The stratified, degree-corrected null.

A C2 i with d_i edges, all in network g(i) and in the slots W_i of its label's window, meets candidate j

    lam_ij = d_i * mean over w in W_i of d_jgw / M_gw     times     (M_gw: all edges of g in slot w)
    mu_j   = sum over groups of co-located C2s of (1 - exp(-sum of lam_ij in the group))
    p_j    = P(Poisson(mu_j) >= k_j)

so popularity, visibility and activity are taken from the flows themselves, network by network. The Poisson
tail bounds that of the sum of unequal Bernoullis above its mean (Hoeffding 1956, Ann. Math. Stat. 27(3)).
The null is that of an exposure-aware bipartite configuration model: Tumminello et al. (2011), PLoS ONE 6(3)
e17994; Saracco et al. (2017), New J. Phys. 19 053022.

Read p so: how often a peer of this popularity meets so many C2s if C2s choose as their neighbours do. A
small p does not mean upstream: decoys and tools that C2s favour have small p, too.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import pdtrc

from headwater.score.statistics import C2s, Exposure, Floats, Int64s, Statistics

_CHUNK = 4096  # candidates at a time where a dense block over all groups is needed
_POOLED_HOSTS = 5.0  # sampled hosts that the pooled null is worth against the strata
_LEAST_EXPECTED = 1e-12  # below, an expectation is zero for every purpose and its logarithm would not be


@dataclass(frozen=True, slots=True)
class Null:
    """The share of each network's edges that goes to each candidate, for every kind of C2.

    Attributes:
        share: mean over the C2's slots of d_jgw / M_gw, sparse, shape (m, kinds).
        overall: share of all edges of all networks that goes to each candidate, shape (m,).
        kind: which column of `share` is a C2's, shape (n,): C2s of one network and window share one.
        edges: d_i, shape (n,).
        cluster: which co-located group a C2 is in, 0-based without gaps, shape (n,).
        pooling: weight in [0, 1] of the null with one stratum, shape (m,): where reach comes from a sample
            of few hosts, that none of them was in a network says little about that network.
    """

    share: sparse.csr_array
    overall: Floats
    kind: npt.NDArray[np.intp]
    edges: Int64s
    cluster: npt.NDArray[np.intp]
    pooling: Floats


@dataclass(frozen=True, slots=True)
class Chance:
    """What chance explains, each of shape (m,).

    Attributes:
        expected: mu_j of the tested C2s under the stratified null.
        expected_overall: of all C2s, with one stratum for everything.
        expected_ranking: geometric mean of that and the stratified one of all C2s, for the posterior; the
            stratified null alone gives away too much where all C2s are in one small network.
        p_value: P(Poisson(expected) >= k), 1 where k = 0.
    """

    expected: Floats
    expected_overall: Floats
    expected_ranking: Floats
    p_value: Floats


def _slots_of(c2s: C2s, exposure: Exposure) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First slot and slot behind the last that each label's window touches, both of shape (n,)."""
    ends = exposure.slot_start_us + exposure.slot_us
    first = np.searchsorted(ends, c2s.start_us, side="right")
    behind = np.searchsorted(exposure.slot_start_us, c2s.end_us, side="left")
    return first, np.maximum(behind, first)


def _columns(kinds: npt.NDArray[np.int64], exposure: Exposure) -> sparse.csc_array:
    """Weights 1/|W| of the (network, slot) cells of every kind (network, first, behind), shape (G W, kinds).

    Slots in which the network shows no edge at all are left out of the mean: nothing could be met there.
    """
    slots = len(exposure.slot_start_us)
    rows: list[npt.NDArray[np.int64]] = []
    for network, first, behind in kinds:
        window = np.arange(first, behind, dtype=np.int64)
        rows.append(network * slots + window[exposure.edges[network, first:behind] > 0])
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    weights = np.repeat(1.0 / np.maximum(lengths, 1), lengths)
    starts = np.r_[0, np.cumsum(lengths)]
    cells = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
    return sparse.csc_array((weights, cells, starts), shape=(exposure.edges.size, len(kinds)))


def null_of(statistics: Statistics) -> Null:
    """Reduces exposure and reach to the share of edges that each candidate takes.

    Args:
        statistics: measured tables; reach may be estimated and exceed the edges, which are then raised to it.

    Returns:
        The null. C2s whose window lies outside the data expect nothing.
    """
    c2s, exposure = statistics.c2s, statistics.exposure
    candidates, slots = len(statistics.candidates.hi), len(exposure.slot_start_us)
    first, behind = _slots_of(c2s, exposure)
    kinds, kind = np.unique(
        np.column_stack([c2s.network.astype(np.int64), first, behind]), axis=0, return_inverse=True
    )
    cell = exposure.reach_network.astype(np.int64) * slots + exposure.reach_slot
    seen = exposure.edges.reshape(-1)[cell]
    ratio = exposure.reach_hosts / np.maximum(np.maximum(seen, exposure.reach_hosts), 1.0)
    reach = sparse.csr_array(
        (ratio, (exposure.reach_candidate, cell)), shape=(candidates, exposure.edges.size)
    )
    edges = float(exposure.edges.sum())
    reached = np.bincount(exposure.reach_candidate, weights=exposure.reach_hosts, minlength=candidates)
    return Null(
        share=sparse.csr_array(reach @ _columns(kinds, exposure)),
        overall=np.minimum(reached / max(edges, 1.0), 1.0),
        kind=kind.reshape(-1),
        edges=c2s.edges,
        cluster=np.unique(c2s.cluster, return_inverse=True)[1].reshape(-1),
        pooling=_pooling(statistics),
    )


def _pooling(statistics: Statistics) -> Floats:
    """How much of the pooled null an estimated reach needs: that of a Dirichlet prior worth _POOLED_HOSTS."""
    sampled = statistics.candidates.hosts_sampled
    if sampled is None:
        return np.zeros(len(statistics.candidates.hi))
    weight = _POOLED_HOSTS / (_POOLED_HOSTS + sampled)
    return np.where(statistics.candidates.hosts_estimated, weight, 0.0)


def pair_rates(null: Null, rows: npt.NDArray[np.intp]) -> Floats:
    """lam_ij of some candidates with every C2.

    Args:
        null: as from `null_of`.
        rows: candidates, shape (r,); keep it to some thousands, the answer is dense.

    Returns:
        Expected contacts, shape (r, n).
    """
    share: Floats = null.share[rows].toarray()
    return share[:, null.kind] * null.edges


def expected_hits(null: Null, *, members: npt.NDArray[np.bool_] | None = None) -> Floats:
    """mu_j under the stratified null.

    Args:
        null: as from `null_of`.
        members: which C2s count, shape (n,); None: all.

    Returns:
        Expected number of distinct co-located groups in contact, shape (m,).
    """
    rates = null.share @ _group_edges(null, members)
    met: Floats = -np.expm1(-rates.data)
    return np.asarray(np.bincount(_row_of(rates), weights=met, minlength=rates.shape[0]), dtype=np.float64)


def _group_edges(null: Null, members: npt.NDArray[np.bool_] | None) -> sparse.csr_array:
    """Edges of each group by kind, shape (kinds, groups)."""
    groups = int(null.cluster.max()) + 1 if len(null.cluster) else 0
    edges = null.edges.astype(np.float64)
    if members is not None:
        edges = np.where(members, edges, 0.0)
    return sparse.csr_array((edges, (null.kind, null.cluster)), shape=(null.share.shape[1], groups))


def _row_of(table: sparse.csr_array) -> npt.NDArray[np.intp]:
    """Row number of each stored value."""
    return np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))


def expected_overall(null: Null, *, members: npt.NDArray[np.bool_] | None = None) -> Floats:
    """mu_j where all networks and slots are one stratum, shape (m,); `members` as in `expected_hits`."""
    own = null.edges if members is None else np.where(members, null.edges, 0)
    edges = np.bincount(null.cluster, weights=own)
    met = np.empty_like(null.overall)
    for start in range(0, len(met), _CHUNK):
        rows = slice(start, start + _CHUNK)
        met[rows] = -np.expm1(-null.overall[rows, None] * edges).sum(axis=1)
    return met


def chance(null: Null, *, k: npt.ArrayLike, members: npt.NDArray[np.bool_] | None = None) -> Chance:
    """What chance explains of the C2s that were met.

    Args:
        null: as from `null_of`.
        k: distinct co-located groups of tested C2s in contact with each candidate, shape (m,).
        members: which C2s are tested, shape (n,); None: all.

    Returns:
        Expectations and p-values.
    """
    hits = np.asarray(k, dtype=np.int64)
    overall = expected_overall(null)
    stratified = (1.0 - null.pooling) * expected_hits(null) + null.pooling * overall
    tested = stratified
    if members is not None:
        pooled = null.pooling * expected_overall(null, members=members)
        tested = (1.0 - null.pooling) * expected_hits(null, members=members) + pooled
    both = np.sqrt(np.maximum(stratified, _LEAST_EXPECTED) * np.maximum(overall, _LEAST_EXPECTED))
    return Chance(
        expected=tested,
        expected_overall=overall,
        expected_ranking=np.where(stratified > 0, both, np.maximum(overall, _LEAST_EXPECTED)),
        p_value=np.where(hits > 0, pdtrc(hits - 1, tested), 1.0),
    )
