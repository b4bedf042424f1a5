"""Did a known upstream end, and which service took over? One answer among three kinds, by Bayes' rule.

An upstream changes at the rate c. What happens after the last of its C2s has ended nobody can see, so an end
is looked for up to that moment H, where it has the density c exp(-c t), and exactly one holds:

    nothing    exp(-c H)         its C2s stop, if they do, each by itself
    silent     1 - m - r         they stop together at some t before H, and nothing seen takes over
    moved      m u v / K         for each key of another address that may be the successor
    new port   r u / K           for each other port of its address

u is the probability that the key is an upstream, as the hunt reckons it, v what its port says
(alike_ports.py), and K the sum of u, at least 1. A successor k must have begun when j ended: common_edge.py
gives the likelihood of an end of j at t and of a begin of k at t + d, with d exponential; against it stands a
k that began in its own time. And its clients must be those of j: of the N C2s of these families at work
before t and after, M had met j and n met k, x of them both. If k is just another service of these families x
is hypergeometric, if it took over from j it is Fisher's noncentral hypergeometric with odds above 1 (Fog
2008, Communications in Statistics 37(2)).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp
from scipy.stats import hypergeom, nchypergeom_fisher

from headwater.investigate.alike_ports import port_ratio
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.common_edge import CommonEdge, bounds_of, common_begin, common_end
from headwater.investigate.measurements import Floats, Int64s
from headwater.investigate.winding_down import all_wound_down, ending_lags

_OWN_BEGIN = 0.3  # chance that C2s come to an unrelated service together; assumed


@dataclass(frozen=True, slots=True)
class Link:
    """One service that may have taken over.

    Attributes:
        key: row in ChangeKeys.
        probability: that it did.
        timing: natural log of the likelihood ratio that begin and end say.
        overlap: natural log of that of the clients.
        port: natural log of that of the port; 0 on the same address.
        shared: C2s (co-located ones once) of the old service that met it, x.
        begun: C2s that met it, n.
        able: C2s of these families at work before the end and after, N.
        of_old: of those, how many had met the old service, M.
        since, until: bounds of the end of the old service if this one took over, days.
        gap_days: from the last contact with the old service to the first with this one, negative where they
            overlap.
    """

    key: int
    probability: float
    timing: float
    overlap: float
    port: float
    shared: int
    begun: int
    able: int
    of_old: int
    since: float
    until: float
    gap_days: float


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one known upstream.

    Attributes:
        key: row in ChangeKeys.
        nothing, silent: probabilities.
        links: those of successors, the likeliest first.
        since, until: bounds of its end, given that there is one, days.
        last: last contact of any C2, days.
        at_work: its C2s (co-located ones once) that were seen at work after its last contact.
        missing: sessions that would have been seen since from those C2s at their earlier rates, had nothing
            changed.
        unseen: chance to see none of them, if each C2 had gone on.
        c2s: its C2s, co-located ones once.
        wound: chance that those at work since were only being wound down, each with a lag as long as that.
    """

    key: int
    nothing: float
    silent: float
    links: tuple[Link, ...]
    since: float
    until: float
    last: float
    at_work: int
    missing: float
    unseen: float
    c2s: int
    wound: float

    @property
    def moved(self) -> float:
        """Probability that some service took over."""
        return sum(one.probability for one in self.links)


def ended(
    tables: ChangeTables,
    key: int,
    grid: Floats,
    *,
    settings: ChangeSettings,
    begins: dict[int, CommonEdge] | None = None,
) -> Ended:
    """What became of one upstream.

    Args:
        tables: what there is.
        key: row in ChangeKeys; a C2 at least met it.
        grid: as from `common_edge.grid_of`.
        settings: what is assumed.
        begins: begins of keys that were reckoned before, and those reckoned now; the same for every upstream.
    """
    rows = tables.pairs.rows_of(key)
    lags = ending_lags(tables)
    end = common_end(tables, rows, grid, settings=settings, lags=lags)
    old = _Old(tables, key, rows, end, grid, settings, {} if begins is None else begins)
    others = old.possible()
    keys = tables.keys
    same = (keys.hi[others] == keys.hi[key]) & (keys.lo[others] == keys.lo[key])
    room = (settings.moves, settings.new_ports)
    able = np.clip(keys.upstream[others], 1e-9, 1.0)
    seen, weights = [], []
    for place, other in enumerate(others.tolist()):
        link, log = old.link(other)
        among = max(float(able[same == same[place]].sum()), 1.0)
        seen.append(link)
        weights.append(np.log(room[int(same[place])] / among * able[place]) + log + link.port)
    silent = np.log(1.0 - sum(room)) + float(logsumexp(old.end.log + old.log_prior))
    every = np.array([-old.horizon / settings.change_every_days, silent, *weights])
    chance = np.exp(every - logsumexp(every))
    links = [replace(link, probability=float(p)) for link, p in zip(seen, chance[2:], strict=True)]
    links.sort(key=lambda one: (-one.probability, one.key))
    found = old.ended(links, nothing=float(chance[0]), silent=float(chance[1]))
    return replace(found, wound=all_wound_down(tables, rows, lags, since=found.last))


@dataclass(frozen=True, slots=True)
class _Old:
    """One known upstream."""

    tables: ChangeTables
    key: int
    rows: Int64s
    end: CommonEdge
    grid: Floats
    settings: ChangeSettings
    begun: dict[int, CommonEdge]

    def ended(self, links: list[Link], *, nothing: float, silent: float) -> Ended:
        """The answer, with what its silence amounts to."""
        pairs, c2s, rows = self.tables.pairs, self.tables.c2s, self.rows
        last = float(pairs.last[rows].max())
        until = np.nan_to_num(c2s.works_until[pairs.c2[rows]], nan=-np.inf)
        covered = self.tables.coverage.clock(pairs.sensors[rows], self.grid)
        ends = np.clip(np.maximum(until, last), 0.0, self.grid[-1])
        silence = np.array(
            [
                float(np.interp(stop, self.grid, row) - np.interp(last, self.grid, row))
                for stop, row in zip(ends, covered, strict=True)
            ]
        )
        clusters = c2s.cluster[pairs.c2[rows]]
        since, before = self.end.bounds(self.grid, coverage=self.settings.coverage)
        return Ended(
            key=self.key, nothing=nothing, silent=silent, links=tuple(links), since=since, until=before,
            last=last, at_work=len(set(clusters[until > last].tolist())),
            missing=float((silence * pairs.shape[rows] / pairs.scale[rows]).sum()),
            unseen=float(np.exp(-(pairs.shape[rows] * np.log1p(silence / pairs.scale[rows])).sum())),
            c2s=len(set(clusters.tolist())), wound=1.0,
        )  # fmt: skip

    @property
    def horizon(self) -> float:
        """When the last of its C2s had ended, days; what the service did after that leaves no trace."""
        pairs, until = self.tables.pairs, self.tables.c2s.works_until
        seen = np.fmax(until[pairs.c2[self.rows]], pairs.last[self.rows])
        return float(min(seen.max(), self.grid[-1]))

    @property
    def log_prior(self) -> Floats:
        """Natural log of the prior chance that it ends at each moment of the grid, shape (g,)."""
        rate, step = 1.0 / self.settings.change_every_days, self.grid[1] - self.grid[0]
        log = np.log(rate * step) - rate * self.grid
        return np.asarray(np.where(self.grid < self.horizon + step / 2, log, -np.inf), np.float64)

    def possible(self) -> Int64s:
        """Keys that may be the successor: of the same role, no hub, explained by nothing else."""
        keys, pairs, c2s = self.tables.keys, self.tables.pairs, self.tables.c2s
        mine = np.zeros(len(c2s.family), np.bool_)
        mine[pairs.c2[self.rows]] = True
        shared = mine[pairs.c2]
        pair = np.unique(np.column_stack([pairs.key[shared], c2s.cluster[pairs.c2[shared]]]), axis=0)
        count = np.bincount(pair[:, 0], minlength=len(keys.hi))
        able = (count >= self.settings.least_shared) & ~keys.aside & (keys.role == keys.role[self.key])
        able &= (keys.hosts <= self.settings.most_hosts) & (keys.upstream > 0.0)
        able[self.key] = False
        return np.flatnonzero(able).astype(np.int64)

    def link(self, other: int) -> tuple[Link, float]:
        """A successor without its probability, and its log likelihood against "nothing"."""
        grid, pairs = self.grid, self.tables.pairs
        begins = pairs.rows_of(other)
        if other not in self.begun:
            self.begun[other] = common_begin(self.tables, begins, grid, settings=self.settings)
        begin = self.begun[other]
        own = float(np.logaddexp(np.log1p(-_OWN_BEGIN), np.log(_OWN_BEGIN) + begin.log_mean))
        both = self.end.log + _delayed(begin.log, grid, self.settings.delay_days)
        joint = float(logsumexp(both + self.log_prior))
        overlap, numbers = self._overlap(begins, float(grid[int(np.argmax(both))]))
        since, until = bounds_of(both, grid, coverage=self.settings.coverage)
        gap = float(pairs.first[begins].min() - pairs.last[self.rows].max())
        alone = float(logsumexp(self.end.log + self.log_prior))
        port = port_ratio(self.tables.keys, self.key, other, settings=self.settings)
        link = Link(other, 0.0, joint - alone - own, overlap, port, *numbers, since, until, gap)
        return link, joint - own + overlap

    def _overlap(self, begins: Int64s, at: float) -> tuple[float, tuple[int, int, int, int]]:
        """Natural log of the likelihood ratio of the clients, with x, n, N, M; co-located C2s count once."""
        pairs, c2s = self.tables.pairs, self.tables.c2s
        of_new, of_old = pairs.c2[begins], pairs.c2[self.rows]
        families = set(c2s.family[of_old].tolist()) | set(c2s.family[of_new].tolist())
        from_, until = np.nan_to_num(c2s.works_from, nan=np.inf), np.nan_to_num(c2s.works_until, nan=-np.inf)
        np.minimum.at(from_, pairs.c2, pairs.first)
        np.maximum.at(until, pairs.c2, pairs.last)
        at_work = np.isin(c2s.family, list(families)) & (from_ < at) & (until > at)
        able = set(c2s.cluster[at_work].tolist())
        had = set(c2s.cluster[of_old[pairs.first[self.rows] <= at]].tolist()) & able
        met = set(c2s.cluster[of_new].tolist()) & able
        x, n, total, marked = len(had & met), len(met), len(able), len(had)
        if not n or not marked or total in {n, marked}:
            return 0.0, (x, n, total, marked)
        chance = hypergeom.logpmf(x, total, marked, n)
        ours = [nchypergeom_fisher.logpmf(x, total, marked, n, odds) for odds in self.settings.ours]
        return float(logsumexp(ours) - np.log(len(ours)) - chance), (x, n, total, marked)


def _delayed(log: Floats, grid: Floats, mean: float) -> Floats:
    """Log likelihood of a begin some exponential time after each moment, within the records.

    With b(i) = log(i) - i step/mean the sum over all i from a place on, in one pass from the end.
    """
    weight = np.asarray(-np.arange(len(grid)) * float(grid[1] - grid[0]) / mean, np.float64)
    return np.asarray(_from_each(log + weight) - _from_each(weight))


def _from_each(log: Floats) -> Floats:
    """Logarithm of the sum of exp(log) from each place to the last, shape (g,)."""
    return np.asarray(np.logaddexp.accumulate(log[::-1])[::-1], np.float64)
