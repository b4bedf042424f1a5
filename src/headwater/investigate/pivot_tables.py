"""What does a pivot reckon with? The clients of one confirmed service, and what they serve themselves."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.score.statistics import Statistics

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PivotClients:
    """Hosts in contact with the service, n rows ordered by address key.

    Attributes:
        hi, lo: address key, shape (n,).
        c2: row in `Statistics.c2s` of a listed C2, -1 for any other host, shape (n,).
        on_c2_port: the contact is on a listed C2's own port, shape (n,): what bots and trackers make.
        first_us, last_us: first start and last end, microseconds since 1970 UTC, shape (n,).
        flows, sessions, days: counts, shape (n,).
        hour_of_day: hours with contact by hour of the day (UTC), shape (n, 24).
        visited: listed C2s on whose listening port it calls, shape (n,); scanners' calls are not counted.
        scanner: it tries more hosts than anybody has business with, shape (n,).
        read: row in `Statistics.strangers`, -1 where its own flows were not read, shape (n,).
        upstreams: other confirmed upstreams that it is in contact with, shape (n,).
        known_as: what labels and warning lists call it, one tuple a row; hostile text.
        accepted: an analyst took it for a C2 after an earlier pivot, shape (n,).
    """

    hi: Int64s
    lo: Int64s
    c2: Int32s
    on_c2_port: Bools
    first_us: Int64s
    last_us: Int64s
    flows: Int64s
    sessions: Int64s
    days: Int64s
    hour_of_day: Int64s
    visited: Int64s
    scanner: Bools
    read: Int32s
    upstreams: Int64s
    known_as: tuple[tuple[str, ...], ...]
    accepted: Bools


@dataclass(frozen=True, slots=True)
class PivotTables:
    """Everything that the reckoning of one pivot reads.

    Attributes:
        clients: who is in contact with the service.
        statistics: as a hunt measures for this one key, with strangers; its only candidate is the service.
        ordinary_upstreams: share in [0, 1] of ordinary hosts in contact with another confirmed upstream.
        ordinary: ordinary hosts that were read to compare with.
        confirmed: other confirmed upstreams that labels name.
        clients_left_out: further clients that are not told one by one.
    """

    clients: PivotClients
    statistics: Statistics
    ordinary_upstreams: float
    ordinary: int
    confirmed: int
    clients_left_out: int = 0
