"""Which prefix holds each of many addresses? The longest one, found for whole columns at once.

Addresses are the (hi, lo) keys of model/address.py. Nested prefixes are cut into disjoint segments,
each owned by its innermost prefix; a lookup is then one binary search for each address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from socket import AF_INET, AF_INET6, inet_pton

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Keys = npt.NDArray[
    np.bytes_
]  # dtype S16: the address as 16 bytes in network order, which compare as numbers do

IPV4_AS_IPV6 = 0xFFFF << 32  # ::ffff:0:0/96, RFC 4291, section 2.5.5.2


@dataclass(frozen=True, slots=True)
class Prefix:
    """An address range as numbers in IPv6 space, both ends included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Prefix length in IPv6 space, 0..128; IPv4 lengths are 96 longer."""
        return 128 - (self.last - self.first).bit_length()


def prefix_of(text: str) -> Prefix:
    """The range of `192.0.2.0/24`, `2001:db8::/32` or a single address.

    Host bits below the mask are ignored, as lists in use carry them.

    Raises:
        ValueError: the text is no prefix and no address.
    """
    address, _, bits = text.strip().partition("/")
    version = AF_INET6 if ":" in address else AF_INET
    width = 128 if version == AF_INET6 else 32
    try:
        packed = inet_pton(version, address)  # ten times as fast as ipaddress; databases have 10^6 prefixes
        length = int(bits) if bits.isascii() and bits.isdigit() else width if not bits else -1
    except (OSError, ValueError):
        length = -1
    if not 0 <= length <= width:
        return range_of(ip_network(text.strip(), strict=False))  # a mask in dots, or what to raise
    hosts = (1 << (width - length)) - 1
    first = int.from_bytes(packed) & ~hosts | (0 if width == 128 else IPV4_AS_IPV6)
    return Prefix(first, first | hosts)


def range_of(network: IPv4Network | IPv6Network) -> Prefix:
    """The range of a network; IPv4 as IPv4-mapped IPv6."""
    base = IPV4_AS_IPV6 if isinstance(network, IPv4Network) else 0
    return Prefix(base | int(network.network_address), base | int(network.broadcast_address))


def text_of_prefix(prefix: Prefix) -> str:
    """The prefix as text, IPv4 in dotted form."""
    if prefix.first >> 32 == 0xFFFF and prefix.length >= 96:
        return str(IPv4Network((prefix.first & 0xFFFFFFFF, prefix.length - 96)))
    return str(IPv6Network((prefix.first, prefix.length)))


def keys_of(hi: Int64s, lo: Int64s) -> Keys:
    """The (hi, lo) columns as 16-byte keys that sort in address order, shape (n,)."""
    halves = np.empty((len(hi), 2), dtype=">i8")
    halves[:, 0], halves[:, 1] = hi, lo
    return halves.view("S16").reshape(len(hi))


@dataclass(frozen=True, slots=True)
class PrefixMap:
    """Prefixes cut into disjoint segments.

    Attributes:
        starts: shape (segments,), sorted; the first address of each segment.
        owners: shape (segments,); the index of the innermost prefix, -1 where no prefix holds the segment.
    """

    starts: Keys
    owners: Int64s

    @classmethod
    def build(cls, prefixes: Sequence[Prefix]) -> "PrefixMap":
        """The map of these prefixes; of equal ones the last wins. Prefixes overlap only by nesting."""
        starts, owners = _segments(prefixes)
        raw = b"".join(start.to_bytes(16, "big") for start in starts)
        return cls(np.frombuffer(raw, dtype="S16"), np.array(owners, dtype=np.int64))

    def lookup(self, hi: Int64s, lo: Int64s) -> Int64s:
        """For each address the index of the longest prefix that holds it, -1 where none does; shape (n,)."""
        if not len(self.starts):
            return np.full(len(hi), -1, dtype=np.int64)
        place = np.searchsorted(self.starts, keys_of(hi, lo), side="right") - 1
        found: Int64s = np.where(place >= 0, self.owners[np.maximum(place, 0)], -1)
        return found


def _segments(prefixes: Sequence[Prefix]) -> tuple[list[int], list[int]]:
    """Start and owner of each disjoint segment, in address order: a sweep with a stack of open prefixes."""
    order = sorted(range(len(prefixes)), key=lambda i: (prefixes[i].first, -prefixes[i].last, i))
    starts: list[int] = []
    owners: list[int] = []

    def begin(at: int, owner: int) -> None:
        if starts and starts[-1] == at:
            owners[-1] = owner  # an empty segment: an inner prefix begins where its outer one does
        else:
            starts.append(at)
            owners.append(owner)

    open_ones: list[int] = []
    for index in order:
        while open_ones and prefixes[open_ones[-1]].last < prefixes[index].first:
            after = prefixes[open_ones.pop()].last + 1
            begin(after, open_ones[-1] if open_ones else -1)
        begin(prefixes[index].first, index)
        open_ones.append(index)
    while open_ones:
        after = prefixes[open_ones.pop()].last + 1
        if after < 1 << 128:
            begin(after, open_ones[-1] if open_ones else -1)
    return starts, owners
