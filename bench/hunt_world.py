"""What does the hunt's benchmark hunt in? Fifty million made-up flows, a few upstreams among them.

Not a realistic world (headwater.simulate makes those): just the loads that decide what a hunt costs, made
fast. Clients meet heavy-tailed services, scanners touch everything, bots check in at C2s, and C2s
talk to upstreams. All addresses lie in 240.0.0.0/4, which nobody uses (RFC 1112, section 4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.ingest.columns import flow_batch

Ints = npt.NDArray[np.int64]

DAY_US = 86_400_000_000
START_US = int(datetime(2024, 3, 1, tzinfo=UTC).timestamp()) * 1_000_000
_IPV4 = (0xFFFF << 32) | (240 << 24)
_BOTS, _UPSTREAMS, _OWN = 1 / 60, 1 / 400, 0.002  # of all records; the last is of those with the web
_C2_SHARE = _BOTS + _UPSTREAMS + 0.91 * _OWN  # 91% of the records are with the web
_PORTS = np.array([443, 443, 443, 80, 80, 53, 25, 22, 123, 8080], np.int64)


@dataclass(frozen=True, slots=True)
class Loads:
    """How the flows are made up.

    Attributes:
        flows: records in all.
        days: length of the data, days.
        residents, servers, scanners: how many hosts of each kind.
        c2s, upstreams, bots: the botnet.
        seed: of the random numbers.
        c2_flows: about how many records have a C2 on one side beside what scanners send; unless given they
            are a fixed share of all, so that they grow with the rest.
    """

    flows: int = 50_000_000
    days: int = 28
    residents: int = 200_000
    servers: int = 25_000
    scanners: int = 300
    c2s: int = 500
    upstreams: int = 8
    bots: int = 3_000
    seed: int = 1
    c2_flows: int | None = None

    @property
    def c2_share(self) -> float:
        """Share of the C2s' records, in terms of the usual one."""
        return 1.0 if self.c2_flows is None else self.c2_flows / self.flows / _C2_SHARE

    def address(self, kind: str, number: Ints) -> Ints:
        """The low key half of hosts of a kind: each kind has blocks of its own."""
        block = {"resident": 0, "server": 1 << 22, "scanner": 2 << 22, "c2": 1 << 22, "upstream": 1 << 22}[
            kind
        ]
        # C2s and upstreams stand among the servers of one /16, none beside another in a /24
        place = {"c2": 25_500 + number * 73, "upstream": 62_000 + number * 401}.get(kind, number)
        return _IPV4 + block + place


def _heavy(random: np.random.Generator, size: int, count: int, power: float) -> Ints:
    """Draws 0..count-1, small numbers far more often: floor(count * u^power)."""
    return (count * random.random(size) ** power).astype(np.int64)


def batches(loads: Loads, *, rows: int = 1_000_000) -> Iterator[pa.RecordBatch]:
    """The flows in READ_SCHEMA, day by day, so that every file of the lake holds one day."""
    random = np.random.default_rng(loads.seed)
    per_day = loads.flows // loads.days
    for day in range(loads.days):
        left = per_day if day else loads.flows - per_day * (loads.days - 1)
        while left:
            size = min(rows, left)
            left -= size
            yield _batch(random, loads, START_US + day * DAY_US, size)


def _batch(random: np.random.Generator, loads: Loads, day_us: int, size: int) -> pa.RecordBatch:
    counts = {
        "scan": size // 20,
        "peer": size // 40,
        "bot": int(size * _BOTS * loads.c2_share),
        "up": int(size * _UPSTREAMS * loads.c2_share),
    }
    counts["web"] = size - sum(counts.values())
    parts = [_web(random, loads, counts["web"]), _scan(random, loads, counts["scan"])]
    parts += [_peers(random, loads, counts["peer"]), _bots(random, loads, counts["bot"])]
    parts += [_upstreams(random, loads, counts["up"])]
    client, client_port, server, server_port, proto, syn = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    back = random.random(size) < 0.5
    start = day_us + random.integers(0, DAY_US, size)
    packets = random.integers(1, 20, size)
    return flow_batch(
        {
            "start": start,
            "end": start + random.integers(0, 60_000_000, size),
            "src_hi": np.zeros(size, np.int64),
            "src_lo": np.where(back, server, client),
            "dst_hi": np.zeros(size, np.int64),
            "dst_lo": np.where(back, client, server),
            "src_port": np.where(back, server_port, client_port),
            "dst_port": np.where(back, client_port, server_port),
            "proto": proto,
            "packets": packets,
            "bytes": packets * random.integers(40, 1400, size),
            "tcp_flags": np.where(proto == 6, np.where(syn, np.where(back, 0x14, 0x02), 0x1B), 0),
            "sampling": np.full(size, 100, np.int64),
        }
    )


Part = tuple[Ints, Ints, Ints, Ints, Ints, npt.NDArray[np.bool_]]


def _part(
    random: np.random.Generator, client: Ints, server: Ints, port: Ints, *, proto: Ints | int, syn: bool
) -> Part:
    size = len(client)
    protos = np.full(size, proto, np.int64) if isinstance(proto, int) else proto
    return client, random.integers(32768, 61000, size), server, port, protos, np.full(size, syn)


def _web(random: np.random.Generator, loads: Loads, size: int) -> Part:
    server = _heavy(random, size, loads.servers, 3.0)
    # C2s use the web like others, the popular part of it above all: updates, resolvers, time servers
    client = loads.address("resident", _heavy(random, size, loads.residents, 1.7))
    own = random.random(size) < _OWN * loads.c2_share
    client = np.where(own, loads.address("c2", random.integers(0, loads.c2s, size)), client)
    server = np.where(own, _heavy(random, size, loads.servers, 8.0), server)
    port = _PORTS[server % len(_PORTS)]
    udp = np.isin(port, [53, 123])
    return _part(random, client, loads.address("server", server), port, proto=np.where(udp, 17, 6), syn=False)


def _scan(random: np.random.Generator, loads: Loads, size: int) -> Part:
    target = random.integers(0, loads.residents + loads.servers + loads.c2s, size)
    at = np.where(
        target < loads.residents,
        loads.address("resident", target),
        np.where(
            target < loads.residents + loads.servers,
            loads.address("server", target - loads.residents),
            loads.address("c2", target - loads.residents - loads.servers),
        ),
    )
    port = np.array([22, 23, 443, 3389, 5900, 8080])[random.integers(0, 6, size)]
    client = loads.address("scanner", random.integers(0, loads.scanners, size))
    return _part(random, client, at, port, proto=6, syn=True)


def _peers(random: np.random.Generator, loads: Loads, size: int) -> Part:
    one = loads.address("resident", _heavy(random, size, 20_000, 1.3))
    other = loads.address("resident", _heavy(random, size, 20_000, 1.3))
    return _part(random, one, other, 40_000 + other % 20_000, proto=17, syn=False)


def _bots(random: np.random.Generator, loads: Loads, size: int) -> Part:
    bot = random.integers(0, loads.bots, size)
    c2 = (bot * 7 + random.integers(0, 30, size)) % loads.c2s  # each bot works through thirty of them
    client = loads.address("resident", bot * 60 + 7)
    return _part(random, client, loads.address("c2", c2), listening_port(c2), proto=6, syn=False)


def _upstreams(random: np.random.Generator, loads: Loads, size: int) -> Part:
    c2 = random.integers(0, loads.c2s, size)
    up = c2 % loads.upstreams
    client, server = loads.address("c2", c2), loads.address("upstream", up)
    return _part(random, client, server, upstream_port(up), proto=6, syn=False)


def listening_port(c2: Ints) -> Ints:
    """The port on which bots find a C2."""
    return np.array([443, 8080, 7080, 449, 38400])[c2 % 5]


def upstream_port(number: Ints) -> Ints:
    """The port on which an upstream serves C2s; some lie in the ephemeral range."""
    return np.array([38400, 22, 8443, 5555, 50123, 443, 9001, 2222])[number % 8]
