"""Measurements by hand for the tests of timelines: days from the first record in, tables out."""

from collections.abc import Mapping, Sequence

import numpy as np

from headwater.investigate.measurements import Clients, Days, Listed, Measurements, Sessions
from headwater.model.address import key_of
from headwater.model.window import OPEN_US

ORIGIN_US = 1_577_836_800_000_000  # 2020-01-01T00:00Z
DAY_US = 86_400_000_000

_HI, _LO = key_of("198.18.0.0")

Spans = Sequence[float | tuple[float, float]]
Label = tuple[str, float | None, float | None]  # feed, first and last day, None for open


def micros(days: float, *, origin_us: int = ORIGIN_US) -> int:
    """Days from the first record as microseconds since 1970 UTC."""
    return origin_us + round(days * DAY_US)


def sessions_of(spans: Mapping[int, Spans], *, origin_us: int = ORIGIN_US) -> Sessions:
    """Sessions by owner: moments, or (start, end)."""
    rows = [
        (owner, *(span if isinstance(span, tuple) else (span, span)))
        for owner, several in sorted(spans.items())
        for span in several
    ]
    start = [micros(row[1], origin_us=origin_us) for row in rows]
    end = [micros(row[2], origin_us=origin_us) for row in rows]
    count = np.ones(len(rows), np.int64)
    owner = np.array([row[0] for row in rows], np.int32)
    return Sessions(owner, np.array(start, np.int64), np.array(end, np.int64), count, count)


def measured(
    *,
    contact: Mapping[int, Spans],
    labels: Mapping[int, Sequence[Label]],
    activity: Mapping[int, Spans] | None = None,
    presence: Mapping[int, Spans] | None = None,
    days: float = 60.0,
    dark: Sequence[int] = (),
    overridden: bool = False,
    origin_us: int = ORIGIN_US,
) -> Measurements:
    """What timelines read, by C2 (0, 1, ...)."""
    size = max(labels) + 1
    rows = [(c2, *label) for c2, several in sorted(labels.items()) for label in several]
    sources = tuple(sorted({row[1] for row in rows}))
    flows = np.where(np.isin(np.arange(int(days)), dark), 0, 10)
    return Measurements(
        clients=_no_clients(),
        listed=Listed(
            hi=np.full(size, _HI, np.int64),
            lo=_LO + np.arange(size, dtype=np.int64),
            family=np.zeros(size, np.int32),
            group=np.zeros(size, np.int32),
            port=np.full(size, 443, np.int32),
            seen=np.ones(size, bool),
            network=np.zeros(size, np.int32),
            asn=np.zeros(size, np.int64),
            fan_in=np.zeros(size, np.int64),
            families=("alderwasp",),
            groups=("alderwasp/g1",),
            label_c2=np.array([row[0] for row in rows], np.int32),
            label_from_us=np.array(
                [-OPEN_US if row[2] is None else micros(row[2], origin_us=origin_us) for row in rows]
            ),
            label_until_us=np.array(
                [OPEN_US if row[3] is None else micros(row[3], origin_us=origin_us) for row in rows]
            ),
            label_source=np.array([sources.index(row[1]) for row in rows], np.int32),
            label_overridden=np.full(len(rows), overridden),
            sources=sources,
        ),
        contact=sessions_of(contact, origin_us=origin_us),
        activity=sessions_of(activity or {}, origin_us=origin_us),
        presence=sessions_of(presence or contact, origin_us=origin_us),
        days=Days(
            day_us=np.array([micros(day, origin_us=origin_us) for day in range(int(days))]),
            flows=flows,
            first_us=origin_us,
            last_us=micros(days, origin_us=origin_us),
            sampling=1000,
            sampling_unknown=0.0,
        ),
        statistics=None,
        fan_out=0,
        fan_out_ports=0,
        c2_ports_hit=0,
        known_as=(),
        is_listed_c2=(),
        service_fan_in_networks=1,
    )


def _no_clients() -> Clients:
    long, short, real = np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0)
    flag = np.empty(0, bool)
    return Clients(
        hi=long, lo=long, c2=short, network=short, asn=long, networks=(), first_us=long, last_us=long,
        flows=long, sessions=long, hours=long, days=long, packets_out=long, packets_in=long, bytes_out=long,
        bytes_in=long, opened=short, opened_because=short, opened_share=real, on_c2_port=flag, checks_in=flag,
        fan_in=long, hour_of_week=np.empty((0, 168), np.int64),
    )  # fmt: skip
