"""How visible and busy is each network, and which of its hosts met each candidate? By slots of time.

M_gw counts the edges of the hosts of network g in slot w, d_jgw those of them that lead to candidate j.
"""

from typing import Any

from headwater.measure.reach import KEY
from headwater.measure.scan import CLIENT

Table = Any  # an Ibis table; Ibis ships no types


def without_own_service(edges: Table, own_ports: Table) -> Table:
    """Edges in contact, without those on the host's own main service.

    C2s are counted without the bots that check in at them, so their neighbours must be counted without the
    customers of their services; else chance would look too small.

    Args:
        edges: as from `reach.edges`.
        own_ports: as from `reach.own_ports`.
    """
    edges = edges.filter(edges.contact)
    return edges.anti_join(
        own_ports,
        [
            edges.role == CLIENT,
            edges.host_lo == own_ports.lo,
            edges.host_hi == own_ports.hi,
            edges.port == own_ports.port,
            edges.proto == own_ports.proto,
        ],
    )


def host_edges(edges: Table) -> Table:
    """How many edges each host has in each slot: host_hi, host_lo, slot_us, edges."""
    return edges.group_by("host_hi", "host_lo", "slot_us").agg(edges=edges.count())


def by_network(counted: Table, networks: Table) -> Table:
    """M_gw: network, slot_us, edges.

    Args:
        counted: as from `host_edges`.
        networks: hi, lo, network.
    """
    joined = counted.inner_join(networks, [counted.host_lo == networks.lo, counted.host_hi == networks.hi])
    return joined.group_by("network", "slot_us").agg(edges=joined.edges.sum().cast("int64"))


def reach_by_network(edges: Table, candidates: Table, networks: Table) -> Table:
    """d_jgw: candidate, network, slot_us, hosts.

    Args:
        edges: as from `reach.edges`; only those in contact count.
        candidates: candidate, KEY.
        networks: hi, lo, network.
    """
    mine = edges.filter(edges.contact).inner_join(candidates, KEY)
    mine = mine.select("candidate", "host_hi", "host_lo", "slot_us")
    joined = mine.inner_join(networks, [mine.host_lo == networks.lo, mine.host_hi == networks.hi])
    return joined.group_by("candidate", "network", "slot_us").agg(hosts=joined.count())


def keys_by_hosts(edges: Table, networks: Table) -> Table:
    """How often keys are seen from the networks asked about: hosts_seen (1, or 2 for more), keys.

    Args:
        edges: of the sample.
        networks: hi, lo: hosts of the networks asked about.
    """
    seen = edges.filter(edges.contact)
    mine = seen.semi_join(networks, [seen.host_lo == networks.lo, seen.host_hi == networks.hi])
    pairs = mine.select(*KEY, "host_hi", "host_lo").distinct()
    keys = pairs.group_by(*KEY).agg(hosts=pairs.count())
    return keys.group_by(hosts_seen=keys.hosts.clip(upper=2)).agg(keys=keys.count())
