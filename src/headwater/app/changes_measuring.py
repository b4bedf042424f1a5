"""From a hunt to the tables that the search for changes reads. The hunt's engine still holds its flows."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.app.case_arrays import ints
from headwater.app.hunt import Hunted
from headwater.app.hunt_settings import HuntSettings
from headwater.app.listed_c2s import ListedC2s
from headwater.engine.connect import Engine
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeC2s, ChangeKeys, ChangeTables, Pairs, Visits
from headwater.investigate.coverage import Clock
from headwater.investigate.key_brackets import key_brackets
from headwater.investigate.measurements import Bools, Floats, Int64s, Sessions
from headwater.investigate.pooled_rates import pooled
from headwater.investigate.recurrence import recurrence
from headwater.investigate.sensor_coverage import DAY_US, SensorCoverage, sensor_coverage
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.measure import changes as measure
from headwater.measure import contacts
from headwater.measure.scan import Span
from headwater.measure.sensor_hours import sensor_hours
from headwater.model.address import key_of, text_of
from headwater.model.candidate import Verdict
from headwater.model.service import Service
from headwater.model.special_use import special_use
from headwater.model.tenancy import HostKey, KeyBracket

Table = Any  # an Ibis table; Ibis ships no types
KeysOf = Callable[[str], Sequence[HostKey]]

_CHUNK = 4_096  # pairs whose covered time is held at once
_LEAST_C2S = 2  # C2s of a key that is looked at; what one C2 does is no change of an upstream
_ASIDE = (Verdict.SCANNER, Verdict.TRACKER, Verdict.SINKHOLE, Verdict.SHARED_SERVICE)


def change_tables(
    engine: Engine,
    flows: Table,
    hunted: Hunted,
    listed: ListedC2s,
    *,
    upstreams: tuple[Service, ...] | None,
    keys_of: KeysOf,
    settings: HuntSettings,
    assumed: ChangeSettings,
    hours: pa.Table | None = None,
) -> ChangeTables:
    """The tables.

    Args:
        engine: the one that the hunt ran in.
        flows: in LAKE_SCHEMA.
        hunted: the hunt.
        listed: the C2s that it started from.
        upstreams: what counts as a known upstream; None: what the hunt takes for one.
        keys_of: what scanners saw of an address.
        settings: of the hunt.
        assumed: what the search assumes.
        hours: in which each sensor sent in the time of the hunt, as from `headwater.measure.sensor_hours`;
            None: they are counted in all flows, because the sample of a hunt knows no sensors.
    """
    keys = _keys(hunted, upstreams, settings)
    wanted = np.flatnonzero((hunted.ranking.reckoning.tallies.c2s >= _LEAST_C2S) | keys.known)
    candidates = engine.kept("candidates")
    chosen = engine.bring("changes_wanted", pa.table({"candidate": pa.array(wanted, pa.int32())}))
    number = pa.array(np.flatnonzero(keys.known), pa.int32())
    known = engine.bring("changes_known", pa.table({"candidate": number}))
    met = engine.keep(
        "meetings",
        measure.meetings(
            _of_lists(engine.kept("oriented"), listed), candidates.semi_join(chosen, "candidate")
        ),
        purpose="contact of listed C2s with keys that several of them met",
    )
    asked = (
        engine.ask(
            measure.meeting_sessions(met, c2s=len(listed.hi)), purpose="sessions of C2s with these keys"
        ),
        engine.ask(measure.meetings_by_sensor(met), purpose="which sensors saw that contact"),
        engine.ask(
            measure.at_work(contacts.at_own_port(engine.kept("touches"), engine.kept("own_ports"))),
            purpose="days on which each C2 answered on its own listening port",
        ),
        engine.ask(
            measure.host_spans(engine.kept("edges"), candidates.semi_join(known, "candidate")),
            purpose="hosts that met known upstreams, and when",
        ),
    )
    if hours is None:
        span = Span(hunted.hunt.since, hunted.hunt.until)
        hours = engine.fetch(sensor_hours(flows, span=span), purpose="records of each sensor on each day")
    by_day = sensor_days(hours)
    sessions, by_sensor, at_work, spans = (one.answer() for one in asked)
    coverage = _coverage(by_day, assumed)
    return ChangeTables(
        keys=keys,
        c2s=_c2s(listed, at_work, coverage),
        pairs=_pairs(sessions, by_sensor, coverage, size=len(listed.hi)),
        visits=_visits(spans, coverage, slot_us=hunted.statistics.exposure.slot_us),
        coverage=coverage,
        brackets=_brackets(keys, keys_of),
    )


def _of_lists(talks: Table, listed: ListedC2s) -> Table:
    """Without accepted leads: when those were C2s was taken from their contact with some service."""
    leads = np.flatnonzero(listed.accepted).tolist()
    return talks.filter(talks.c2.notin(leads)) if leads else talks


def _brackets(keys: ChangeKeys, keys_of: KeysOf) -> dict[tuple[int, int], tuple[KeyBracket, ...]]:
    """Host keys of the known upstreams' addresses."""
    known = np.column_stack([keys.hi, keys.lo])[keys.known]
    found = {}
    for hi, lo in sorted(set(map(tuple, known.tolist()))):
        address = text_of(hi, lo)
        brackets = key_brackets(keys_of(address), address)
        if brackets:
            found[hi, lo] = brackets
    return found


def _keys(hunted: Hunted, upstreams: tuple[Service, ...] | None, settings: HuntSettings) -> ChangeKeys:
    keys, reckoning = hunted.statistics.candidates, hunted.ranking.reckoning
    aside, known, beyond = (np.zeros(len(keys.hi), np.bool_) for _ in range(3))
    for row, candidate in zip(hunted.ranking.rows, hunted.ranking.candidates, strict=True):
        reserved = not settings.allow_reserved and bool(special_use(candidate.address))
        aside[row] = candidate.verdict in _ASIDE or reserved
        known[row] = candidate.verdict is Verdict.UPSTREAM
        beyond[row] = candidate.verdict in {Verdict.UPSTREAM, Verdict.ASSOCIATED}
    found = known
    if upstreams is not None:
        known = _named(keys.hi, keys.lo, keys.port, keys.proto, upstreams)
    return ChangeKeys(
        hi=keys.hi, lo=keys.lo, role=keys.role, port=keys.port, proto=keys.proto, hosts=keys.hosts,
        known=known, upstreams=found | known, beyond_chance=beyond, aside=aside,
        upstream=reckoning.probability,
    )  # fmt: skip


def _named(hi: Int64s, lo: Int64s, port: Any, proto: Any, services: tuple[Service, ...]) -> Bools:
    """Which keys are the services; an address alone stands for all of its keys."""
    found = np.zeros(len(hi), np.bool_)
    for service in services:
        high, low = key_of(service.address)
        here = (hi == high) & (lo == low)
        found |= here & ((service.port == 0) | ((port == service.port) & (proto == service.proto)))
    return found


def sensor_days(hours: pa.Table) -> pa.Table:
    """Records of each sensor that start on each day: sensor, day_us, flows, first_us, last_us.

    Args:
        hours: as from `headwater.measure.sensor_hours.sensor_hours`.
    """
    midnight_us = ints(hours, "hour_us") // DAY_US * DAY_US
    by_day = hours.append_column("day_us", pa.array(midnight_us)).group_by(["sensor", "day_us"])
    found = by_day.aggregate([("flows", "sum"), ("first_us", "min"), ("last_us", "max")])
    return found.rename_columns(["sensor", "day_us", "flows", "first_us", "last_us"])


def _coverage(by_day: pa.Table, settings: ChangeSettings) -> SensorCoverage:
    names = tuple(sorted(set(by_day["sensor"].to_pylist())))
    number = {name: place for place, name in enumerate(names)}
    sensor = np.array([number[name] for name in by_day["sensor"].to_pylist()], np.int64)
    return sensor_coverage(
        names, sensor, ints(by_day, "day_us"), ints(by_day, "flows"),
        from_us=int(ints(by_day, "first_us").min()), until_us=int(ints(by_day, "last_us").max()),
        half_dark=settings.half_dark,
    )  # fmt: skip


def _c2s(listed: ListedC2s, at_work: pa.Table, coverage: SensorCoverage) -> ChangeC2s:
    size = len(listed.hi)
    first, last = np.full(size, np.inf), np.full(size, -np.inf)
    owner = ints(at_work, "c2")
    np.minimum.at(first, owner, _days(ints(at_work, "first_us"), coverage))
    np.maximum.at(last, owner, _days(ints(at_work, "last_us"), coverage))
    window_from, window_until = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(window_from, listed.window_c2, _days(listed.window_from_us, coverage))
    np.maximum.at(window_until, listed.window_c2, _days(listed.window_until_us, coverage))
    first, last = np.maximum(first, window_from), np.minimum(last, window_until)
    seen = first <= last
    return ChangeC2s(
        family=listed.family, families=listed.families, cluster=listed.cluster,
        works_from=np.where(seen, first, np.nan), works_until=np.where(seen, last, np.nan),
    )  # fmt: skip


def _days(moment_us: Int64s, coverage: SensorCoverage) -> Floats:
    return np.asarray((moment_us - coverage.from_us) / DAY_US, np.float64)


def _pairs(sessions: pa.Table, by_sensor: pa.Table, coverage: SensorCoverage, *, size: int) -> Pairs:
    """The pairs with what their sessions amount to."""
    owner = ints(sessions, "candidate") * size + ints(sessions, "c2")
    order = np.lexsort((ints(sessions, "start_us"), owner))
    owner = owner[order]
    pair, place = np.unique(owner, return_inverse=True)
    start, end = ints(sessions, "start_us")[order], ints(sessions, "end_us")[order]
    none = np.zeros(len(order), np.int64)
    knots = np.array([0.0, max(coverage.end_days, 1e-6)])
    settings = TimelineSettings()
    seen = recurrence(
        Sessions(place.reshape(-1).astype(np.int32), start, end, none, none), size=len(pair),
        clock=Clock(coverage.from_us, coverage.end_days, knots, knots), stretch_days=settings.stretch_days,
        settings=settings,
    )  # fmt: skip
    sensors = _sensor_shares(by_sensor, pair, coverage, size)
    span = _covered_spans(seen.first, seen.last, sensors, coverage)
    gaps = np.where(seen.stretches >= 2, seen.shape, 0.0)
    shape, scale = pooled(pair // size, gaps, span)
    return Pairs(
        key=pair // size, c2=pair % size, sessions=seen.sessions, first=seen.first, last=seen.last,
        shape=shape, scale=scale, sensors=sensors,
    )  # fmt: skip


def _covered_spans(first: Floats, last: Floats, sensors: Floats, coverage: SensorCoverage) -> Floats:
    """Covered days from the first session of each pair to its last; some thousands of pairs at a time."""
    grid = np.linspace(0.0, max(coverage.end_days, 1e-6), 4 * len(coverage.day_us) + 1)
    found = np.zeros(len(first))
    for begin in range(0, len(first), _CHUNK):
        clock = coverage.clock(sensors[begin : begin + _CHUNK], grid)
        for place, row in enumerate(clock, start=begin):
            low, high = np.interp([first[place], last[place]], grid, row)
            found[place] = high - low
    return found


def _visits(spans: pa.Table, coverage: SensorCoverage, *, slot_us: int) -> Visits:
    hosts = np.column_stack([ints(spans, "host_hi"), ints(spans, "host_lo")])
    number = np.unique(hosts, axis=0, return_inverse=True)[1].reshape(-1)
    return Visits(
        key=ints(spans, "candidate"), host=number.astype(np.int64),
        first=_days(ints(spans, "first_us"), coverage),
        last=_days(ints(spans, "last_us") + slot_us, coverage), slot_days=slot_us / DAY_US,
    )  # fmt: skip


def _sensor_shares(by_sensor: pa.Table, pair: Int64s, coverage: SensorCoverage, size: int) -> Floats:
    number = {name: place for place, name in enumerate(coverage.sensors)}
    sensor = np.array([number[name or ""] for name in by_sensor["sensor"].to_pylist()], np.int64)
    place = np.searchsorted(pair, ints(by_sensor, "candidate") * size + ints(by_sensor, "c2"))
    found = np.zeros((len(pair), len(coverage.sensors)))
    np.add.at(found, (place, sensor), ints(by_sensor, "flows"))
    return np.asarray(found / found.sum(axis=1, keepdims=True), np.float64)
