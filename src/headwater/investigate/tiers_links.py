"""Which nodes of the tier below stand behind a candidate, and how many of them are independent witnesses?

Hosts of one /24 or /64 are one witness. What nodes of one owner (one AS) may have in common is that owner:
his administrator, his monitoring, his backup. Such a candidate meets his other customers, too. So beyond the
first, a node of one owner counts as far as that is ruled out: for the posterior of "only they" against "his
customers", k nodes among D contacts there,

    x = U / (U + A)       U = BetaBin(k; D, 3, 2), A = BetaBin(k; D, 0.5, 4)

the two shares being those of the three-way posterior. D is not measured: all contacts of the candidate that
are no nodes elsewhere are taken to be there, which is the most it can be. Read x so: 3 of 3 give .96, 3 of 6
.80, 3 of 10 .54, 3 of 100 less than .01.

Through a node a candidate reaches the listed C2s behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betaln

from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import Seed, TierTables
from headwater.model.address import is_ipv4
from headwater.model.candidate import PeerRole
from headwater.score.settings import Settings
from headwater.score.statistics import SERVER


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind one candidate.

    Attributes:
        seeds: rows of the seeds in contact, ordered.
        links: independent ones; of one owner those beyond the first only where x is one half at least.
        owners: different owners of them.
        apart: x of the owner of most of them, 1 where each has another.
        weight: sum of their weights, the heaviest of each block; of one owner those beyond the first times x.
        behind: numbers of the independent groups of listed C2s that it reaches through them.
        best: the seed of its best path.
    """

    seeds: tuple[int, ...]
    links: int
    owners: int
    apart: float
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


def backing(
    tables: TierTables,
    rows: npt.NDArray[np.intp],
    *,
    of: Sequence[npt.NDArray[np.intp]],
    contacts: int,
    settings: Settings,
) -> Backing:
    """What stands behind one address, all its keys together.

    Args:
        tables: measured.
        rows: its candidates.
        of: seeds in contact with each candidate, as from `seeds_met`.
        contacts: distinct hosts in contact with it.
        settings: which shares of nodes "only they" and "customers" have.
    """
    places = sorted({int(seed) for row in rows.tolist() for seed in of[row]})
    mine = [tables.seeds[place] for place in places]
    links, weight, most, told = 0, 0.0, 1, 1.0
    strangers = max(contacts - len(mine), 0)
    by_owner: dict[int, dict[tuple[int, int], float]] = {}
    for seed in mine:
        blocks = by_owner.setdefault(seed.owner, {})
        blocks[block(seed)] = max(blocks.get(block(seed), 0.0), seed.weight)
    for blocks in by_owner.values():
        heaviest, *further = sorted(blocks.values(), reverse=True)
        apart = only_they(len(blocks), len(blocks) + strangers, settings=settings)
        if len(blocks) > most:
            most, told = len(blocks), apart
        links += 1 + (len(further) if apart >= 0.5 else 0)
        weight += heaviest + apart * sum(further)
    best = min(mine, key=lambda seed: (-seed.weight, -len(seed.behind), seed.hi, seed.lo))
    behind = frozenset().union(*(seed.behind for seed in mine))
    return Backing(tuple(places), links, len(by_owner), told, weight, behind, best)


def of_several(backing: Backing, settings: TierSettings) -> bool:
    """Whether the nodes have more in common than their owner: two owners, or one who clearly is not it."""
    return backing.owners >= settings.needed_owners or (
        len(backing.seeds) > 1 and backing.apart >= settings.one_owner
    )


def block(seed: Seed) -> tuple[int, int]:
    """Its /24 or /64, as a key."""
    return seed.hi, seed.lo >> 8 if is_ipv4(seed.hi, seed.lo) else 0


def only_they(nodes: int, contacts: int, *, settings: Settings) -> float:
    """x: how likely a candidate meets nodes of one owner for their own sake, and not as his customers.

    Args:
        nodes: of that owner in contact with it.
        contacts: all hosts of that owner in contact with it.
        settings: which shares of nodes the two have.
    """

    def log_likelihood(shape: tuple[float, float]) -> float:
        a, b = shape
        return float(betaln(nodes + a, contacts - nodes + b) - betaln(a, b))

    odds = log_likelihood(settings.upstream_share) - log_likelihood(settings.shared_share)
    return float(1.0 / (1.0 + np.exp(-odds)))


def upward(tables: TierTables) -> TierTables:
    """The tables without contact downward: what a seed in client role meets on the port of its tier below.

    That is what it runs, and not above it.
    """
    statistics = tables.statistics
    contacts, candidates = statistics.contacts, statistics.candidates
    down = np.array([seed.port if seed.role is PeerRole.CLIENT else -1 for seed in tables.seeds], np.int64)
    serves = candidates.role[contacts.candidate] == SERVER
    kept = ~(serves & (candidates.port[contacts.candidate] == down[contacts.c2]))
    return replace(tables, statistics=replace(statistics, contacts=contacts.where(kept)))


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
