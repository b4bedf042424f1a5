"""How do a table's columns become flows? By a map of columns, the same for CSV, JSON lines and Parquet."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest import cells
from headwater.ingest.addresses import is_packed, keys_from_packed, keys_from_text, text_from_keys
from headwater.ingest.answered import answered_from_flags
from headwater.ingest.clock import Clock
from headwater.ingest.column_map import KEYS, Bound, Field
from headwater.ingest.columns import flow_batch
from headwater.ingest.nfdump_words import tcp_flags_or_null
from headwater.ingest.reader import ReadOptions
from headwater.ingest.rejects import Rejects

# Protocols with ports: TCP, UDP, DCCP, SCTP, UDP-Lite (RFC 9293, 768, 4340, 9260, 3828)
_PORTED = pa.array([6, 17, 33, 132, 136], pa.int64())
_IPV4 = 0x0800  # its EtherType (IEEE 802 numbers)
_COUNTERS = ("packets", "bytes", "pair_id", "sampling")


@dataclass(frozen=True, slots=True)
class TableFlows:
    """Turns batches of one table into batches of READ_SCHEMA.

    Attributes:
        bound: which column is which.
        clock: how the file writes its times.
        options: what the user knows.
    """

    bound: Bound
    clock: Clock
    options: ReadOptions

    @classmethod
    def of(
        cls, first: Mapping[str, pa.Array], *, bound: Bound, options: ReadOptions, rejects: Rejects
    ) -> "TableFlows":
        """The conversion for one table, whose first records say how its times are written.

        Args:
            first: the table's first records by its own column names.
            bound: which column is which.
            options: what the user knows.
            rejects: told how times were read.

        Raises:
            BadSetting: there is no such time zone.
        """
        where = {name: bound.fields[name] for name in ("start", "end") if name in bound.fields}
        times = {name: first[column] for name, (column, _) in where.items() if column is not None}
        units = {name: field.unit for name, (_, field) in where.items() if field.unit is not None}
        clock = Clock.told_by(times, units=units, timezone=options.timezone, rejects=rejects)
        return cls(bound, clock, options)

    def batch(self, table: Mapping[str, pa.Array]) -> pa.RecordBatch:
        """Flows of some of the table's records.

        Args:
            table: arrays of one length by the table's own column names, at least those of `bound.wanted`.

        Returns:
            Batch in READ_SCHEMA, as many rows as the table's.
        """
        length = len(next(iter(table.values())))
        taken = {
            name: _taken(table, column, field, length) for name, (column, field) in self.bound.fields.items()
        }
        flow = self._times(taken)
        for side in ("src", "dst"):
            flow |= _keys(taken, side, _ipv4(taken))
        proto = cells.protocols(taken["proto"])
        ported = pc.is_in(proto, _PORTED)
        flow |= {name: pc.if_else(ported, cells.numbers(taken[name]), 0) for name in ("src_port", "dst_port")}
        flow["proto"] = proto
        for name in _COUNTERS:
            if name in taken:
                flow[name] = cells.numbers(taken[name], scale=self.bound.fields[name][1].scale)
        flow |= _flags(taken, flow)
        return flow_batch(flow | self._of_the_file(taken, flow, length))

    def _times(self, taken: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        start = self.clock.times(taken["start"], "start")
        if "end" in taken:
            return {"start": start, "end": self.clock.times(taken["end"], "end")}
        unit = self.bound.fields["duration"][1].unit or "s"
        span = self.clock.spans(taken["duration"], unit)
        return {"start": start, "end": pc.add(start.cast(pa.int64()), span).cast(start.type)}

    def _of_the_file(
        self, taken: Mapping[str, pa.Array], flow: Mapping[str, pa.Array], length: int
    ) -> dict[str, pa.Array]:
        """Sensor and sampling: what the record says, else what the user says of the whole file."""
        out = {}
        sensor = (
            _names(taken["sensor"], filled_up="ether_type" in taken)
            if "sensor" in taken
            else pa.nulls(length, pa.string())
        )
        out["sensor"] = sensor.fill_null(self.options.sensor) if self.options.sensor is not None else sensor
        sampling = flow["sampling"] if "sampling" in flow else pa.nulls(length, pa.int64())
        given = self.options.sampling
        out["sampling"] = sampling.fill_null(given) if given is not None else sampling
        return out


def _taken(table: Mapping[str, pa.Array], column: str | None, field: Field, length: int) -> pa.Array:
    """One column as the map has it: unknown values null, translated, gaps filled with the default."""
    if column is None:
        return pa.array([str(field.default)], pa.string()).dictionary_encode().take(_zeros(length))
    values = table[column]
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if field.null:
        values = cells.without(values, field.null)
    if field.values:
        values = cells.translated(values, field.values)
    if field.default is not None and values.null_count:
        values = cells.texts(values).fill_null(str(field.default))
    return values


def _flags(taken: Mapping[str, pa.Array], flow: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """TCP flags, and whether the exchange was answered: as the table says, else as the flags tell."""
    out = {}
    if "tcp_flags" in taken:
        flags, proto = (
            np.asarray(column.fill_null(0)) for column in (cells.tcp_flags(taken["tcp_flags"]), flow["proto"])
        )
        out["tcp_flags"] = tcp_flags_or_null(flags, proto)
        packets = flow["packets"] if "packets" in flow else _zeros(len(proto))
        out["answered"] = answered_from_flags(flags, proto, np.asarray(packets.fill_null(0)))
    if "answered" in taken:
        said = cells.booleans(taken["answered"])
        out["answered"] = said if "answered" not in out else pc.coalesce(said, out["answered"])
    return out


def _zeros(length: int) -> pa.Array:
    return pa.array(np.zeros(length, np.int32))


def _ipv4(taken: Mapping[str, pa.Array]) -> npt.NDArray[np.bool_] | None:
    """The rows with IPv4 addresses, by their EtherType; None where the table does not say."""
    if "ether_type" not in taken:
        return None
    found: npt.NDArray[np.bool_] = np.asarray(cells.numbers(taken["ether_type"]).fill_null(0)) == _IPV4
    return found


def _keys(
    taken: Mapping[str, pa.Array], side: str, ipv4: npt.NDArray[np.bool_] | None
) -> dict[str, pa.Array]:
    if side in taken:
        column = taken[side]
        if is_packed(column.type):
            hi, lo = keys_from_packed(column, ipv4=ipv4).arrow()
            return {f"{side}_hi": hi, f"{side}_lo": lo}
        texts = column if cells.is_text(column.type) else pa.nulls(len(column), pa.string())
        hi, lo = keys_from_text(texts if pa.types.is_dictionary(texts.type) else _plain(texts)).arrow()
        return {f"{side}_hi": hi, f"{side}_lo": lo}
    return {name: cells.numbers(taken[name]) for name in KEYS if name.startswith(side)}


def _names(column: pa.Array, *, filled_up: bool) -> pa.Array:
    """Sensors as text, also where they are addresses as bytes; `filled_up`: as the other addresses may be.

    An exporter's IPv6 address that ends in twelve zero bytes would be a whole /32's: nobody has such one.
    """
    if not is_packed(column.type):
        return cells.texts(column)
    keys = keys_from_packed(column, ipv4=np.ones(len(column), np.bool_) if filled_up else None)
    return pc.if_else(pa.array(keys.ok), text_from_keys(keys.hi, keys.lo), pa.scalar(None, pa.string()))


def _plain(texts: pa.Array) -> pa.Array:
    """Text of any width as Arrow's usual string; bytes that are no UTF-8 stay, and are no address."""
    if pa.types.is_string(texts.type):
        return texts
    return cells.by_text(texts, lambda text: text, pa.string())
