"""What did each candidate meet? Counts of C2s, groups and families, off the C2s' own listening ports.

Contact on a C2's listening port is what bots and trackers make; it never counts towards k, and is kept as
evidence about who the peer is. Co-located C2s (one /24 or /64, or one owner) are no independent witnesses
and count once.

C2s that are on no list, but leads that an analyst accepted, count for what they are worth: a group for the
greatest weight of its C2s in contact. k is what the sum has of whole C2s. Without accepted leads all counts
of groups are one and the same.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.score.statistics import Bools, Floats, Int32s, Int64s, Statistics

_ROUNDING = 1e-9  # twenty times .95 is 19, whatever the last digits of the sum say


@dataclass(frozen=True, slots=True)
class Tallies:
    """Counts by candidate, each of shape (m,) unless stated.

    Attributes:
        k: independent groups of C2s in contact with it, accepted leads by their weight, rounded down.
        weight: the same, not rounded.
        groups: those groups, each counted once.
        listed: those groups of which a listed C2 is in contact with it.
        accepted: distinct accepted leads in contact with it.
        c2s: distinct C2s in contact with it.
        hosts: d, distinct hosts in contact with it, co-located C2s folded as in `groups`; never below that.
        families: distinct families among those C2s.
        ports_hit: distinct C2s whose own listening port the peer contacts, with any of its keys.
        listed_share: share in [0, 1] of all listed C2s that the peer contacts, with any key and port.
        peer: number of the peer's address, the same for all its keys.
        counted: which rows of Contacts count towards k, shape (r,).
    """

    k: Int64s
    weight: Floats
    groups: Int64s
    listed: Int64s
    accepted: Int64s
    c2s: Int64s
    hosts: Int64s
    families: Int64s
    ports_hit: Int64s
    listed_share: Floats
    peer: npt.NDArray[np.intp]
    counted: Bools


def distinct(owner: npt.ArrayLike, what: npt.ArrayLike, *, owners: int) -> Int64s:
    """How many different values of `what` each owner has.

    Args:
        owner: number of the owner of each row, 0-based.
        what: the value of each row.
        owners: how many owners there are.

    Returns:
        Counts of shape (owners,).
    """
    values, number = np.unique(np.asarray(what), return_inverse=True)
    pairs = np.unique(np.asarray(owner, dtype=np.int64) * len(values) + number.reshape(-1))
    return np.bincount(pairs // max(len(values), 1), minlength=owners).astype(np.int64)


def _weight(owner: Int32s, group: Int32s, weight: Floats, *, owners: int) -> Floats:
    """Sum over the groups that each owner met of the greatest weight in it, shape (owners,)."""
    values, number = np.unique(group, return_inverse=True)
    size = max(len(values), 1)
    pairs, place = np.unique(owner.astype(np.int64) * size + number.reshape(-1), return_inverse=True)
    greatest = np.zeros(len(pairs))
    np.maximum.at(greatest, place.reshape(-1), weight)
    return np.bincount(pairs // size, weights=greatest, minlength=owners).astype(np.float64)


def tallies(statistics: Statistics) -> Tallies:
    """Counts what each candidate met.

    Args:
        statistics: measured tables.

    Returns:
        The counts.
    """
    c2s, candidates, contacts = statistics.c2s, statistics.candidates, statistics.contacts
    rows, listed = len(candidates.hi), c2s.listed
    counted = ~contacts.on_c2_port
    by, met = contacts.candidate[counted], contacts.c2[counted]
    groups = distinct(by, c2s.cluster[met], owners=rows)
    members = distinct(by, met, owners=rows)
    addresses = np.column_stack([candidates.hi, candidates.lo])
    peer = np.unique(addresses, axis=0, return_inverse=True)[1].reshape(-1)
    peers = int(peer.max(initial=-1)) + 1
    of_peer = peer[contacts.candidate]
    hit = distinct(of_peer[contacts.on_c2_port], contacts.c2[contacts.on_c2_port], owners=peers)
    on_a_list = listed[contacts.c2]
    touched = distinct(of_peer[on_a_list], contacts.c2[on_a_list], owners=peers)
    named = listed[met]
    weight = _weight(by, c2s.cluster[met], c2s.weights[met], owners=rows)
    return Tallies(
        k=np.floor(weight + _ROUNDING).astype(np.int64),
        weight=weight,
        groups=groups,
        listed=distinct(by[named], c2s.cluster[met[named]], owners=rows),
        accepted=distinct(by[~named], met[~named], owners=rows),
        c2s=members,
        hosts=np.maximum(candidates.hosts - (members - groups), groups),
        families=distinct(by, c2s.family[met], owners=rows),
        ports_hit=hit[peer],
        listed_share=touched[peer] / max(int(listed.sum()), 1),
        peer=peer,
        counted=counted,
    )
