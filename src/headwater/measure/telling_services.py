"""On which port of its own does a host look most like a C2? The one where most known bots come.

The busiest port of a compromised server is that of its ordinary business; the C2 stands beside it, on a port
with fewer clients. Where no bot comes to any port, the busiest one stands, as for a hunt's strangers.
"""

from typing import Any

import ibis

from headwater.measure.reach import ADMINISTRATION_PORTS

Table = Any  # an Ibis table; Ibis ships no types

_SERVICE = ("hi", "lo", "port", "proto")


def telling_services(visited: Table, checkins: Table) -> Table:
    """The endpoint of each host to which most bots come; of equal ones the busiest.

    Args:
        visited: as from `strangers.visits`.
        checkins: client_hi, client_lo: who checks in at listed C2s; rows may repeat.

    Returns:
        hi, lo, port, proto, fan_in (distinct hosts, at least two), one row a host.
    """
    bots = checkins.select(bot_hi="client_hi", bot_lo="client_lo").distinct()
    able = visited.filter(~visited.port.isin(ADMINISTRATION_PORTS), visited.port != 0)
    told = able.left_join(bots, [able.client_lo == bots.bot_lo, able.client_hi == bots.bot_hi])
    counted = told.group_by(*_SERVICE).agg(fan_in=told.count(), bots=told.bot_lo.count())
    counted = counted.filter(counted.fan_in > 1)
    best = ibis.window(
        group_by=("hi", "lo"), order_by=(ibis.desc("bots"), ibis.desc("fan_in"), "port", "proto")
    )
    ranked = counted.mutate(place=ibis.row_number().over(best))
    return ranked.filter(ranked.place == 0).drop("place", "bots")


def met(visited: Table, others: Table) -> Table:
    """How many of some other hosts each host is in contact with, on any port: hi, lo, n.

    Args:
        visited: as from `strangers.visits`.
        others: client_hi, client_lo.
    """
    pairs = visited.semi_join(others, ["client_hi", "client_lo"])
    pairs = pairs.select("hi", "lo", "client_hi", "client_lo").distinct()
    return pairs.group_by("hi", "lo").agg(n=pairs.count())
