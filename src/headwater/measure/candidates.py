"""Which keys may be candidates, which addresses must be read for them, and which keys are candidates?

A candidate is a key (peer, role, service port, protocol) that several listed C2s met inside their windows.
C2s themselves are no candidates; what they have to do with each other is kept apart. *Talks* are touches
(measure/contacts.py) off the C2's own listening port, *visits* those on it.
"""

from typing import Any

import ibis

from headwater.measure.orientation import UNKNOWN
from headwater.measure.reach import KEY
from headwater.measure.scan import CLIENT, SERVER

Table = Any  # an Ibis table; Ibis ships no types

CLEARLY = 4.0  # natural log odds; what the sample says so clearly, all flows will not turn round


def visitors(touched: Table) -> Table:
    """How many peers come to each endpoint of each C2, as `reach.popularity` of the C2s' services.

    Args:
        touched: as from `contacts.touches`.
    """
    met = touched.filter(touched.contact)
    pairs = met.select("c2", "a_hi", "a_lo", "a_port", "proto", "b_hi", "b_lo").distinct()
    counted = pairs.group_by(c2=pairs.c2, hi=pairs.a_hi, lo=pairs.a_lo, port=pairs.a_port, proto=pairs.proto)
    return counted.agg(hosts=pairs.count()).mutate(role=ibis.literal(SERVER, type="int32"))


def fan_in_of_c2s(visits: Table, talks: Table, own_ports: Table) -> Table:
    """How many come to each C2: c2, n.

    Those who come to its listening port; where none is known, to the endpoint that most come to.

    Args:
        visits: as from `visit_keys`.
        talks: touches off the C2s' own ports.
        own_ports: listening ports of C2s: c2, port, proto.
    """
    came = visits.filter(visits.contact).select("c2", "hi", "lo").distinct()
    known = came.group_by("c2").agg(n=came.count())
    rest = visitors(talks.anti_join(own_ports, "c2"))
    return known.union(rest.group_by("c2").agg(n=rest.hosts.max()))


def possible_keys(guessed_talks: Table, *, least_c2s: int) -> Table:
    """Keys that may turn out candidates: KEY, c2s.

    The number of C2s that an endpoint met is an upper bound on k. Which side serves is known only roughly
    before the second pass, so both sides of a talk are possible unless one is clearly favoured; for a key
    of one C2 there is no more to come, and the favoured side is taken.

    Args:
        guessed_talks: touches off the C2s' own ports, with `odds` from what is known so far.
        least_c2s: fewest C2s of a candidate.
    """
    met = guessed_talks.filter(guessed_talks.met, ~guessed_talks.peer_is_c2)
    views = [
        met.filter(against <= CLEARLY).select(
            hi=met.b_hi, lo=met.b_lo, role=ibis.literal(role, type="int32"), port=met[port],
            proto=met.proto, c2=met.c2, favoured=against <= 0,
        )
        for role, port, against in ((SERVER, "b_port", -met.odds), (CLIENT, "a_port", met.odds))
    ]  # fmt: skip
    both = views[0].union(views[1])
    every = both.group_by(*KEY, "c2").agg(favoured=both.favoured.any())
    counted = every.group_by(*KEY).agg(c2s=every.count(), favoured=every.favoured.any())
    able = counted.filter(counted.c2s >= least_c2s, counted.favoured | (counted.c2s > 1))
    return able.drop("favoured")


def addresses_left(possible: Table, hubs: Table) -> Table:
    """Addresses that the second pass must read: those with a possible key that is no hub: hi, lo."""
    return possible.anti_join(hubs, KEY).select("hi", "lo").distinct()


def keyed(oriented_talks: Table) -> Table:
    """Talks with KEY of the peer, and `c2_opened`: whether the C2 is the client, null where unknown.

    Args:
        oriented_talks: talks with b_serves and decided_by.
    """
    talks = oriented_talks
    return talks.mutate(
        hi=talks.b_hi,
        lo=talks.b_lo,
        role=ibis.ifelse(talks.b_serves, SERVER, CLIENT).cast("int32"),
        port=ibis.ifelse(talks.b_serves, talks.b_port, talks.a_port),
        c2_opened=ibis.ifelse(talks.decided_by == UNKNOWN, ibis.null("boolean"), talks.b_serves),
    )


def visit_keys(visited: Table) -> Table:
    """Visits with KEY of the visitor."""
    return visited.mutate(
        hi=visited.b_hi, lo=visited.b_lo, role=ibis.literal(CLIENT, type="int32"), port=visited.a_port
    )


def chosen(talks: Table, visited: Table, *, least_c2s: int) -> Table:
    """The candidates, numbered: candidate, KEY.

    With them come the keys by which the same peers visit C2s on the C2s' own listening ports: no
    candidates, but evidence about who the peer is.

    Args:
        talks: as from `keyed`.
        visited: as from `visit_keys`.
        least_c2s: fewest C2s that a candidate met off their own listening ports.
    """
    pairs = talks.filter(talks.met, ~talks.peer_is_c2).select(*KEY, "c2").distinct()
    counted = pairs.group_by(*KEY).agg(c2s=pairs.count())
    able = counted.filter(counted.c2s >= least_c2s).drop("c2s")
    evidence = visited.filter(visited.met, ~visited.peer_is_c2).select(*KEY)
    keys = able.union(evidence.semi_join(able, ["hi", "lo"])).distinct()
    number = ibis.row_number().over(ibis.window(order_by=KEY)).cast("int32")
    return keys.select(candidate=number, **{name: keys[name] for name in KEY})
