"""What does the search for changes reckon with? Keys, C2s, and when each pair of them met.

`app/` fills the tables, the rest of the search reads them. Times are days from the first record, unless
a name ends in _us: then microseconds since 1970 UTC.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.measurements import Bools, Floats, Int32s, Int64s
from headwater.investigate.sensor_coverage import SensorCoverage
from headwater.model.tenancy import KeyBracket


@dataclass(frozen=True, slots=True)
class ChangeKeys:
    """Candidate keys that several C2s met, m rows.

    Attributes:
        hi, lo: address key, shape (m,).
        role, port, proto: as in headwater.score.statistics, shape (m,).
        hosts: distinct hosts of any kind in contact with it, shape (m,).
        known: taken for a known upstream: changes of it are looked for, shape (m,).
        upstreams: the hunt takes it for an upstream, or it was named as one, shape (m,).
        beyond_chance: the hunt takes it for an upstream or for associated, shape (m,).
        aside: something else explains it (scanner, tracker, sinkhole, shared service, reserved range), so it
            is no successor and no first contact, shape (m,).
        upstream: probability that it is an upstream, as the hunt reckons from all records, shape (m,).
    """

    hi: Int64s
    lo: Int64s
    role: Int32s
    port: Int32s
    proto: Int32s
    hosts: Int64s
    known: Bools
    upstreams: Bools
    beyond_chance: Bools
    aside: Bools
    upstream: Floats


@dataclass(frozen=True, slots=True)
class ChangeC2s:
    """Listed C2s, n rows.

    Attributes:
        family: index into `families`, shape (n,).
        families: names.
        cluster: co-located C2s share a number, shape (n,).
        works_from, works_until: first and last time at which it answered somebody on its own port, cut to its
            label's windows; nan where it was not seen at work, shape (n,).
    """

    family: Int32s
    families: tuple[str, ...]
    cluster: Int32s
    works_from: Floats
    works_until: Floats


@dataclass(frozen=True, slots=True)
class Pairs:
    """Who met which key, p rows ordered by key.

    Attributes:
        key, c2: rows in ChangeKeys and ChangeC2s, shape (p,).
        sessions: seen, shape (p,).
        first, last: start of the first session and end of the last, shape (p,).
        shape, scale: of P(G > g) = (1 + g/scale)^-shape, the covered time g without a session before the
            first or after the last (`pooled`), shape (p,).
        sensors: share of its flows that each sensor saw, shape (p, s).
    """

    key: Int64s
    c2: Int64s
    sessions: Int64s
    first: Floats
    last: Floats
    shape: Floats
    scale: Floats
    sensors: Floats

    def quiet(self, rows: Int64s, days: Floats) -> Floats:
        """P(G > days) of some rows: that so many covered days pass without a session."""
        return np.asarray((1.0 + days / self.scale[rows]) ** -self.shape[rows], np.float64)

    def rows_of(self, key: int) -> Int64s:
        """The rows of one key."""
        low, high = np.searchsorted(self.key, [key, key + 1])
        return np.arange(low, high, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Visits:
    """Which hosts of any kind met a known upstream, in which slots of time, v rows.

    Attributes:
        key: row in ChangeKeys, shape (v,).
        host: number of the host, shape (v,).
        first, last: start of the first and end of the last slot with contact, days, shape (v,).
        slot_days: length of a slot.
    """

    key: Int64s
    host: Int64s
    first: Floats
    last: Floats
    slot_days: float

    def split(self, key: int, *, at: float) -> tuple[set[int], set[int]]:
        """Hosts of a key seen before a time, and after it; the slot that holds the time counts as before."""
        mine = self.key == key
        before, after = mine & (self.first < at), mine & (self.last > at + self.slot_days)
        return set(self.host[before].tolist()), set(self.host[after].tolist())


@dataclass(frozen=True, slots=True)
class ChangeTables:
    """Everything that the search reads.

    Attributes:
        keys, c2s, pairs, visits, coverage: see there.
        brackets: host keys of addresses of known upstreams, by (hi, lo); only addresses that have any.
    """

    keys: ChangeKeys
    c2s: ChangeC2s
    pairs: Pairs
    visits: Visits
    coverage: SensorCoverage
    brackets: dict[tuple[int, int], tuple[KeyBracket, ...]]
