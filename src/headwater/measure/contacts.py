"""What counts as contact between a C2 and a peer, and what does each contact amount to?

Not contact, each with its reason kept: an attempt without an answer, a refused or half-open connection, an
answer to something that the C2 never sent (backscatter of forged senders looks like that), ICMP, which has no
service side, what happens outside the label's window, and what comes to the C2's own listening port, where
bots check in. What a record cannot tell counts as contact: UDP without a word on answers, TCP without flags.
"""

from typing import Any

import ibis

from headwater.engine.primitives import DAY_US, HOUR_US, bucket
from headwater.measure.orientation import flag_witness

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
        flows: columns proto, tcp_flags, answered.
    """
    tcp = flows.proto == 6
    seen = flows.tcp_flags & (FIN | SYN | RST | PSH | ACK)
    return ibis.cases(
        (flows.proto.isin(_NO_SERVICE_PROTOCOLS), NO_SERVICE),
        (tcp & (seen == SYN), UNANSWERED),
        (tcp & (seen == SYN | ACK), HALF_OPEN),
        # payload comes with PSH sooner or later, so a reset without it ended a connection that carried none
        (tcp & (seen & (RST | PSH | FIN) == RST), REFUSED),
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
        c2, a_hi, a_lo, a_port (the C2's end), b_hi, b_lo, b_port (the peer's), proto, outward (the C2 sent
        it), start_us, end_us, packets, bytes, sensor, witness (orientation.flag_witness), kind, contact,
        in_window (by the flow's start), met (contact in the window), peer_is_c2.
    """
    flows = flows.mutate(kind=kind(flows))
    views = [_seen_from(flows, c2s, own, far) for own, far in (("src", "dst"), ("dst", "src"))]
    both = views[0].union(views[1])
    placed = both.left_join(
        windows, [both.c2 == windows.c2, both.start_us >= windows.from_us, both.start_us < windows.until_us]
    )
    placed = placed.mutate(in_window=placed.from_us.notnull()).drop("c2_right", "from_us", "until_us")
    others = c2s.select(other_hi=c2s.hi, other_lo=c2s.lo)
    joined = placed.left_join(others, [placed.b_lo == others.other_lo, placed.b_hi == others.other_hi])
    contact = joined.kind == CONTACT
    return joined.mutate(
        peer_is_c2=joined.other_lo.notnull(), contact=contact, met=contact & joined.in_window
    ).drop("other_hi", "other_lo")


def _seen_from(flows: Table, c2s: Table, own: str, far: str) -> Table:
    mine = flows.inner_join(c2s, [flows[f"{own}_lo"] == c2s.lo, flows[f"{own}_hi"] == c2s.hi])
    outward = ibis.literal(own == "src")
    return mine.select(
        c2=mine.c2,
        proto=mine.proto,
        outward=outward,
        **{f"a_{part}": mine[f"{own}_{part}"] for part in ("hi", "lo", "port")},
        **{f"b_{part}": mine[f"{far}_{part}"] for part in ("hi", "lo", "port")},
        **{name: mine[name] for name in ("start_us", "end_us", "packets", "bytes", "sensor", "kind")},
        witness=flag_witness(mine, sent_by_a=outward),
    )


def at_own_port(touched: Table, own_ports: Table) -> Table:
    """The touches on the C2's own listening port.

    Args:
        touched: as from `touches`.
        own_ports: c2, port, proto; a null proto stands for any, as lists name a port only. Distinct.
    """
    return touched.semi_join(own_ports, _on_port(touched, own_ports))


def off_own_port(touched: Table, own_ports: Table) -> Table:
    """All other touches; arguments as for `at_own_port`."""
    return touched.anti_join(own_ports, _on_port(touched, own_ports))


def _on_port(touched: Table, own_ports: Table) -> list[Column]:
    return [
        touched.c2 == own_ports.c2,
        touched.a_port == own_ports.port,
        (touched.proto == own_ports.proto) | own_ports.proto.isnull(),
    ]


def visits(on_port: Table) -> Table:
    """Who came to the C2s' own listening ports: c2, a_port, proto, b_hi, b_lo, peer_is_c2, contact, met,
    flows.

    `flows` counts those in contact inside the window.

    Args:
        on_port: as from `at_own_port`.
    """
    return on_port.group_by("c2", "a_hi", "a_lo", "a_port", "proto", "b_hi", "b_lo", "peer_is_c2").agg(
        contact=on_port.contact.any(), met=on_port.met.any(), flows=on_port.met.sum()
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
    summed = (
        "flows", "packets_out", "packets_in", "bytes_out", "bytes_in", "opened", "opened_known", "breaks"
    )  # fmt: skip
    hours = hours.mutate(day_us=bucket(hours.hour_us, DAY_US))
    days = hours.group_by("candidate", "c2", "day_us").agg(
        **{name: hours[name].sum().cast("int64") for name in summed},
        first_us=hours.first_us.min(), last_us=hours.last_us.max(), on_c2_port=hours.on_c2_port.any(),
        hours=hours.count(),
    )  # fmt: skip
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
            "hours": days.hours.sum().cast("int64"),
            "days": days.count(),
        }
    )  # fmt: skip
