"""Reads Azure Traffic Analytics rows exported from Log Analytics as CSV (table AzureNetworkAnalytics_CL).

Each row sums up the flows of one hour between two parties to one destination port. What is made of it:

- Within the virtual network SrcIP and DestIP name the parties. Towards public addresses both are empty: then
  the machine (VMIPAddress) and the public address (AllExtIPs) are the parties, and FlowDirection says who
  opened: O the machine, I the public address. A row with neither pair names no flow and is counted.
- There are no packets, bytes or client ports: packets and bytes are null, src_port is 0.
- Rows that were denied only have `answered` false. Times are UTC.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.cells import floats
from headwater.ingest.clock import Clock
from headwater.ingest.column_map import CANONICAL
from headwater.ingest.columns import READ_SCHEMA
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.table_flows import TableFlows
from headwater.ingest.tabular_csv import Header, header_of
from headwater.ingest.typed_lines import Layout, numbered, typed_rows

_NEEDED = ("FlowStartTime", "FlowEndTime", "SrcIP", "DestIP", "L4Protocol", "DestPort", "FlowDirection")
_USED = (*_NEEDED, "VMIPAddress", "AllExtIPs", "VMName",
         "AllowedInFlows", "AllowedOutFlows", "DeniedInFlows", "DeniedOutFlows")  # fmt: skip
_SUFFIXES = ("_s", "_t", "_d")  # Log Analytics marks the type of custom columns: string, time, number
_COLUMNS = ("start", "end", "src", "dst", "src_port", "dst_port", "proto", "sensor")


class AzureCsvReader:
    """Azure Traffic Analytics rows."""

    name = "azure-csv"
    title = "Azure Traffic Analytics rows (Log Analytics CSV)"
    position_unit: PositionUnit = "line"
    rank = 1

    def sniff(self, source: SourceFile) -> bool:
        """Whether the header line names the table's columns."""
        header = header_of(source.head)
        return header is not None and set(_NEEDED) <= set(_plain(header))

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """One row a row; rows that name no two parties are told to `rejects`."""
        header = header_of(source.head)
        if header is None or not set(_NEEDED) <= set(_plain(header)):
            rejects.add("no Traffic Analytics header", offset=1)
            return
        rejects.note("each row sums up several flows of an hour: stored as one record without counts")
        names = _plain(header)
        wanted = tuple(name for name in _USED if name in names)
        layout = Layout(names, wanted, header.delimiter)
        flows = TableFlows(CANONICAL.bound(_COLUMNS, source=source.name), Clock({}, "UTC"), options)
        for block in numbered(source.blocks(rejects), skip=header.lines):
            rows = typed_rows(block, layout, rejects)
            length = len(rows.positions)
            columns = {name: rows.columns.get(name, pa.nulls(length, pa.string())) for name in _USED}
            src, dst = _parties(columns)
            known = np.asarray(pc.and_(src.is_valid(), dst.is_valid()))
            lost = rows.positions[~known]
            if len(lost):
                rejects.add("row names no two addresses", offset=int(lost.min()), count=len(lost))
            batch = _batch(columns, src, dst, flows).filter(pa.array(known))
            if batch.num_rows:
                yield Chunk(batch, rows.positions[known])


def _plain(header: Header) -> tuple[str, ...]:
    """Column names without type marks, each once."""
    names: list[str] = []
    for place, name in enumerate(header.names):
        plain = name[:-2] if name.endswith(_SUFFIXES) else name
        names.append(plain if plain and plain not in names else f"{plain} (column {place + 1})")
    return tuple(names)


def _parties(columns: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    """Source and destination of each row, null where it names no pair."""
    inside = pc.and_(columns["SrcIP"].is_valid(), columns["DestIP"].is_valid())
    inward = pc.equal(columns["FlowDirection"], "I").fill_null(False)
    machine, outside = columns["VMIPAddress"], columns["AllExtIPs"]
    src = pc.if_else(inside, columns["SrcIP"], pc.if_else(inward, outside, machine))
    dst = pc.if_else(inside, columns["DestIP"], pc.if_else(inward, machine, outside))
    return src, dst


def _batch(
    columns: Mapping[str, pa.Array], src: pa.Array, dst: pa.Array, flows: TableFlows
) -> pa.RecordBatch:
    letters = columns["L4Protocol"]
    proto = pc.if_else(pc.equal(letters, "T"), "6", pc.if_else(pc.equal(letters, "U"), "17", letters))
    batch = flows.batch(
        {
            "start": columns["FlowStartTime"],
            "end": columns["FlowEndTime"],
            "src": src,
            "dst": dst,
            "src_port": pa.array(np.zeros(len(src), np.int64)),
            "dst_port": columns["DestPort"],
            "proto": proto,
            "sensor": columns["VMName"],
        }
    )
    allowed, denied = (
        sum(np.asarray(floats(columns[f"{what}{way}Flows"]).fill_null(0)) for way in ("In", "Out"))
        for what in ("Allowed", "Denied")
    )
    refused = (denied > 0) & (allowed == 0)
    place = READ_SCHEMA.get_field_index("answered")
    return batch.set_column(place, READ_SCHEMA.field(place), pa.array(~refused, mask=~refused))


register(AzureCsvReader())
