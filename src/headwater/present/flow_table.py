"""How do flow records look to people? As a table, seen from the address that was asked about."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
from rich.console import Console

from headwater.measure.contacts import HALF_OPEN, NO_SERVICE, REFUSED, UNANSWERED
from headwater.model.address import defang, key_of, text_of
from headwater.model.service import Service, protocol_name
from headwater.present.fitted_table import Column, fitted_table
from headwater.present.printable import shown

_FLAGS = "CEUAPRSF"  # CWR 128, ECE 64, URG 32, ACK 16, PSH 8, RST 4, SYN 2, FIN 1

_SHORT = {UNANSWERED: "no answer", HALF_OPEN: "lone SYN-ACK", REFUSED: "refused", NO_SERVICE: "no service"}


def draw(
    records: pa.Table,
    console: Console,
    *,
    service: Service,
    total: int,
    contact: int,
    lake_version: int,
    defanged: bool = False,
) -> None:
    """The records, how many more there are, and how many of all count as contact.

    Args:
        records: columns of LAKE_SCHEMA, and `kind`; few enough to be read.
        console: where to.
        service: what was asked for.
        total: how many records there are.
        contact: how many of them count as contact.
        lake_version: where they are from.
        defanged: addresses in a form that no program turns into a link.
    """
    name = str(service).replace(service.address, defang(service.address) if defanged else service.address)
    if not total:
        console.print(shown(f"No record of {name} in that time (lake version {lake_version})."))
        return
    console.print(fitted_table(_columns(records, service.address, defanged=defanged), width=console.width))
    console.print()
    if total > records.num_rows:
        console.print(f"... and {total - records.num_rows:,} more; --limit N shows more of them")
    console.print(
        shown(
            f"{total:,} records of {name}, {contact:,} of which count as contact; > was sent by it, < to it "
            f"(lake version {lake_version})."
        )
    )


def _columns(records: pa.Table, address: str, *, defanged: bool) -> list[Column]:
    """All columns, those that people need most first."""
    hi, lo = key_of(address)
    name = defang if defanged else str
    rows = [_Row.of(row, hi=hi, lo=lo) for row in records.to_pylist()]

    def column(heading: str, cell: Callable[[_Row], str], *, right: bool = False) -> Column:
        return Column(heading, [shown(cell(row)) for row in rows], "right" if right else "left")

    return [
        column("start (UTC)", lambda row: f"{row.start:%Y-%m-%d %H:%M:%S}"),
        column("port", lambda row: str(row.own_port), right=True),
        column("", lambda row: ">" if row.sent else "<"),
        column("peer", lambda row: name(row.peer)),
        column("port", lambda row: str(row.far_port), right=True),
        column("proto", lambda row: row.proto),
        column("counts as", lambda row: _SHORT.get(row.kind, row.kind)),
        column("packets", lambda row: _count(row.packets), right=True),
        column("bytes", lambda row: _count(row.octets), right=True),
        column("flags", lambda row: flags_text(row.flags)),
        column("lasts", lambda row: f"{row.lasts_s:.1f} s", right=True),
        replace(column("sensor", lambda row: row.sensor or ""), free_text=True),
    ]


@dataclass(frozen=True, slots=True)
class _Row:
    """One record, seen from one of its ends."""

    start: datetime
    lasts_s: float
    sent: bool
    own_port: int
    peer: str
    far_port: int
    proto: str
    packets: int | None
    octets: int | None
    flags: int | None
    kind: str
    sensor: str | None

    @classmethod
    def of(cls, row: dict[str, Any], *, hi: int, lo: int) -> "_Row":  # Any: cells of every type
        sent = (row["src_hi"], row["src_lo"]) == (hi, lo)
        own, far = ("src", "dst") if sent else ("dst", "src")
        return cls(
            start=row["start"], lasts_s=(row["end"] - row["start"]).total_seconds(), sent=sent,
            own_port=row[f"{own}_port"], peer=text_of(row[f"{far}_hi"], row[f"{far}_lo"]),
            far_port=row[f"{far}_port"], proto=protocol_name(row["proto"]), packets=row["packets"],
            octets=row["bytes"], flags=row["tcp_flags"], kind=row["kind"], sensor=row["sensor"],
        )  # fmt: skip


def flags_text(flags: int | None) -> str:
    """TCP flags as nfdump prints them, "...AP.SF"; "" where unknown."""
    if flags is None:
        return ""
    return "".join(letter if flags & 128 >> place else "." for place, letter in enumerate(_FLAGS))


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"
