"""What do all flows say about the clients of a confirmed service? One scan, and a second look at the clients.

The first scan is that of a case (headwater.app.case_measuring).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.case_arrays import bools, ints
from headwater.app.case_clients import ClientRows, client_rows
from headwater.app.case_gather import CaseGathering
from headwater.app.case_key import CaseKey, chosen_key, keys_of
from headwater.app.case_settings import CaseSettings
from headwater.app.flow_source import FlowSource
from headwater.app.gather import extent_of
from headwater.app.listed_c2s import ListedC2s
from headwater.app.pivot_strangers import Asked, Seen, pivot_strangers
from headwater.app.statistics_of import Assembly, Context
from headwater.engine.connect import Engine
from headwater.investigate.pivot_aside import NO_INTERNET
from headwater.investigate.pivot_tables import PivotClients, PivotTables
from headwater.measure.scan import Span, spanned
from headwater.model.address import key_of, text_of
from headwater.model.candidate import PeerRole
from headwater.model.label import Role
from headwater.model.service import Service
from headwater.model.special_use import special_use
from headwater.score.statistics import Statistics

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]
Say = Callable[[str], None]

MOST_READ = 2_000  # unlisted clients whose own flows are read, those of most flows first


@dataclass(frozen=True, slots=True)
class PivotKnown:
    """What is known before the flows are read.

    Attributes:
        listed: the C2s, without the service's own address and without leads accepted before.
        context: networks, warning lists, and labels of all roles: hi, lo, role.
        accepted: address keys of leads that an analyst accepted, shape (a, 2).
        allow_reserved: clients in private and reserved ranges are judged like others.
    """

    listed: ListedC2s
    context: Context
    accepted: Int64s
    allow_reserved: bool = False


@dataclass(frozen=True, slots=True)
class PivotMeasured:
    """The clients of one service, measured.

    Attributes:
        service: what was measured: as asked for, or the key of the address that most listed C2s met.
        role: which side of the contact the service is.
        tables: what the reckoning reads.
    """

    service: Service
    role: PeerRole
    tables: PivotTables


def pivot_measured(
    engine: Engine,
    flows: Table | FlowSource,
    service: Service,
    *,
    flow_count: int,
    known: PivotKnown,
    settings: CaseSettings,
    say: Say,
) -> PivotMeasured:
    """Measures the clients of one service.

    Args:
        engine: where it runs.
        flows: all flows, columns of LAKE_SCHEMA, or the source of them.
        service: an address with port and protocol, or an address alone.
        flow_count: how many flows there are, about.
        known: labels and context.
        settings: what to look at.
        say: told each step as it begins.
    """
    hi, lo = key_of(service.address)
    span = Span(settings.since, settings.until)
    gathering = CaseGathering(
        engine,
        flows,
        flow_count,
        listed=known.listed,
        span=span,
        settings=settings.measure,
        extent_us=extent_of(engine, spanned(FlowSource.of(engine, flows).table, span)).start_us,
    )
    say(f"reading {flow_count:,} flows for {service}")
    around = gathering.around(hi, lo)
    key = chosen_key(keys_of(engine, around.dealings), service)
    gathered = gathering.gathered(around, key, hi=hi, lo=lo)
    on_key = _on_key(around.dealings, key)
    rows = client_rows(engine, around, on_key, engine.kept("scanners"), most=settings.most_clients)
    assembly = Assembly(engine, gathered, known.listed, known.context, settings.measure)
    statistics = assembly.statistics()
    say("looking at what its unlisted clients serve")
    asked = _asked(rows, known, own=(hi, lo))
    seen = pivot_strangers(
        engine, flows, asked, around=around, gathered=gathered, span=span, settings=settings.measure
    )
    tables = _tables(rows, statistics, seen, known, asked=asked, left_out=max(key.hosts - len(rows.hi), 0))
    return PivotMeasured(key.service(service.address), key.peer_role, tables)


def _on_key(dealings: Table, key: CaseKey) -> Table:
    return dealings.filter(
        dealings.contact, dealings.role == key.role, dealings.port == key.port, dealings.proto == key.proto
    )


def _asked(rows: ClientRows, known: PivotKnown, *, own: tuple[int, int]) -> Asked:
    """Unlisted clients that are no scanners, those of most flows first; and the other upstreams."""
    wanted = np.flatnonzero((rows.c2 < 0) & ~rows.scanner)
    flows = ints(rows.totals, "flows")
    chosen = wanted[np.argsort(-flows[wanted], kind="stable")][:MOST_READ]
    roles = known.context.roles
    named = roles.filter(pa.compute.field("role") == Role.UPSTREAM.value)
    keys = np.column_stack([ints(named, "hi"), ints(named, "lo")])
    keys = np.unique(keys[~((keys[:, 0] == own[0]) & (keys[:, 1] == own[1]))], axis=0)
    return Asked(rows.hi[chosen], rows.lo[chosen], keys)


def _tables(
    rows: ClientRows, statistics: Statistics, seen: Seen, known: PivotKnown, *, asked: Asked, left_out: int
) -> PivotTables:
    read = seen.rows_of(rows.hi, rows.lo)
    met = np.where(read >= 0, seen.upstreams[read] if len(seen.upstreams) else 0, 0)
    accepted = {tuple(key) for key in known.accepted.tolist()}
    keys = list(zip(rows.hi.tolist(), rows.lo.tolist(), strict=True))
    totals = {name: ints(rows.totals, name) for name in ("first_us", "last_us", "flows", "sessions", "days")}
    clients = PivotClients(
        hi=rows.hi, lo=rows.lo, c2=rows.c2, on_c2_port=bools(rows.totals, "on_c2_port"), **totals,
        hour_of_day=rows.hour_of_week.reshape(len(keys), 7, 24).sum(axis=1),
        visited=np.array([seen.visited.get(key, 0) for key in keys], np.int64),
        scanner=rows.scanner, read=read, upstreams=np.asarray(met, np.int64),
        known_as=_known_as(rows.hi, rows.lo, known),
        accepted=np.array([key in accepted for key in keys], np.bool_),
    )  # fmt: skip
    compared = seen.upstreams[seen.ordinary]
    return PivotTables(
        clients=clients,
        statistics=Statistics(
            statistics.c2s, statistics.candidates, statistics.contacts, statistics.exposure, seen.strangers
        ),
        ordinary_upstreams=float((compared > 0).mean()) if len(compared) else 0.0,
        ordinary=len(compared),
        confirmed=len(asked.upstreams),
        clients_left_out=left_out,
    )


def _known_as(hi: Int64s, lo: Int64s, known: PivotKnown) -> tuple[tuple[str, ...], ...]:
    """Roles that labels give each host, C2 left out, the warning list that names it, a range of no use."""
    context = known.context
    named: dict[tuple[int, int], set[str]] = {}
    roles = context.roles
    for high, low, role in zip(
        roles["hi"].to_pylist(), roles["lo"].to_pylist(), roles["role"].to_pylist(), strict=True
    ):
        if role != Role.C2.value:
            named.setdefault((high, low), set()).add(role)
    warning, warnings = context.warning_lists.match(hi, lo)
    found = []
    for high, low, number in zip(hi.tolist(), lo.tolist(), warning.tolist(), strict=True):
        lists = (f"warning list {warnings[number]}",) if number >= 0 else ()
        kind = "" if known.allow_reserved else special_use(text_of(high, low))
        ranges = (f"{NO_INTERNET} ({kind})",) if kind else ()
        found.append((*sorted(named.get((high, low), ())), *lists, *ranges))
    return tuple(found)
