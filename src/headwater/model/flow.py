"""What is a flow record? FLOW, the one table of columns that every reader fills.

A flow is one-way: packets from `src` to `dst`. A bidirectional source gives two records with one `pair_id`.
The reference page docs/reference/flow-columns.md is generated from this table.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Type of a column, independent of any engine."""

    TIME = "timestamp[us, UTC]"
    DAY = "date"
    INT64 = "int64"
    INT32 = "int32"
    INT16 = "int16"
    BOOL = "bool"
    TEXT = "string"


class FilledBy(StrEnum):
    """Who gives a column its value."""

    READER = "reader"  # read from the record
    INGEST = "ingest"  # the same for a whole file, unless the record says it
    LAKE = "lake"  # derived when the record is stored


@dataclass(frozen=True, slots=True)
class Column:
    """One column of FLOW.

    Attributes:
        name: the column's name, the same everywhere in the project.
        kind: its type.
        unit: unit of the value, or "" where it has none.
        null: what null means; "" where the column is never null.
        meaning: one sentence for an analyst.
        element: IPFIX information element (IANA registry), or "" where there is none.
        filled_by: reader, ingest or lake.
    """

    name: str
    kind: Kind
    unit: str
    null: str
    meaning: str
    element: str
    filled_by: FilledBy = FilledBy.READER

    @property
    def nullable(self) -> bool:
        """Whether the column may be null: exactly when `null` says what that means."""
        return self.null != ""


FLOW: tuple[Column, ...] = (
    Column("start", Kind.TIME, "UTC", "", "First packet of the flow.", "flowStartMicroseconds (154)"),
    Column(
        "end",
        Kind.TIME,
        "UTC",
        "",
        "Last packet of the flow, never before start.",
        "flowEndMicroseconds (155)",
    ),
    Column(
        "src_hi",
        Kind.INT64,
        "",
        "",
        "Upper half of the sender's address, as model/address.py.",
        "sourceIPv4Address (8), sourceIPv6Address (27)",
    ),
    Column("src_lo", Kind.INT64, "", "", "Lower half of the sender's address.", "as src_hi"),
    Column(
        "dst_hi",
        Kind.INT64,
        "",
        "",
        "Upper half of the receiver's address.",
        "destinationIPv4Address (12), destinationIPv6Address (28)",
    ),
    Column("dst_lo", Kind.INT64, "", "", "Lower half of the receiver's address.", "as dst_hi"),
    Column(
        "src_port",
        Kind.INT32,
        "",
        "",
        "Sender's port, 0..65535; 0 where the protocol has none (ICMP type and code are not ports).",
        "sourceTransportPort (7)",
    ),
    Column(
        "dst_port", Kind.INT32, "", "", "Receiver's port; 0 as for src_port.", "destinationTransportPort (11)"
    ),
    Column("proto", Kind.INT16, "", "", "IP protocol number, 0..255.", "protocolIdentifier (4)"),
    Column(
        "packets",
        Kind.INT64,
        "packets",
        "the source does not count packets",
        "Packets seen from src to dst, as exported: never multiplied by the sampling interval.",
        "packetDeltaCount (2)",
    ),
    Column(
        "bytes",
        Kind.INT64,
        "bytes",
        "the source does not count bytes",
        "Bytes seen from src to dst, as exported; layer 3 where the source can tell.",
        "octetDeltaCount (1)",
    ),
    Column(
        "tcp_flags",
        Kind.INT16,
        "",
        "the source gives no flags, or the protocol is not TCP",
        "Union of the TCP flags seen: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128.",
        "tcpControlBits (6)",
    ),
    Column(
        "answered",
        Kind.BOOL,
        "",
        "the source cannot tell",
        "Whether the exchange that this record belongs to was answered by its other side.",
        "",
    ),
    Column(
        "sensor",
        Kind.TEXT,
        "",
        "no name was given",
        "Where the record was observed: exporter, sensor or the name given at ingest.",
        "exporterIPv4Address (130), observationDomainId (149)",
        FilledBy.INGEST,
    ),
    Column(
        "sampling",
        Kind.INT32,
        "packets",
        "unknown (which is not 1)",
        "Packet sampling interval N of 1:N that was in force; 1 says unsampled.",
        "samplingPacketInterval (305)",
        FilledBy.INGEST,
    ),
    Column(
        "pair_id",
        Kind.INT64,
        "",
        "the source gave a one-way record",
        "Joins the two records of one bidirectional exchange; unique within a source file only.",
        "biflowDirection (239)",
    ),
    Column(
        "source",
        Kind.TEXT,
        "",
        "",
        "SHA-256 of the bytes of the file that the record came from.",
        "",
        FilledBy.LAKE,
    ),
    Column(
        "edge_hash",
        Kind.INT32,
        "",
        "",
        "Uniform hash in [0, 2^31) of the unordered address pair: both directions of an edge share it.",
        "",
        FilledBy.LAKE,
    ),
    Column("day", Kind.DAY, "UTC", "", "Day of start; the lake's partition.", "", FilledBy.LAKE),
)
