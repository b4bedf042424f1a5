"""Which networks do hosts lie in? Names for people, and how many different ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.app.network_classes import host_networks
from headwater.intel.context.networks import Networks

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class NamedNetworks:
    """Networks of several groups of hosts, named together.

    Attributes:
        network: for each group the index into `names` of each host, -1 where the context knows none.
        asn: for each group the AS number of each host, 0 where unknown.
        names: of the networks, as the context has them; two networks may share a name.
    """

    network: tuple[Int32s, ...]
    asn: tuple[Int64s, ...]
    names: tuple[str, ...]


def named_networks(groups: Sequence[tuple[Int64s, Int64s]], *, known: Networks) -> NamedNetworks:
    """The networks of groups of hosts.

    Args:
        groups: address keys (hi, lo) of each group, each of shape (n,).
        known: networks of the lake's context; may be empty.
    """
    hi = np.concatenate([group[0] for group in groups])
    lo = np.concatenate([group[1] for group in groups])
    asns, as_names = known.lookup(hi, lo) if len(known) else (np.full(len(hi), -1, np.int64), [""] * len(hi))
    distinct, first, number = np.unique(asns, return_index=True, return_inverse=True)
    unknown = int(
        np.searchsorted(distinct, 0)
    )  # how many of the distinct ones, sorted, are no AS: one or none
    index = (number.reshape(-1) - unknown).astype(np.int32)
    ends = np.cumsum([len(group[0]) for group in groups])[:-1]
    return NamedNetworks(
        network=tuple(np.split(np.where(asns < 0, -1, index).astype(np.int32), ends)),
        asn=tuple(np.split(np.maximum(asns, 0), ends)),
        names=tuple(as_names[place] for place in first[unknown:].tolist()),
    )


def distinct_networks(hi: Int64s, lo: Int64s, *, known: Networks) -> int:
    """How many networks hosts lie in: ASs where the context knows them, else /16s and /32s."""
    return len(np.unique(host_networks(hi, lo, known=known).network))
