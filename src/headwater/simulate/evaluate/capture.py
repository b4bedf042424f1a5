"""What does a real capture offer to plant into? Its hosts with how busy they are, and its own TCP exchanges.

Nothing here is invented: a planted connection takes times, ports, bytes, packets and flags of a connection
that the capture holds. Only IPv4 hosts are used; the other flows stay in the background as they are.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.errors import BadSetting
from headwater.model.address import IPV4_PREFIX, text_of
from headwater.model.special_use import special_use

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_TCP, _SYN = 6, 2
_LARGEST_FRAME = 1514  # bytes of a full Ethernet frame without its checksum: what `ra` counts


@dataclass(frozen=True, slots=True)
class HostsSeen:
    """Hosts of one side of the border.

    Attributes:
        lo: lower halves of their address keys (IPv4), shape (h,), ascending.
        peers: distinct hosts of the other side in flows with each, shape (h,).
    """

    lo: Int64s
    peers: Int64s


@dataclass(frozen=True, slots=True)
class Capture:
    """Real flows at the border of one network.

    Attributes:
        flows: all of them, columns of READ_SCHEMA, n rows.
        packets_about: packets of each flow: as counted where the source says, else estimated, shape (n,).
        openers: rows of the opening side of each TCP exchange that was answered, shape (t,).
        replies: rows of its other side, shape (t,).
        inside: the network whose border it is.
        insiders: hosts of that network.
        outsiders: all other hosts that it was in flows with.
    """

    flows: pa.Table
    packets_about: Int64s
    openers: Int64s
    replies: Int64s
    inside: IPv4Network
    insiders: HostsSeen
    outsiders: HostsSeen


def column(flows: pa.Table, name: str) -> Int64s:
    """A column as integers, times in microseconds since 1970; null is 0."""
    values = flows[name].combine_chunks() if isinstance(flows[name], pa.ChunkedArray) else flows[name]
    return np.asarray(values.cast(pa.int64()).fill_null(0), dtype=np.int64)


def capture_of(flows: pa.Table, *, inside: IPv4Network, packet_totals: dict[int, int]) -> Capture:
    """A capture ready to plant into.

    Args:
        flows: columns of READ_SCHEMA; the two flows of an exchange share a pair_id, the opening one first.
        inside: the network at whose border they were seen.
        packet_totals: pair_id to the packets of both sides, where the source tells no more than that.

    Raises:
        BadSetting: there are no answered TCP exchanges to take after.
    """
    src, dst = column(flows, "src_lo"), column(flows, "dst_lo")
    v4 = (src >> 32 == 0xFFFF) & (dst >> 32 == 0xFFFF)
    v4 &= (column(flows, "src_hi") == 0) & (column(flows, "dst_hi") == 0)
    within = [_within(side, inside) for side in (src, dst)]
    crossing = v4 & (within[0] != within[1])
    own = np.where(within[0], src, dst)[crossing]
    far = np.where(within[0], dst, src)[crossing]
    pairs = np.unique(np.column_stack([own, far]), axis=0)
    openers, replies = _exchanges(flows)
    if not len(openers):
        raise BadSetting("the capture holds no answered TCP exchange that planted ones could take after")
    return Capture(
        flows=flows, packets_about=_packets_about(flows, packet_totals), openers=openers, replies=replies,
        inside=inside, insiders=_seen(pairs[:, 0]), outsiders=_seen(pairs[:, 1]),
    )  # fmt: skip


def _within(lo: Int64s, network: IPv4Network) -> Bools:
    first = IPV4_PREFIX | int(network.network_address)
    return (lo >= first) & (lo < first + network.num_addresses)


def _seen(hosts: Int64s) -> HostsSeen:
    lo, peers = np.unique(hosts, return_counts=True)
    public = np.array([not special_use(text_of(0, host)) for host in lo.tolist()], dtype=np.bool_)
    return HostsSeen(lo[public], peers[public].astype(np.int64))


def _exchanges(flows: pa.Table) -> tuple[Int64s, Int64s]:
    """Rows of both sides of TCP exchanges whose opening SYN was seen and that were answered."""
    pair, flags = column(flows, "pair_id"), column(flows, "tcp_flags")
    paired = ~np.asarray(flows["pair_id"].combine_chunks().is_null())
    rows = np.flatnonzero(paired & (column(flows, "proto") == _TCP))
    rows = rows[np.argsort(pair[rows], kind="stable")]
    first = np.flatnonzero(pair[rows[:-1]] == pair[rows[1:]])
    openers, replies = rows[first], rows[first + 1]
    answered = np.asarray(flows["answered"].combine_chunks().fill_null(False))
    whole = (flags[openers] & _SYN != 0) & answered[openers]
    return openers[whole].astype(np.int64), replies[whole].astype(np.int64)


def _packets_about(flows: pa.Table, totals: dict[int, int]) -> Int64s:
    """Packets of each flow. Of a total each side gets what its bytes need at least, then half of the rest,
    rounded down.
    """
    known, pair = column(flows, "packets"), column(flows, "pair_id")
    needed = np.maximum(1, -(-column(flows, "bytes") // _LARGEST_FRAME))
    total = np.array([totals.get(number, 0) for number in pair.tolist()], dtype=np.int64)
    both = np.zeros(int(pair.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(both, pair, needed)
    rest = np.maximum(0, total - both[pair])
    return np.where(known > 0, known, needed + rest // 2)
