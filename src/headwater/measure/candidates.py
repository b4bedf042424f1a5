"""Which keys may be candidates, which addresses must be read for them, and which keys are candidates?

A candidate is a key (peer, role, service port, protocol) that several listed C2s met inside their windows.
C2s themselves are no candidates; what they have to do with each other is kept apart.
"""

from typing import Any

import ibis

from headwater.measure.contacts import CONTACT
from headwater.measure.orientation import UNKNOWN, flag_witness
from headwater.measure.reach import CLIENT, KEY, SERVER

Table = Any  # an Ibis table; Ibis ships no types
Column = Any  # an Ibis column

PAIR = ("a_hi", "a_lo", "a_port", "b_hi", "b_lo", "b_port", "proto")  # a: the C2's endpoint, b: the peer's


def c2_pairs(touches: Table, *, slot_us: Column) -> Table:
    """Touches by pair of endpoints, sensor and slot.

    Args:
        touches: as from `contacts.touches`.
        slot_us: the slot of each touch, an expression on `touches`.

    Returns:
        a_* (C2), b_* (peer), proto, c2, peer_is_c2, sensor, slot_us, contact (any flow was contact), met (any
        such inside the window), for_b, for_a (records whose flags say that side serves).
    """
    witness = flag_witness(touches, sent_by_a=touches.outward)
    contact = touches.kind == CONTACT
    return touches.group_by(
        a_hi=touches.c2_hi,
        a_lo=touches.c2_lo,
        a_port=touches.c2_port,
        b_hi=touches.peer_hi,
        b_lo=touches.peer_lo,
        b_port=touches.peer_port,
        proto=touches.proto,
        c2=touches.c2,
        peer_is_c2=touches.peer_is_c2,
        sensor=touches.sensor,
        slot_us=slot_us,
    ).agg(
        contact=contact.any(),
        met=(contact & touches.in_window).any(),
        for_b=(witness == 1).sum(),
        for_a=(witness == -1).sum(),
    )


def with_own_port(pairs: Table, own_ports: Table) -> Table:
    """Marks pairs on the C2's own listening port.

    Args:
        pairs: with c2, a_port, proto.
        own_ports: c2, port, proto; a null proto stands for any, as lists name a port only. Distinct.

    Returns:
        The pairs with the column at_own_port.
    """
    ports = own_ports.select(owner=own_ports.c2, own_port=own_ports.port, own_proto=own_ports.proto)
    named = ports.filter(ports.own_proto.isnull()).drop("own_proto")
    seen = ports.filter(ports.own_proto.notnull())
    first = pairs.left_join(named, [pairs.c2 == named.owner, pairs.a_port == named.own_port])
    first = first.mutate(by_name=first.owner.notnull()).drop("owner", "own_port")
    both = first.left_join(
        seen, [first.c2 == seen.owner, first.a_port == seen.own_port, first.proto == seen.own_proto]
    )
    return both.mutate(at_own_port=both.by_name | both.owner.notnull()).drop(
        "by_name", "owner", "own_port", "own_proto"
    )


def possible_keys(pairs: Table, *, least_c2s: int) -> Table:
    """Keys that may turn out candidates, whichever side of each pair serves: KEY.

    The number of C2s that an endpoint met is an upper bound on k, so nothing is lost.

    Args:
        pairs: as from `c2_pairs`, with at_own_port.
        least_c2s: fewest C2s of a candidate.
    """
    met = pairs.filter(pairs.met, ~pairs.peer_is_c2)
    clients = met.filter(~met.at_own_port)
    views = [
        view.select(
            hi=view.b_hi, lo=view.b_lo, role=ibis.literal(role, type="int32"), port=view[port],
            proto=view.proto, c2=view.c2,
        )
        for view, role, port in ((met, SERVER, "b_port"), (clients, CLIENT, "a_port"))
    ]  # fmt: skip
    every = views[0].union(views[1]).distinct()
    counted = every.group_by(*KEY).agg(c2s=every.count())
    return counted.filter(counted.c2s >= least_c2s).drop("c2s")


def addresses_left(possible: Table, hubs: Table) -> Table:
    """Addresses that the second pass must read: those with a possible key that is no hub: hi, lo."""
    return possible.anti_join(hubs, KEY).select("hi", "lo").distinct()


def met_keys(oriented_pairs: Table) -> Table:
    """Which keys each C2 met.

    Args:
        oriented_pairs: pairs with b_serves, decided_by, c2, met, peer_is_c2 and at_own_port.

    Returns:
        The pairs that are contact inside the window, with KEY of the peer, `on_c2_port` (the C2 serves, on
        its own port) and `c2_opened` (null where unknown).
    """
    met = oriented_pairs.filter(oriented_pairs.met)
    return met.mutate(
        hi=met.b_hi,
        lo=met.b_lo,
        role=ibis.ifelse(met.b_serves, SERVER, CLIENT).cast("int32"),
        port=ibis.ifelse(met.b_serves, met.b_port, met.a_port),
        on_c2_port=met.at_own_port & ~met.b_serves,
        c2_opened=ibis.ifelse(met.decided_by == UNKNOWN, ibis.null("boolean"), met.b_serves),
    )


def chosen(met: Table, *, least_c2s: int) -> Table:
    """The candidates, numbered: candidate, KEY.

    With them come the keys by which the same peers contact C2s on the C2s' own listening ports: no
    candidates, but evidence about who the peer is.

    Args:
        met: as from `met_keys`.
        least_c2s: fewest C2s that a candidate met off their own listening ports.
    """
    peers = met.filter(~met.peer_is_c2)
    pairs = peers.filter(~peers.on_c2_port).select(*KEY, "c2").distinct()
    counted = pairs.group_by(*KEY).agg(c2s=pairs.count())
    able = counted.filter(counted.c2s >= least_c2s).drop("c2s")
    evidence = peers.filter(peers.on_c2_port).semi_join(able, ["hi", "lo"]).select(*KEY)
    keys = able.union(evidence).distinct()
    number = ibis.row_number().over(ibis.window(order_by=KEY)).cast("int32")
    return keys.select(candidate=number, **{name: keys[name] for name in KEY})
