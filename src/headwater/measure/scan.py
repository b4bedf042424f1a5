"""What do the two passes over all flows read?

Pass 1 takes what a listed C2 sent or received, and a sample of address pairs. Pass 2 takes what a few
remaining addresses sent or received, without the hub services among them. Everything else is computed from
these two answers, so that nothing grows with the number of flows. The tables of "narrow flows" here have

    start_us, end_us, src_hi, src_lo, src_port, dst_hi, dst_lo, dst_port, proto, packets, bytes, tcp_flags,
    answered, sensor, edge_hash
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis

from headwater.engine.primitives import endpoint_id, micros

Table = Any  # an Ibis table; Ibis ships no types

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SERVER, CLIENT = 0, 1  # as in score/statistics.py
EDGE_HASH_RANGE = 1 << 31  # edge_hash is uniform below this (model/flow.py)


@dataclass(frozen=True, slots=True)
class Span:
    """Which flows are looked at: those that start in [since, until); None is unbounded."""

    since: datetime | None = None
    until: datetime | None = None


def sample_limit(flows: int, *, wanted: int) -> int:
    """The edge_hash below which an address pair is in the sample.

    Args:
        flows: how many flows there are.
        wanted: how many the sample should hold, about.

    Returns:
        A number in [1, 2^31]; 2^31 takes everything, which is what few flows deserve.
    """
    if flows <= wanted:
        return EDGE_HASH_RANGE
    return max(1, EDGE_HASH_RANGE * wanted // flows)


def spanned(flows: Table, span: Span) -> Table:
    """The flows that start inside the span."""
    if span.since is not None:
        flows = flows.filter(flows.start >= ibis.literal(span.since))
    if span.until is not None:
        flows = flows.filter(flows.start < ibis.literal(span.until))
    return flows


def micros_of(span: Span) -> tuple[int | None, int | None]:
    """The bounds of a span in microseconds since 1970, None where there is none."""
    since, until = (
        None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)
        for moment in (span.since, span.until)
    )
    return since, until


def narrow(flows: Table, span: Span) -> Table:
    """The lake's flows inside the span as narrow flows."""
    return _narrow(spanned(flows, span))


def _narrow(flows: Table) -> Table:
    return flows.select(
        start_us=micros(flows.start),
        end_us=micros(flows.end),
        **{
            name: flows[name]
            for name in (
                "src_hi", "src_lo", "src_port", "dst_hi", "dst_lo", "dst_port", "proto", "packets", "bytes",
                "tcp_flags", "answered", "sensor", "sampling", "edge_hash",
            )
        },
    )  # fmt: skip


def first_pass(flows: Table, *, c2s: Table, limit: int, span: Span) -> Table:
    """Flows with a listed C2 on either side, and the sample: one scan of everything.

    Only the lower halves of addresses are compared here, which costs half as much; whoever uses the answer
    joins on both halves.

    Args:
        flows: the lake's flows.
        c2s: a table with the column `lo`.
        limit: as from `sample_limit`.
        span: which flows to look at.
    """
    flows = spanned(flows, span)
    touched = flows.src_lo.isin(c2s.lo) | flows.dst_lo.isin(c2s.lo)
    return _narrow(flows.filter(touched | (flows.edge_hash < limit)))


def touching(flows: Table, *, addresses: Table, span: Span) -> Table:
    """All flows of some addresses as narrow flows; only lower halves are compared, as in `first_pass`.

    Args:
        flows: the lake's flows.
        addresses: a table with the column `lo`.
        span: which flows to look at.
    """
    flows = spanned(flows, span)
    return _narrow(flows.filter(flows.src_lo.isin(addresses.lo) | flows.dst_lo.isin(addresses.lo)))


def sampled(flows: Table, *, limit: int, span: Span) -> Table:
    """The flows of the sample as narrow flows.

    Args:
        flows: the lake's flows, or a part of them that holds all with an `edge_hash` below the limit.
        limit: as from `sample_limit`.
        span: which flows to look at.
    """
    flows = spanned(flows, span)
    return _narrow(flows.filter(flows.edge_hash < limit))


def second_pass(flows: Table, *, left: Table, hubs: Table, span: Span) -> Table:
    """All flows of the addresses left, without those at hubs: the second scan of everything.

    Arguments as for `of_left`, but `flows` are the lake's.
    """
    return of_left(narrow(flows, span), left=left, hubs=hubs)


def of_left(flows: Table, *, left: Table, hubs: Table) -> Table:
    """The flows of the addresses left, without those at hubs.

    A flow stays where either of its sides is an address left whose key is no hub: a client's call at a hub
    is lost for the hub, not for the client.

    Args:
        flows: narrow flows.
        left: addresses, columns `hi`, `lo`.
        hubs: keys (hi, lo, role, port, proto) that met too many to be read.
    """
    flows = flows.filter(flows.src_lo.isin(left.lo) | flows.dst_lo.isin(left.lo))
    services, clients = (hubs.filter(hubs.role == role) for role in (SERVER, CLIENT))
    busy_services = services.select(
        id=endpoint_id(hi=services.hi, lo=services.lo, port=services.port, proto=services.proto)
    )
    busy_clients = clients.select(
        id=endpoint_id(hi=clients.hi, lo=clients.lo, port=clients.port, proto=clients.proto)
    )
    wanted = []
    for side, other in (("src", "dst"), ("dst", "src")):
        service, client = (
            endpoint_id(
                hi=flows[f"{side}_hi"], lo=flows[f"{side}_lo"], port=flows[f"{port}_port"], proto=flows.proto
            )
            for port in (side, other)
        )
        wanted.append(
            flows[f"{side}_lo"].isin(left.lo)
            & ~service.isin(busy_services.id)
            & ~client.isin(busy_clients.id)
        )
    return flows.filter(wanted[0] | wanted[1])
