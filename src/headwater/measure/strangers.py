"""Who are the unlisted clients of promising candidates, what do they serve, and to whom?

Each stranger is known by its main service, the endpoint that most hosts come to. Administration ports are
left out: what throngs there is brute force. Its clients are what tells an unlisted C2 from an ordinary
server.
"""

from typing import Any

import ibis

from headwater.engine.primitives import endpoint_id
from headwater.measure.contacts import CONTACT, kind
from headwater.measure.reach import ADMINISTRATION_PORTS, KEY
from headwater.measure.scan import CLIENT, SERVER

Table = Any  # an Ibis table; Ibis ships no types
Column = Any  # an Ibis column

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


def flows_of(flows: Table, *, strangers: Table, hubs: Table, busy: Table) -> Table:
    """The flows that may show who comes to the strangers.

    Left out are a stranger's calls at a busy service from a port of its own that is not busy, which is a
    client's port then, and the calls of strangers that go to too many. `of_src` and `of_dst` say of which
    side a flow may tell.

    Args:
        flows: narrow flows (measure/scan.py).
        strangers: hi, lo.
        hubs: keys (KEY) that met too many to be read; clients among them count here.
        busy: endpoints (an `endpoint_id`) that many come to: column `endpoint`.
    """
    flows = flows.filter(flows.src_lo.isin(strangers.lo) | flows.dst_lo.isin(strangers.lo))
    flows = flows.mutate(
        src_busy=_endpoint(flows, "src", "src").isin(busy.endpoint),
        dst_busy=_endpoint(flows, "dst", "dst").isin(busy.endpoint),
    )
    flows = flows.mutate(
        of_src=flows.src_lo.isin(strangers.lo) & (flows.src_busy | ~flows.dst_busy),
        of_dst=flows.dst_lo.isin(strangers.lo) & (flows.dst_busy | ~flows.src_busy),
    )
    flows = flows.filter(flows.of_src | flows.of_dst)
    clients = hubs.filter(hubs.role == CLIENT)
    roaming = clients.select(
        id=endpoint_id(hi=clients.hi, lo=clients.lo, port=clients.port, proto=clients.proto)
    )
    flows = flows.mutate(
        of_src=flows.of_src & ~_endpoint(flows, "src", "dst").isin(roaming.id),
        of_dst=flows.of_dst & ~_endpoint(flows, "dst", "src").isin(roaming.id),
    )
    return flows.filter(flows.of_src | flows.of_dst)


def kept(flows: Table, strangers: Table) -> Table:
    """How many of the flows kept each stranger has: hi, lo, kept.

    Args:
        flows: as from `flows_of`.
        strangers: hi, lo.
    """
    views = [
        flows.filter(flows[f"of_{side}"]).select(hi=f"{side}_hi", lo=f"{side}_lo") for side in ("src", "dst")
    ]
    mine = views[0].union(views[1]).semi_join(strangers, ["hi", "lo"])
    return mine.group_by("hi", "lo").agg(kept=mine.count())


def touched(popular: Table, strangers: Table) -> Table:
    """How many flows of the sample each stranger has to do with at all: hi, lo, touched.

    Args:
        popular: as from `reach.popularity`.
        strangers: hi, lo.
    """
    mine = popular.semi_join(strangers, ["hi", "lo"])
    return mine.group_by("hi", "lo").agg(touched=mine.pairs.sum().cast("int64"))


def _endpoint(flows: Table, side: str, port: str) -> Column:
    return endpoint_id(
        hi=flows[f"{side}_hi"], lo=flows[f"{side}_lo"], port=flows[f"{port}_port"], proto=flows.proto
    )


def visits(flows: Table, strangers: Table) -> Table:
    """Who is in contact with each endpoint of the strangers.

    Args:
        flows: narrow flows (measure/scan.py) that touch them.
        strangers: hi, lo.

    Returns:
        Distinct hi, lo, port, proto (the stranger's endpoint), client_hi, client_lo.
    """
    seen = flows.filter(kind(flows) == CONTACT)
    views = []
    for own, far in (("src", "dst"), ("dst", "src")):
        side = seen.select(
            hi=f"{own}_hi", lo=f"{own}_lo", port=f"{own}_port", proto="proto", client_hi=f"{far}_hi",
            client_lo=f"{far}_lo",
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


def clients(visited: Table, services: Table) -> Table:
    """The clients of each stranger's main service: distinct hi, lo (the stranger), client_hi, client_lo.

    Args:
        visited: as from `visits`.
        services: as from `main_services`: one of each stranger.
    """
    return visited.semi_join(services, list(_SERVICE)).select("hi", "lo", "client_hi", "client_lo")


def checkins(visited: Table) -> Table:
    """Who contacts which listed C2 on its own listening port: client_hi, client_lo, c2.

    Args:
        visited: as from `candidates.visit_keys`.
    """
    bots = visited.filter(visited.contact, ~visited.peer_is_c2)
    return bots.select("c2", client_hi="hi", client_lo="lo").distinct()
