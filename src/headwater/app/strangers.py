"""What do the unlisted clients of the candidates look like? One more pass, over flows of the most telling."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.flow_source import FlowSource, Touching
from headwater.app.gather import Gathered
from headwater.app.hunt_settings import MeasureSettings
from headwater.app.statistics_of import distinct_keys
from headwater.app.stranger_choice import Loads, looked_at, promise, some_clients
from headwater.engine.connect import Engine
from headwater.measure import reach, strangers
from headwater.measure.scan import SERVER, Span
from headwater.score.statistics import Statistics, Strangers

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]

MOST_HOSTS = 400  # hosts of a candidate whose clients are looked at; bigger crowds are told by their size
MOST_CLIENTS = 300  # clients of a stranger; more add nothing to the share of bots among them


@dataclass(frozen=True, slots=True)
class _Met:
    """Which candidate met which stranger.

    Attributes:
        candidate: row of the candidate, one a contact.
        stranger: row of the stranger in `hosts`, one a contact.
        hosts: address keys of the strangers, sorted, shape (h, 2).
    """

    candidate: Int32s
    stranger: Int64s
    hosts: Int64s


@dataclass(slots=True)
class StrangersPass:
    """The third pass; `run` does it.

    Attributes:
        engine: where it runs; still holds what `Gathering` and `Assembly` kept there.
        flows: all flows, columns of LAKE_SCHEMA.
        gathered: what the hunt measured before.
        statistics: the same as the score reads it.
        span: which flows to look at.
        settings: the numbers it stands on.
    """

    engine: Engine
    flows: Table | FlowSource
    gathered: Gathered
    statistics: Statistics
    span: Span
    settings: MeasureSettings

    def run(self) -> Strangers:
        """Measures the unlisted clients; empty tables where the candidates have none."""
        engine, gathered = self.engine, self.gathered
        pairs = engine.keep(
            "strangers_met",
            strangers.unlisted(
                gathered.edges, candidates=gathered.candidates, c2s=gathered.c2s, most_hosts=MOST_HOSTS
            ),
            purpose="unlisted clients of candidates",
        )
        found = engine.fetch(pairs, purpose="which candidate met which unlisted client")
        met = _met(found.sort_by([(name, "ascending") for name in ("candidate", "hi", "lo")]))
        if not len(met.hosts):
            return _nobody()
        hubs = engine.keep(
            "all_hubs",
            reach.hubs(gathered.popularity, hub_hosts=self.settings.hub_hosts, rate=gathered.rate),
            purpose="keys that met too many to be read",
        )
        read = self._looked_at(met, hubs)
        if not read.any():
            return replace(_nobody(), left_out=len(read))
        services, chosen = self._services(met.hosts[read], hubs)
        numbers = _Numbers(_keys(services))
        checkins = engine.fetch(strangers.checkins(gathered.visits), purpose="check-ins at listed C2s")
        checkins = checkins.sort_by([(name, "ascending") for name in ("c2", "client_hi", "client_lo")])
        clients = np.vstack([_keys(chosen, "client_"), _keys(checkins, "client_")])
        bots = _Numbers(distinct_keys(clients))
        kept = read[met.stranger]
        return Strangers(
            hi=_ints(services, "hi"), lo=_ints(services, "lo"), network=_int32s(services, "network"),
            fan_in=_ints(services, "fan_in"), port=_int32s(services, "port"),
            proto=_int32s(services, "proto"), candidate=met.candidate[kept],
            stranger=numbers(met.hosts[met.stranger[kept]]), bot_stranger=numbers(_keys(chosen)),
            bot=bots(_keys(chosen, "client_")), checkin_bot=bots(_keys(checkins, "client_")),
            checkin_c2=_int32s(checkins, "c2"), bots=len(bots), left_out=int((~read).sum()),
        )  # fmt: skip

    def _looked_at(self, met: _Met, hubs: Table) -> npt.NDArray[np.bool_]:
        """Which strangers the budget has room for; all where the sample holds every flow."""
        gathered, count = self.gathered, len(met.hosts)
        if gathered.rate == 1.0 or not count:
            return np.ones(count, np.bool_)
        hosts = self._without_hubs(self.engine.bring("strangers", _table(met.hosts)), hubs)
        near = strangers.flows_of(gathered.sample, strangers=hosts, hubs=hubs, busy=self._busy())
        touched, kept = (
            self._counted(met.hosts, table, name) / gathered.rate
            for name, table in (
                ("touched", strangers.touched(gathered.popularity, hosts)),
                ("kept", strangers.kept(near, hosts)),
            )
        )
        place = promise(self.statistics.candidates, self.statistics.contacts)[met.candidate]
        return looked_at(met.stranger, place, loads=Loads(touched, kept), budget=self.settings.stranger_flows)

    def _counted(self, hosts: Int64s, table: Table, name: str) -> Int64s:
        """A count of each stranger, 0 where the table has none."""
        found = self.engine.fetch(table, purpose=f"sample: flows of the unlisted clients ({name})")
        counts = np.zeros(len(hosts), np.int64)
        counts[_Numbers(hosts)(_keys(found))] = _ints(found, name)
        return counts

    def _without_hubs(self, hosts: Table, hubs: Table) -> Table:
        """Strangers whose services can be read; a hub's crowd says enough without."""
        return hosts.anti_join(hubs.filter(hubs.role == SERVER), ["hi", "lo"])

    def _busy(self) -> Table:
        """Endpoints that are services beyond doubt, by the sample; none where it holds every flow."""
        counts = self.engine.kept("sample_counts")
        if self.gathered.rate == 1.0:
            return counts.limit(0)
        return counts.filter(counts.remotes >= self.settings.endpoint_remotes)

    def _services(self, read: Int64s, hubs: Table) -> tuple[pa.Table, pa.Table]:
        """Strangers with main service and network, in order of address; and their clients."""
        engine = self.engine
        hosts = engine.bring("strangers_read", _table(read))
        small = engine.keep(
            "strangers_small",
            self._without_hubs(hosts, hubs),
            purpose="unlisted clients whose services can be read",
        )
        busy = self._busy()
        visits = self._wanted(small).through(
            lambda flows: strangers.visits(
                strangers.flows_of(flows, strangers=small, hubs=hubs, busy=busy), hosts
            )
        )
        visited = engine.keep(
            "stranger_visits",
            visits.flows,
            purpose="pass 3: who is in contact with the unlisted clients",
            means=visits.means,
        )
        services = engine.keep(
            "stranger_read", strangers.main_services(visited), purpose="their main services"
        )
        popular = strangers.hub_services(hubs, hosts, fan_in=self.settings.hub_hosts)
        columns = ("hi", "lo", "port", "proto", "fan_in")
        shape = {"port": "int32", "proto": "int16", "fan_in": "int64"}
        main = services.anti_join(popular, ["hi", "lo"])
        both = engine.keep(
            "stranger_services",
            main.select(*columns).cast(shape).union(popular.select(*columns)),
            purpose="with hubs'",
        )
        raw, classes = (engine.kept(name) for name in ("host_networks", "network_classes"))
        named = raw.inner_join(classes, "network").select("hi", "lo", network="class_number")
        known = engine.fetch(
            hosts.inner_join(named, ["hi", "lo"])
            .left_join(both, ["hi", "lo"])
            .drop("hi_right", "lo_right")
            .order_by("hi", "lo"),
            purpose="unlisted clients by main service, if they have one",
        )
        everybody = engine.fetch(
            strangers.clients(visited, main), purpose="the clients of the unlisted clients"
        )
        return known, some_clients(everybody, most=MOST_CLIENTS)

    def _wanted(self, read: Table) -> Touching:
        """The flows to look through: those at hand where they are all there are."""
        if self.gathered.rate == 1.0:
            return Touching(self.gathered.sample, None)
        source = FlowSource.of(self.engine, self.flows)
        return source.touching(read, span=self.span, what="pass 3")


def _met(pairs: pa.Table) -> _Met:
    keys = _keys(pairs)
    hosts = distinct_keys(keys)
    return _Met(_int32s(pairs, "candidate"), _Numbers(hosts)(keys).astype(np.int64), hosts)


def _nobody() -> Strangers:
    none, small = np.empty(0, np.int64), np.empty(0, np.int32)
    return Strangers(
        hi=none, lo=none, network=small, fan_in=none, port=small, proto=small, candidate=small,
        stranger=small, bot_stranger=small, bot=small, checkin_bot=small, checkin_c2=small, bots=0,
    )  # fmt: skip


def _table(keys: Int64s) -> pa.Table:
    return pa.table({"hi": np.ascontiguousarray(keys[:, 0]), "lo": np.ascontiguousarray(keys[:, 1])})


class _Numbers:
    """Row numbers of keys in a sorted table without repetition."""

    def __init__(self, keys: Int64s) -> None:
        self._keys = _packed(keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __call__(self, keys: Int64s) -> Int32s:
        return np.searchsorted(self._keys, _packed(keys)).astype(np.int32)


def _packed(keys: Int64s) -> npt.NDArray[np.void]:
    rows = np.empty(len(keys), dtype=[("hi", np.int64), ("lo", np.int64)])
    rows["hi"], rows["lo"] = keys[:, 0], keys[:, 1]
    return rows


def _ints(table: pa.Table, name: str) -> Int64s:
    """A column as 64-bit integers; null, a stranger without a service, is 0."""
    return np.asarray(table[name].combine_chunks().fill_null(0).cast(pa.int64()), dtype=np.int64)


def _int32s(table: pa.Table, name: str) -> Int32s:
    return _ints(table, name).astype(np.int32)


def _keys(table: pa.Table, prefix: str = "") -> Int64s:
    return np.column_stack([_ints(table, f"{prefix}hi"), _ints(table, f"{prefix}lo")])
