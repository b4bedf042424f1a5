"""How does a client come: how often, for how long, in which hours? Connections put together from records.

A connection is what two hosts say to each other from one client port on one day. Exporters cut it into
records as their time-outs tell them to; a port that the client takes again on the same day is taken for the
same connection, which seldom happens to who comes seldom.
"""

from typing import Any

import ibis

from headwater.engine.primitives import DAY_US, HOUR_US, bucket
from headwater.measure.reach import KEY
from headwater.measure.scan import CLIENT

Table = Any  # an Ibis table; Ibis ships no types

LONG_US = 60_000_000  # a minute: longer than a probe, a guess or a look-up, shorter than a person's work


def connections(talks: Table, candidates: Table) -> Table:
    """What each candidate had to do with each seed, connection by connection.

    Args:
        talks: as from `candidates.keyed`; only contact inside the windows counts.
        candidates: candidate, KEY.

    Returns:
        candidate, c2 (the seed), client_port, day_us, start_us, end_us, packets (0 where nobody counted),
        mirrored (both sides speak from the same port, or there is none: who came to whom shows in no port).
    """
    met = talks.filter(talks.met, ~talks.peer_is_c2).inner_join(candidates, list(KEY))
    by = met.mutate(
        client_port=ibis.ifelse(met.role == CLIENT, met.b_port, met.a_port),
        day_us=bucket(met.start_us, DAY_US),
    )
    return by.group_by("candidate", "c2", "client_port", "day_us").agg(
        start_us=by.start_us.min(),
        end_us=by.end_us.max(),
        packets=ibis.coalesce(by.packets.sum(), 0).cast("int64"),
        mirrored=(by.client_port == by.port).any(),
    )


def manners(connected: Table) -> Table:
    """How each candidate comes: candidate, connections, pair_days, told, long, mirrored.

    Args:
        connected: as from `connections`.

    Returns:
        pair_days: distinct days with contact, summed over seeds; told: connections of which more than one
        packet was seen, so that their length shows; long: those of them that last LONG_US or longer;
        mirrored: those with one port on both sides.
    """
    days = connected.group_by("candidate", "c2", "day_us").agg(
        connections=connected.count(),
        told=(connected.packets > 1).sum(),
        long=((connected.packets > 1) & (connected.end_us - connected.start_us >= LONG_US)).sum(),
        mirrored=connected.mirrored.sum(),
    )
    return days.group_by("candidate").agg(
        pair_days=days.count(),
        **{name: days[name].sum().cast("int64") for name in ("connections", "told", "long", "mirrored")},
    )


def hours(connected: Table) -> Table:
    """In which hours each candidate began a connection with any seed: candidate, hour_us, distinct."""
    return connected.select("candidate", hour_us=bucket(connected.start_us, HOUR_US)).distinct()
