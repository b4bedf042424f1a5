"""When did it happen, in sessions? Records put together until six hours of silence end a session."""

from typing import Any

import ibis

from headwater.measure.contacts import SESSION_GAP_US

Table = Any  # an Ibis table; Ibis ships no types


def sessions(flows: Table) -> Table:
    """The sessions of each owner.

    Args:
        flows: columns owner, start_us, end_us, packets; owner is any number.

    Returns:
        owner, start_us (first start), end_us (last end), flows, packets (as exported, 0 where nobody counted
        them): one row a session. Silence counts from the latest end so far, as in `contacts.by_contact`.
    """
    earlier = ibis.window(group_by="owner", order_by="start_us", preceding=(None, 1))
    told = flows.mutate(quiet_us=flows.start_us - flows.end_us.max().over(earlier))
    told = told.mutate(begins=ibis.coalesce(told.quiet_us > SESSION_GAP_US, False).cast("int64"))
    # Of records that start together the one that ends the silence comes first, else the others would be
    # counted to the session before.
    so_far = ibis.window(group_by="owner", order_by=("start_us", ibis.desc("begins")), preceding=(None, 0))
    numbered = told.mutate(number=told.begins.sum().over(so_far))
    return numbered.group_by("owner", "number").agg(
        start_us=numbered.start_us.min(),
        end_us=numbered.end_us.max(),
        flows=numbered.count(),
        packets=ibis.coalesce(numbered.packets.sum(), 0).cast("int64"),
    )
