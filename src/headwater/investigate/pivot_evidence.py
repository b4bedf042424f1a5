"""What speaks for and against each unlisted client of a confirmed service? Natural log likelihood ratios.

    fan_in      who comes to its own port: as many as to listed C2s, or as to ordinary hosts of its network
    peers       how many of those check in at listed C2s, against ordinary hosts (headwater.score.strangers)
    sessions    as many sessions with the service as the listed C2s have, or as the other clients
    hours       at the hours of the day of the listed C2s, or of the other clients
    upstreams   contact with other confirmed upstreams, against ordinary hosts
    checks_in   it checks in at listed C2s itself, as victims do
    doubted     a warning list names it

Sessions, hours and check-ins are learned at the service itself, from its listed C2s and from its other
clients, these weighed by how little they look like C2s; a common distribution stands beside, so that few
clients say little. Read a ratio so: 0 says nothing, 3 that the client is 20 times as likely to look so if it
is a C2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.investigate.pivot_settings import PivotSettings
from headwater.investigate.pivot_tables import Int64s, PivotClients, PivotTables
from headwater.score.strangers import StrangerRatios

Floats = npt.NDArray[np.float64]

_SESSION_BINS = 6  # 1, 2-3, 4-7, 8-15, 16-31, 32 and more
_HOURS = 24
_NAMED_LIST = "warning list "


@dataclass(frozen=True, slots=True)
class PivotEvidence:
    """Ratios of every client looked at, each of shape (h,).

    Attributes:
        fan_in, peers, sessions, hours, upstreams, checks_in, doubted: as above.
    """

    fan_in: Floats
    peers: Floats
    sessions: Floats
    hours: Floats
    upstreams: Floats
    checks_in: Floats
    doubted: Floats

    def total(self, settings: PivotSettings) -> Floats:
        """The sum; services count up to their limit."""
        services = np.clip(self.fan_in + self.peers, -settings.ratio_limit, settings.ratio_limit)
        return services + self.sessions + self.hours + self.upstreams + self.checks_in + self.doubted


def of_services(
    tables: PivotTables, rows: npt.NDArray[np.intp], ratios: StrangerRatios, *, settings: PivotSettings
) -> PivotEvidence:
    """What does not depend on the other clients of the service.

    Args:
        tables: measured.
        rows: clients looked at, shape (h,).
        ratios: of all hosts that were read.
        settings: what is assumed.

    Returns:
        Evidence with nothing yet of sessions, hours and check-ins.
    """
    clients, nothing = tables.clients, np.zeros(len(rows))
    read = clients.read[rows]
    by_chance = max(tables.ordinary_upstreams, 0.5 / (tables.ordinary + 1.0))
    one = min(max(np.log(settings.other_upstream / by_chance), 0.0), settings.other_upstream_limit)
    doubted = np.array([any(n.startswith(_NAMED_LIST) for n in clients.known_as[row]) for row in rows], bool)
    return PivotEvidence(
        fan_in=ratios.fan_in[read], peers=ratios.peers[read], sessions=nothing, hours=nothing,
        upstreams=np.where(clients.upstreams[rows] > 0, one, 0.0), checks_in=nothing,
        doubted=np.where(doubted, -settings.doubted, 0.0),
    )  # fmt: skip


def with_likeness(
    found: PivotEvidence,
    tables: PivotTables,
    rows: npt.NDArray[np.intp],
    ordinary: Floats,
    *,
    settings: PivotSettings,
) -> PivotEvidence:
    """The same with sessions, hours and check-ins.

    Args:
        found: as from `of_services`.
        tables: measured.
        rows: clients looked at, shape (h,).
        ordinary: how likely each of them is no C2, in [0, 1], shape (h,).
        settings: what is assumed.
    """
    clients = tables.clients
    known = np.flatnonzero((clients.c2 >= 0) & ~clients.on_c2_port)
    return PivotEvidence(
        fan_in=found.fan_in, peers=found.peers,
        sessions=_sessions(clients, known, rows, ordinary, settings),
        hours=_hours(clients, known, rows, ordinary, settings),
        upstreams=found.upstreams,
        checks_in=_checks_in(clients, known, rows, ordinary, settings),
        doubted=found.doubted,
    )  # fmt: skip


def _bin_of(sessions: Int64s) -> npt.NDArray[np.intp]:
    return np.minimum(np.log2(np.maximum(sessions, 1)), _SESSION_BINS - 1).astype(np.intp)


def _sessions(
    clients: PivotClients,
    known: npt.NDArray[np.intp],
    rows: npt.NDArray[np.intp],
    ordinary: Floats,
    settings: PivotSettings,
) -> Floats:
    bins = np.eye(_SESSION_BINS)[_bin_of(clients.sessions)]
    ratio = _log_ratio(bins, known, rows, ordinary, weight=settings.alike_weight)
    return np.clip(ratio, -settings.alike_limit, settings.alike_limit)


def _log_ratio(
    share: Floats,
    known: npt.NDArray[np.intp],
    rows: npt.NDArray[np.intp],
    ordinary: Floats,
    *,
    weight: float,
) -> Floats:
    """Mean log ratio of each client's bins under the listed C2s' distribution and under the others'.

    Each distribution is mixed with what both have in common; a client is none of the others to itself.

    Args:
        share: of each client in each bin, summing to 1, shape (n, bins).
        known: listed C2s.
        rows: clients looked at, shape (h,).
        ordinary: how likely each is no C2, shape (h,).
        weight: clients that the common distribution is worth.
    """
    of_c2s = share[known].sum(axis=0)[None, :]
    of_others = (ordinary @ share[rows])[None, :] - ordinary[:, None] * share[rows]
    both = of_c2s + of_others
    common = (both + 1.0 / share.shape[1]) / (both.sum(axis=1, keepdims=True) + 1.0)
    shares = [
        (each + weight * common) / (each.sum(axis=1, keepdims=True) + weight) for each in (of_c2s, of_others)
    ]
    return np.asarray((share[rows] * (np.log(shares[0]) - np.log(shares[1]))).sum(axis=1), np.float64)


def _hours(
    clients: PivotClients,
    known: npt.NDArray[np.intp],
    rows: npt.NDArray[np.intp],
    ordinary: Floats,
    settings: PivotSettings,
) -> Floats:
    """Mean over the client's hours; every host counts as one, however often it came."""
    hours = clients.hour_of_day.astype(np.float64)
    share = hours / np.maximum(hours.sum(axis=1, keepdims=True), 1.0)
    # neighbouring hours share: few hosts come in all of a shift's hours
    share = (np.roll(share, 1, axis=1) + 2.0 * share + np.roll(share, -1, axis=1)) / 4.0
    weight = settings.alike_weight * _HOURS / _SESSION_BINS  # more bins, so more is worth as much
    ratio = _log_ratio(share, known, rows, ordinary, weight=weight)
    return np.clip(ratio, -settings.alike_limit, settings.alike_limit)


def _checks_in(
    clients: PivotClients,
    known: npt.NDArray[np.intp],
    rows: npt.NDArray[np.intp],
    ordinary: Floats,
    settings: PivotSettings,
) -> Floats:
    """Against a client that checks in, where the listed C2s of the service seldom do; never for one."""
    told = clients.visited > 0
    of_c2s = (float(told[known].sum()) + 0.5) / (len(known) + 1.0)
    bots = float(ordinary @ told[rows]) - ordinary * told[rows]  # a client is none of the others to itself
    of_others = (bots + 0.5) / (float(ordinary.sum()) - ordinary + 1.0)
    ratio = np.clip(np.log(of_c2s / of_others), -settings.checks_in_limit, 0.0)
    return np.where(told[rows], ratio, 0.0)
