"""Who owns which addresses? Networks with one IPv4 and one IPv6 prefix each.

IPv4 comes from 240.0.0.0/4 (RFC 1112, section 4: reserved for future use), the only part of the IPv4 space
that is large enough for a million hosts and belongs to nobody. IPv6 comes from 2001:db8::/32 (RFC 3849,
documentation), AS numbers from 4200000000 upward (RFC 6996, private use). No real party can be met.
"""

from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address

import numpy as np

from headwater.errors import BadSetting
from headwater.model.address import IPV4_PREFIX
from headwater.simulate.randomness import Ints, hashed
from headwater.simulate.settings import WorldSettings

FIRST_V4 = 240 << 24
LAST_V4 = (255 << 24) - 1  # 255.0.0.0/8 is left out: it ends in the broadcast address
FIRST_ASN = 4_200_000_000
_V6_NETWORK = 0x2001_0DB8 << 32
_ROOM = 4  # addresses of a network for each of its hosts


class NetworkKind(IntEnum):
    """What a network is for."""

    RESIDENTIAL = 0
    HOSTING = 1
    CONTENT = 2
    RESEARCH = 3


# Networks of content, resolver and mail providers, and of those who study botnets
CONTENT_NETWORKS = 6
RESEARCH_NETWORKS = 4


@dataclass(frozen=True, slots=True)
class Network:
    """One network.

    Attributes:
        prefix: IPv4 prefix.
        prefix_v6: IPv6 prefix.
        asn: autonomous system number.
        name: says what it is for.
        more: further prefixes that it announces, for hosts with an address given beforehand.
    """

    prefix: str
    prefix_v6: str
    asn: int
    name: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Networks:
    """All networks of a world as columns, shape (networks,).

    Attributes:
        kind: NetworkKind.
        region: number of the region.
    """

    kind: Ints
    region: Ints

    def of_kind(self, kind: NetworkKind) -> Ints:
        """Numbers of the networks of one kind, the largest first."""
        return np.flatnonzero(self.kind == kind)


def make_networks(settings: WorldSettings, rng: np.random.Generator) -> Networks:
    """The networks of a world, without addresses yet: these depend on how many hosts there will be."""
    places = settings.places
    counts = (places.residential_networks, places.hosting_networks, CONTENT_NETWORKS, RESEARCH_NETWORKS)
    kind = np.repeat(np.arange(len(NetworkKind)), counts)
    return Networks(kind, rng.integers(settings.background.regions, size=len(kind)))


def zipf_sizes(total: int, *, parts: int, exponent: float) -> Ints:
    """`total` divided into `parts` by Zipf's law, the largest first, none empty where there is enough."""
    weights = np.arange(1, parts + 1, dtype=np.float64) ** -exponent
    sizes: Ints = np.maximum(np.floor(weights / weights.sum() * total), 1 if total >= parts else 0).astype(
        np.int64
    )
    sizes[0] += total - int(sizes.sum())
    return sizes


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each network's addresses lie.

    Attributes:
        base: first IPv4 address of each network, shape (networks,).
        bits: host bits of its prefix.
    """

    base: Ints
    bits: Ints

    def v4(self, network: Ints, rank: Ints, salt: int) -> Ints:
        """Lower halves of the keys of hosts: the `rank`-th host of each network, scattered in its prefix."""
        size = 1 << self.bits[network]
        # an odd factor makes this a permutation of the prefix: no two hosts meet
        factor = (hashed(salt, network) * size).astype(np.int64) | 1
        low: Ints = (self.base[network] + (rank * factor + 7) % size) | IPV4_PREFIX
        return low

    def v6(self, network: Ints, host: Ints, salt: int) -> tuple[Ints, Ints]:
        """Both halves of the keys of hosts: each network is a /48 of 2001:db8::/32."""
        subnet = (hashed(salt, host) * 65_536).astype(np.int64)
        low = (hashed(salt + 1, host) * 2.0**52).astype(np.int64)
        return _V6_NETWORK | network << 16 | subnet, low * 2_048 + host % 2_048

    def describe(self, networks: Networks) -> list[Network]:
        """The networks as people write them."""
        titles = dict.fromkeys(NetworkKind, 0)
        out = []
        for number, kind in enumerate(NetworkKind(value) for value in networks.kind):
            titles[kind] += 1
            v6 = IPv6Address((_V6_NETWORK | number << 16) << 64)
            out.append(
                Network(
                    prefix=f"{IPv4Address(int(self.base[number]))}/{32 - int(self.bits[number])}",
                    prefix_v6=f"{v6}/48",
                    asn=FIRST_ASN + number,
                    name=f"Synthetic {kind.name.lower()} {titles[kind]:02d}",
                )
            )
        return out


def plan(hosts_of_network: Ints) -> Plan:
    """Prefixes that hold the hosts of every network with room to spare.

    Args:
        hosts_of_network: number of hosts, shape (networks,).

    Raises:
        BadSetting: more hosts than 240.0.0.0/4 holds.
    """
    bits = np.maximum(np.ceil(np.log2(np.maximum(hosts_of_network, 1) * _ROOM)), 8).astype(np.int64)
    base = np.zeros(len(bits), np.int64)
    free = FIRST_V4
    for network in np.argsort(-bits, kind="stable"):  # the largest first: every prefix is aligned
        base[network] = free
        free += 1 << int(bits[network])
    if free > LAST_V4:
        raise BadSetting("these hosts do not fit into 240.0.0.0/4; ask for fewer records or hosts")
    return Plan(base, bits)
