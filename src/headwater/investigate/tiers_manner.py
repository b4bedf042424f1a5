"""Does a client come as one who runs the nodes below? Its ports, its hours, how often and how long it stays.

Hours of work are ten hours from 8 in the morning, Monday to Friday, in a time zone that nobody knows. With q
of all hours with a new connection inside them, against any hour of the week,

    LR = mean over the 24 zones of (q / s)^inside ((1 - q) / (1 - s))^outside        s = 50 / 168, q = .85

Read log10 LR so: 1 is ten to one for hours of work; below 0 it comes at any hour. A night shift looks like
another zone's day; who works at weekends looks like a machine here.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import Bools, Comings, TierTables
from headwater.model.tier_map import Manner
from headwater.score.statistics import SERVER

MANAGEMENT_PORTS = frozenset(
    {
        22, 2222, 8022, 22_222,  # ssh, and where it is often moved to
        23, 3389, 5900, 5901, 5985, 5986, 5938, 7070,  # telnet, rdp, vnc, winrm, TeamViewer, AnyDesk
        500, 1194, 1701, 1723, 4500, 51_820,  # IKE, OpenVPN, L2TP, PPTP, IPsec NAT-T, WireGuard
        1433, 1521, 3306, 5432, 6379, 9200, 27_017,  # databases
    }
)  # fmt: skip
_FROM, _UNTIL, _WORKDAYS = 8, 18, 5
_SHARE = (_UNTIL - _FROM) * _WORKDAYS / 168
_AT_WORK = 0.85  # share of a person's hours inside hours of work; assumed
_HOUR_US = 3_600_000_000
_MONDAY = 96  # hours from 1970-01-01, a Thursday, to the first Monday


def working_hours(hours_us: npt.NDArray[np.int64]) -> float:
    """log10 of how much likelier these hours are at work in one time zone than at any hour; 0 without any.

    Args:
        hours_us: begin of each hour with a new connection, microseconds since 1970 UTC, distinct.
    """
    if not len(hours_us):
        return 0.0
    week = (hours_us // _HOUR_US - _MONDAY)[None, :] + np.arange(24)[:, None]
    hour, day = week % 24, week // 24 % 7
    inside = ((hour >= _FROM) & (hour < _UNTIL) & (day < _WORKDAYS)).sum(axis=1)
    outside = len(hours_us) - inside
    each = inside * np.log(_AT_WORK / _SHARE) + outside * np.log((1 - _AT_WORK) / (1 - _SHARE))
    return float((logsumexp(each) - np.log(24)) / np.log(10))


def manner_of(comings: Comings, rows: npt.NDArray[np.intp], *, ports: frozenset[int], told: int) -> Manner:
    """How one client comes, all its ports together.

    Args:
        comings: of all candidates.
        rows: its candidates.
        ports: its service ports.
        told: fewest connections that show their length, for a share of long ones.
    """
    shown = int(comings.told[rows].sum())
    return Manner(
        management=bool(ports & MANAGEMENT_PORTS),
        working_hours=working_hours(np.unique(np.concatenate([comings.hours[row] for row in rows.tolist()]))),
        connections_a_day=float(comings.connections[rows].sum() / max(int(comings.pair_days[rows].sum()), 1)),
        long_share=float(comings.long[rows].sum() / shown) if shown >= told else None,
        told=shown,
    )


def serves(tables: TierTables) -> Bools:
    """Which candidates the seeds connect to, as far as that can be told, shape (m,).

    Where both sides speak from the same port (IKE, some WireGuard) or from none (ESP) nothing in flows tells
    who came to whom, and fan-in finds a server in whoever meets most. Such a one may be a person, and is
    taken for a client.
    """
    comings = tables.comings
    either = 2 * comings.mirrored > comings.connections
    return np.asarray((tables.statistics.candidates.role == SERVER) & ~either, np.bool_)


def works(manner: Manner, *, posterior: float, settings: TierSettings) -> bool:
    """Whether it comes as a person does who runs what is below.

    On a management port, at hours of work, seldom, and for long. Sampling hides how long most connections
    are; where too few show it, the hours have to say more, and its contacts that it runs little else.

    Args:
        manner: how it comes.
        posterior: that it stands behind the nodes, from its contacts.
        settings: what is assumed.
    """
    few = manner.connections_a_day <= settings.connections_a_day
    if manner.long_share is None:
        long, hours = posterior >= settings.surely, settings.surely_hours
    else:
        long, hours = manner.long_share >= settings.long_share, settings.working_hours
    return manner.management and manner.working_hours >= hours and few and long


def like_a_machine(manner: Manner, settings: TierSettings) -> bool:
    """Whether it clearly comes as a program does: at any hour, and seldom long or very often."""
    short = manner.long_share is not None and manner.long_share < settings.long_share / 2
    often = manner.connections_a_day > 4 * settings.connections_a_day
    return manner.working_hours < -settings.working_hours and (short or often)
