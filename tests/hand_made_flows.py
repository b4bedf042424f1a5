"""Hand-made flows, and labels for them, for the tests whose right answer is worked out by hand."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.app.context import add_context
from headwater.app.ingest import ingest
from headwater.app.labels import add_labels
from headwater.ingest.columns import LAKE_SCHEMA, READ_SCHEMA
from headwater.intel.labels.feed import Analyst
from headwater.lake.edge_hash import edge_hash
from headwater.lake.labels import CURRENT_SCHEMA
from headwater.lake.tables import create_lake, open_lake
from headwater.lake.writer import FlowWriter
from headwater.model.address import key_of

BEGIN = datetime(2024, 5, 1, tzinfo=UTC)
PAYLOAD = 0x1B  # FIN, SYN, PSH, ACK: a whole connection


@dataclass(frozen=True, slots=True)
class Flow:
    """One record; times are seconds after BEGIN."""

    src: str
    src_port: int
    dst: str
    dst_port: int
    at: float = 0.0
    lasts: float = 1.0
    proto: int = 6
    flags: int | None = PAYLOAD
    answered: bool | None = None
    packets: int | None = 10
    octets: int | None = 1_000
    sensor: str | None = None
    pair: int | None = None

    def row(self) -> dict[str, Any]:  # Any: cells of every type
        """The record's columns, without edge_hash."""
        source, target = key_of(self.src), key_of(self.dst)
        start = BEGIN + timedelta(seconds=self.at)
        return {
            "start": start, "end": start + timedelta(seconds=self.lasts), "src_hi": source[0],
            "src_lo": source[1], "dst_hi": target[0], "dst_lo": target[1], "src_port": self.src_port,
            "dst_port": self.dst_port, "proto": self.proto, "packets": self.packets, "bytes": self.octets,
            "tcp_flags": self.flags, "answered": self.answered, "sensor": self.sensor, "sampling": 1,
            "pair_id": self.pair, "source": "0" * 64, "day": start.date(),
        }  # fmt: skip


def flow_table(flows: list[Flow]) -> pa.Table:
    """Records in LAKE_SCHEMA."""
    columns: dict[str, Any] = {name: [] for name in LAKE_SCHEMA.names if name != "edge_hash"}  # Any: as row
    for flow in flows:
        for name, value in flow.row().items():
            columns[name].append(value)
    keys = {name: np.array(columns[name], np.int64) for name in ("src_hi", "src_lo", "dst_hi", "dst_lo")}
    columns["edge_hash"] = edge_hash(**keys)
    return pa.table(columns, schema=LAKE_SCHEMA)


def add_flows(lake: Path, flows: list[Flow], *, digest: str) -> None:
    """Adds flows to a lake in a commit of their own, as of a source file; the digest is one letter."""
    with FlowWriter(open_lake(lake)) as writer:
        for batch in flow_table(flows).select(READ_SCHEMA.names).cast(READ_SCHEMA).to_batches():
            writer.add(batch, digest=digest * 64)
        writer.commit()


def lake_of(folder: Path, flows: list[Flow], *, labels: str, networks: str = "") -> Path:
    """A lake with these flows, labels (CSV with a header), and networks (CSV with a header).

    Addresses of labels may be reserved ones.
    """
    lake = folder / "lake"
    create_lake(lake)
    add_flows(lake, flows, digest="0")
    listed, known = folder / "labels.csv", folder / "networks.csv"
    listed.write_text(labels)
    add_labels([str(listed)], lake=lake, analyst=Analyst(allow_reserved=True))
    if networks:
        known.write_text(networks)
        add_context([str(known)], lake=lake, kind="networks")
    return lake


def label_table(
    addresses: list[str], *, family: str = "emotet", port: int = 0, role: str = "c2",
    window: tuple[datetime | None, datetime | None] = (None, None),
) -> pa.Table:  # fmt: skip
    """Labels as `headwater.lake.labels.current_labels` gives them."""
    rows = []
    for address in addresses:
        hi, lo = key_of(address)
        rows.append(
            {
                "address": address, "hi": hi, "lo": lo, "role": role, "family": family, "group": "",
                "port": port, "start": window[0], "end": window[1], "source": "test", "grade": "B2",
                "tlp": "amber",
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=CURRENT_SCHEMA)


def hunting_lake(folder: Path, *, family: str = "emotet") -> Path:
    """A lake with three C2s that use one upstream, a public resolver that all hosts use, and their labels.

    Upstream: 9.9.9.9:8443/tcp, from 5.0.0.1, 5.0.1.1, 5.0.2.1. Resolver: 9.9.9.53:53/udp, also from forty
    others.
    """
    c2s = [f"5.0.{number}.1" for number in range(3)]
    others = [f"7.0.0.{number}" for number in range(1, 41)]
    lines = ["start,end,src,dst,src_port,dst_port,proto,packets,bytes,tcp_flags,sampling"]
    for number, host in enumerate(c2s + others):
        at = int(BEGIN.timestamp()) + 3_600 * number
        lines.append(f"{at},{at + 1},{host},9.9.9.53,{40_000 + number},53,17,2,200,,1")
        if host in c2s:
            lines.append(f"{at},{at + 1},{host},9.9.9.9,{50_000 + number},8443,6,10,1000,{PAYLOAD},1")
    flows, labels, lake = folder / "flows.csv", folder / "labels.csv", folder / "lake"
    flows.write_text("\n".join(lines) + "\n")
    rows = [["address", "family"], *([c2, family] for c2 in c2s)]
    with labels.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    ingest([str(flows)], lake=lake)
    add_labels([str(labels)], lake=lake)
    return lake
