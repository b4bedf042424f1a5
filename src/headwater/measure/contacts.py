"""What counts as contact between a C2 and a peer, and what does each contact amount to?

Not contact, each with its reason kept: an attempt without an answer, a refused or half-open connection, an
answer to something that the C2 never sent (backscatter of forged senders looks like that), ICMP, which has no
service side, what happens outside the label's window, and what comes to the C2's own listening port, where
bots check in. What a record cannot tell counts as contact: UDP without a word on answers, TCP without flags.
"""

from typing import Any

import ibis

from headwater.engine.primitives import DAY_US, HOUR_US, bucket

Table = Any  # an Ibis table; Ibis ships no types
Column = Any  # an Ibis column

SESSION_GAP_US = 6 * HOUR_US  # silence that ends a session
BARE_BYTES = (
    60  # a TCP packet of headers only: 20 to 60 bytes of TCP (RFC 9293) after 20 of IPv4, rarely more
)
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

CONTACT = "contact"
UNANSWERED = "connection attempts without an answer"
HALF_OPEN = "lone SYN-ACK: half-open connections or backscatter"
REFUSED = "refused or reset before any payload"
NO_SERVICE = "ICMP or IGMP, which have no service side"
OUT_OF_WINDOW = "outside the label's window"
ON_C2_PORT = "on the C2's own listening port"
REASONS = (UNANSWERED, HALF_OPEN, REFUSED, NO_SERVICE)
_NO_SERVICE_PROTOCOLS = (1, 2, 58)  # ICMP, IGMP, ICMPv6 (IANA protocol numbers)


def kind(flows: Table) -> Column:
    """CONTACT, or why a flow is none: one of REASONS.

    Args:
        flows: columns proto, tcp_flags, answered, packets, bytes.
    """
    tcp = flows.proto == 6
    seen = flows.tcp_flags & (FIN | SYN | RST | PSH | ACK)
    bare = (seen & (RST | PSH | FIN) == RST) & (
        flows.bytes.isnull() | flows.packets.isnull() | (flows.bytes <= BARE_BYTES * flows.packets)
    )
    return ibis.cases(
        (flows.proto.isin(_NO_SERVICE_PROTOCOLS), NO_SERVICE),
        (tcp & (seen == SYN), UNANSWERED),
        (tcp & (seen == SYN | ACK), HALF_OPEN),
        (tcp & bare, REFUSED),
        (flows.answered.identical_to(False), UNANSWERED),
        else_=CONTACT,
    )


def touches(flows: Table, *, c2s: Table, windows: Table) -> Table:
    """Each flow of a listed C2, seen from the C2; a flow between two C2s is seen from both.

    Args:
        flows: narrow flows (measure/scan.py).
        c2s: columns c2, hi, lo.
        windows: columns c2, from_us, until_us: half-open, disjoint for each C2, slack included.

    Returns:
        c2, c2_hi, c2_lo, c2_port, peer_hi, peer_lo, peer_port, proto, outward (the C2 sent it), start_us,
        end_us, packets, bytes, tcp_flags, sensor, kind, in_window (by the flow's start), peer_is_c2.
    """
    flows = flows.mutate(kind=kind(flows))
    views = [_seen_from(flows, c2s, own, far) for own, far in (("src", "dst"), ("dst", "src"))]
    both = views[0].union(views[1])
    placed = both.left_join(
        windows, [both.c2 == windows.c2, both.start_us >= windows.from_us, both.start_us < windows.until_us]
    )
    placed = placed.mutate(in_window=placed.from_us.notnull()).drop("c2_right", "from_us", "until_us")
    others = c2s.select(other_hi=c2s.hi, other_lo=c2s.lo)
    joined = placed.left_join(others, [placed.peer_lo == others.other_lo, placed.peer_hi == others.other_hi])
    return joined.mutate(peer_is_c2=joined.other_lo.notnull()).drop("other_hi", "other_lo")


def _seen_from(flows: Table, c2s: Table, own: str, far: str) -> Table:
    mine = flows.inner_join(c2s, [flows[f"{own}_lo"] == c2s.lo, flows[f"{own}_hi"] == c2s.hi])
    return mine.select(
        c2=mine.c2,
        c2_hi=mine[f"{own}_hi"],
        c2_lo=mine[f"{own}_lo"],
        c2_port=mine[f"{own}_port"],
        peer_hi=mine[f"{far}_hi"],
        peer_lo=mine[f"{far}_lo"],
        peer_port=mine[f"{far}_port"],
        proto=mine.proto,
        outward=ibis.literal(own == "src"),
        start_us=mine.start_us,
        end_us=mine.end_us,
        packets=mine.packets,
        bytes=mine.bytes,
        tcp_flags=mine.tcp_flags,
        sensor=mine.sensor,
        kind=mine.kind,
    )


def by_contact(flows: Table) -> Table:
    """What each contact amounts to.

    Args:
        flows: touches that are contact, with the columns candidate, c2 and on_c2_port, and `c2_opened`:
            whether the C2 is the client, null where unknown.

    Returns:
        candidate, c2, flows, sessions, packets_out, packets_in, bytes_out, bytes_in (out: from the C2),
        first_us, last_us, hours, days, on_c2_port, opened (flows opened by the C2), opened_known (flows of
        known direction).
    """
    # The latest end so far, not the previous flow's: an exporter cuts a long flow into parts that overlap
    # others.
    earlier = ibis.window(group_by=("candidate", "c2"), order_by="start_us", preceding=(None, 1))
    told = flows.mutate(quiet_us=flows.start_us - flows.end_us.max().over(earlier))
    hours = told.group_by("candidate", "c2", hour_us=bucket(told.start_us, HOUR_US)).agg(
        flows=told.count(),
        breaks=(told.quiet_us > SESSION_GAP_US).sum(),
        packets_out=told.packets.sum(where=told.outward),
        packets_in=told.packets.sum(where=~told.outward),
        bytes_out=told.bytes.sum(where=told.outward),
        bytes_in=told.bytes.sum(where=~told.outward),
        first_us=told.start_us.min(),
        last_us=told.end_us.max(),
        on_c2_port=told.on_c2_port.any(),
        opened=told.c2_opened.sum(),
        opened_known=told.c2_opened.count(),
    )
    days = hours.mutate(day_us=bucket(hours.hour_us, DAY_US))
    return days.group_by("candidate", "c2").agg(
        **{
            # sums of nothing but nulls (contacts without a break, sources without counters) are null: make
            # them 0
            **{
                name: ibis.coalesce(days[name].sum(), 0).cast("int64")
                for name in (
                    "flows", "packets_out", "packets_in", "bytes_out", "bytes_in", "opened", "opened_known"
                )
            },
            "sessions": (ibis.coalesce(days.breaks.sum(), 0) + 1).cast("int64"),
            "first_us": days.first_us.min(),
            "last_us": days.last_us.max(),
            "on_c2_port": days.on_c2_port.any(),
            "hours": days.count(),
            "days": days.day_us.nunique(),
        }
    )  # fmt: skip
