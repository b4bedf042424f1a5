"""Which network does a host belong to, and which networks are too small to stand alone?

A network is the AS that announces the address where the lake's context knows it, else the /16 (IPv4) or /32
(IPv6). Small networks go together, because a share of few edges says nothing; so do large ones in which there
is neither a listed C2 nor a candidate, because nobody asks about them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.intel.context.networks import Networks
from headwater.model.address import address_of

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SMALL, OTHER = "small networks", "other networks"
POOLED = 2  # classes at the end that are no single network
_IPV4_TOP = 0xFFFF  # upper 32 bits of the lower half of an IPv4 key


@dataclass(frozen=True, slots=True)
class HostNetworks:
    """Networks of some hosts.

    Attributes:
        network: number of each host's network, shape (n,).
        names: of the networks.
    """

    network: Int32s
    names: tuple[str, ...]


def host_networks(hi: Int64s, lo: Int64s, *, known: Networks) -> HostNetworks:
    """The network of each host.

    Args:
        hi: upper halves of the address keys, shape (n,).
        lo: lower halves, shape (n,).
        known: networks of the lake's context; may be empty.
    """
    asns, as_names = known.lookup(hi, lo) if len(known) else (np.full(len(hi), -1, np.int64), [""] * len(hi))
    v4 = (hi == 0) & (lo >> 32 == _IPV4_TOP)
    prefix = np.where(v4, lo >> 16, hi >> 32)
    kind = np.where(asns >= 0, 0, np.where(v4, 1, 2))
    value = np.where(asns >= 0, asns, prefix)
    distinct, first, number = np.unique(
        np.column_stack([kind, value]), axis=0, return_index=True, return_inverse=True
    )
    names = [
        _name(what, number_of, as_names[place])
        for (what, number_of), place in zip(distinct.tolist(), first.tolist(), strict=True)
    ]
    return HostNetworks(number.reshape(-1).astype(np.int32), tuple(names))


def _name(kind: int, value: int, as_name: str) -> str:
    if kind == 0:
        return f"AS{value} {as_name}".rstrip()
    if kind == 1:
        return f"{address_of(0, value << 16)}/16"
    return f"{address_of(value << 32, 0)}/32"


@dataclass(frozen=True, slots=True)
class Classes:
    """Networks put into classes.

    Attributes:
        of_network: class of each network, shape (networks,).
        names: of the classes.
    """

    of_network: Int32s
    names: tuple[str, ...]


def classes(names: Sequence[str], *, edges: Floats, wanted: Bools, least: float) -> Classes:
    """Which networks stand alone: the wanted ones with edges enough.

    Args:
        names: of the networks.
        edges: edges of each network over all time, shape (networks,).
        wanted: networks with a listed C2 or a candidate, shape (networks,).
        least: fewest edges to stand alone.
    """
    alone = wanted & (edges >= least)
    small = edges < least
    own = tuple(name for name, stands in zip(names, alone.tolist(), strict=True) if stands)
    number = np.where(alone, np.cumsum(alone) - 1, np.where(small, len(own), len(own) + 1))
    return Classes(number.astype(np.int32), (*own, SMALL, OTHER))
