"""Was a service in use by a family before its first contact seen, and was that only missed?

Suppose that it was in use all along. A C2 of the family is a user with the chance q; users come after a lag
V from the begin of their work to the first session seen, P(V > v) = (1 + v/s)^-n: the lags of the users that
began to work after the first contact, and one lag more of the mean over all services that are told, with
exponential lags whose rate is integrated out. What was seen then has the chance

    E_q[ product over C2s that never met it of (1 - q P(V <= days at work before))
         given the same product for their days after, and the users ]       q with Jeffreys' prior
    * product over users that were at work before of ( r + (1 - r) P(V > days at work before) )

The first factor is what C2s say that did not meet it: few of them say little. The second is stronger: a C2
that worked for weeks without the service and then met it says that the service came, not the C2. r allows for
C2s that come late for a reason of their own. A user that is seldom seen may also have been in contact unseen:
the chance of that by its own sessions (pooled_rates.py) stands in place of P(V > v) where it is larger. All
days are covered ones of the sensors that saw the contact. For a service in use, the chance is below x for the
first contact seen in at most a share x of cases, since the time of the first contact is where it is read.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.measurements import Bools, Floats, Int64s
from headwater.investigate.winding_down import beginning_mean

_SHARES = np.sin((np.arange(400) + 0.5) / 400 * np.pi / 2) ** 2  # quantiles of Jeffreys' prior


@dataclass(frozen=True, slots=True)
class Newness:
    """What speaks for a service being new to a family.

    Attributes:
        first: first contact of any of its C2s, days.
        second: first contact of the second one (co-located ones count once), days.
        users: C2s that met it.
        after, before: C2s at work after the first contact and before it, for longer than users usually take.
        waited: users that were at work before.
        unseen: chance that it was in use before and was missed.
        usual_days: mean time from the begin of a user's work to its first contact.
    """

    first: float
    second: float
    users: int
    after: int
    before: int
    waited: int
    unseen: float
    usual_days: float


@dataclass(frozen=True, slots=True)
class Lives:
    """When the C2s of one family were at work, co-located ones as one, shape (k,): number, first, last."""

    cluster: Int64s
    low: Floats
    high: Floats


def lives_of(tables: ChangeTables, family: int) -> Lives:
    """The C2s of a family that were seen at work."""
    c2s = tables.c2s
    mine = np.flatnonzero((c2s.family == family) & ~np.isnan(c2s.works_from))
    cluster, place = np.unique(c2s.cluster[mine], return_inverse=True)
    low, high = np.full(len(cluster), np.inf), np.full(len(cluster), -np.inf)
    np.minimum.at(low, place.reshape(-1), c2s.works_from[mine])
    np.maximum.at(high, place.reshape(-1), c2s.works_until[mine])
    return Lives(cluster.astype(np.int64), low, np.minimum(high, tables.coverage.end_days))


def newness(tables: ChangeTables, rows: Int64s, lives: Lives, *, settings: ChangeSettings) -> Newness:
    """Whether a service was new to a family.

    Args:
        tables: what there is.
        rows: the family's pairs with that service; of two C2s, not co-located, at least.
        lives: of the family, as from `lives_of`.
        settings: what is assumed.
    """
    users, best = _users(tables, rows)
    begins = tables.pairs.first[best]
    first, second = np.sort(begins)[:2].tolist()
    covered = _Covered(tables, rows)
    since = np.minimum(_since(users, lives, begins), begins)
    waited = since < first
    lags = covered.between(since[~waited], begins[~waited])
    shape, scale = len(lags) + 1.0, float(lags.sum()) + beginning_mean(tables)

    def longer(days: Floats) -> Floats:
        return np.asarray((1.0 + days / scale) ** -shape, np.float64)

    gap = covered.between(since[waited], np.full(int(waited.sum()), first))
    missed = np.maximum(longer(gap), tables.pairs.quiet(best[waited], gap))
    late = settings.comes_late
    other = ~np.isin(lives.cluster, users)
    before = covered.between(lives.low[other], np.minimum(lives.high[other], first))
    after = covered.between(np.maximum(lives.low[other], first), lives.high[other])
    usual = scale / shape
    return Newness(
        first=first, second=second, users=len(users), after=int((after > usual).sum()) + len(users),
        before=int((before > usual).sum()) + int((gap > usual).sum()), waited=int((gap > usual).sum()),
        unseen=_unmet(len(users), 1.0 - longer(after), 1.0 - longer(before + after))
        * float(np.prod(late + (1.0 - late) * missed)),
        usual_days=usual,
    )  # fmt: skip


def _unmet(users: int, after: Floats, always: Floats) -> float:
    """The first factor, from the chances of those that did not come, within their days after and all days."""
    shares = _SHARES[:, None]
    log_after = users * np.log(_SHARES) + np.log1p(-shares * after).sum(axis=1)
    log_always = users * np.log(_SHARES) + np.log1p(-shares * always).sum(axis=1)
    top = log_after.max()
    return float(np.exp(log_always - top).sum() / np.exp(log_after - top).sum())


def _users(tables: ChangeTables, rows: Int64s) -> tuple[Int64s, Int64s]:
    """Clusters that met it, and of each the pair that met it first."""
    order = rows[np.argsort(tables.pairs.first[rows], kind="stable")]
    cluster, place = np.unique(tables.c2s.cluster[tables.pairs.c2[order]], return_index=True)
    return cluster.astype(np.int64), order[place]


def _since(users: Int64s, lives: Lives, begins: Floats) -> Floats:
    """From when on users were at work; those never seen at work began with their contact."""
    place = np.minimum(np.searchsorted(lives.cluster, users), len(lives.cluster) - 1)
    known: Bools = lives.cluster[place] == users
    return np.where(known, lives.low[place], begins)


class _Covered:
    """Covered days of the sensors that saw some pairs."""

    def __init__(self, tables: ChangeTables, rows: Int64s) -> None:
        end = tables.coverage.end_days
        self.grid = np.linspace(0.0, end, max(int(4 * end), 1) + 1)
        self.clock = tables.coverage.clock(tables.pairs.sensors[rows].mean(axis=0, keepdims=True), self.grid)[
            0
        ]

    def between(self, low: Floats, high: Floats) -> Floats:
        """From one time to another, 0 where they are in the wrong order."""
        found = np.interp(high, self.grid, self.clock) - np.interp(low, self.grid, self.clock)
        return np.asarray(np.maximum(found, 0.0), np.float64)
