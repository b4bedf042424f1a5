"""Is it the target of a flood? Everybody sends to it at once, little comes back, and then it is over.

Evidence: contacts of one day, at the same time, with far more packets sent than received. An upstream's
contact goes both ways and over days. One-sided visibility shows one direction only, so contact without any
answer at all says nothing about who answers, and simultaneity must carry the weight.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, rising
from headwater.score.statistics import Floats

_TOGETHER_US = 12 * 3_600_000_000  # contacts that begin within half a day of each other
_RATIO = 20.0  # packets sent for each one received
_LEAST_PACKETS = 50  # of the C2s together, as exported


def _sums(evidence: Evidence) -> tuple[Floats, Floats]:
    """Packets from and to the C2s, each of shape (m,)."""
    contacts, counted = evidence.statistics.contacts, evidence.tallies.counted
    owner, size = contacts.candidate[counted], len(evidence.tallies.k)
    return (
        np.bincount(owner, weights=contacts.packets_out[counted], minlength=size).astype(np.float64),
        np.bincount(owner, weights=contacts.packets_in[counted], minlength=size).astype(np.float64),
    )


def _together(evidence: Evidence) -> Floats:
    """Share of contacts that are short and begin near the median beginning."""
    contacts, counted = evidence.statistics.contacts, evidence.tallies.counted
    rows = np.flatnonzero(counted)
    order = rows[np.lexsort((contacts.first_us[rows], contacts.candidate[rows]))]
    size = len(evidence.tallies.k)
    sizes = np.bincount(contacts.candidate[order], minlength=size)
    starts = np.cumsum(sizes) - sizes
    middle = np.zeros(size, dtype=np.int64)
    some = sizes > 0
    middle[some] = contacts.first_us[order][(starts + sizes // 2)[some]]
    near = np.abs(contacts.first_us - middle[contacts.candidate]) <= _TOGETHER_US
    return evidence.share_of_contacts(near & (contacts.days <= 2))


def _look(evidence: Evidence) -> Look:
    out, back = _sums(evidence)
    together = _together(evidence)
    one_way = (out >= _LEAST_PACKETS) & (out > _RATIO * back)
    weight = rising(together, start=0.5, full=0.9, height=2.5)

    def reason(row: int) -> str:
        return (
            f"{together[row]:.0%} of its C2s sent to it in the same half day and no longer, "
            f"{out[row]:,.0f} packets for {back[row]:,.0f} back: the target of a flood"
        )

    return Look(np.where(evidence.is_server & one_way & (evidence.tallies.k >= 2), weight, 0.0), reason)


DOS_TARGET = Confounder("DoS target", Verdict.ASSOCIATED, _look)
