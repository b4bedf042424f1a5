"""How is an upstream planted into real traffic? With C2s that are none, and flows that take after real ones.

The hosts that play the C2s are real ones from outside the captured network, drawn at random among those that
are busy enough to be in contact with something anyhow, no two of one /24. The upstream stands inside the
network, because only what crosses its border is in the capture. Every planted connection takes after a TCP
exchange of the capture, drawn at random. Who reads figures from this must be told that it is planted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.errors import BadSetting
from headwater.model.address import IPV4_PREFIX, text_of
from headwater.model.label import Label, Role
from headwater.model.window import Window
from headwater.simulate.evaluate.capture import Capture, HostsSeen, column
from headwater.simulate.randomness import stream

Int64s = npt.NDArray[np.int64]

MANY, FEW = "many", "few"
NEW, QUIET = "new", "quiet"
SERVER, CLIENT = "server", "client"
# RFC 6335 calls ports below 1024 system ports; Linux takes client ports from 32768 to 60999
PORTS = {"well-known": (1, 1024), "registered": (1024, 32_768), "ephemeral": (32_768, 61_000)}

_LEAST_PEERS = 3  # hosts inside that a stand-in for a C2 was in flows with: about the busiest hundredth
_QUIET_PEERS = 3  # a quiet host inside was in flows with no more hosts than that
_FEW_BLOCKS = 3  # a /16 that a "few networks" set may lie in has stand-ins in at least so many /24s


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong a planting is.

    Attributes:
        c2s: stand-ins for C2s that are in contact with the upstream; all of them are listed.
        connections: TCP connections with each C2.
        clients: unrelated hosts from outside in contact with the upstream on the same port.
        role: SERVER: they connect to the upstream; CLIENT: it connects to them.
        networks: MANY: each C2 in a /16 of its own; FEW: in as few of them as the capture allows.
        host: NEW: an address without other traffic; QUIET: a real host with little of it.
        port: which range of PORTS the service port is drawn from.
    """

    c2s: int
    connections: int
    clients: int
    role: str
    networks: str
    host: str
    port: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The strengths that `strength_of` draws from, each alike."""

    c2s: tuple[int, ...] = (3, 5, 10, 20)
    connections: tuple[int, ...] = (1, 2, 4)
    clients: tuple[int, ...] = (0, 5, 20, 100)


@dataclass(frozen=True, slots=True)
class Planting:
    """What was planted.

    Attributes:
        strength: how strong.
        upstream: its address.
        port: the service port: its own as a server, the C2s' as a client.
        c2s: addresses of the stand-ins.
        labels: that name them as C2s.
        flows: planted ones, columns of READ_SCHEMA; the opening side of each connection comes first.
        packets_about: packets of each of these flows, shape (rows,).
    """

    strength: Strength
    upstream: str
    port: int
    c2s: tuple[str, ...]
    labels: tuple[Label, ...]
    flows: pa.Table
    packets_about: Int64s


def strength_of(seed: int, *, grid: Grid | None = None) -> Strength:
    """The strength that belongs to a seed.

    Args:
        seed: 0 or more.
        grid: what it is drawn from.
    """
    rng, grid = stream(seed, "planting", "strength"), grid or Grid()
    return Strength(
        c2s=int(rng.choice(grid.c2s)), connections=int(rng.choice(grid.connections)),
        clients=int(rng.choice(grid.clients)), role=str(rng.choice([SERVER, CLIENT])),
        networks=str(rng.choice([MANY, FEW])), host=str(rng.choice([NEW, QUIET])),
        port=str(rng.choice(list(PORTS))),
    )  # fmt: skip


def plant(capture: Capture, strength: Strength, *, seed: int) -> Planting:
    """Plants one upstream.

    Args:
        capture: into what; stays as it is.
        strength: how strong.
        seed: decides hosts, port, times and which exchanges are taken after.

    Returns:
        The planted flows, to be set beside those of the capture, with labels and truth.

    Raises:
        BadSetting: the capture has too few hosts for that strength.
    """
    c2s = _stand_ins(capture.outsiders, strength, stream(seed, "planting", "c2s"))
    rng = stream(seed, "planting", "upstream")
    upstream = _upstream(capture, strength.host, rng)
    clients = _unrelated(capture.outsiders, c2s, strength.clients, rng)
    port = _port(capture, strength, np.concatenate([c2s, clients, [upstream]]), rng)
    often = rng.choice(Grid().connections, size=len(clients))
    peers = np.concatenate([np.repeat(c2s, strength.connections), np.repeat(clients, often)])
    rows = _templates(capture, len(peers), rng)
    flows = _connections(capture, rows, peers, upstream=upstream, port=port, role=strength.role, rng=rng)
    return Planting(
        strength=strength, upstream=text_of(0, upstream), port=port,
        c2s=tuple(text_of(0, c2) for c2 in c2s.tolist()), labels=_labels(capture, c2s),
        flows=flows, packets_about=capture.packets_about[rows.reshape(-1)],
    )  # fmt: skip


def _stand_ins(hosts: HostsSeen, strength: Strength, rng: np.random.Generator) -> Int64s:
    """As many hosts as there are to be C2s, busy enough, no two of one /24, shape (c2s,)."""
    able = rng.permutation(hosts.lo[hosts.peers >= _LEAST_PEERS])
    able = able[np.sort(np.unique(able >> 8, return_index=True)[1])]  # the first of each /24
    _, block, size = np.unique(able >> 16, return_inverse=True, return_counts=True)
    if strength.networks == MANY:
        able = able[np.sort(np.unique(able >> 16, return_index=True)[1])]
    else:
        order = rng.permutation(len(size))
        wide = size[block] >= min(_FEW_BLOCKS, strength.c2s)
        able = able[wide][np.argsort(order[block[wide]], kind="stable")]
    if len(able) < strength.c2s:
        raise BadSetting(
            f"the capture has {len(able)} hosts that could stand in for C2s in {strength.networks} networks, "
            f"and {strength.c2s} are wanted; plant fewer, or take a larger capture"
        )
    return np.asarray(able[: strength.c2s], dtype=np.int64)


def _upstream(capture: Capture, kind: str, rng: np.random.Generator) -> int:
    """An address inside: of a quiet host, or one that the capture does not hold."""
    known = capture.insiders
    if kind == QUIET:
        able = known.lo[known.peers <= _QUIET_PEERS]
        if not len(able):
            raise BadSetting("the capture has no quiet host inside that could play the upstream")
        return int(rng.choice(able))
    first = IPV4_PREFIX | int(capture.inside.network_address)
    every = first + np.arange(1, capture.inside.num_addresses - 1)
    taken = np.concatenate([column(capture.flows, "src_lo"), column(capture.flows, "dst_lo")])
    return int(rng.choice(np.setdiff1d(every, taken)))


def _unrelated(hosts: HostsSeen, c2s: Int64s, size: int, rng: np.random.Generator) -> Int64s:
    able = np.setdiff1d(hosts.lo, c2s)
    if len(able) < size:
        raise BadSetting(f"the capture has {len(able)} other hosts, and {size} unrelated clients are wanted")
    return np.asarray(rng.choice(able, size, replace=False), dtype=np.int64)


def _port(capture: Capture, strength: Strength, hosts: Int64s, rng: np.random.Generator) -> int:
    """A port of the range that none of these hosts uses in the capture, so that no check-ins are hit."""
    used = [
        column(capture.flows, f"{side}_port")[np.isin(column(capture.flows, f"{side}_lo"), hosts)]
        for side in ("src", "dst")
    ]
    return int(rng.choice(np.setdiff1d(np.arange(*PORTS[strength.port]), np.concatenate(used))))


def _templates(capture: Capture, size: int, rng: np.random.Generator) -> Int64s:
    """Rows of real exchanges, shape (size, 2): opening side, other side."""
    chosen = rng.integers(len(capture.openers), size=size)
    return np.column_stack([capture.openers[chosen], capture.replies[chosen]])


def _connections(
    capture: Capture, rows: Int64s, peers: Int64s, *, upstream: int, port: int, role: str,
    rng: np.random.Generator,
) -> pa.Table:  # fmt: skip
    """The real exchanges with other hosts, service port and time."""
    flows = capture.flows.take(pa.array(rows.reshape(-1)))
    here = np.full(len(peers), upstream)
    opener, server = (peers, here) if role == SERVER else (here, peers)
    client_port, service = column(flows, "src_port")[::2], np.full(len(peers), port)
    pair = int(column(capture.flows, "pair_id").max()) + 1 + np.arange(len(peers))
    zero, later = np.zeros(2 * len(peers), dtype=np.int64), _delays(capture, flows, rng)
    changed = {
        "start": column(flows, "start") + later, "end": column(flows, "end") + later,
        "src_hi": zero, "dst_hi": zero, "pair_id": np.repeat(pair, 2),
        "src_lo": _both(opener, server), "dst_lo": _both(server, opener),
        "src_port": _both(client_port, service), "dst_port": _both(service, client_port),
    }  # fmt: skip
    for name, values in changed.items():
        place = flows.schema.get_field_index(name)
        field = flows.schema.field(place)
        flows = flows.set_column(place, field, pa.array(values).cast(field.type))
    return flows


def _both(forward: Int64s, back: Int64s) -> Int64s:
    return np.column_stack([forward, back]).reshape(-1)


def _delays(capture: Capture, flows: pa.Table, rng: np.random.Generator) -> Int64s:
    """What moves each connection to a random time at which the capture still sees it whole."""
    start, end = column(flows, "start").reshape(-1, 2), column(flows, "end").reshape(-1, 2)
    begin, length = start.min(axis=1), end.max(axis=1) - start.min(axis=1)
    first, last = int(column(capture.flows, "start").min()), int(column(capture.flows, "end").max())
    room = np.maximum(last - first - length, 0)
    return np.repeat(first + (room * rng.random(len(room))).astype(np.int64) - begin, 2)


def _labels(capture: Capture, c2s: Int64s) -> tuple[Label, ...]:
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=int(column(capture.flows, "start").min())
    )
    return tuple(
        Label(
            address=text_of(0, c2), role=Role.C2, family="planted", feed=Window(start), source="planted",
            note="planted: a host of the background, not known to be a C2",
        )
        for c2 in c2s.tolist()
    )  # fmt: skip
