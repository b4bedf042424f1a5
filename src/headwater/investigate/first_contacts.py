"""When did a family come to a service that was new to it, and how unusual is that by its own history?

Told are services that matter: those that the hunt takes for upstreams, and those that it calls associated
where at least half of all hosts seen with them are listed C2s. A popular service has other clients. Each
needs several C2s of the family, is no hub, and nothing else explains it. Where the first contact lies in the
family's first week in the records, nothing is said: that is where contact begins that was there all along.

*Was it new?* newness.py has the chance that it was in use before and was missed. Below `unseen_below` it was
new; else that is undecided, and told as such.

*Is that unusual?* If the family came to x such services in T covered weeks before, decided or not, the chance
of one more within a week is 1 - (T / (T + 1))^(x + 1/2) (a Poisson process whose rate has Jeffreys' prior,
integrated out). With a short history that is never small: what T would have to be is said instead.
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.measurements import Bools, Int64s
from headwater.investigate.newness import Lives, Newness, lives_of, newness

_SETTLES_DAYS = 7.0  # of a family's first days nothing can be called new


_PROBABLE = 0.97  # of 154 told with a chance below .01 on tuning worlds, one was not new


@dataclass(frozen=True, slots=True)
class FirstContact:
    """A family's first contact with one service.

    Attributes:
        key: row in ChangeKeys.
        family: index into ChangeC2s.families.
        since: from this time on, at the earliest, it was in use (bound of the coverage asked for), days.
        new: what speaks for its being new to the family.
        decided: the chance that it was missed is small enough to call it new.
        others: hosts of any kind, C2s of other families among them, that met it before; None where nobody
            looked.
        earlier: such services before it, x.
        weeks: covered weeks of the family's history before it, T.
        weekly: chance of one within a week, by that history; None where the history is too short.
        needed_weeks: history with as many such services from which one within a week would be unusual.
    """

    key: int
    family: int
    since: float
    new: Newness
    decided: bool
    others: int | None
    earlier: int
    weeks: float
    weekly: float | None
    needed_weeks: float

    @property
    def probability(self) -> float | None:
        """That it was new to the family; None where that is undecided.

        On tuning worlds (`changes`, seeds 0 to 8 and 20 to 30), of those with a chance to be missed below
        .001 all 66 were new, to .01 87 of 88, to .05 64 of 68.
        """
        return max(_PROBABLE - self.new.unseen, 0.0) if self.decided else None


def first_contacts(tables: ChangeTables, *, settings: ChangeSettings) -> tuple[FirstContact, ...]:
    """Services that were new to a family, in order of time.

    Args:
        tables: what there is.
        settings: what is assumed.
    """
    found = []
    for family in range(len(tables.c2s.families)):
        work = _Family(tables, family, lives_of(tables, family), settings)
        seen = [(key, new) for key in work.shared() if (new := work.newness(key)) is not None]
        seen.sort(key=lambda one: (one[1].second, one[0]))
        found += [work.judged(key, new, earlier) for earlier, (key, new) in enumerate(seen)]
    return tuple(sorted(found, key=lambda one: (one.new.first, one.key, one.family)))


def telling(tables: ChangeTables, *, settings: ChangeSettings) -> Bools:
    """Which keys matter, shape (m,): upstreams, and what mostly C2s meet beyond chance."""
    keys, pairs = tables.keys, tables.pairs
    c2s = np.bincount(pairs.key, minlength=len(keys.hi))
    able = keys.beyond_chance & ~keys.aside & (keys.hosts <= settings.most_hosts)
    return np.asarray(able & (keys.upstreams | (2 * c2s >= keys.hosts)))


@dataclass(frozen=True, slots=True)
class _Family:
    """The C2s of one family."""

    tables: ChangeTables
    family: int
    lives: Lives
    settings: ChangeSettings

    def shared(self) -> list[int]:
        """Keys that matter and that some of its C2s met."""
        pairs = self.tables.pairs
        able = telling(self.tables, settings=self.settings)
        mine = (self.tables.c2s.family[pairs.c2] == self.family) & able[pairs.key]
        return sorted(set(pairs.key[mine].tolist()))

    def _rows(self, key: int) -> Int64s:
        rows = self.tables.pairs.rows_of(key)
        mine = self.tables.c2s.family[self.tables.pairs.c2[rows]] == self.family
        return np.asarray(rows[mine], np.int64)

    def newness(self, key: int) -> Newness | None:
        """Whether a key was new; None where too few C2s met it or contact begins with the records."""
        rows, c2s = self._rows(key), self.tables.c2s
        few = len(set(c2s.cluster[self.tables.pairs.c2[rows]].tolist())) < self.settings.least_shared
        if few or not len(self.lives.cluster):
            return None
        if float(self.tables.pairs.first[rows].min()) < float(self.lives.low.min()) + _SETTLES_DAYS:
            return None
        return newness(self.tables, rows, self.lives, settings=self.settings)

    def _others(self, key: int, first: float) -> int | None:
        """Hosts of any kind that met it in slots of time before the first contact's."""
        visits = self.tables.visits
        mine = visits.key == key
        return int((visits.first[mine] + visits.slot_days <= first).sum()) if mine.any() else None

    def _earliest(self, rows: Int64s, first: float) -> float:
        """How much before the first contact seen it may have begun: that of its C2s which was first."""
        pairs, c2s = self.tables.pairs, self.tables.c2s
        row = rows[int(np.argmin(pairs.first[rows]))]
        tail = (1.0 - self.settings.coverage) / 2
        unseen = float(pairs.scale[row] * (tail ** (-1.0 / pairs.shape[row]) - 1.0))
        works = float(np.nan_to_num(c2s.works_from[pairs.c2[row]], nan=0.0))
        return max(first - unseen, min(works, first), 0.0)

    def judged(self, key: int, new: Newness, earlier: int) -> FirstContact:
        """With the family's history before it, in which it came to so many such services."""
        low, high = self.lives.low, self.lives.high
        grid = np.arange(0.0, self.tables.coverage.end_days, 0.25)
        at_work = ((low[:, None] <= grid) & (grid <= high[:, None])).sum(axis=0) >= self.settings.least_shared
        share = self.tables.coverage.share.mean(axis=0)
        covered = share[np.minimum((grid + self._offset()).astype(np.int64), len(share) - 1)]
        counts = at_work & (grid >= float(low.min()) + _SETTLES_DAYS) & (grid < new.first)
        weeks = float((covered * counts).sum()) * 0.25 / 7
        root = (1.0 - self.settings.unusual_below) ** (1.0 / (earlier + 0.5))
        long_enough = weeks >= self.settings.history_weeks
        return FirstContact(
            key=key, family=self.family, since=self._earliest(self._rows(key), new.first), new=new,
            decided=new.unseen < self.settings.unseen_below, others=self._others(key, new.first),
            earlier=earlier, weeks=weeks,
            weekly=1.0 - (weeks / (weeks + 1.0)) ** (earlier + 0.5) if long_enough else None,
            needed_weeks=root / (1.0 - root),
        )  # fmt: skip

    def _offset(self) -> float:
        """The first record's time of day, as a share of a day."""
        coverage = self.tables.coverage
        return float((coverage.from_us - coverage.day_us[0]) / 86_400_000_000)
