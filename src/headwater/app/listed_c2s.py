"""Which C2s does a hunt start from, and when was each of them one? Labels put together by address."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.model.address import is_ipv4
from headwater.model.lead import PIVOT_SOURCE, lead_weight
from headwater.model.window import OPEN_US

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SLACK_BEFORE = timedelta(days=7)  # C2s work before anyone lists them
SLACK_AFTER = timedelta(days=2)  # and are seen for the last time later than a feed notices
_EPOCH = np.datetime64(0, "us")


@dataclass(frozen=True, slots=True)
class ListedC2s:
    """Labels by address, n addresses, ordered by address key.

    Attributes:
        hi, lo: address keys, shape (n,).
        family, group: index into `families`, `groups`, shape (n,); of several the one listed first.
        cluster: number that co-located C2s (one /24, one /64) share, shape (n,).
        port: listening port that a label names, 0 for none, shape (n,).
        listed_us: earliest date in a label, microseconds since 1970 UTC, -OPEN_US where none is dated, shape
            (n,).
        window_c2, window_from_us, window_until_us: windows with slack, half-open and disjoint for each C2,
        each of
            shape (w,).
        port_c2, port_number: all listening ports that labels name, each of shape (p,).
        families, groups, sources: names.
        feeds: which source lists it, shape (n, len(sources)). An analyst's accepted leads are no feed: they
            are what no list had, so that lists compared with them would seem to know little.
        weight: 1 for what a list names, else what the accepted lead's grade is worth, below 1, shape (n,).
    """

    hi: Int64s
    lo: Int64s
    family: Int32s
    group: Int32s
    cluster: Int32s
    port: Int32s
    listed_us: Int64s
    window_c2: Int32s
    window_from_us: Int64s
    window_until_us: Int64s
    port_c2: Int32s
    port_number: Int32s
    families: tuple[str, ...]
    groups: tuple[str, ...]
    sources: tuple[str, ...]
    feeds: Bools
    weight: Floats

    def table(self) -> pa.Table:
        """c2, hi, lo: the addresses for an engine."""
        return pa.table({"c2": np.arange(len(self.hi), dtype=np.int32), "hi": self.hi, "lo": self.lo})

    @property
    def accepted(self) -> Bools:
        """Which are on no list, but leads of a pivot that an analyst accepted, shape (n,)."""
        return np.asarray(self.weight < 1.0, np.bool_)

    def windows(self) -> pa.Table:
        """c2, from_us, until_us: the windows for an engine."""
        return pa.table(
            {"c2": self.window_c2, "from_us": self.window_from_us, "until_us": self.window_until_us}
        )

    def ports(self) -> pa.Table:
        """c2, port: the listening ports that labels name, for an engine."""
        return pa.table({"c2": self.port_c2, "port": self.port_number})


def listed_c2s(
    labels: pa.Table, *, slack_before: timedelta = SLACK_BEFORE, slack_after: timedelta = SLACK_AFTER
) -> ListedC2s:
    """Labels put together by address.

    Args:
        labels: as from `headwater.lake.labels.current_labels`; rows in any order.
        slack_before: taken off the start of every window.
        slack_after: added to the end of every window.

    Returns:
        The addresses. Windows of one address that touch or overlap, slack included, become one. Once a list
        names an accepted lead, the list's labels alone count for it.
    """
    rows = labels.sort_by([("hi", "ascending"), ("lo", "ascending"), ("start", "ascending")])
    keys = np.column_stack([_int64(rows["hi"]), _int64(rows["lo"])])
    known, found = np.unique(keys, axis=0, return_inverse=True)
    c2: Int32s = found.reshape(-1).astype(np.int32)
    lead = np.array([name == PIVOT_SOURCE for name in rows["source"].to_pylist()], np.bool_)
    on_a_list = np.bincount(c2[~lead], minlength=len(known)) > 0
    counts = ~lead | ~on_a_list[c2]
    rows, c2 = rows.filter(pa.array(counts)), c2[counts]
    first = np.unique(c2, return_index=True)[1]  # rows come oldest first within an address
    families, family = _named(rows["family"].to_pylist())
    both = zip(rows["family"].to_pylist(), rows["group"].to_pylist(), strict=True)
    groups, group = _named([f"{name}/{part}" if part else name for name, part in both])
    sources, source = _named(rows["source"].to_pylist())
    feeds = np.zeros((len(known), len(sources)), np.bool_)
    feeds[c2, source] = True
    feeds[~on_a_list] = False
    start, end = _micros(rows["start"], absent=-OPEN_US), _micros(rows["end"], absent=OPEN_US)
    windows = _merged_windows(
        c2,
        np.where(start == -OPEN_US, start, start - int(slack_before / timedelta(microseconds=1))),
        np.where(end == OPEN_US, end, end + int(slack_after / timedelta(microseconds=1))),
    )
    number = _int64(rows["port"]).astype(np.int32)
    ports = np.unique(np.column_stack([c2, number])[number > 0], axis=0)
    port = np.zeros(len(known), np.int32)
    port[ports[::-1, 0]] = ports[::-1, 1]  # the lowest of several
    return ListedC2s(
        hi=known[:, 0], lo=known[:, 1], family=family[first], group=group[first],
        cluster=_clusters(known[:, 0], known[:, 1]), port=port, listed_us=_earliest(c2, start, len(known)),
        window_c2=windows[0], window_from_us=windows[1], window_until_us=windows[2],
        port_c2=ports[:, 0], port_number=ports[:, 1],
        families=families, groups=groups, sources=sources, feeds=feeds,
        weight=_weights(rows, c2, on_a_list),
    )  # fmt: skip


def _weights(rows: pa.Table, c2: Int32s, on_a_list: Bools) -> Floats:
    """What each address is worth; of several accepted leads the best grade counts."""
    if on_a_list.all():
        return np.ones(len(on_a_list))
    weight, unlisted = on_a_list.astype(np.float64), ~on_a_list[c2]
    worth = np.array([lead_weight(grade or "") for grade in rows["grade"].to_pylist()])
    np.maximum.at(weight, c2[unlisted], worth[unlisted])
    return weight


def _int64(column: pa.ChunkedArray) -> Int64s:
    return np.asarray(column.combine_chunks().cast(pa.int64())) if len(column) else np.empty(0, np.int64)


def _micros(column: pa.ChunkedArray, *, absent: int) -> Int64s:
    """Times as microseconds since 1970, with nulls as `absent`."""
    return _int64(column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).fill_null(absent))


def _named(texts: list[str]) -> tuple[tuple[str, ...], Int32s]:
    names = tuple(sorted(set(texts)))
    number = {name: place for place, name in enumerate(names)}
    return names, np.array([number[text] for text in texts], np.int32)


def _earliest(c2: Int32s, start: Int64s, count: int) -> Int64s:
    dated = start > -OPEN_US
    earliest = np.full(count, OPEN_US, np.int64)
    np.minimum.at(earliest, c2[dated], start[dated])
    return np.where(earliest == OPEN_US, -OPEN_US, earliest)


def _merged_windows(c2: Int32s, start: Int64s, end: Int64s) -> tuple[Int32s, Int64s, Int64s]:
    """Windows that overlap or touch, put together for each C2."""
    out: list[tuple[int, int, int]] = []
    for place in np.lexsort((end, start, c2)).tolist():
        owner, begin, until = int(c2[place]), int(start[place]), int(end[place])
        if out and out[-1][0] == owner and begin <= out[-1][2]:
            out[-1] = (owner, out[-1][1], max(out[-1][2], until))
        else:
            out.append((owner, begin, until))
    table = np.array(out, np.int64).reshape(-1, 3)
    return table[:, 0].astype(np.int32), table[:, 1], table[:, 2]


def _clusters(hi: Int64s, lo: Int64s) -> Int32s:
    """A number for each /24 (IPv4) or /64 (IPv6)."""
    v4 = np.array([is_ipv4(h, o) for h, o in zip(hi.tolist(), lo.tolist(), strict=True)], np.bool_)
    blocks = np.column_stack([hi, np.where(v4, lo >> 8, 0)])
    return np.unique(blocks, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int32)
