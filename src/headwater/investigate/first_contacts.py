"""When did a family come to a service that was new to it, and how unusual is that by its own history?

Looked at are services that several C2s of the family share beyond chance, no hubs, explained by nothing else.
Two questions are kept apart.

*Was it new?* Of the c C2s of the family at work after the first contact u met the service; c0 were at work
before it and none of them did. With the share of users from a Beta distribution with Jeffreys' prior,

    P(none of c0) = product over i < c0 of (c - u + 1/2 + i) / (c + 1 + i)

is the chance that the service was in use before all the same. In a family's first week nothing is called new.
A C2 counts as at work where it was so for as long as half of the users took until their first contact.

*Is that unusual?* If the family came to x such services in T covered weeks before, the chance of one more
within a week is 1 - (T / (T + 1))^(x + 1/2) (a Poisson process whose rate has Jeffreys' prior, integrated
out). With a short history that is never small: what T would have to be is said instead.
"""

from dataclasses import dataclass, replace

import numpy as np

from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.measurements import Floats, Int64s

_SETTLES_DAYS = 7.0  # of a family's first days nothing can be called new


@dataclass(frozen=True, slots=True)
class FirstContact:
    """A family's first contact with one service.

    Attributes:
        key: row in ChangeKeys.
        family: index into ChangeC2s.families.
        first: first contact of any of its C2s, days.
        second: first contact of the second one (co-located ones count once), days.
        since: from this time on, at the earliest, it was in use (bound of the coverage asked for), days.
        users: C2s that met it, u.
        after, before: C2s at work after the first contact and before it, c and c0.
        unseen: chance that it was in use before.
        earlier: such services before it, x.
        weeks: covered weeks of the family's history before it, T.
        weekly: chance of one within a week, by that history; None where the history is too short.
        needed_weeks: history with as many such services from which one within a week would be unusual.
    """

    key: int
    family: int
    first: float
    second: float
    since: float
    users: int
    after: int
    before: int
    unseen: float
    earlier: int
    weeks: float
    weekly: float | None
    needed_weeks: float


def first_contacts(tables: ChangeTables, *, settings: ChangeSettings) -> tuple[FirstContact, ...]:
    """Services that were new to a family, in order of time.

    Args:
        tables: what there is.
        settings: what is assumed.
    """
    found = []
    for family in range(len(tables.c2s.families)):
        work = _Family(tables, family, settings)
        seen = [one for key in work.shared() if (one := work.contact(key)) is not None]
        seen.sort(key=lambda one: (one.second, one.key))
        found += [work.judged(one, seen[:place]) for place, one in enumerate(seen)]
    return tuple(sorted(found, key=lambda one: (one.first, one.key, one.family)))


@dataclass(frozen=True, slots=True)
class _Family:
    """The C2s of one family."""

    tables: ChangeTables
    family: int
    settings: ChangeSettings

    def shared(self) -> list[int]:
        """Keys that it shares beyond chance."""
        keys, pairs = self.tables.keys, self.tables.pairs
        able = keys.beyond_chance & ~keys.aside & (keys.hosts <= self.settings.most_hosts)
        mine = (self.tables.c2s.family[pairs.c2] == self.family) & able[pairs.key]
        return sorted(set(pairs.key[mine].tolist()))

    def _spans(self) -> tuple[Int64s, Floats, Floats]:
        """Clusters of its C2s with the first and last time at which they were at work."""
        c2s = self.tables.c2s
        mine = np.flatnonzero((c2s.family == self.family) & ~np.isnan(c2s.works_from))
        cluster, place = np.unique(c2s.cluster[mine], return_inverse=True)
        low, high = np.full(len(cluster), np.inf), np.full(len(cluster), -np.inf)
        np.minimum.at(low, place.reshape(-1), c2s.works_from[mine])
        np.maximum.at(high, place.reshape(-1), c2s.works_until[mine])
        return cluster.astype(np.int64), low, high

    def contact(self, key: int) -> FirstContact | None:
        """The first contact with a key, where it was new."""
        pairs, c2s = self.tables.pairs, self.tables.c2s
        rows = pairs.rows_of(key)
        rows = rows[c2s.family[pairs.c2[rows]] == self.family]
        users, place = np.unique(c2s.cluster[pairs.c2[rows]], return_inverse=True)
        if len(users) < self.settings.least_shared:
            return None
        begins = np.full(len(users), np.inf)
        np.minimum.at(begins, place.reshape(-1), pairs.first[rows])
        first, second = np.sort(begins)[:2].tolist()
        cluster, low, high = self._spans()
        if not len(cluster) or first < float(low.min()) + _SETTLES_DAYS:
            return None
        known = np.isin(users, cluster)
        took = begins[known] - np.maximum(low[np.searchsorted(cluster, users[known])], first)
        least = max(float(np.median(took)) if len(took) else 0.0, self.settings.step_days)
        used = np.isin(cluster, users)
        after = int(
            (
                (np.minimum(high, self.tables.coverage.end_days) - np.maximum(low, first) >= least) & ~used
            ).sum()
        )
        after += len(users)
        before = int((np.minimum(high, first) - low >= least).sum())
        steps = np.arange(before)
        unseen = float(np.prod((after - len(users) + 0.5 + steps) / (after + 1.0 + steps)))
        if unseen > self.settings.unseen_below:
            return None
        return FirstContact(
            key, self.family, first, second, self._earliest(rows, first), len(users), after, before, unseen,
            0, 0.0, None, 0.0,
        )  # fmt: skip

    def _earliest(self, rows: Int64s, first: float) -> float:
        """How much before the first contact seen it may have begun: that of its C2s which was first."""
        pairs, c2s = self.tables.pairs, self.tables.c2s
        row = rows[int(np.argmin(pairs.first[rows]))]
        tail = (1.0 - self.settings.coverage) / 2
        unseen = float(pairs.scale[row] * (tail ** (-1.0 / pairs.shape[row]) - 1.0))
        works = float(np.nan_to_num(c2s.works_from[pairs.c2[row]], nan=0.0))
        return max(first - unseen, min(works, first), 0.0)

    def judged(self, one: FirstContact, before: list[FirstContact]) -> FirstContact:
        """With the family's history before it."""
        _, low, high = self._spans()
        grid = np.arange(0.0, self.tables.coverage.end_days, 0.25)
        at_work = ((low[:, None] <= grid) & (grid <= high[:, None])).sum(axis=0) >= self.settings.least_shared
        share = self.tables.coverage.share.mean(axis=0)
        covered = share[np.minimum((grid + self._offset()).astype(np.int64), len(share) - 1)]
        counts = at_work & (grid >= float(low.min()) + _SETTLES_DAYS) & (grid < one.first)
        weeks = float((covered * counts).sum()) * 0.25 / 7
        earlier = len(before)
        root = (1.0 - self.settings.unusual_below) ** (1.0 / (earlier + 0.5))
        long_enough = weeks >= self.settings.history_weeks
        weekly = 1.0 - (weeks / (weeks + 1.0)) ** (earlier + 0.5) if long_enough else None
        return replace(one, earlier=earlier, weeks=weeks, weekly=weekly, needed_weeks=root / (1.0 - root))

    def _offset(self) -> float:
        """The first record's time of day, as a share of a day."""
        coverage = self.tables.coverage
        return float((coverage.from_us - coverage.day_us[0]) / 86_400_000_000)
