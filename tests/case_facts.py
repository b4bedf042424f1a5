"""Facts of cases made by hand, for tests of evidence. SYNTHETIC: nothing here was observed.

Everything is neutral unless a test says otherwise: one client a row, one listed C2 a row, both in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from headwater.investigate.facts import Facts
from headwater.investigate.measurements import Clients, Days, Listed, Measurements, Sessions
from headwater.model.address import key_of
from headwater.model.candidate import PeerRole
from headwater.model.service import Service
from headwater.model.timeline import Interval, SessionSplit, Timeline
from headwater.model.window import micros_of

DAY_US = 86_400_000_000
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
SERVICE = Service("203.0.113.77", 38400, 6)
LENGTH_DAYS = 200
_APART_US = 7_000_000  # between sessions of different C2s, so that none begin in one second


def at(day: float) -> datetime:
    """A moment so many days after the first record."""
    return BEGIN + timedelta(days=day)


def at_us(day: float) -> int:
    """The same in microseconds since 1970."""
    return micros_of(at(day))


@dataclass(frozen=True)
class C2:
    """A listed C2, and its contact with the service unless `sessions` is 0."""

    address: str
    group: str = "dridex"
    first: float = 40.0
    last: float = 80.0
    sessions: int = 8
    listed: float = 50.0
    until: float = 90.0
    network: int = -1
    on_c2_port: bool = False
    opened: int = 0
    port: int = 443
    seen: bool = True
    log_bayes: Mapping[str, float] = field(default_factory=dict)
    included: bool = True


@dataclass(frozen=True)
class Host:
    """Any other client."""

    address: str
    first: float = 40.0
    last: float = 80.0
    network: int = -1
    checks_in: bool = False
    fan_in: int = -1
    bytes_each: int = 1000
    scanner: bool = False


def c2s(count: int, **same: Any) -> list[C2]:  # Any: fields of C2
    """C2s in different /24 networks; their group tells them apart from those of other groups."""
    block = sum(str(same.get("group", "dridex")).encode()) % 200
    return [C2(f"198.{18 + block % 2}.{(block + at * 3) % 256}.{block}", **same) for at in range(count)]


def hosts(count: int, **same: Any) -> list[Host]:  # Any: fields of Host
    """Other clients."""
    return [
        Host(f"192.0.2.{at}" if at < 256 else f"10.1.{at // 256}.{at % 256}", **same) for at in range(count)
    ]


def _keys(addresses: Sequence[str]) -> tuple[Any, Any]:
    pairs = [key_of(address) for address in addresses]
    return np.array([p[0] for p in pairs], dtype=np.int64), np.array([p[1] for p in pairs], dtype=np.int64)


def _listed(members: Sequence[C2]) -> Listed:
    hi, lo = _keys([one.address for one in members])
    groups = tuple(dict.fromkeys(one.group for one in members))
    families = tuple(dict.fromkeys(group.split("/")[0] for group in groups))
    size = len(members)
    return Listed(
        hi=hi,
        lo=lo,
        family=np.array([families.index(one.group.split("/")[0]) for one in members], dtype=np.int32),
        group=np.array([groups.index(one.group) for one in members], dtype=np.int32),
        port=np.array([one.port for one in members], dtype=np.int32),
        seen=np.array([one.seen for one in members], dtype=np.bool_),
        network=np.array([one.network for one in members], dtype=np.int32),
        asn=np.zeros(size, dtype=np.int64),
        fan_in=np.full(size, 50, dtype=np.int64),
        families=families,
        groups=groups,
        label_c2=np.arange(size, dtype=np.int32),
        label_from_us=np.array([at_us(one.listed) for one in members], dtype=np.int64),
        label_until_us=np.array([at_us(one.until) for one in members], dtype=np.int64),
        label_source=np.zeros(size, dtype=np.int32),
        label_overridden=np.zeros(size, dtype=np.bool_),
        sources=("feed",),
    )


def _clients(members: Sequence[C2], others: Sequence[Host], networks: Sequence[str]) -> Clients:
    met = [(row, one) for row, one in enumerate(members) if one.sessions]
    both: list[C2 | Host] = [*(one for _, one in met), *others]
    hi, lo = _keys([one.address for one in both])
    size = len(both)
    sessions = np.array([getattr(one, "sessions", 4) for one in both], dtype=np.int64)
    flows = sessions * 3
    each = np.array([getattr(one, "bytes_each", 1000) for one in both], dtype=np.int64)
    return Clients(
        hi=hi,
        lo=lo,
        c2=np.array([row for row, _ in met] + [-1] * len(others), dtype=np.int32),
        network=np.array([one.network for one in both], dtype=np.int32),
        asn=np.zeros(size, dtype=np.int64),
        networks=tuple(networks),
        first_us=np.array([at_us(one.first) for one in both], dtype=np.int64),
        last_us=np.array([at_us(one.last) for one in both], dtype=np.int64),
        flows=flows,
        sessions=sessions,
        hours=sessions,
        days=sessions,
        packets_out=flows * 5,
        packets_in=flows * 5,
        bytes_out=flows * each,
        bytes_in=np.zeros(size, dtype=np.int64),
        opened=np.array([getattr(one, "opened", 0) for one in both], dtype=np.int32),
        opened_because=np.zeros(size, dtype=np.int32),
        opened_share=np.ones(size),
        on_c2_port=np.array([getattr(one, "on_c2_port", False) for one in both], dtype=np.bool_),
        checks_in=np.array([getattr(one, "checks_in", False) for one in both], dtype=np.bool_),
        fan_in=np.array([getattr(one, "fan_in", -1) for one in both], dtype=np.int64),
        hour_of_week=np.zeros((size, 168), dtype=np.int64),
        scanner=np.array([getattr(one, "scanner", False) for one in both], dtype=np.bool_),
    )


def _sessions(members: Sequence[C2]) -> Sessions:
    rows = [
        (
            owner,
            at_us(one.first + (one.last - one.first) * number / max(one.sessions - 1, 1)) + owner * 7_000_000,
        )
        for owner, one in enumerate(members)
        for number in range(one.sessions)
    ]
    owner = np.array([row[0] for row in rows], dtype=np.int32)
    start = np.array([row[1] for row in rows], dtype=np.int64)
    return Sessions(
        owner=owner,
        start_us=start,
        end_us=start + 60_000_000,
        flows=np.full(len(rows), 3, dtype=np.int64),
        packets=np.full(len(rows), 30, dtype=np.int64),
    )


def _interval(low: float, high: float, sessions: int) -> Interval:
    return Interval(
        start=at(low - 0.5),
        start_low=at(low - 2),
        start_high=at(low),
        end=at(high + 0.5),
        end_low=at(high),
        end_high=at(high + 2),
        basis="by hand",
        first_seen=at(low),
        last_seen=at(high),
        sessions=sessions,
    )


def _split(one: C2) -> SessionSplit:
    """Sessions spread evenly over the contact, and the share of all days on each side of the life."""
    span = np.linspace(one.first, one.last, max(one.sessions, 1))
    before, after = int((span < one.listed).sum()), int((span > one.until).sum())
    during = len(span) - before - after
    exposed = one.listed / LENGTH_DAYS, (one.until - one.listed) / LENGTH_DAYS, 1 - one.until / LENGTH_DAYS
    return SessionSplit(float(before), float(during), float(after), *exposed)


def timeline(one: C2) -> Timeline:
    """The timeline of a C2 as a test states it."""
    return Timeline(
        address=one.address,
        family=one.group.split("/")[0],
        group=one.group.partition("/")[2],
        activity=_interval(one.listed, one.until, 0),
        contact=_interval(one.first, one.last, one.sessions),
        relation=None,
        split=_split(one),
        included=one.included,
        excluded_because="" if one.included else "too few sessions",
        log_bayes=tuple(one.log_bayes.items()),
    )


def facts(
    members: Sequence[C2] = (),
    others: Sequence[Host] = (),
    *,
    networks: Sequence[str] = (),
    measured: Mapping[str, Any] | None = None,  # Any: fields of Measurements
    **more: Any,  # Any: fields of Facts
) -> Facts:
    """Facts of a service that these C2s and hosts use.

    Args:
        members: listed C2s.
        others: other clients.
        networks: names that `network` of both points to.
        measured: fields of Measurements that are not neutral.
        more: fields of Facts that are not neutral.
    """
    empty = _sessions([])
    measurements = Measurements(
        clients=_clients(members, others, networks),
        listed=_listed(members),
        contact=_sessions(members),
        activity=empty,
        presence=empty,
        days=Days(
            day_us=at_us(0) + np.arange(LENGTH_DAYS, dtype=np.int64) * DAY_US,
            flows=np.full(LENGTH_DAYS, 1000, dtype=np.int64),
            first_us=at_us(0),
            last_us=at_us(LENGTH_DAYS),
            sampling=100,
            sampling_unknown=0.0,
        ),
        statistics=None,
        **{
            "fan_out": 0,
            "fan_out_ports": 0,
            "c2_ports_hit": 0,
            "known_as": (),
            "is_listed_c2": (),
            "service_fan_in_networks": 0,
            **(measured or {}),
        },
    )
    lines = tuple(timeline(one) for one in members if one.sessions)
    return Facts(SERVICE, PeerRole.SERVER, measurements, **{"timelines": lines, **more})
