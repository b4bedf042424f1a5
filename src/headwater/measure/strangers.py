"""Who are the unlisted clients of promising candidates, what do they serve, and to whom?

Each stranger is known by its main service, the endpoint that most hosts come to. Administration ports are
left out: what throngs there is brute force. Its clients are what tells an unlisted C2 from an ordinary
server.
"""

from typing import Any

import ibis

from headwater.measure.contacts import CONTACT, kind
from headwater.measure.reach import ADMINISTRATION_PORTS, KEY
from headwater.measure.scan import SERVER

Table = Any  # an Ibis table; Ibis ships no types

_SERVICE = ("hi", "lo", "port", "proto")


def unlisted(met: Table, *, candidates: Table, c2s: Table, most_hosts: int) -> Table:
    """Hosts in contact with candidates that are no hubs, without listed C2s.

    Args:
        met: KEY, host_hi, host_lo, contact: the hosts of each key; rows may repeat.
        candidates: candidate, KEY.
        c2s: hi, lo.
        most_hosts: candidates with more hosts are left out: nobody's client list is told by such a crowd.

    Returns:
        Distinct candidate, hi, lo.
    """
    mine = met.filter(met.contact).inner_join(candidates, list(KEY))
    mine = mine.select("candidate", hi="host_hi", lo="host_lo").distinct()
    small = mine.group_by("candidate").agg(n=mine.count())
    kept = mine.semi_join(small.filter(small.n <= most_hosts), "candidate")
    return kept.anti_join(c2s, ["hi", "lo"])


def visits(flows: Table, strangers: Table) -> Table:
    """Who is in contact with each endpoint of the strangers.

    Args:
        flows: narrow flows (measure/scan.py) that touch them.
        strangers: hi, lo.

    Returns:
        Distinct hi, lo, port, proto (the stranger's endpoint), client_hi, client_lo, edge_hash.
    """
    seen = flows.filter(kind(flows) == CONTACT)
    views = []
    for own, far in (("src", "dst"), ("dst", "src")):
        side = seen.select(
            hi=f"{own}_hi", lo=f"{own}_lo", port=f"{own}_port", proto="proto", client_hi=f"{far}_hi",
            client_lo=f"{far}_lo", edge_hash="edge_hash",
        )  # fmt: skip
        views.append(side.semi_join(strangers, ["hi", "lo"]))
    return ibis.union(*views).distinct()


def main_services(visited: Table) -> Table:
    """The endpoint of each stranger that most hosts come to, at least two: hi, lo, port, proto, fan_in.

    Args:
        visited: as from `visits`.
    """
    able = visited.filter(~visited.port.isin(ADMINISTRATION_PORTS), visited.port != 0)
    counted = able.group_by(*_SERVICE).agg(fan_in=able.count())
    counted = counted.filter(counted.fan_in >= 2)
    best = ibis.window(group_by=("hi", "lo"), order_by=(ibis.desc("fan_in"), "port", "proto"))
    ranked = counted.mutate(place=ibis.row_number().over(best))
    return ranked.filter(ranked.place == 0).drop("place")


def hub_services(hubs: Table, strangers: Table, *, fan_in: int) -> Table:
    """Strangers with a service that is too popular to be read: the same columns as `main_services`.

    Args:
        hubs: KEY.
        strangers: hi, lo.
        fan_in: what stands for the number of their clients.
    """
    mine = hubs.filter(hubs.role == SERVER).semi_join(strangers, ["hi", "lo"])
    one = mine.group_by("hi", "lo").agg(
        port=mine.port.min().cast("int32"), proto=mine.proto.min().cast("int16")
    )
    return one.mutate(fan_in=ibis.literal(fan_in, type="int64"))


def clients(visited: Table, services: Table, *, most: int) -> Table:
    """The clients of each stranger's main service, a random choice where they are many.

    Args:
        visited: as from `visits`.
        services: as from `main_services`.
        most: clients of one stranger; the choice goes by the uniform hash of the pair of addresses.

    Returns:
        hi, lo (the stranger), client_hi, client_lo.
    """
    mine = visited.semi_join(services, list(_SERVICE))
    order = ibis.window(group_by=("hi", "lo"), order_by=("edge_hash", "client_hi", "client_lo"))
    chosen = mine.mutate(place=ibis.row_number().over(order))
    return chosen.filter(chosen.place < most).select("hi", "lo", "client_hi", "client_lo")


def checkins(visited: Table) -> Table:
    """Who contacts which listed C2 on its own listening port: client_hi, client_lo, c2.

    Args:
        visited: as from `candidates.visit_keys`.
    """
    bots = visited.filter(visited.contact, ~visited.peer_is_c2)
    return bots.select("c2", client_hi="hi", client_lo="lo").distinct()
