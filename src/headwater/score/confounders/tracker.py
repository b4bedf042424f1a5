"""Does it follow the lists? Researchers and emulated bots contact what was listed, because it was listed.

Evidence: it contacts a large part of all listed C2s; it contacts their advertised ports, which only bots and
trackers do; it tries them on several service ports, where an upstream goes to one; and its first contact
comes after the listing, C2 by C2. An upstream was there before anybody listed its C2.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, rising
from headwater.score.statistics import Int64s
from headwater.score.tallies import distinct

_FEW = 6  # listed C2s below which a large part of them is no sign
_PORT_WEIGHT = 0.7  # log10 a C2 port hit: trackers do it to four in five, upstreams to one in six
_PORT_LIMIT = 2.5
_OTHER_PORT_WEIGHT, _OTHER_PORT_LIMIT = 0.9, 2.5  # log10 for each further service port on which it met C2s
_LIST_WEIGHT = 1.5  # from the tracker share up to twice that; a short list may belong to one operator
_AFTER, _BEFORE = 0.35, -1.2  # log10 (.95 / .42) and (.05 / .58): contact after, before the listing
_ORDER_LIMIT = 1.0  # alone, the order never decides: a C2 may be listed before its upstream moves in
_LEAD_US = 2 * 86_400_000_000  # a C2 listed within the data's first two days cannot show contact before it


def _order(evidence: Evidence) -> tuple[Int64s, Int64s]:
    """C2s first contacted after, and before, their listing; only those where both could be seen."""
    statistics, size = evidence.statistics, len(evidence.tallies.k)
    listed = statistics.c2s.listed_us
    slots = statistics.exposure.slot_start_us
    if listed is None or not len(slots):
        return np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    contacts = statistics.contacts
    when = listed[contacts.c2]
    told = evidence.tallies.counted & (when > slots[0] + _LEAD_US) & statistics.c2s.listed[contacts.c2]
    after = told & (contacts.first_us >= when)
    return (
        np.bincount(contacts.candidate[after], minlength=size).astype(np.int64),
        np.bincount(contacts.candidate[told & ~after], minlength=size).astype(np.int64),
    )


def _other_ports(evidence: Evidence) -> Int64s:
    """Further service ports on which the peer, as a client, met C2s off their own ports, shape (m,)."""
    tallies = evidence.tallies
    peers = int(tallies.peer.max(initial=-1)) + 1
    used = evidence.is_client & (tallies.k > 0)
    ports = distinct(tallies.peer[used], evidence.statistics.candidates.port[used], owners=peers)
    return np.where(used, ports[tallies.peer] - 1, 0)


def _look(evidence: Evidence) -> Look:
    tallies = evidence.tallies
    share = evidence.settings.tracker_share
    many = tallies.listed_share * evidence.statistics.c2s.listed.sum() >= _FEW
    follows = rising(tallies.listed_share, start=share, full=2 * share, height=_LIST_WEIGHT)
    ports = np.minimum(tallies.ports_hit * _PORT_WEIGHT, _PORT_LIMIT)
    other = _other_ports(evidence)
    spread = np.minimum(other * _OTHER_PORT_WEIGHT, _OTHER_PORT_LIMIT)
    after, before = _order(evidence)
    order = np.clip(after * _AFTER + before * _BEFORE, -_ORDER_LIMIT, _ORDER_LIMIT)
    told = (tallies.ports_hit > 0) | evidence.is_client  # whom C2s connect to, follows nothing

    def reason(row: int) -> str:
        parts = [f"contacts {tallies.listed_share[row]:.0%} of all listed C2s"]
        if tallies.ports_hit[row]:
            parts.append(f"goes to the listening port of {tallies.ports_hit[row]} of them")
        if other[row]:
            parts.append(f"tries them on {other[row] + 1} service ports")
        if after[row] + before[row]:
            parts.append(f"first met {after[row]} of {after[row] + before[row]} after they were listed")
        return "; ".join(parts) + ": it follows the lists"

    weight = np.maximum(np.where(many, follows, 0.0) + ports + spread + order, 0.0)
    return Look(np.where(told, weight, 0.0), reason)


TRACKER = Confounder("tracker", Verdict.TRACKER, _look)
