"""Which nodes of the tier below stand behind a candidate, and how many of them are independent witnesses?

Hosts of one /24, /64 or owner are one witness. Through a node a candidate reaches the listed C2s behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from headwater.investigate.tiers_tables import Seed, TierTables
from headwater.model.candidate import PeerRole
from headwater.score.statistics import SERVER, Contacts


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind one candidate.

    Attributes:
        seeds: rows of the seeds in contact, ordered.
        links: independent ones.
        weight: sum of their weights, the heaviest of each owner.
        behind: numbers of the independent groups of listed C2s that it reaches through them.
        best: the seed of its best path.
    """

    seeds: tuple[int, ...]
    links: int
    weight: float
    behind: frozenset[int]
    best: Seed


def owners(asn: npt.ArrayLike, *, hi: npt.ArrayLike, lo: npt.ArrayLike, v4: npt.ArrayLike) -> list[int]:
    """A number for each owner: the AS where it is known, else the /24 or /64.

    Args:
        asn: AS number of each host, -1 where unknown, shape (n,).
        hi: upper halves of the address keys, shape (n,).
        lo: lower halves, shape (n,).
        v4: which are IPv4, shape (n,).
    """
    known, high = np.asarray(asn, np.int64), np.asarray(hi, np.int64)
    block = np.where(np.asarray(v4, np.bool_), np.asarray(lo, np.int64) >> 8, 0)
    unknown = known < 0
    keys = np.column_stack([known, np.where(unknown, high, 0), np.where(unknown, block, 0)])
    found: list[int] = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1).tolist()
    return found


def backing(tables: TierTables, rows: npt.NDArray[np.intp], *, of: Sequence[npt.NDArray[np.intp]]) -> Backing:
    """What stands behind one address, all its keys together.

    Args:
        tables: measured.
        rows: its candidates.
        of: seeds in contact with each candidate, as from `seeds_met`.
    """
    places = sorted({int(seed) for row in rows.tolist() for seed in of[row]})
    mine = [tables.seeds[place] for place in places]
    by_owner: dict[int, float] = {}
    for seed in mine:
        by_owner[seed.owner] = max(by_owner.get(seed.owner, 0.0), seed.weight)
    best = min(mine, key=lambda seed: (-seed.weight, -len(seed.behind), seed.hi, seed.lo))
    return Backing(
        tuple(places),
        len(by_owner),
        sum(by_owner.values()),
        frozenset().union(*(s.behind for s in mine)),
        best,
    )


def upward(tables: TierTables) -> TierTables:
    """The tables without contact downward: what a seed in client role meets on the port of its tier below.

    That is what it runs, and not above it.
    """
    statistics = tables.statistics
    contacts, candidates = statistics.contacts, statistics.candidates
    down = np.array([seed.port if seed.role is PeerRole.CLIENT else -1 for seed in tables.seeds], np.int64)
    serves = candidates.role[contacts.candidate] == SERVER
    kept = ~(serves & (candidates.port[contacts.candidate] == down[contacts.c2]))
    columns = {name: getattr(contacts, name)[kept] for name in contacts.__slots__}
    return replace(tables, statistics=replace(statistics, contacts=Contacts(**columns)))


def seeds_met(tables: TierTables) -> list[npt.NDArray[np.intp]]:
    """Seeds in contact with each candidate off their own ports, by row."""
    contacts, count = tables.statistics.contacts, len(tables.statistics.candidates.hi)
    kept = ~contacts.on_c2_port
    found: list[npt.NDArray[np.intp]] = [np.empty(0, np.intp)] * count
    owner, met = contacts.candidate[kept], contacts.c2[kept]
    order = np.argsort(owner, kind="stable")
    rows, first = np.unique(owner[order], return_index=True)
    ends = [*first[1:].tolist(), len(met)]
    for row, begin, end in zip(rows.tolist(), first.tolist(), ends[: len(rows)], strict=True):
        found[row] = np.unique(met[order[begin:end]]).astype(np.intp)
    return found


def own_ports_hit(tables: TierTables, rows: npt.NDArray[np.intp]) -> frozenset[int]:
    """Seeds on whose own service ports an address calls, as those below do."""
    contacts = tables.statistics.contacts
    mine = np.isin(contacts.candidate, rows) & contacts.on_c2_port
    return frozenset(contacts.c2[mine].tolist())
