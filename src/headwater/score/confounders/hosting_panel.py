"""Is it a hosting network's panel or a reseller? Its clients are that network's customers, C2s among them.

Evidence: clients that are neither listed nor look like C2s, concentrated in the network where its C2s are.
Unlisted clients that do look like C2s do not count against it: they are what one would expect of an upstream.
Nothing is said where the C2s are in networks that were put together: hosts of several small networks have no
panel in common.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, ramp, rising
from headwater.score.statistics import Floats, Int32s

_OTHERS = (2.0, 20.0)  # ordinary hosts of that one network among its clients
_CONCENTRATION = (0.5, 0.9)  # share of all its clients in that network
_HEIGHT = 2.5


def home_network(evidence: Evidence) -> tuple[Int32s, Floats, Floats]:
    """The network with most of each candidate's C2s.

    Returns:
        Its number (-1 without contact), the share of the C2s there, and the hosts of it in contact with the
        candidate in its busiest slot, a lower bound of all; each of shape (m,).
    """
    statistics, tallies = evidence.statistics, evidence.tallies
    size, classes = len(tallies.k), max(len(statistics.exposure.networks), 1)
    contacts, exposure = statistics.contacts, statistics.exposure
    owner, c2 = contacts.candidate[tallies.counted], contacts.c2[tallies.counted]
    cells, counts = np.unique(
        owner.astype(np.int64) * classes + statistics.c2s.network[c2], return_counts=True
    )
    home, best = np.full(size, -1, dtype=np.int32), np.zeros(size)
    order = np.argsort(counts, kind="stable")  # the largest comes last and stays
    home[cells[order] // classes] = cells[order] % classes
    best[cells[order] // classes] = counts[order]
    every = np.bincount(owner, minlength=size)
    hosts = np.zeros(size)
    at_home = exposure.reach_network == home[exposure.reach_candidate]
    np.maximum.at(hosts, exposure.reach_candidate[at_home], exposure.reach_hosts[at_home])
    return home, best / np.maximum(every, 1), hosts


def _look(evidence: Evidence) -> Look:
    home, c2_share, hosts = home_network(evidence)
    ours = c2_share * (evidence.tallies.c2s + evidence.c2_like)
    ordinary = np.maximum(hosts - ours, 0.0)
    # co-located C2s are folded in d and not in the reach, so the share could pass one
    concentration = np.minimum(hosts / np.maximum(evidence.tallies.hosts, 1), 1.0)
    told = rising(concentration, start=_CONCENTRATION[0], full=_CONCENTRATION[1], height=1.0)
    weight = told * ramp(ordinary, start=_OTHERS[0], full=_OTHERS[1], height=_HEIGHT)
    networks = evidence.statistics.exposure.networks
    one_owner = evidence.is_server & (home < len(networks) - evidence.statistics.exposure.pooled)

    def reason(row: int) -> str:
        return (
            f"{concentration[row]:.0%} of its clients or more are in {networks[home[row]]}, as its C2s are, "
            f"and {ordinary[row]:.0f} of them are ordinary hosts: a panel or reseller of that network"
        )

    return Look(np.where(one_owner, weight, 0.0), reason)


HOSTING_PANEL = Confounder("hosting panel or reseller", Verdict.SHARED_SERVICE, _look)
