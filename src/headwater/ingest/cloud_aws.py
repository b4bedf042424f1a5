"""Reads AWS VPC flow logs, versions 2 to 5, as delivered to S3 or exported from CloudWatch Logs.

Source: Amazon VPC user guide, "Flow log records" and "Flow log record examples". What is made of it:

- Addresses are pkt-srcaddr and pkt-dstaddr where the log has them, else srcaddr and dstaddr: the packet's own
  ends are the parties; srcaddr and dstaddr may be a NAT gateway or a load balancer between them.
- action REJECT was not allowed through, so `answered` is false. ACCEPT says nothing, unless tcp-flags hold
  SYN-ACK (18): its sender answers a SYN.
- tcp-flags record FIN, SYN, RST and SYN-ACK; ACK and PSH on their own are left out. SYN alone (2) over eight
  packets is an established connection. FLOW's `tcp_flags`, the union of all flags seen, is therefore
  filled only from records of one packet that carry SYN, where nothing can be missing; else null.
- NODATA and SKIPDATA rows stand for intervals, not flows: counted by reason.

The Parquet delivery is read by the column map aws-vpc-parquet.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.errors import UnreadableSource
from headwater.ingest.cells import numbers
from headwater.ingest.clock import Clock
from headwater.ingest.column_map import CANONICAL
from headwater.ingest.columns import READ_SCHEMA
from headwater.ingest.in_order import in_order
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.table_flows import TableFlows
from headwater.ingest.typed_lines import Block, Layout, TypedRows, numbered, typed_rows

BLOCK_BYTES = 4 << 20
VERSION_2 = ("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol",
             "packets", "bytes", "start", "end", "action", "log-status")  # fmt: skip
LATER = ("vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr", "region",
         "az-id", "sublocation-type", "sublocation-id", "pkt-src-aws-service", "pkt-dst-aws-service",
         "flow-direction", "traffic-path")  # fmt: skip
_NUMBERS = ("srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "tcp-flags")
_PLAIN = {"start": "start", "end": "end", "src_port": "srcport", "dst_port": "dstport", "proto": "protocol",
          "packets": "packets", "bytes": "bytes", "sensor": "interface-id"}  # fmt: skip
_SYN, _SYN_ACK = 2, 18
_EXPORTED_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
_STATUS = {"NODATA": "no data in the interval (NODATA)", "SKIPDATA": "flows skipped by AWS (SKIPDATA)"}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a log's lines in their order, and how many lines the header takes."""

    names: tuple[str, ...]
    header_lines: int


def fields_of(head: bytes) -> Fields | None:
    """The fields of a flow log from its first bytes, or None where it is none.

    A header line names them; without one, only the default format (version 2) is known by its shape, with or
    without the time that an export from CloudWatch Logs puts before each line.
    """
    for number, raw in enumerate(head.split(b"\n"), 1):
        words = raw.decode("utf-8", "replace").split()
        if not words:
            continue
        if set(words) <= {*VERSION_2, *LATER} and {"srcaddr", "pkt-srcaddr"} & set(words):
            return Fields(tuple(words), number)
        if _is_version_2(words):
            return Fields(VERSION_2, 0)
        if _EXPORTED_AT.match(words[0]) and _is_version_2(words[1:]):
            return Fields(("exported-at", *VERSION_2), 0)
        return None
    return None


def _is_version_2(words: list[str]) -> bool:
    return (
        len(words) == len(VERSION_2)
        and words[0] == "2"
        and words[-1] in {"OK", *_STATUS}
        and words[-2] in {"ACCEPT", "REJECT", "-"}
    )


class AwsReader:
    """AWS VPC flow logs as text."""

    name = "aws-vpc"
    title = "AWS VPC flow logs"
    position_unit: PositionUnit = "line"
    rank = 1

    def sniff(self, source: SourceFile) -> bool:
        """Whether the first line is a header of AWS field names or a record of the default format."""
        return fields_of(source.head) is not None

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """One row a record; NODATA and SKIPDATA rows are told to `rejects`.

        Raises:
            UnreadableSource: the log's format leaves out a field without which there is no flow.
        """
        fields = fields_of(source.head)
        if fields is None:
            rejects.add(
                "no flow log", offset=1, detail="neither a header of AWS fields nor a version 2 record"
            )
            return
        _check(fields, source)
        blocks = numbered(source.blocks(rejects, BLOCK_BYTES), skip=fields.header_lines)
        first = next(blocks, None)
        if first is None:
            return
        wanted = tuple(dict.fromkeys(name for name in fields.names if name in (*VERSION_2[2:], *LATER)))
        layout = Layout(fields.names, wanted, " ", quoted=False, types=dict.fromkeys(_NUMBERS, pa.int64()))
        columns = [*_PLAIN, "src", "dst"]
        clock = Clock({"start": "s", "end": "s"}, "UTC")
        flows = TableFlows(CANONICAL.bound(columns, source=source.name), clock, options)

        def work(block: Block) -> tuple[Chunk, Rejects]:
            told = Rejects()
            rows = _of_flows(typed_rows(block, layout, told), told)
            return Chunk(_batch(rows.columns, flows), rows.positions), told

        for chunk, told in in_order(work, chain([first], blocks)):
            rejects.absorb(told)
            if chunk.batch.num_rows:
                yield chunk


def _check(fields: Fields, source: SourceFile) -> None:
    needed = {"start", "end", "srcport", "dstport", "protocol"} - set(fields.names)
    needed |= {name for name in ("srcaddr", "dstaddr") if not {name, f"pkt-{name}"} & set(fields.names)}
    if needed:
        raise UnreadableSource(
            f"{source.name}: this flow log leaves out {', '.join(sorted(needed))}, without which there is no "
            "flow; add the fields to the log's format in AWS"
        )


def _of_flows(rows: TypedRows, told: Rejects) -> TypedRows:
    """The rows that stand for flows."""
    if "log-status" not in rows.columns:
        return rows
    keep = np.ones(len(rows.positions), np.bool_)
    for status, reason in _STATUS.items():
        hits = np.asarray(pc.equal(rows.columns["log-status"], status).fill_null(False))
        if hits.any():
            told.add(reason, offset=int(rows.positions[hits].min()), count=int(hits.sum()))
            keep &= ~hits
    if keep.all():
        return rows
    mask = pa.array(keep)
    return TypedRows({name: col.filter(mask) for name, col in rows.columns.items()}, rows.positions[keep])


def _batch(columns: Mapping[str, pa.Array], flows: TableFlows) -> pa.RecordBatch:
    table = {ours: columns[theirs] for ours, theirs in _PLAIN.items() if theirs in columns}
    length = len(columns["start"])
    for name in ("packets", "bytes"):
        table.setdefault(name, pa.nulls(length, pa.int64()))
    table.setdefault("sensor", pa.nulls(length, pa.string()))
    for side in ("src", "dst"):
        ends = [columns[name] for name in (f"pkt-{side}addr", f"{side}addr") if name in columns]
        table[side] = pc.coalesce(*ends) if len(ends) > 1 else ends[0]
    batch = flows.batch(table)
    for name, values in _flags_and_answer(columns, batch).items():
        place = READ_SCHEMA.get_field_index(name)
        batch = batch.set_column(place, READ_SCHEMA.field(name), values)
    return batch


def _flags_and_answer(columns: Mapping[str, pa.Array], batch: pa.RecordBatch) -> dict[str, pa.Array]:
    """FLOW's tcp_flags and answered, as the top of this file says."""
    length = batch.num_rows
    flags, refused = np.zeros(length, np.int64), np.zeros(length, np.bool_)
    if "tcp-flags" in columns:
        flags = np.asarray(numbers(columns["tcp-flags"]).fill_null(0))
    if "action" in columns:
        refused = np.asarray(pc.equal(columns["action"], "REJECT").fill_null(False))
    tcp = np.asarray(pc.equal(batch["proto"], 6).fill_null(False))
    single = np.asarray(pc.equal(batch["packets"], 1).fill_null(False))
    answering = tcp & (flags & _SYN_ACK == _SYN_ACK) & ~refused
    whole = tcp & single & (flags & _SYN != 0)
    return {
        "tcp_flags": pa.array(np.where(whole, flags & 0xFF, 0).astype(np.int16), mask=~whole),
        "answered": pa.array(answering, mask=~(answering | refused)),
    }


register(AwsReader())
