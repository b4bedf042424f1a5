"""Whom does each key meet? The distinct hosts behind services and clients, and who is too popular to read.

A *key* is (address, role, service port, protocol): a service with the hosts that come to it, or a client with
the hosts whose service port it goes to. An *edge* is a key with one host that it met; `slot_us` is the slot
of time in which.
"""

from typing import Any

import ibis

from headwater.engine.primitives import bucket
from headwater.measure.contacts import CONTACT, kind
from headwater.measure.scan import CLIENT, SERVER

Table = Any  # an Ibis table; Ibis ships no types

KEY = ("hi", "lo", "role", "port", "proto")
_LINK = ("hi", "lo", "port", "proto", "client_hi", "client_lo")
ADMINISTRATION_PORTS = (
    22,
    23,
    3389,
    5900,
    5985,
    5986,
)  # ssh, telnet, rdp, vnc, winrm: brute-forcers throng there


def paired(flows: Table, *, slot_us: int) -> Table:
    """Flows as pairs of endpoints in slots of time, which may repeat.

    Args:
        flows: narrow flows (measure/scan.py).
        slot_us: length of a slot, microseconds.

    Returns:
        a_hi, a_lo, a_port, b_hi, b_lo, b_port, proto, slot_us, contact (whether the flow is contact).
    """
    return flows.select(
        a_hi=flows.src_hi,
        a_lo=flows.src_lo,
        a_port=flows.src_port,
        b_hi=flows.dst_hi,
        b_lo=flows.dst_lo,
        b_port=flows.dst_port,
        proto=flows.proto,
        slot_us=bucket(flows.start_us, slot_us),
        contact=kind(flows) == CONTACT,
    )


def links(oriented: Table) -> Table:
    """Which client met which service in which slot: oriented pairs without repetition.

    Args:
        oriented: pairs as from `orientation.oriented`, with slot_us and contact.

    Returns:
        hi, lo, port, proto (the service), client_hi, client_lo, slot_us, contact (whether any pair was) and
        pairs (how many there were).
    """
    serves = oriented.b_serves
    sided = oriented.select(
        hi=ibis.ifelse(serves, oriented.b_hi, oriented.a_hi),
        lo=ibis.ifelse(serves, oriented.b_lo, oriented.a_lo),
        port=ibis.ifelse(serves, oriented.b_port, oriented.a_port),
        proto=oriented.proto,
        client_hi=ibis.ifelse(serves, oriented.a_hi, oriented.b_hi),
        client_lo=ibis.ifelse(serves, oriented.a_lo, oriented.b_lo),
        slot_us=oriented.slot_us,
        contact=oriented.contact,
    )
    return sided.group_by("hi", "lo", "port", "proto", "client_hi", "client_lo", "slot_us").agg(
        contact=sided.contact.any(), pairs=sided.count()
    )


def ends(link_table: Table) -> Table:
    """Links as keys with a host, two rows a link: for the service, and for the client.

    Args:
        link_table: as from `links`.

    Returns:
        hi, lo, role, port, proto, host_hi, host_lo and what else a link has; rows repeat only where links do.
    """
    rest = [name for name in link_table.columns if name not in _LINK]
    views = [
        link_table.select(
            hi=own_hi, lo=own_lo, role=ibis.literal(role, type="int32"), port="port", proto="proto",
            host_hi=far_hi, host_lo=far_lo, **{name: name for name in rest},
        )
        for role, own_hi, own_lo, far_hi, far_lo in (
            (SERVER, "hi", "lo", "client_hi", "client_lo"),
            (CLIENT, "client_hi", "client_lo", "hi", "lo"),
        )
    ]  # fmt: skip
    return views[0].union(views[1])


def edges(end_table: Table) -> Table:
    """The distinct rows of `ends`, with contact (whether any was) and pairs (how many there were)."""
    return end_table.group_by(*KEY, "host_hi", "host_lo", "slot_us").agg(
        contact=end_table.contact.any(), pairs=end_table.count()
    )


def popularity(link_table: Table) -> Table:
    """How many hosts each key met: KEY, hosts (in contact), hosts_tried (contact or not), pairs.

    Args:
        link_table: as from `links`.
    """
    met = link_table.group_by("hi", "lo", "port", "proto", "client_hi", "client_lo").agg(
        contact=link_table.contact.any(), pairs=link_table.pairs.sum().cast("int64")
    )
    met_ends = ends(met)
    return met_ends.group_by(*KEY).agg(
        hosts=met_ends.contact.sum(),
        hosts_tried=met_ends.count(),
        pairs=met_ends.pairs.sum().cast("int64"),
    )


def fan_out(end_table: Table) -> Table:
    """How many hosts each address goes to as a client, tried or met: hi, lo, fan_out, fan_out_ports.

    Args:
        end_table: as from `ends` or `edges`.
    """
    mine = end_table.filter(end_table.role == CLIENT)
    ports = mine.select("hi", "lo", "port", "proto").distinct()
    hosts = mine.select("hi", "lo", "host_hi", "host_lo").distinct()
    by_ports = ports.group_by("hi", "lo").agg(fan_out_ports=ports.count())
    by_hosts = hosts.group_by("hi", "lo").agg(fan_out=hosts.count())
    return by_hosts.inner_join(by_ports, ["hi", "lo"])


def roaming(end_table: Table, *, hosts: int, rate: float) -> Table:
    """Clients that surely try more than so many hosts, in a sample of that rate: hi, lo.

    Args:
        end_table: as from `ends` or `edges`.
        hosts: the limit.
        rate: share of address pairs that the table stands on.
    """
    mine = end_table.filter(end_table.role == CLIENT)
    counted = mine.group_by("hi", "lo").agg(ends=mine.count())
    able = mine.semi_join(
        counted.filter(counted.ends > hosts * rate), ["hi", "lo"]
    )  # few are left to tell apart
    met = able.select("hi", "lo", "host_hi", "host_lo").distinct()
    tried = met.group_by("hi", "lo").agg(fan_out=met.count())
    return tried.filter(surely_above(tried.fan_out, limit=hosts, rate=rate)).select("hi", "lo")


def without_visits_of(edge_table: Table, scanners: Table) -> Table:
    """Edges without the visits of scanners (hi, lo) to services; what scanners themselves met stays."""
    return edge_table.anti_join(
        scanners,
        [
            edge_table.role == SERVER,
            edge_table.host_lo == scanners.lo,
            edge_table.host_hi == scanners.hi,
        ],
    )


def surely_above(count: Any, *, limit: int, rate: float) -> Any:  # Any: an Ibis column in, one out
    """Whether a count seen in a sample of that rate stands for more than `limit`, three deviations clear of
    it.

    What is near the limit is thereby read exactly. In the whole (rate 1) the count is no estimate.
    """
    spread = 3.0 if rate < 1.0 else 0.0
    return (count - spread * count.sqrt()) / rate > limit


def own_ports(popular: Table, *, least: int, rate: float) -> Table:
    """The port that most come to, of each host that has one: hi, lo, port, proto, hosts.

    Administration ports do not count: what throngs there is brute force, not custom.

    Args:
        popular: as from `popularity`.
        least: fewest hosts in contact, as estimated for all flows.
        rate: share of address pairs that the counts stand on.
    """
    able = popular.filter(
        popular.role == SERVER,
        popular.hosts / rate >= least,
        popular.hosts >= 2,
        ~popular.port.isin(ADMINISTRATION_PORTS),
        popular.port != 0,
    )
    best = ibis.window(group_by=("hi", "lo"), order_by=(ibis.desc("hosts"), "port", "proto"))
    ranked = able.mutate(place=ibis.row_number().over(best))
    return ranked.filter(ranked.place == 0).select("hi", "lo", "port", "proto", "hosts")


def hubs(popular: Table, *, hub_hosts: int, rate: float) -> Table:
    """Keys that met more hosts than can be read: KEY.

    Args:
        popular: as from `popularity`, of the sample.
        hub_hosts: keys of more hosts are hubs.
        rate: share of address pairs in the sample; 1 makes none a hub.
    """
    if rate == 1.0:
        return popular.select(*KEY).limit(0)
    return popular.filter(popular.hosts_tried / rate > hub_hosts).select(*KEY)


def cut(possible: Table, popular: Table, *, hub_hosts: int, budget: int, rate: float) -> Table:
    """Keys that the second pass leaves to the sample: KEY.

    Hubs; then, where the rest would still be too much to read, keys of one C2, and those with the smallest
    share of C2s that is possible, until it is not. Services of the same addresses that cannot be candidates
    are left out, too.

    Args:
        possible: KEY with c2s, as from `candidates.possible_keys`.
        popular: as from `popularity`, of the sample.
        hub_hosts: keys of more hosts are hubs.
        budget: flows to read, about.
        rate: share of address pairs in the sample; 1 cuts nothing.
    """
    crowded = hubs(popular, hub_hosts=hub_hosts, rate=rate)
    if rate == 1.0:
        return crowded
    known = possible.inner_join(popular, KEY).anti_join(crowded, KEY)
    told = known.mutate(share=known.c2s / known.hosts_tried, shared=known.c2s >= 2)
    order = ibis.window(
        order_by=(ibis.desc("shared"), ibis.desc("share"), "hi", "lo", "role", "port", "proto"), following=0
    )
    told = told.mutate(to_read=told.pairs.sum().over(order) / rate)
    beyond = told.filter(told.to_read > budget).select(*KEY)
    others = popular.filter(popular.role == SERVER).semi_join(possible, ["hi", "lo"])
    return crowded.union(beyond).union(others.anti_join(possible, KEY).select(*KEY)).distinct()
