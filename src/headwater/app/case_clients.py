"""Who is in contact with the service? Its clients one by one, out of the engine."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.case_arrays import Bools, Int32s, Int64s, bools, int32s, ints, marked
from headwater.app.case_gather import Around
from headwater.engine.connect import Engine
from headwater.engine.primitives import HOUR_US
from headwater.investigate.measurements import (
    OPENED_BY_CLIENT,
    OPENED_BY_SERVICE,
    OPENED_UNKNOWN,
    REASONS,
    Clients,
)
from headwater.measure import contacts, dealings

Table = Any  # an Ibis table; Ibis ships no types
_HOURS_OF_WEEK = 168
_UNKNOWN = REASONS.index("unknown")


@dataclass(frozen=True, slots=True)
class ClientRows:
    """Clients of a key, out of the engine, n of them ordered by address.

    Attributes:
        hi, lo, c2: as in Clients, each of shape (n,).
        totals: as from `contacts.by_contact`, one row a client, in order.
        opened, opened_because: as in Clients.
        checks_in, scanner: as in Clients.
        hour_of_week: as in Clients.
    """

    hi: Int64s
    lo: Int64s
    c2: Int32s
    totals: pa.Table
    opened: Int32s
    opened_because: Int32s
    opened_share: npt.NDArray[np.float64]
    checks_in: Bools
    scanner: Bools
    hour_of_week: Int64s


def client_rows(engine: Engine, around: Around, on_key: Table, scanners: Table, *, most: int) -> ClientRows:
    """The clients of a key.

    Args:
        engine: where it runs.
        around: as from `CaseGathering.around`.
        on_key: dealings in contact on the key.
        scanners: hi, lo: clients that try more hosts than anybody has business with.
        most: how many are taken.
    """
    numbered = engine.keep(
        "clients", dealings.numbered_clients(on_key, most=most), purpose="clients of the service, numbered"
    )
    flows = dealings.of_clients(on_key, numbered)
    found = engine.fetch(numbered, purpose="clients of the service").sort_by("client")
    count = found.num_rows
    totals = engine.fetch(contacts.by_contact(flows), purpose="what each client amounts to").sort_by("c2")
    visits = around.visits
    came = visits.filter(visits.contact).select("hi", "lo").distinct()
    bots = engine.fetch(numbered.semi_join(came, ["hi", "lo"]), purpose="clients that check in at listed C2s")
    scans = engine.fetch(numbered.semi_join(scanners, ["hi", "lo"]), purpose="clients that scan")
    why = engine.fetch(dealings.reasons(flows), purpose="who opened the contact, and why we think so")
    week = engine.fetch(dealings.hours_of_week(flows), purpose="hours of the week with contact")
    share, opened = _opened(totals)
    return ClientRows(
        hi=ints(found, "hi"), lo=ints(found, "lo"), c2=int32s(found, "c2", null=-1), totals=totals,
        opened=opened, opened_because=_because(why, opened), opened_share=share,
        checks_in=marked(bots, "client", count=count), scanner=marked(scans, "client", count=count),
        hour_of_week=_week(week, count),
    )  # fmt: skip


def _opened(totals: pa.Table) -> tuple[npt.NDArray[np.float64], Int32s]:
    """The share of flows that the client opened, and who opened most of them."""
    known, opened = ints(totals, "opened_known"), ints(totals, "opened")
    share = np.divide(opened, known, out=np.full(len(known), np.nan), where=known > 0)
    by = np.where(2 * opened >= known, OPENED_BY_CLIENT, OPENED_BY_SERVICE)
    return share, np.where(known > 0, by, OPENED_UNKNOWN).astype(np.int32)


def _because(why: pa.Table, opened: Int32s) -> Int32s:
    """What decided for most of a client's flows of known direction, the better witness where equal."""
    counts = np.zeros((len(opened), len(REASONS)), np.int64)
    reason = np.array([REASONS.index(text) for text in why["decided_by"].to_pylist()], np.int64)
    counts[ints(why, "client"), reason] = ints(why, "flows")
    best = counts[:, :_UNKNOWN].argmax(axis=1) if len(opened) else np.empty(0, np.int64)
    return np.where(opened == OPENED_UNKNOWN, _UNKNOWN, best).astype(np.int32)


def _week(found: pa.Table, count: int) -> Int64s:
    hours = np.zeros((count, _HOURS_OF_WEEK), np.int64)
    hours[ints(found, "client"), ints(found, "week_us") // HOUR_US] = ints(found, "hours")
    return hours


def clients_of(
    rows: ClientRows, *, network: Int32s, asn: Int64s, networks: tuple[str, ...], fan_in: Int64s
) -> Clients:
    """The clients as the investigation reads them.

    Args:
        rows: as from `client_rows`.
        network: index into `networks` of each, -1 where unknown, shape (n,).
        asn: AS number of each, 0 where unknown, shape (n,).
        networks: names.
        fan_in: hosts that contact each one's main service, -1 where not measured, shape (n,).
    """
    totals = rows.totals
    counted = {
        name: ints(totals, name)
        for name in (
            "first_us", "last_us", "flows", "sessions", "hours", "days", "packets_out", "packets_in",
            "bytes_out", "bytes_in",
        )
    }  # fmt: skip
    return Clients(
        hi=rows.hi, lo=rows.lo, c2=rows.c2, network=network, asn=asn, networks=networks, **counted,
        opened=rows.opened, opened_because=rows.opened_because, opened_share=rows.opened_share,
        on_c2_port=bools(totals, "on_c2_port"), checks_in=rows.checks_in, fan_in=fan_in,
        hour_of_week=rows.hour_of_week, scanner=rows.scanner,
    )  # fmt: skip
