"""Reads Azure flow logs as Azure writes them: network security group (versions 1 and 2) and virtual network.

Source: Azure Network Watcher documentation, "Flow logging for network security groups" and "Virtual network
flow logs". A file is {"records": [...]}; each record holds tuples of text:

    NSG v1   1542110377,10.0.0.4,13.67.143.118,44931,443,T,O,A
    NSG v2   1542110377,10.0.0.4,13.67.143.118,44931,443,T,O,A,C,30,16978,24,14008
    VNet     1663146003599,10.0.0.6,52.239.184.180,23956,443,6,O,E,NX,3,767,2,1580

Time (seconds; milliseconds for VNet), source, destination, ports, protocol, direction, decision (A, D; VNet
has none), state (B begin, C continuing, E end, D denied), VNet: encryption, packets and bytes forth and back
since the last update. What is made of it:

- A tuple is a moment: start and end are its time; the traffic it counts lies up to five minutes before.
- Denied traffic has `answered` false. Counts both ways say true. All else is null: counts
  cover an interval, so none back does not mean never answered.
- B tuples and version 1 carry no counts: packets and bytes are null.
- Counts back become a second record with the same pair_id.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.cells import numbers, protocols, texts
from headwater.ingest.clock import Clock
from headwater.ingest.column_map import CANONICAL
from headwater.ingest.columns import READ_SCHEMA
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import BLOCK_BYTES, SourceFile
from headwater.ingest.table_flows import TableFlows
from headwater.ingest.two_way import both_ways

BATCH_TUPLES = 50_000
RECORD_MAX = 32 << 20  # a record is a minute of one network card; more than this is damage
# what stands between records: the blob's outer object, arrays, separators
_FRAME = re.compile(r'(?:[\s,\[\]}\ufeff]|\{\s*"records"\s*:)*')
_RECORD_START = re.compile(r'\{\s*"(?:time|records|systemId|flowLogVersion)"')
_PROTOCOL_LETTERS = {"T": "6", "U": "17"}
_NSG = ("time", "src", "dst", "src_port", "dst_port", "proto", "direction", "decision", "state",
        "packets", "bytes", "packets_back", "bytes_back")  # fmt: skip
_VNET = ("time", "src", "dst", "src_port", "dst_port", "proto", "direction", "state", "encryption",
         "packets", "bytes", "packets_back", "bytes_back")  # fmt: skip
_SHORTEST = 8  # fields of NSG version 1


@dataclass(frozen=True, slots=True)
class FlowTuple:
    """One flow tuple: its fields by name, the card that saw it, its unit of time, its number in the file."""

    fields: dict[str, str]
    sensor: str
    unit: str
    number: int


class AzureReader:
    """Azure NSG and virtual network flow logs."""

    name = "azure"
    title = "Azure NSG and virtual network flow logs"
    position_unit: PositionUnit = "record"
    rank = 1

    def sniff(self, source: SourceFile) -> bool:
        """Whether it is JSON with flow tuples."""
        head = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return head.startswith((b"{", b"[")) and b'"flowTuples"' in head

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """One row a tuple, two where traffic went both ways; positions count tuples."""
        for unit, found in _batches(_tuples(source, rejects)):
            flows = TableFlows(
                CANONICAL.bound(_COLUMNS, source=source.name),
                Clock({"start": unit, "end": unit}, "UTC"),
                options,
            )
            yield _chunk(found, flows)


_COLUMNS = ("start", "end", "src", "dst", "src_port", "dst_port", "proto", "packets", "bytes", "sensor")


def _batches(tuples: Iterator[FlowTuple]) -> Iterator[tuple[str, list[FlowTuple]]]:
    """Tuples in lists of one unit of time each."""
    held: list[FlowTuple] = []
    for each in tuples:
        if held and (each.unit != held[0].unit or len(held) >= BATCH_TUPLES):
            yield held[0].unit, held
            held = []
        held.append(each)
    if held:
        yield held[0].unit, held


def _tuples(source: SourceFile, rejects: Rejects) -> Iterator[FlowTuple]:
    number = 0
    for record, damage in _records(source, rejects):
        if damage:
            rejects.add("damaged JSON", offset=number, detail=damage)
        for text, names, sensor in _texts(record):
            cells = text.split(",") if isinstance(text, str) else []
            if _SHORTEST <= len(cells) <= len(names):
                unit = "ms" if names is _VNET else "s"
                yield FlowTuple(dict(zip(names, cells, strict=False)), sensor, unit, number)
            else:
                rejects.add("wrong number of fields", offset=number, detail=f"{len(cells)} in a flow tuple")
            number += 1


def _texts(record: Any) -> Iterator[tuple[Any, tuple[str, ...], str]]:  # Any: whatever JSON can say
    """The tuples of one record with the names of their fields and the card's address, of any shape it has."""
    properties = _dict(_dict(record).get("properties"))
    for rule in _list(properties.get("flows")):
        for card in _list(_dict(rule).get("flows")):
            for text in _list(_dict(card).get("flowTuples")):
                yield text, _NSG, str(_dict(card).get("mac") or "")
    sensor = str(_dict(record).get("macAddress") or "")
    for acl in _list(_dict(_dict(record).get("flowRecords")).get("flows")):
        for group in _list(_dict(acl).get("flowGroups")):
            for text in _list(_dict(group).get("flowTuples")):
                yield text, _VNET, sensor
    for inner in _list(_dict(record).get("records")):
        if "records" not in _dict(inner):
            yield from _texts(inner)


def _dict(value: Any) -> dict[str, Any]:  # Any: whatever JSON can say
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:  # Any: whatever JSON can say
    return value if isinstance(value, list) else []


def _records(source: SourceFile, rejects: Rejects) -> Iterator[tuple[Any, str]]:
    """The JSON objects of the file one by one, without holding the file, and what is wrong with each.

    A damaged one is None with the reason (Any: whatever JSON can say).
    """
    decoder = json.JSONDecoder()
    with source.open(rejects) as stream:
        pending, more, wanted = "", True, 0
        while pending or more:
            if more and len(pending) <= wanted:
                block = stream.read(BLOCK_BYTES)
                more = bool(block)
                pending += block.decode("utf-8", "replace")
            begin = _FRAME.match(pending).end()  # type: ignore[union-attr]  # matches the empty text too
            if begin == len(pending):
                pending, wanted = "", 0
                continue
            try:
                record, end = decoder.raw_decode(pending, begin)
            except (ValueError, RecursionError) as why:
                if more and len(pending) - begin < RECORD_MAX:
                    wanted = max(len(pending), 2 * wanted)
                    continue
                yield None, str(why)[:200]
                following = _RECORD_START.search(pending, begin + 1)
                pending, wanted = pending[following.start() :] if following else "", 0
                continue
            yield record, "" if isinstance(record, dict) else "no object where a record should be"
            pending, wanted = pending[end:], 0


def _chunk(tuples: list[FlowTuple], flows: TableFlows) -> Chunk:
    def column(name: str) -> pa.Array:
        return pa.array([each.fields.get(name) or None for each in tuples], pa.string())

    proto = protocols(pc.coalesce(_letters(column("proto")), column("proto")))
    moment = numbers(column("time"))
    table = {name: column(name) for name in ("src", "dst", "src_port", "dst_port", "packets", "bytes")}
    table |= {"start": moment, "end": moment, "proto": proto}
    table["sensor"] = texts(pa.array([each.sensor for each in tuples], pa.string()))
    forth = flows.batch(table)
    back = {name: numbers(column(f"{name}_back")) for name in ("packets", "bytes")}
    place = READ_SCHEMA.get_field_index("answered")
    answer = _answered(column("decision"), column("state"), forth["packets"], back["packets"])
    forth = forth.set_column(place, READ_SCHEMA.field(place), answer)
    return both_ways(forth, back, np.array([each.number for each in tuples], np.int64))


def _letters(proto: pa.Array) -> pa.Array:
    known = pa.array(list(_PROTOCOL_LETTERS), pa.string())
    found = pc.index_in(proto, known)
    return pa.array(list(_PROTOCOL_LETTERS.values()), pa.string()).take(found)


def _answered(decision: pa.Array, state: pa.Array, forth: pa.Array, back: pa.Array) -> pa.Array:
    denied = np.asarray(pc.or_kleene(pc.equal(decision, "D"), pc.equal(state, "D")).fill_null(False))
    both = np.asarray(pc.and_kleene(pc.greater(forth, 0), pc.greater(back, 0)).fill_null(False))
    return pa.array(both & ~denied, mask=~(both | denied))


register(AzureReader())
