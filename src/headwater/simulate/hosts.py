"""Which hosts are there, and what are their addresses?"""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from ipaddress import IPv4Address

import numpy as np

from headwater.model.address import IPV4_PREFIX, text_of
from headwater.simulate.networks import Network, Networks, Plan, plan
from headwater.simulate.randomness import Bools, Ints, hashed, salt
from headwater.simulate.settings import Places


class HostKind(IntEnum):
    """What a host is, by its first purpose."""

    RESIDENTIAL = 0
    SERVER = 1
    DARK = 2
    NAT = 3
    INFRASTRUCTURE = 4
    SCANNER = 5
    BRUTE_FORCER = 6
    C2 = 7
    UPSTREAM = 8
    TRACKER = 9
    SINKHOLE = 10
    COLLECTOR = 11
    DECOY = 12
    VPN = 13
    CHECKER = 14
    OPERATOR = 15  # second tier: behind the upstreams


@dataclass(frozen=True, slots=True)
class Hosts:
    """All hosts of a world as columns, shape (hosts,).

    Attributes:
        kind: HostKind.
        network: number of its network.
        v4: lower half of its IPv4 key (the upper half is 0).
        v6_hi: upper half of its IPv6 key.
        v6_lo: lower half.
        dual: it has IPv6 beside IPv4.
        v6_only: it has no IPv4.
        ipv6_preferred: share of pairs of dual hosts that speak IPv6 with each other.
        described: the networks as people write them.
    """

    kind: Ints
    network: Ints
    v4: Ints
    v6_hi: Ints
    v6_lo: Ints
    dual: Bools
    v6_only: Bools
    ipv6_preferred: float
    described: list[Network]

    def __len__(self) -> int:
        return len(self.kind)

    def address(self, host: int) -> str:
        """The address under which a host is listed and hunted, as text."""
        if self.v6_only[host]:
            return text_of(int(self.v6_hi[host]), int(self.v6_lo[host]))
        return text_of(0, int(self.v4[host]))

    def network_name(self, host: int) -> str:
        """The name of a host's network."""
        return self.described[int(self.network[host])].name


@dataclass(slots=True)
class HostRoll:
    """Takes hosts up one population after the other; `settle` then gives all of them addresses.

    Attributes:
        networks: where they can live.
    """

    networks: Networks
    _kinds: list[Ints] = field(default_factory=list)
    _networks: list[Ints] = field(default_factory=list)
    _v6_only: list[Bools] = field(default_factory=list)
    _beside: list[tuple[int, int]] = field(default_factory=list)
    _given: dict[int, int] = field(default_factory=dict)
    _v4_alone: set[int] = field(default_factory=set)
    _names: dict[int, str] = field(default_factory=dict)
    _more: dict[int, list[str]] = field(default_factory=dict)
    _count: int = 0

    def add(self, kind: HostKind, network: Ints, *, v6_only: bool = False) -> Ints:
        """Takes up one host for each entry of `network`; returns their numbers."""
        size = len(network)
        self._kinds.append(np.full(size, int(kind), np.int64))
        self._networks.append(network.astype(np.int64))
        self._v6_only.append(np.full(size, v6_only))
        self._count += size
        return np.arange(self._count - size, self._count)

    def put_beside(self, host: int, other: int) -> None:
        """Gives a host an address in the /24, and in IPv6 the /64, of another host of its network."""
        self._beside.append((host, other))

    def give_address(self, host: int, address: str) -> None:
        """Gives a host an IPv4 address from outside its network's own prefix; see `announce`."""
        self._given[host] = int(IPv4Address(address)) | IPV4_PREFIX

    def without_v6(self, host: int) -> None:
        """Leaves a host without IPv6: all its contact is under the address by which it is listed."""
        self._v4_alone.add(host)

    def name_network(self, network: int, name: str) -> None:
        """Calls a network something else than by kind and number."""
        self._names[network] = name

    def announce(self, network: int, prefix: str) -> None:
        """Has a network announce a further prefix."""
        self._more.setdefault(network, []).append(prefix)

    def kinds(self) -> Ints:
        """HostKind of every host so far."""
        found: Ints = np.concatenate(self._kinds)
        return found

    def network_of(self, hosts: Ints) -> Ints:
        """Networks of hosts that were taken up."""
        found: Ints = np.concatenate(self._networks)[hosts]
        return found

    def settle(self, places: Places, *, seed: int) -> Hosts:
        """The hosts with their addresses."""
        network = np.concatenate(self._networks)
        counts = np.bincount(network, minlength=len(self.networks.kind))
        blocks: Plan = plan(counts)
        order = np.argsort(network, kind="stable")
        rank = np.empty(len(network), np.int64)
        rank[order] = np.arange(len(network)) - np.repeat(np.cumsum(counts) - counts, counts)
        number = np.arange(len(network))
        v6_hi, v6_lo = blocks.v6(network, number, salt(seed, "v6") >> 1)
        v4 = blocks.v4(network, rank, salt(seed, "v4"))
        for host, other in self._beside:
            v4[host] = _free_beside(v4, int(v4[other]))
            v6_hi[host] = v6_hi[other]
        for host, address in self._given.items():
            v4[host] = address
        dual = hashed(salt(seed, "dual"), number) < places.ipv6_share
        dual[list(self._v4_alone)] = False
        return Hosts(
            kind=np.concatenate(self._kinds),
            network=network,
            v4=v4,
            v6_hi=v6_hi,
            v6_lo=v6_lo,
            dual=dual,
            v6_only=np.concatenate(self._v6_only),
            ipv6_preferred=places.ipv6_preferred,
            described=[
                replace(each, name=self._names.get(at, each.name), more=tuple(self._more.get(at, ())))
                for at, each in enumerate(blocks.describe(self.networks))
            ],
        )


def _free_beside(taken: Ints, address: int) -> int:
    """The next address of a /24 that nobody has; networks are only a quarter full, so there is one."""
    block = address & ~0xFF
    used = set(taken[(taken >> 8) == (block >> 8)].tolist())
    return next(block | low for low in range(1, 255) if block | low not in used)
