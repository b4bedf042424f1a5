"""What does one step of a walk reckon with? The nodes of a tier as seeds, and what they share, measured."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.model.candidate import PeerRole
from headwater.score.statistics import Statistics

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seed:
    """One node of the tier that a step begins with.

    Attributes:
        address: IPv4 or IPv6 text.
        hi, lo: its address key.
        owner: number of its owner; seeds of one owner, /24 or /64 share it.
        weight: what a link to it counts, in [0, 1].
        behind: numbers of the independent groups of listed C2s behind it.
        path: addresses from a listed C2 up to it.
        role: which side of its contact with the tier below it is.
        port: service port of that contact: its own in server role, that of the tier below in client role.
        first_us, last_us: when it was in contact with the tier below, microseconds since 1970 UTC.
    """

    address: str
    hi: int
    lo: int
    owner: int
    weight: float
    behind: frozenset[int]
    path: tuple[str, ...]
    role: PeerRole
    port: int
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True)
class Comings:
    """How each candidate comes to the seeds, or they to it; m rows in the order of Statistics.candidates.

    Attributes:
        connections, pair_days, told, long, mirrored: as from headwater.measure.connections, shape (m,).
        hours: begin of each hour in which a connection began, microseconds since 1970 UTC; one array a row.
    """

    connections: Int64s
    pair_days: Int64s
    told: Int64s
    long: Int64s
    mirrored: Int64s
    hours: tuple[Int64s, ...]


@dataclass(frozen=True, slots=True)
class TierTables:
    """Everything that one step reads.

    Attributes:
        seeds: nodes of the tier below, in the order of Statistics.c2s.
        statistics: as a hunt measures with the seeds in place of listed C2s.
        comings: of the candidates.
        networks: name of the network of each candidate, "" where nobody knows.
        visited: listed C2s that each candidate's address calls at on their own ports or on several others,
            shape (m,).
        listed: candidates that a list names as C2s, shape (m,).
        reserved: name of the range that is no part of the Internet in which each candidate lies, "" for none.
        known: address keys of nodes of the map to their tier.
        tier: in which the candidates would stand.
    """

    seeds: tuple[Seed, ...]
    statistics: Statistics
    comings: Comings
    networks: tuple[str, ...]
    visited: Int64s
    listed: Bools
    reserved: tuple[str, ...]
    known: dict[tuple[int, int], int]
    tier: int
