"""What changed about the servers behind the C2s? From the lake to findings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from headwater.app.changes_measuring import KeysOf, change_tables
from headwater.app.flow_source import FlowSource
from headwater.app.gather import Extent
from headwater.app.hunt import Hunted, Known, flows_of_lake, hunt_flows, known_of, seldom_swept
from headwater.app.hunt_settings import HuntSettings
from headwater.app.listed_c2s import listed_c2s
from headwater.app.synthetic import synthetic_notes
from headwater.engine.connect import Engine, connect
from headwater.engine.trace import Trace
from headwater.investigate.change_findings import endings, service_of
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.common_edge import CommonEdge, grid_of
from headwater.investigate.first_contact_findings import first_contact_findings
from headwater.investigate.first_contacts import first_contacts
from headwater.investigate.moves import Ended, ended
from headwater.investigate.operator_findings import operator_findings
from headwater.investigate.operators import handed
from headwater.investigate.sensor_coverage import SensorCoverage
from headwater.investigate.taken_once import taken_once
from headwater.lake.host_keys import host_keys
from headwater.lake.snapshot import Snapshot, snapshot
from headwater.lake.tables import open_lake
from headwater.model.address import key_of
from headwater.model.change import Change, Changes, Outage
from headwater.model.service import Service
from headwater.model.tenancy import HostKey
from headwater.model.window import Window, moment_of

Table = Any  # an Ibis table; Ibis ships no types
HoursOf = Callable[[Engine, Snapshot], pa.Table]
Say = Callable[[str], None]

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Changed:
    """Changes with what they stand on.

    Attributes:
        changes: the answer.
        hunted: the hunt that named the services.
        tables: what was reckoned with.
        ended: what became of every known upstream, those told and those not.
        trace: every query that ran.
    """

    changes: Changes
    hunted: Hunted
    tables: ChangeTables
    ended: tuple[Ended, ...]
    trace: Trace


def changes(
    lake_root: Path,
    *,
    settings: HuntSettings | None = None,
    upstreams: tuple[Service, ...] | None = None,
    say: Say | None = None,
) -> Changes:
    """What changed, in short: `changed` without what it stands on."""
    return changed(lake_root, settings=settings, upstreams=upstreams, say=say).changes


def changed(
    lake_root: Path,
    *,
    settings: HuntSettings | None = None,
    upstreams: tuple[Service, ...] | None = None,
    hours_of: HoursOf | None = None,
    say: Say | None = None,
) -> Changed:
    """Looks for changes in a lake. Costs a hunt, and a little more.

    Args:
        lake_root: the lake's folder.
        settings: what to look at, as for a hunt.
        upstreams: what counts as a known upstream, as far as listed C2s met it; None: what the hunt takes for
            one.
        hours_of: in which hours each sensor sent in a snapshot, where that is known; see `change_tables`.
        say: told each step as it begins.

    Raises:
        LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
        BadSetting: a setting is impossible, or the engine refuses it.
    """
    settings = settings or HuntSettings()
    known = known_of(lake_root, families=settings.families)
    lake, window = open_lake(lake_root), Window(settings.since, settings.until)
    found = snapshot(lake, window=window)
    with seldom_swept(), connect(settings.engine) as engine:
        source, extent = flows_of_lake(engine, lake, found, window=window)
        answer = changed_in_flows(
            engine, source, known=known, settings=settings, upstreams=upstreams, extent=extent,
            keys_of=partial(host_keys, lake_root), hours=hours_of and hours_of(engine, found), say=say,
        )  # fmt: skip
    notes = synthetic_notes(lake_root, lake_version=found.version)
    return replace(answer, changes=replace(answer.changes, warnings=(*notes, *answer.changes.warnings)))


def changed_in_flows(
    engine: Engine,
    flows: Table | FlowSource,
    *,
    known: Known,
    settings: HuntSettings,
    upstreams: tuple[Service, ...] | None = None,
    extent: Extent | None = None,
    keys_of: KeysOf | None = None,
    assumed: ChangeSettings | None = None,
    hours: pa.Table | None = None,
    say: Say | None = None,
) -> Changed:
    """Looks for changes in a table of flows.

    Args:
        engine: where it runs.
        flows: an Ibis table of that engine, columns of LAKE_SCHEMA, or the source of one.
        known: labels and context.
        settings: as for a hunt.
        upstreams: as in `changed`.
        extent: how many flows lie in that time, and from when to when; asked of the engine unless given.
        keys_of: what scanners saw of an address; None: nothing.
        assumed: what the search assumes.
        hours: as in `change_tables`.
        say: told each step as it begins.
    """
    assumed = assumed or ChangeSettings()
    source = FlowSource.of(engine, flows)
    hunted = hunt_flows(engine, source, known=known, settings=settings, extent=extent, say=say)
    if say is not None:
        say("looking for changes")
    listed = listed_c2s(known.c2s, slack_before=settings.slack_before, slack_after=settings.slack_after)
    tables = change_tables(
        engine, source.table, hunted, listed, upstreams=upstreams, keys_of=keys_of or _unscanned,
        settings=settings, assumed=assumed, hours=hours,
    )  # fmt: skip
    grid = grid_of(tables, settings=assumed)
    watched = [key for key in tables.keys.known.nonzero()[0].tolist() if _met(tables, key)]
    begins: dict[int, CommonEdge] = {}
    each = [ended(tables, key, grid, settings=assumed, begins=begins) for key in watched]
    found = taken_once(each, settings=assumed)
    held = [key for one in found for key in handed(tables, one, grid, settings=assumed)]
    told = (
        *endings(tables, found, settings=assumed),
        *operator_findings(tables, held, settings=assumed),
        *first_contact_findings(tables, first_contacts(tables, settings=assumed), settings=assumed),
    )
    answer = Changes(
        lake_version=engine.trace.lake_version,
        since=moment_of(tables.coverage.from_us),
        until=moment_of(tables.coverage.until_us),
        upstreams=tuple(service_of(tables, key) for key in watched),
        changes=_in_order(told),
        outages=_outages(tables.coverage),
        warnings=(*hunted.hunt.warnings, *_unmet(tables, upstreams or ())),
    )
    return Changed(answer, hunted, tables, tuple(found), engine.trace)


def _unscanned(address: str) -> Sequence[HostKey]:
    """Nobody scanned anything."""
    del address
    return ()


def _unmet(tables: ChangeTables, upstreams: tuple[Service, ...]) -> tuple[str, ...]:
    """Named upstreams of which nothing can be said."""
    keys = tables.keys
    there = {(int(keys.hi[key]), int(keys.lo[key])) for key in keys.known.nonzero()[0]}
    gone = [service for service in upstreams if key_of(service.address) not in there]
    return tuple(f"no listed C2 met {service} in these records; nothing is said of it" for service in gone)


def _met(tables: ChangeTables, key: int) -> bool:
    return len(tables.pairs.rows_of(key)) > 0


def _in_order(found: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(sorted(found, key=lambda one: (one.since, one.until, str(one.service), one.kind)))


def _outages(coverage: SensorCoverage) -> tuple[Outage, ...]:
    days = coverage.day_us
    return tuple(
        Outage(
            coverage.sensors[sensor],
            moment_of(int(days[low])),
            moment_of(int(days[high - 1]) + _DAY_US),
            share,
        )
        for sensor, low, high, share in coverage.outages()
    )
