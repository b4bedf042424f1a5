"""What would measuring hand on of a simulated service? Its sessions, labels and days as Measurements."""

from datetime import UTC, datetime

import numpy as np

from headwater.investigate.measurements import Clients, Days, Listed, Measurements, Sessions
from headwater.model.window import OPEN_US
from headwater.simulate.evaluate.lives import Service
from headwater.simulate.randomness import Floats, Ints

_ORIGIN_US = int(datetime(2025, 3, 3, tzinfo=UTC).timestamp() * 1e6)
_DAY_US = 86_400_000_000
_FIRST = 0x0000FFFF_C6120000  # 198.18.0.0 as the lower half of an address key


def micros(days: Floats) -> Ints:
    """Days from the first record as microseconds since 1970 UTC."""
    return _ORIGIN_US + np.round(days * _DAY_US).astype(np.int64)


def measurements_of(service: Service) -> Measurements:
    """The service as measured; only what timelines read is filled."""
    lives, size = service.lives, len(service.lives)
    packets = np.concatenate([np.empty(0, np.int64), *(life.contact_packets for life in lives)])
    records = np.concatenate([np.empty(0, np.int64), *(life.port_records for life in lives)])
    return Measurements(
        clients=_clients(),
        listed=_listed(service),
        contact=_sessions([life.contact for life in lives], packets),
        activity=_sessions([life.port for life in lives], flows=records),
        presence=_sessions([life.presence for life in lives]),
        days=_days(service),
        statistics=None,
        fan_out=0,
        fan_out_ports=0,
        c2_ports_hit=0,
        known_as=(),
        is_listed_c2=(),
        service_fan_in_networks=size,
    )


def _sessions(spans: list[Floats], packets: Ints | None = None, flows: Ints | None = None) -> Sessions:
    owner = np.repeat(np.arange(len(spans)), [len(span) for span in spans]).astype(np.int32)
    both = np.concatenate([np.empty((0, 2)), *spans])
    counts = np.ones(len(owner), np.int64)
    return Sessions(
        owner, micros(both[:, 0]), micros(both[:, 1]),
        counts if flows is None else flows, counts if packets is None else packets,
    )  # fmt: skip


def _listed(service: Service) -> Listed:
    lives, size = service.lives, len(service.lives)
    rows = [(c2, feed, *dates) for c2, life in enumerate(lives) for feed, dates in enumerate(life.labels)]
    table = np.array(rows, np.float64).reshape(-1, 4)
    until = np.where(np.isnan(table[:, 3]), OPEN_US, micros(np.nan_to_num(table[:, 3])))
    none, zero = np.zeros(size, np.int64), np.zeros(size, np.int32)
    return Listed(
        hi=none, lo=_FIRST + np.arange(size, dtype=np.int64), family=zero, group=zero, port=zero,
        seen=np.ones(size, bool), network=zero, asn=none, fan_in=none, families=("synthetic",),
        groups=("g1",),
        label_c2=table[:, 0].astype(np.int32), label_from_us=micros(table[:, 2]), label_until_us=until,
        label_source=table[:, 1].astype(np.int32), label_overridden=np.zeros(len(table), bool),
        sources=("feed_a", "feed_b"),
    )  # fmt: skip


def _days(service: Service) -> Days:
    days = np.arange(int(service.settings.days))
    flows = np.where(np.isin(days, service.dark), 0, 1000)
    last = int(micros(np.array([service.settings.days]))[0])
    return Days(micros(days.astype(np.float64)), flows, _ORIGIN_US, last, service.sampling, 0.0)


def _clients() -> Clients:
    long, short = np.empty(0, np.int64), np.empty(0, np.int32)
    real, flag = np.empty(0), np.empty(0, bool)
    return Clients(
        hi=long, lo=long, c2=short, network=short, asn=long, networks=(), first_us=long, last_us=long,
        flows=long, sessions=long, hours=long, days=long, packets_out=long, packets_in=long, bytes_out=long,
        bytes_in=long, opened=short, opened_because=short, opened_share=real, on_c2_port=flag, checks_in=flag,
        fan_in=long, hour_of_week=np.empty((0, 168), np.int64),
    )  # fmt: skip
