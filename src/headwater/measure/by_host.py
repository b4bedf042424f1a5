"""How is a flow kept under both of its hosts, and how does it come back as one?

The host-clustered copy holds each flow twice, once under each host, with what a hunt and an investigation
read. What is asked of it is always the same: all flows of some addresses, each once, as *narrow flows*
(measure/scan.py). Where both hosts are asked for, the row under the sender is the one that counts.

Times are kept as whole milliseconds and the rest: most exporters know no finer time, and then the rest takes
no space. `edge_hash` is left out, because it takes a fifth of the copy: who needs it computes it
(lake/edge_hash.py).
"""

from collections.abc import Sequence
from typing import Any

import ibis

from headwater.engine.primitives import micros
from headwater.engine.sorted_files import whole_thousands
from headwater.lake import parquet_files
from headwater.measure.scan import Span, micros_of

Table = Any  # an Ibis table; Ibis ships no types

ORDER = ("host_lo", "host_hi", "peer_lo", "peer_hi", "start_ms", "start_rest_us")
# Parquet's, by measurement (docs/decisions/0006); other columns have a dictionary
ENCODINGS = {
    **dict.fromkeys(("host_lo", "start_ms"), "DELTA_BINARY_PACKED"),
    **dict.fromkeys(
        ("host_port", "peer_lo", "peer_port", "lasted_ms", "packets", "bytes"), "BYTE_STREAM_SPLIT"
    ),
}
SAMPLE_ORDER = ("edge_hash",)
SAMPLE_ENCODINGS = {**parquet_files.ENCODINGS, "edge_hash": "DELTA_BINARY_PACKED"}  # which is sorted there
_LITERALS = 1_000  # so many addresses are written into the query, which lets any engine skip row groups
_KEPT = ("proto", "packets", "bytes", "tcp_flags", "answered", "sensor", "sampling")


def under_both_hosts(flows: Table, *, first_lo: int, last_lo: int) -> Table:
    """The rows of the copy for hosts in a range of addresses.

    Args:
        flows: the lake's flows.
        first_lo: least lower half of the hosts' addresses.
        last_lo: the greatest, inclusive.

    Returns:
        host_lo, host_hi, host_port, peer_lo, peer_hi, peer_port, outward (the host sent it), start_ms,
        start_rest_us (microseconds since 1970 = start_ms * 1000 + start_rest_us), lasted_ms, lasted_rest_us,
        proto, packets, bytes, tcp_flags, answered, sensor, sampling. In no order.
    """
    views = []
    for own, far in (("src", "dst"), ("dst", "src")):
        mine = flows.filter(flows[f"{own}_lo"].between(first_lo, last_lo))
        start_us = micros(mine.start)
        lasted_us = micros(mine.end) - start_us
        views.append(
            mine.select(
                **{f"host_{part}": mine[f"{own}_{part}"] for part in ("lo", "hi", "port")},
                **{f"peer_{part}": mine[f"{far}_{part}"] for part in ("lo", "hi", "port")},
                outward=ibis.literal(own == "src"),
                start_ms=whole_thousands(start_us),
                start_rest_us=(start_us - whole_thousands(start_us) * 1000).cast("int16"),
                lasted_ms=whole_thousands(lasted_us),
                lasted_rest_us=(lasted_us - whole_thousands(lasted_us) * 1000).cast("int16"),
                **{name: mine[name] for name in _KEPT},
            )
        )
    return views[0].union(views[1])


def flows_of(rows: Table) -> Table:
    """Rows of the copy as narrow flows; `edge_hash` is null."""
    start_us = rows.start_ms * 1000 + rows.start_rest_us
    sides = {"src": ("host", "peer"), "dst": ("peer", "host")}
    return rows.select(
        start_us=start_us,
        end_us=start_us + rows.lasted_ms * 1000 + rows.lasted_rest_us,
        **{
            f"{side}_{part}": ibis.ifelse(rows.outward, rows[f"{if_sent}_{part}"], rows[f"{if_got}_{part}"])
            for side, (if_sent, if_got) in sides.items()
            for part in ("hi", "lo", "port")
        },
        **{name: rows[name] for name in _KEPT},
        edge_hash=ibis.null("int32"),
    )


def touching(by_host: Table, *, addresses: Table, lows: Sequence[int], span: Span) -> Table:
    """All flows of some addresses, each once; only lower halves are compared, as in `scan.touching`.

    Args:
        by_host: the copy.
        addresses: a table with the column `lo`.
        lows: the distinct values of that column.
        span: which flows to look at.
    """
    rows = by_host
    if len(lows) <= _LITERALS:
        rows = rows.filter(rows.host_lo.isin([int(low) for low in lows]))
    rows = rows.filter(rows.host_lo.isin(addresses.lo))
    rows = rows.filter(rows.outward | ~rows.peer_lo.isin(addresses.lo))
    flows = flows_of(rows)
    since_us, until_us = micros_of(span)
    if since_us is not None:
        flows = flows.filter(flows.start_us >= since_us)
    if until_us is not None:
        flows = flows.filter(flows.start_us < until_us)
    return flows


def sample_rows(flows: Table, *, limit: int) -> Table:
    """The flows that the copy keeps for samples: with the columns that `scan.sampled` reads.

    Args:
        flows: the lake's flows.
        limit: as from `scan.sample_limit`.
    """
    mine = flows.filter(flows.edge_hash < limit)
    return mine.select(
        "start", "end", "src_hi", "src_lo", "src_port", "dst_hi", "dst_lo", "dst_port", *_KEPT, "edge_hash"
    )
