"""Which numbers, times and addresses do IPFIX records hold? Columns of values with what is missing.

Element numbers are IANA's registry of IPFIX information elements; encodings are RFC 7011, section 6.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.ingest.addresses import Keys, keys_from_ipv4, keys_from_ipv6
from headwater.ingest.ipfix_templates import Element, Rows

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

REVERSE = 29305  # enterprise number under which RFC 5103 has the same elements for the other direction
_NTP_EPOCH_S = 2_208_988_800  # from 1900-01-01 to 1970-01-01, RFC 7011 section 6.1.9
_MS_MAX = 1 << 52  # milliseconds whose microseconds fit 64 bits
# element of the start, of the end, and how they count; the finer before the coarser
_CLOCKS = (
    (154, 155, "ntp"),
    (156, 157, "ntp"),
    (152, 153, "ms"),
    (150, 151, "s"),
    (158, 159, "before export"),
)
_UPTIMES = (22, 21)  # flowStartSysUpTime, flowEndSysUpTime: milliseconds since the exporter started
_MOMENTS = ((324, "ntp"), (325, "ntp"), (323, "ms"), (322, "s"))  # observationTime*: one moment for a record
_DURATIONS = ((162, 1), (161, 1000))  # flowDurationMicroseconds, flowDurationMilliseconds


@dataclass(frozen=True, slots=True)
class Column:
    """Values of shape (rows,), and `ok`, False where there is none."""

    values: Int64s
    ok: Bools

    def or_else(self, other: "Column") -> "Column":
        """These values, and the other's where there is none."""
        return Column(np.where(self.ok, self.values, other.values), self.ok | other.ok)

    def nonzero(self) -> "Column":
        """These values without zeros."""
        return Column(self.values, self.ok & (self.values != 0))


def nothing(rows: int) -> Column:
    """A column without values."""
    return Column(np.zeros(rows, np.int64), np.zeros(rows, np.bool_))


def number(rows: Rows, *elements: Element) -> Column:
    """The unsigned integer of the first of these elements that the records have, of any length up to 8.

    A value above 2^63 - 1 becomes that, which screening calls absurd.
    """
    for enterprise, element in elements:
        raw = _raw(rows, enterprise, element)
        if raw is not None and raw.dtype.kind == "u" and raw.ndim == 1:
            wide = np.minimum(raw.astype(np.uint64), np.uint64(np.iinfo(np.int64).max))
            return Column(wide.astype(np.int64), np.ones(len(rows), np.bool_))
        if raw is not None and raw.shape[1] < 8:
            value = np.zeros(len(rows), np.int64)
            for place in range(raw.shape[1]):
                value = value << 8 | raw[:, place]
            return Column(value, np.ones(len(rows), np.bool_))
    return nothing(len(rows))


def addresses(rows: Rows, ipv4: int, ipv6: int) -> Keys:
    """Address keys of the elements of either family; of two addresses IPv4's, unless it is 0.0.0.0."""
    keys = Keys(np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_))
    raw6, raw4 = _raw(rows, 0, ipv6), _raw(rows, 0, ipv4)
    if raw6 is not None and raw6.ndim == 2 and raw6.shape[1] == 16:
        keys = keys_from_ipv6(raw6)
    if raw4 is not None and raw4.dtype.itemsize == 4 and raw4.ndim == 1:
        v4 = keys_from_ipv4(raw4)
        take = (raw4 != 0) | ~keys.ok | ((keys.hi == 0) & (keys.lo == 0))
        keys = Keys(
            np.where(take, v4.hi, keys.hi), np.where(take, v4.lo, keys.lo), np.ones(len(rows), np.bool_)
        )
    return keys


def starts_and_ends(
    rows: Rows, *, export_us: Int64s, started_ms: int | None, enterprise: int = 0
) -> tuple[Column, Column]:
    """Start and end of each record in microseconds since 1970-01-01 UTC.

    Args:
        rows: records.
        export_us: export time of each record's message, shape (rows,).
        started_ms: when the exporter started, from an options record, or None.
        enterprise: 0, or REVERSE for the other direction's times.

    Returns:
        Start and end; a missing one follows from the other by a duration, or stays missing.
    """
    start = end = nothing(len(rows))
    for first, last, unit in _CLOCKS:
        start = start.or_else(_moment(rows, (enterprise, first), unit, export_us))
        end = end.or_else(_moment(rows, (enterprise, last), unit, export_us))
    boot = number(rows, (0, 160)).nonzero()
    if started_ms is not None:
        boot = boot.or_else(Column(np.full(len(rows), started_ms, np.int64), np.ones(len(rows), np.bool_)))
    start = start.or_else(_since(boot, number(rows, (enterprise, _UPTIMES[0]))))
    end = end.or_else(_since(boot, number(rows, (enterprise, _UPTIMES[1]))))
    if enterprise:
        return start, end
    for element, unit in _MOMENTS:
        moment = _moment(rows, (0, element), unit, export_us)
        neither = ~(start.ok | end.ok)
        start = start.or_else(Column(moment.values, moment.ok & neither))
    for element, scale in _DURATIONS:
        lasted = number(rows, (0, element))
        sane = lasted.ok & (lasted.values < _MS_MAX // scale * 1000)
        microseconds = np.where(sane, lasted.values, 0) * scale
        end = end.or_else(Column(start.values + microseconds, start.ok & sane))
        start = start.or_else(Column(end.values - microseconds, end.ok & sane))
    return start, end


def is_uptime_only(names: tuple[str, ...]) -> bool:
    """Whether records of these fields tell times by the exporter's uptime alone."""
    clocks = {f"0.{element}" for first, last, _ in _CLOCKS for element in (first, last)}
    return f"0.{_UPTIMES[0]}" in names and not clocks & set(names)


def sampling_interval(rows: Rows) -> Column:
    """N of 1:N by any of the elements that say it; missing where they are absent or 0.

    samplingInterval 34 and samplerRandomInterval 50 are N. samplingPacketInterval 305 counts the packets
    taken and samplingPacketSpace 306 those left out between them; 309 of 310 are taken at random; 311 is a
    probability (RFC 5477, section 8.2).
    """
    interval = number(rows, (0, 34), (0, 50)).nonzero()
    taken, skipped = number(rows, (0, 305)).nonzero(), number(rows, (0, 306))
    spaced = Column((taken.values + skipped.values) // np.maximum(taken.values, 1), taken.ok & skipped.ok)
    size, population = number(rows, (0, 309)).nonzero(), number(rows, (0, 310)).nonzero()
    drawn = Column(
        np.rint(population.values / np.maximum(size.values, 1)).astype(np.int64), size.ok & population.ok
    )
    # some exporters send 305 alone and mean N by it
    alone = Column(taken.values, taken.ok & ~skipped.ok)
    return interval.or_else(spaced).or_else(drawn).or_else(_by_probability(rows)).or_else(alone)


def _by_probability(rows: Rows) -> Column:
    raw = _raw(rows, 0, 311)
    if raw is None or raw.ndim != 1 or raw.dtype.itemsize not in {4, 8}:
        return nothing(len(rows))
    chance = raw.view(f">f{raw.dtype.itemsize}").astype(np.float64)
    ok = np.isfinite(chance) & (chance > 1e-9) & (chance <= 1)
    return Column(np.rint(1 / np.where(ok, chance, 1)).astype(np.int64), ok)


def _raw(rows: Rows, enterprise: int, element: int) -> Rows | None:
    name = f"{enterprise}.{element}"
    return np.ascontiguousarray(rows[name]) if name in (rows.dtype.names or ()) else None


def _moment(rows: Rows, element: Element, unit: str, export_us: Int64s) -> Column:
    """Microseconds since 1970; an absolute time of 0 was not set."""
    if unit == "ntp":
        return _ntp(rows, element)
    column = number(rows, element)
    values = column.values
    if unit == "before export":
        return Column(export_us - np.minimum(values, _MS_MAX), column.ok & (values < _MS_MAX))
    scale = 1000 if unit == "ms" else 1_000_000
    ok = column.ok & (values != 0) & (values < _MS_MAX // (scale // 1000))
    return Column(np.where(ok, values, 0) * scale, ok)


def _ntp(rows: Rows, element: Element) -> Column:
    """Microseconds since 1970 of 64-bit NTP times: seconds since 1900 and a binary fraction."""
    raw = _raw(rows, *element)
    if raw is None or raw.ndim != 1 or raw.dtype.itemsize != 8:
        return nothing(len(rows))
    seconds, fraction = ((raw >> shift & 0xFFFFFFFF).astype(np.int64) for shift in (32, 0))
    micros = (seconds - _NTP_EPOCH_S) * 1_000_000 + (fraction * 1_000_000 >> 32)
    return Column(micros, raw != 0)


def _since(boot: Column, uptime: Column) -> Column:
    ok = boot.ok & uptime.ok & (boot.values < _MS_MAX)
    return Column((np.where(ok, boot.values, 0) + uptime.values) * 1000, ok)
