"""Which contact stands behind the links of a map? One link for each pair of nodes in contact."""

from collections.abc import Iterable, Mapping

import numpy as np

from headwater.model.tier_map import TierLink
from headwater.model.window import moment_of
from headwater.score.statistics import Statistics


def upward_links(
    statistics: Statistics, *, upper: Mapping[int, str], lower: Mapping[int, str]
) -> tuple[TierLink, ...]:
    """Links from the nodes of one tier to those of the next, ordered by address.

    Args:
        statistics: in which the lower nodes stand in place of listed C2s.
        upper: candidate rows of the upper nodes to their addresses.
        lower: rows of the lower nodes to theirs.
    """
    contacts, candidates = statistics.contacts, statistics.candidates
    pairs: dict[tuple[str, str], list[int]] = {}
    for row in np.flatnonzero(~contacts.on_c2_port).tolist():
        up, down = upper.get(int(contacts.candidate[row])), lower.get(int(contacts.c2[row]))
        if up is not None and down is not None:
            pairs.setdefault((down, up), []).append(row)
    found = []
    for (down, up), rows in sorted(pairs.items()):
        flows, opened = contacts.flows[rows], contacts.opened_by_c2[rows]
        known = ~np.isnan(opened)
        share = float(np.average(opened[known], weights=flows[known])) if known.any() else None
        found.append(
            TierLink(
                lower=down, upper=up, sideways=False,
                ports=tuple(sorted({int(candidates.port[contacts.candidate[row]]) for row in rows})),
                opened_by_lower=share, flows=int(flows.sum()), sessions=int(contacts.sessions[rows].sum()),
                first_seen=moment_of(int(contacts.first_us[rows].min())),
                last_seen=moment_of(int(contacts.last_us[rows].max())),
            )
        )  # fmt: skip
    return tuple(found)


def sideways_links(
    talked: Iterable[tuple[str, str, int, int]], *, nodes: frozenset[str]
) -> tuple[TierLink, ...]:
    """Links between nodes of one tier, ordered by address.

    Args:
        talked: client, server, service port and flows; pairs may repeat.
        nodes: addresses of the tier.
    """
    pairs: dict[tuple[str, str], tuple[set[int], int]] = {}
    for client, server, port, flows in talked:
        if client in nodes and server in nodes and client != server:
            ports, sofar = pairs.get((min(client, server), max(client, server)), (set(), 0))
            pairs[min(client, server), max(client, server)] = (ports | {port}, sofar + flows)
    return tuple(
        TierLink(
            lower=one, upper=other, sideways=True, ports=tuple(sorted(ports)), opened_by_lower=None,
            flows=flows, sessions=0, first_seen=None, last_seen=None,
        )
        for (one, other), (ports, flows) in sorted(pairs.items())
    )  # fmt: skip
