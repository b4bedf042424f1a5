"""What do all flows say about one service? From the lake to the tables that an investigation reads.

One scan of everything, and a second, narrow one for the service's unlisted clients and neighbours where the
sample of the first is not everything; where there is the copy by host, that is read instead.
docs/reference/measuring.md tells what is counted how.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.app.case_arrays import Bools, Int64s, ints, marked, placed
from headwater.app.case_clients import ClientRows, client_rows, clients_of
from headwater.app.case_clocks import clocks_apart
from headwater.app.case_days import days_of, whole_days
from headwater.app.case_gather import Around, CaseGathering
from headwater.app.case_key import CaseKey, chosen_key, keys_of, other_keys
from headwater.app.case_listed import CaseLabels, case_labels, listed_arrays, of_several_families
from headwater.app.case_neighbours import Names, near_rows, neighbours
from headwater.app.case_networks import distinct_networks, named_networks
from headwater.app.case_second_look import SecondLook, second_look
from headwater.app.case_sessions import case_sessions
from headwater.app.case_settings import CaseSettings
from headwater.app.flow_source import FlowSource
from headwater.app.gather import Gathered
from headwater.app.statistics_of import Assembly, Context
from headwater.engine.connect import Engine, connect
from headwater.engine.trace import Trace
from headwater.errors import LakeError
from headwater.investigate.measurements import Measurements
from headwater.lake.context import networks, warning_lists
from headwater.lake.coverage import LoggedDays, logged_days
from headwater.lake.covered import covered
from headwater.lake.list_contents import NEWEST, Versions
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.measure.candidates import fan_in_of_c2s
from headwater.measure.scan import Span
from headwater.model.address import key_of
from headwater.model.candidate import PeerRole
from headwater.model.case import Neighbour
from headwater.model.label import Role
from headwater.model.service import Service
from headwater.model.window import Window
from headwater.score.statistics import Statistics

Table = Any  # an Ibis table; Ibis ships no types
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One service, measured.

    Attributes:
        measurements: what the investigation reads.
        neighbours: other services in the picture, kind by kind, the largest first.
        role: which side of the contact the service is.
        lake_version: version of the flow table.
        trace: every query that ran.
        sensors: names of the sensors that saw contact with the service, ordered.
        all_sensors: names of the sensors of the records looked at, as far as the sample shows them, ordered.
        service: what was measured: as asked for, or the key of the address that most listed C2s met.
        others: further keys of the address that listed C2s met, the most telling first.
        disputed: listed C2s in contact for which labels name different families.
        accepted: clients on no list that an analyst accepted as leads.
        clocks: a sentence for each pair of sensors whose clocks disagree.
    """

    measurements: Measurements
    neighbours: tuple[Neighbour, ...]
    role: PeerRole
    lake_version: int
    trace: Trace
    sensors: tuple[str, ...]
    all_sensors: tuple[str, ...]
    service: Service
    others: tuple[CaseKey, ...]
    disputed: int = 0
    accepted: int = 0
    clocks: tuple[str, ...] = ()


def measured(
    lake_root: Path,
    service: Service,
    *,
    settings: CaseSettings | None = None,
    versions: Versions = NEWEST,
    say: Say | None = None,
) -> Measured:
    """Measures one service.

    Args:
        lake_root: the lake's folder.
        service: an address with port and protocol, or an address alone.
        settings: what to look at.
        versions: of labels and context; the newest unless given.
        say: told each step as it begins.

    Returns:
        What was measured. A service that was never seen has no clients; that is no error.

    Raises:
        LakeError: there is no lake, it has no such version or no flows for that time, or no labelled C2.
        BadSetting: a setting is impossible, or the engine refuses it.
    """
    settings = settings or CaseSettings()
    hi, lo = key_of(service.address)
    labels = case_labels(lake_root, hi=hi, lo=lo, settings=settings, version=versions.get("labels"))
    context = Context(
        networks(lake_root, version=versions.get("networks")),
        warning_lists(lake_root, version=versions.get("warninglists")),
        labels.roles,
    )
    lake, window = open_lake(lake_root), Window(settings.since, settings.until)
    found = snapshot(lake, version=settings.lake_version, window=window)
    logged = logged_days(lake, found, window=window)
    with connect(settings.engine) as engine:
        engine.trace.lake_version = found.version
        source = FlowSource.in_lake(engine, found.files, covered(lake, found))
        days = whole_days(engine, source.table, logged, span=Span(settings.since, settings.until))
        if not len(days.day_us):
            raise LakeError(
                "there are no flows in that time; ingest some first, or widen --since and --until"
            )
        tell = say or _silent
        tell(f"reading {days.flows.sum():,} flows for {service}")
        return _Case(engine, source, service, labels, context, settings, tell).run(days)


def _silent(text: str) -> None:
    """Says nothing."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One run of the measuring."""

    engine: Engine
    flows: FlowSource
    service: Service
    labels: CaseLabels
    context: Context
    settings: CaseSettings
    tell: Say

    @property
    def _span(self) -> Span:
        return Span(self.settings.since, self.settings.until)

    def run(self, days: LoggedDays) -> Measured:
        """Runs all steps."""
        engine, settings = self.engine, self.settings
        hi, lo = key_of(self.service.address)
        gathering = CaseGathering(
            engine, self.flows, int(days.flows.sum()), listed=self.labels.listed, span=self._span,
            settings=settings.measure, extent_us=(int(days.first_us[0]), int(days.last_us[-1])),
        )  # fmt: skip
        around = gathering.around(hi, lo)
        keys = keys_of(engine, around.dealings)
        key = chosen_key(keys, self.service)
        self.tell(f"putting together what {key.service(self.service.address)} had to do with whom")
        gathered = gathering.gathered(around, key, hi=hi, lo=lo)
        all_dealings = around.dealings
        on_key = all_dealings.filter(
            all_dealings.contact, all_dealings.role == key.role, all_dealings.port == key.port,
            all_dealings.proto == key.proto,
        )  # fmt: skip
        scanners = engine.kept("scanners")
        rows = client_rows(engine, around, on_key, scanners, most=settings.most_clients)
        near = near_rows(engine, around, key, on_key, most=settings.most_neighbours)
        self.tell("looking at unlisted clients and at neighbours")
        look = second_look(
            engine, self.flows, around, hosts=self._strangers(rows),
            endpoints=near.endpoints(hub_hosts=settings.measure.hub_hosts * around.rate),
            span=self._span, settings=settings.measure,
        )  # fmt: skip
        fan_in = self._fan_in_of_c2s(around)
        names = Names(self.context.warning_lists, self.labels.roles)
        tried = self._fan_out(gathered, hi, lo)
        placed_in = named_networks(
            [(rows.hi, rows.lo), (self.labels.listed.hi, self.labels.listed.lo), _one(hi, lo)],
            known=self.context.networks,
        )
        listed = listed_arrays(
            self.labels, seen=self._seen(around), fan_in=fan_in, network=placed_in.network[1],
            asn=placed_in.asn[1],
        )  # fmt: skip
        clients = clients_of(
            rows, network=placed_in.network[0], asn=placed_in.asn[0], networks=placed_in.names,
            fan_in=_fan_in_of_clients(rows, look, fan_in),
        )  # fmt: skip
        sessions = case_sessions(engine, around, on_key, scanners)
        own_network = int(placed_in.network[2][0])
        measurements = Measurements(
            clients=clients, listed=listed, contact=sessions.contact, activity=sessions.activity,
            presence=sessions.presence, days=days_of(engine, around.sample, days),
            statistics=self._statistics(gathered, on_key), fan_out=tried[0], fan_out_ports=tried[1],
            c2_ports_hit=near.c2_ports_hit,
            known_as=tuple(name for name in names.of(hi, lo) if name != Role.C2),
            is_listed_c2=self.labels.own_groups,
            service_fan_in_networks=distinct_networks(rows.hi, rows.lo, known=self.context.networks),
            clients_left_out=max(key.hosts - len(rows.hi), 0),
            service_network="" if own_network < 0 else placed_in.names[own_network],
            service_asn=int(placed_in.asn[2][0]),
        )  # fmt: skip
        return Measured(
            measurements=measurements,
            neighbours=neighbours(
                near, keys=keys, key=key, address=self.service.address, look=look, rate=around.rate,
                c2_keys=list(zip(listed.hi.tolist(), listed.lo.tolist(), strict=True)),
                c2_fan_in=fan_in.tolist(), names=names, most=settings.most_neighbours,
            ),
            role=key.peer_role, lake_version=engine.trace.lake_version or 0, trace=engine.trace,
            sensors=self._sensors(on_key), all_sensors=self._sensors(around.sample),
            service=key.service(self.service.address),
            others=other_keys(keys, key),
            clocks=clocks_apart(engine, around.sample),
            disputed=int(of_several_families(self.labels)[clients.c2[clients.c2 >= 0]].sum()),
            accepted=self._accepted(rows),
        )  # fmt: skip

    def _accepted(self, rows: ClientRows) -> int:
        accepted = set(map(tuple, self.labels.accepted.tolist()))
        keys = zip(rows.hi.tolist(), rows.lo.tolist(), rows.c2.tolist(), strict=True)
        return sum(c2 < 0 and (hi, lo) in accepted for hi, lo, c2 in keys)

    def _strangers(self, rows: ClientRows) -> pa.Table:
        """Clients that nobody listed and that are no scanners, those of most flows first: hi, lo, place."""
        wanted = np.flatnonzero((rows.c2 < 0) & ~rows.scanner)
        flows = ints(rows.totals, "flows")
        chosen = wanted[np.argsort(-flows[wanted], kind="stable")][: self.settings.fan_in_clients]
        return pa.table(
            {"hi": rows.hi[chosen], "lo": rows.lo[chosen], "place": np.arange(len(chosen), dtype=np.int64)}
        )

    def _seen(self, around: Around) -> Bools:
        found = self.engine.fetch(
            around.touches.select("c2").distinct(), purpose="listed C2s that have any record"
        )
        return marked(found, "c2", count=len(self.labels.listed.hi))

    def _fan_in_of_c2s(self, around: Around) -> Int64s:
        found = self.engine.fetch(
            fan_in_of_c2s(around.visits, around.talks, around.own_ports),
            purpose="hosts that come to each C2's listening port",
        )
        return placed(found, "c2", "n", count=len(self.labels.listed.hi))

    def _fan_out(self, gathered: Gathered, hi: int, lo: int) -> tuple[int, int]:
        """How many hosts the service's address goes to as a client, and on how many ports."""
        mine = gathered.fan_out.filter(gathered.fan_out.hi == hi, gathered.fan_out.lo == lo)
        found = self.engine.fetch(mine, purpose="how many hosts the service goes to")
        return (int(ints(found, "fan_out").sum()), int(ints(found, "fan_out_ports").sum()))

    def _statistics(self, gathered: Gathered, on_key: Table) -> Statistics | None:
        """What a hunt measures for this key; None without a listed C2 in contact inside its window."""
        met = on_key.filter(on_key.in_window, ~on_key.on_c2_port)
        found = self.engine.fetch(met.agg(n=met.count()), purpose="contact inside the labels' windows")
        if not found["n"][0].as_py():
            return None
        return Assembly(
            self.engine, gathered, self.labels.listed, self.context, self.settings.measure
        ).statistics()

    def _sensors(self, records: Table) -> tuple[str, ...]:
        named = records.filter(records.sensor.notnull()).select("sensor").distinct()
        return tuple(sorted(self.engine.fetch(named, purpose="names of sensors")["sensor"].to_pylist()))


def _one(hi: int, lo: int) -> tuple[Int64s, Int64s]:
    return np.array([hi], np.int64), np.array([lo], np.int64)


def _fan_in_of_clients(rows: ClientRows, look: SecondLook, of_c2s: Int64s) -> Int64s:
    """Of listed C2s what came to their own port, of others what was looked up, -1 where nobody looked.

    One visitor makes no service of a listed C2's port, as it makes none of another host's.
    """
    of_c2s = np.where(of_c2s > 1, of_c2s, 0)
    keys = zip(rows.hi.tolist(), rows.lo.tolist(), rows.c2.tolist(), strict=True)
    found = [look.fan_in.get((hi, lo), -1) if c2 < 0 else int(of_c2s[c2]) for hi, lo, c2 in keys]
    return np.array(found, np.int64)
