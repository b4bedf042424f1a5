"""Which witnesses are independent? Hosts of one /24 or /64 are rented together and speak once.

Listed C2s come with the number of their group (`C2s.cluster`) and are counted by it. Here the same is done
for unlisted clients that look like C2s: a block of sinkholes or one operator's rack is one witness, and none
where a listed C2 of the same block has spoken already. Ordinary hosts are not folded: neighbours at home or
in a data centre have nothing in common, and each of them is evidence against.
"""

import numpy as np
import numpy.typing as npt

from headwater.score.statistics import Floats, Int64s, Statistics, Strangers


def independent(
    statistics: Statistics, strangers: Strangers, ratio: Floats
) -> tuple[npt.NDArray[np.intp], Int64s]:
    """Contacts with strangers that may speak: C2-like ones of one block count once, as listed C2s do.

    Args:
        statistics: measured tables.
        strangers: their unlisted clients.
        ratio: lr of the stranger of each contact, shape (q,).

    Returns:
        Which contacts are kept, and how many hosts of each candidate were folded into others, shape (m,):
        the most C2-like of each /24 or /64 stays, none where a listed C2 of the candidate is in the block.
    """
    c2s, contacts = statistics.c2s, statistics.contacts
    alike = np.flatnonzero(ratio > 0)
    hosts = strangers.stranger[alike]
    rows = np.column_stack([strangers.candidate[alike], _block(strangers.hi[hosts], strangers.lo[hosts])])
    met = contacts.c2[~contacts.on_c2_port]
    taken = np.column_stack([contacts.candidate[~contacts.on_c2_port], _block(c2s.hi[met], c2s.lo[met])])
    order = np.argsort(-ratio[alike], kind="stable")
    both = np.vstack([taken, rows[order]])
    first = np.unique(both, axis=0, return_index=True)[1]
    stays = order[first[first >= len(taken)] - len(taken)]
    keep = ratio <= 0
    keep[alike[stays]] = True
    folded = np.bincount(strangers.candidate[~keep], minlength=len(statistics.candidates.hi))
    return np.flatnonzero(keep), folded.astype(np.int64)


def _block(hi: Int64s, lo: Int64s) -> Int64s:
    """The /24 (IPv4) or /64 (IPv6) of addresses, shape (n, 2)."""
    v4 = (hi == 0) & (lo >> 32 == 0xFFFF)
    return np.column_stack([hi, np.where(v4, lo >> 8, 0)])
