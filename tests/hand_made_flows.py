"""Hand-made flows, and labels for them, for the tests whose right answer is worked out by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.ingest.columns import LAKE_SCHEMA
from headwater.lake.edge_hash import edge_hash
from headwater.lake.labels import CURRENT_SCHEMA
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

    def row(self) -> dict[str, Any]:  # Any: cells of every type
        """The record's columns, without edge_hash."""
        source, target = key_of(self.src), key_of(self.dst)
        start = BEGIN + timedelta(seconds=self.at)
        return {
            "start": start, "end": start + timedelta(seconds=self.lasts), "src_hi": source[0],
            "src_lo": source[1], "dst_hi": target[0], "dst_lo": target[1], "src_port": self.src_port,
            "dst_port": self.dst_port, "proto": self.proto, "packets": self.packets, "bytes": self.octets,
            "tcp_flags": self.flags, "answered": self.answered, "sensor": self.sensor, "sampling": 1,
            "pair_id": None, "source": "0" * 64, "day": start.date(),
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
