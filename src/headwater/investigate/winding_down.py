"""How long before a C2 stops working does it leave its service, and how long after it begins does it come?

A C2 that is wound down leaves its service some days before the last bot is answered. Where a service's last
C2s are wound down one after the other, that looks like an end of the service: nobody comes, and some still
work. The C2s that stopped before, while others went on meeting the service, show how long it takes there.
With n such lags of sum s, and one of the mean m over all services, a lag above v has the chance

    P(V > v) = (1 + v / (s + m))^-(n + 1)

(exponential lags, their rate integrated out over a Gamma distribution of shape 1 and mean 1/m).
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.measurements import Bools, Floats, Int64s

_USUAL_DAYS = 1.0  # mean lag where no C2 shows one; worth one C2
_STILL_DAYS = 2.0  # a C2 seen at work within so many days of the records' edge counts as still at work there


@dataclass(frozen=True, slots=True)
class Lags:
    """Chance of a lag above v days, (1 + v / scale)^-shape, for each key, shape (m,)."""

    shape: Floats
    scale: Floats

    def above(self, key: int, days: Floats) -> Floats:
        """P(V > days) at one key."""
        return np.asarray((1.0 + np.maximum(days, 0.0) / self.scale[key]) ** -self.shape[key], np.float64)


def ending_lags(tables: ChangeTables) -> Lags:
    """From the last contact with a key to the end of a C2's work.

    Only of C2s that had stopped working before the key's last contact: by then nothing had ended it.
    """
    pairs, c2s = tables.pairs, tables.c2s
    until = c2s.works_until[pairs.c2]
    edge = np.full(len(tables.keys.hi), -np.inf)
    np.maximum.at(edge, pairs.key, pairs.last)
    shows = until < edge[pairs.key]
    days = np.maximum(until - pairs.last, 0.0)[shows]
    known, size = tables.keys.known, len(tables.keys.known)
    number = np.bincount(pairs.key[shows], minlength=size)
    total = np.bincount(pairs.key[shows], weights=days, minlength=size)
    mean = (float(total[known].sum()) + _USUAL_DAYS) / (float(number[known].sum()) + 1.0)
    return Lags(np.asarray(number + 1.0, np.float64), np.asarray(total + mean, np.float64))


def beginning_mean(tables: ChangeTables) -> float:
    """Mean time from the begin of a C2's work to its first contact with a known upstream, days.

    Of C2s that began after the upstream did; one more of a day is added, so that there is always a mean.
    """
    pairs, known = tables.pairs, tables.keys.known
    since = tables.c2s.works_from[pairs.c2]
    edge = np.full(len(known), np.inf)
    np.minimum.at(edge, pairs.key, pairs.first)
    shows = (since > edge[pairs.key]) & known[pairs.key]
    days = np.maximum(pairs.first - since, 0.0)[shows]
    return (float(days.sum()) + _USUAL_DAYS) / (len(days) + 1.0)


def wound_down(tables: ChangeTables, rows: Int64s) -> Bools:
    """Which pairs' C2s stopped working within the records, as far as seen, shape (k,)."""
    until = tables.c2s.works_until[tables.pairs.c2[rows]]
    return np.asarray(until < tables.coverage.end_days - _STILL_DAYS)


def all_wound_down(tables: ChangeTables, rows: Int64s, lags: Lags, *, since: float) -> float:
    """Chance that all C2s of a key that worked on after its last contact were only being wound down.

    Only C2s that still worked then are looked at, and those are the ones with long lags: had it been shorter
    than the time from their own last contact to the key's, they would not be among them. So each has the
    chance P(V > v) / P(V > u), with v up to its last work in the records and u up to the key's last contact.
    Or it was in contact unseen since, by its own sessions (pooled_rates.py), if that is likelier. The product
    over these C2s, co-located ones once; 1 where none worked on.

    Args:
        tables: what there is.
        rows: pairs of one key.
        lags: as from `ending_lags`.
        since: the key's last contact, days.
    """
    pairs, c2s = tables.pairs, tables.c2s
    works = np.nan_to_num(c2s.works_until[pairs.c2[rows]], nan=-np.inf)
    until = np.minimum(works, tables.coverage.end_days)
    on = rows[until > since]
    if not len(on):
        return 1.0
    key, still = int(pairs.key[on[0]]), until[until > since]
    lag = lags.above(key, still - pairs.last[on]) / lags.above(key, since - pairs.last[on])
    lag = np.maximum(lag, pairs.quiet(on, still - pairs.last[on]))
    _, place = np.unique(c2s.cluster[pairs.c2[on]], return_inverse=True)
    each = np.zeros(int(place.max()) + 1)
    np.maximum.at(each, place.reshape(-1), lag)
    return float(np.prod(each))
