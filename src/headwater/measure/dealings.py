"""What has one address to do with whom? Its flows, each with the host at the other end and its key.

A *dealing* is a flow of the address seen from the other host, which is side a; the address is side b. Its key
is that of the address (measure/reach.py): role, service port and protocol. Flows on a listed C2's own
listening port are dealings, too: the address is the client then, whatever the counts say.
"""

from typing import Any

import ibis

from headwater.engine.primitives import DAY_US, HOUR_US, bucket
from headwater.measure import candidates, orientation
from headwater.measure.scan import SERVER

Table = Any  # an Ibis table; Ibis ships no types

_OPENING = ("role", "port", "proto")
_COLUMNS = {
    "host_hi": "a_hi", "host_lo": "a_lo", "role": "role", "port": "port", "proto": "proto",
    "outward": "outward", "start_us": "start_us", "end_us": "end_us", "packets": "packets", "bytes": "bytes",
    "sensor": "sensor", "contact": "contact", "opened": "c2_opened", "decided_by": "decided_by",
}  # fmt: skip


def touches_of_others(touched: Table, *, c2s: Table) -> Table:
    """Touches of the address, turned round: side a is the other host; without listed C2s and itself.

    Args:
        touched: as from `contacts.touches` with the address alone as its C2.
        c2s: c2, hi, lo.
    """
    other = touched.filter(~touched.peer_is_c2)
    other = other.anti_join(c2s, [other.b_lo == c2s.lo, other.b_hi == c2s.hi])
    return other.select(
        **{f"a_{part}": other[f"b_{part}"] for part in ("hi", "lo", "port")},
        **{f"b_{part}": other[f"a_{part}"] for part in ("hi", "lo", "port")},
        **{name: other[name] for name in ("proto", "start_us", "end_us", "packets", "bytes", "sensor")},
        outward=~other.outward,
        witness=-other.witness,
        contact=other.contact,
    )


def oriented_others(others: Table, *, talks: Table, counts: Table) -> Table:
    """What the address has to do with hosts that nobody listed, with sides decided.

    Args:
        others: as from `touches_of_others`.
        talks: touches of listed C2s; sensors' flags are judged by them, too.
        counts: as from `orientation.merged`.
    """
    spoken = [table.select(*orientation.PAIR, "sensor", "witness") for table in (others, talks)]
    flags = orientation.flag_odds(spoken[0].union(spoken[1]), counts)
    told = others.left_join(flags, list(orientation.PAIR))
    told = told.mutate(flag_odds=ibis.coalesce(told.flag_odds, 0.0))
    told = told.drop(*(f"{name}_right" for name in orientation.PAIR))
    return candidates.keyed(orientation.oriented(told, counts))


def dealings(others: Table, *, talks: Table, on_port: Table, address: Table) -> Table:
    """All dealings of the address.

    Args:
        others: as from `oriented_others`.
        talks: touches of listed C2s off their own listening ports, as from `candidates.keyed`.
        on_port: touches on those ports, as from `contacts.at_own_port`.
        address: hi, lo: one row.

    Returns:
        host_hi, host_lo, c2 (null for a host that nobody listed), on_c2_port, in_window (of the C2's label;
        null for others), role, port, proto, outward (the host sent it), start_us, end_us, packets, bytes,
        sensor, contact, opened (the host opened it; null where unknown), decided_by.
    """
    mine = talks.semi_join(address, [talks.b_lo == address.lo, talks.b_hi == address.hi])
    came = candidates.visit_keys(
        on_port.semi_join(address, [on_port.b_lo == address.lo, on_port.b_hi == address.hi])
    )
    came = came.mutate(c2_opened=ibis.literal(False), decided_by=ibis.literal(orientation.PORT))
    none = others.mutate(c2=ibis.null("int32"), in_window=ibis.null("boolean"))
    parts = [
        table.select(
            c2=table.c2,
            in_window=table.in_window,
            on_c2_port=ibis.literal(on_c2_port),
            **{name: table[column] for name, column in _COLUMNS.items()},
        )
        for table, on_c2_port in ((none, False), (mine, False), (came, True))
    ]
    return ibis.union(*parts)


def keys(table: Table) -> Table:
    """The keys of the address: role, port, proto, hosts, c2s (listed, off their own ports), c2s_visited,
    flows.

    Args:
        table: as from `dealings`; only contact counts.
    """
    met = table.filter(table.contact)
    by_host = met.group_by(*_OPENING, "host_hi", "host_lo").agg(
        flows=met.count(), c2=met.c2.max(), off=(~met.on_c2_port).any()
    )
    listed = by_host.c2.notnull()
    return by_host.group_by(*_OPENING).agg(
        hosts=by_host.count(),
        c2s=ibis.coalesce((listed & by_host.off).sum(), 0).cast("int64"),
        c2s_visited=ibis.coalesce((listed & ~by_host.off).sum(), 0).cast("int64"),
        flows=by_host.flows.sum().cast("int64"),
    )


def numbered_clients(on_key: Table, *, most: int) -> Table:
    """The hosts of one key, numbered by address: client, hi, lo, c2.

    Args:
        on_key: dealings in contact on that key.
        most: how many are kept, listed C2s first, then those of most flows.
    """
    hosts = on_key.group_by(hi=on_key.host_hi, lo=on_key.host_lo).agg(
        c2=on_key.c2.max(), flows=on_key.count()
    )
    best = ibis.window(order_by=(hosts.c2.isnull(), ibis.desc(hosts.flows), hosts.hi, hosts.lo))
    ranked = hosts.mutate(place=ibis.row_number().over(best))
    kept = ranked.filter(ranked.place < most)
    number = ibis.row_number().over(ibis.window(order_by=(kept.hi, kept.lo))).cast("int32")
    return kept.select(client=number, hi=kept.hi, lo=kept.lo, c2=kept.c2)


def of_clients(on_key: Table, clients: Table) -> Table:
    """The dealings of numbered clients, in the columns that `contacts.by_contact` takes.

    There, `c2` is the number of the client, and `candidate` is 0; `decided_by` comes along.
    """
    joined = on_key.inner_join(
        clients.select("client", "hi", "lo"), [on_key.host_lo == clients.lo, on_key.host_hi == clients.hi]
    )
    return joined.select(
        candidate=ibis.literal(0, type="int32"),
        c2=joined.client,
        c2_opened=joined.opened,
        **{
            name: joined[name]
            for name in (
                "outward", "start_us", "end_us", "packets", "bytes", "on_c2_port", "decided_by"
            )
        },
    )  # fmt: skip


def reasons(flows: Table) -> Table:
    """Why we think so: client, decided_by, flows.

    Args:
        flows: as from `of_clients`.
    """
    return flows.group_by("decided_by", client=flows.c2).agg(flows=flows.count())


def peers(table: Table) -> Table:
    """The services that the address itself connects to, off listed C2s' own ports: hi, lo, port, proto,
    flows.

    Args:
        table: as from `dealings`; only contact counts.
    """
    met = table.filter(table.contact, table.role != SERVER, ~table.on_c2_port)
    return met.group_by(hi=met.host_hi, lo=met.host_lo, port=met.port, proto=met.proto).agg(flows=met.count())


def visited(table: Table) -> Table:
    """The listed C2s on whose own ports the address calls: c2, port, proto, flows; only contact counts."""
    met = table.filter(table.contact, table.on_c2_port)
    return met.group_by("c2", "port", "proto").agg(flows=met.count())


def shared(talks: Table, *, c2s: Table, address: Table) -> Table:
    """What the C2s of a case have to do with, off their own ports, beside the address: KEY, of_case, c2s,
    flows.

    Args:
        talks: as from `candidates.keyed`; contact in any time counts.
        c2s: column c2: the listed C2s of the case.
        address: hi, lo: one row.

    Returns:
        of_case: C2s of the case in contact with the key; c2s: listed C2s of any kind; flows: of those.
    """
    met = talks.filter(talks.contact, ~talks.peer_is_c2).anti_join(address, ["hi", "lo"])
    by_c2 = met.group_by("hi", "lo", "role", "port", "proto", "c2").agg(flows=met.count())
    mine = c2s.select(mine=c2s.c2)
    told = by_c2.left_join(mine, [by_c2.c2 == mine.mine])
    counted = told.group_by("hi", "lo", "role", "port", "proto").agg(
        of_case=told.mine.count(), c2s=told.count(), flows=told.flows.sum().cast("int64")
    )
    return counted.filter(counted.of_case > 0)


def hours_of_week(flows: Table) -> Table:
    """Hours with contact by hour of the week: client, week_us (from Monday 00:00 UTC), hours.

    Args:
        flows: as from `of_clients`.
    """
    hours = flows.select(client=flows.c2, hour_us=bucket(flows.start_us, HOUR_US)).distinct()
    # microsecond 0 lies in 1970-01-01, a Thursday: three days after Monday
    week_us = (hours.hour_us + 3 * DAY_US) % (7 * DAY_US)
    return hours.group_by("client", week_us=week_us).agg(hours=hours.count())


def affordable(asked: Table, edges: Table, *, rate: float, budget: int) -> Table:
    """The addresses that can be read whole: hi, lo.

    Args:
        asked: hi, lo, place: those with the smallest place come first; rows may repeat.
        edges: of the sample, hubs left out.
        rate: share of address pairs in the sample; 1 leaves nothing out.
        budget: flows to read, about.
    """
    once = asked.group_by("hi", "lo").agg(place=asked.place.min())
    if rate == 1.0:
        return once.select("hi", "lo")
    sampled = edges.semi_join(once, ["hi", "lo"])
    pairs = sampled.group_by("hi", "lo").agg(pairs=sampled.pairs.sum())
    told = once.left_join(pairs, ["hi", "lo"]).drop("hi_right", "lo_right")
    order = ibis.window(order_by=("place", "hi", "lo"), following=0)
    told = told.mutate(to_read=ibis.coalesce(told.pairs, 0).sum().over(order) / rate)
    return told.filter(told.to_read <= budget).select("hi", "lo")
