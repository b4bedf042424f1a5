"""Tables for the tests of changes, without flows: keys, C2s, when each pair met, and what sensors covered."""

from collections.abc import Mapping, Sequence

import numpy as np

from headwater.investigate.change_tables import ChangeC2s, ChangeKeys, ChangeTables, Pairs, Visits
from headwater.investigate.pooled_rates import pooled
from headwater.investigate.sensor_coverage import DAY_US, SensorCoverage
from headwater.model.tenancy import KeyBracket

BEGIN_US = 1_714_521_600_000_000  # 2024-05-01T00:00Z
Contact = tuple[float, float, int]  # first and last day, sessions


def change_tables(
    contact: Mapping[tuple[int, int], Contact],
    *,
    days: int = 28,
    works: Mapping[int, tuple[float, float]] | None = None,
    families: Sequence[int] = (),
    ports: Mapping[int, int] | None = None,
    hosts: Mapping[int, int] | None = None,
    aside: Sequence[int] = (),
    associated: Sequence[int] = (),
    dark: tuple[int, int] = (0, 0),
    visits: Sequence[tuple[int, int, float, float]] = (),
    brackets: Sequence[KeyBracket] = (),
) -> ChangeTables:
    """Tables of changes.

    Args:
        contact: by key and C2.
        days: length of the records.
        works: by C2, from when until when it answers bots; all of the time unless given.
        families: of the C2s, by number; one family unless given.
        ports: keys that share the address of key 0, with their port.
        hosts: hosts of a key; ten unless given.
        aside: keys that something else explains.
        associated: keys that the hunt does not take for upstreams.
        dark: days from and until which the only sensor records nothing.
        visits: key, host, first and last day.
        brackets: host keys of the address of key 0.
    """
    size = max(key for key, _ in contact) + 1
    count = max(len(families), max(c2 for _, c2 in contact) + 1)
    order = sorted(contact)
    key = np.array([pair[0] for pair in order], np.int64)
    first, last, number = (np.array([contact[pair][n] for pair in order]) for n in range(3))
    shape, scale = pooled(key, np.maximum(number - 1.0, 0.0), np.maximum(last - first, 0.0))
    share = np.ones((1, days))
    share[0, dark[0] : dark[1]] = 0.0
    until = (works or {}).get
    lives = [until(n, (0.0, float(days))) for n in range(count)]
    ports = ports or {}
    named = families or [0] * count
    none = np.zeros(size, np.bool_)
    return ChangeTables(
        keys=ChangeKeys(
            hi=np.zeros(size, np.int64),
            lo=np.array([0xFFFF_0909_0900 + (0 if n in ports else n) for n in range(size)], np.int64),
            role=np.zeros(size, np.int32),
            port=np.array([ports.get(n, 8_443) for n in range(size)], np.int32),
            proto=np.full(size, 6, np.int32),
            hosts=np.array([(hosts or {}).get(n, 10) for n in range(size)], np.int64),
            known=np.arange(size) == 0, upstreams=~np.isin(np.arange(size), list(associated)),
            beyond_chance=~none, aside=np.isin(np.arange(size), list(aside)),
            upstream=np.ones(size),
        ),
        c2s=ChangeC2s(
            family=np.array(named, np.int32), families=tuple(f"family{n}" for n in range(max(named) + 1)),
            cluster=np.arange(count, dtype=np.int32), works_from=np.array([low for low, _ in lives]),
            works_until=np.array([high for _, high in lives]),
        ),
        pairs=Pairs(
            key=key, c2=np.array([pair[1] for pair in order], np.int64), sessions=number.astype(np.int64),
            first=first.astype(np.float64), last=last.astype(np.float64), shape=shape, scale=scale,
            sensors=np.ones((len(order), 1)),
        ),
        visits=Visits(
            key=np.array([one[0] for one in visits], np.int64),
            host=np.array([one[1] for one in visits], np.int64),
            first=np.array([one[2] for one in visits], np.float64),
            last=np.array([one[3] for one in visits], np.float64), slot_days=1.0,
        ),
        coverage=SensorCoverage(
            ("north",), BEGIN_US + DAY_US * np.arange(days, dtype=np.int64), share, BEGIN_US,
            BEGIN_US + days * DAY_US - 1,
        ),
        brackets={(0, 0xFFFF_0909_0900): tuple(brackets)} if brackets else {},
    )  # fmt: skip
