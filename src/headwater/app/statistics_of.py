"""How do the engine's tables become the arrays that the score reads?

Only small tables leave the engine: C2s, candidates, contacts, totals by network and slot, and the distinct
hosts of the sample, whose number the sample's size bounds. They are put in order first: engines give rows in
any order, and sums of fractions depend on it in their last digits.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.gather import Gathered, contact_table
from headwater.app.hunt_settings import MeasureSettings
from headwater.app.listed_c2s import ListedC2s
from headwater.app.network_classes import POOLED, Classes, classes, host_networks
from headwater.engine.connect import Asked, Engine
from headwater.engine.primitives import whole
from headwater.intel.context.networks import Networks
from headwater.intel.context.warninglists import WarningLists
from headwater.measure import exposure, reach
from headwater.measure.candidates import fan_in_of_c2s
from headwater.model.window import OPEN_US
from headwater.score import statistics as score

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Keys = npt.NDArray[np.int64]  # shape (n, 2): hi, lo


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about addresses beside the hunted labels.

    Attributes:
        networks: of the lake; may be empty.
        warning_lists: of the lake; may be empty.
        roles: labels of other roles: hi, lo, role; several rows an address are allowed.
    """

    networks: Networks
    warning_lists: WarningLists
    roles: pa.Table


@dataclass(slots=True)
class Assembly:
    """Takes the small tables out of the engine and puts the statistics together.

    Attributes:
        engine, gathered, listed, context, settings: what there is.
    """

    engine: Engine
    gathered: Gathered
    listed: ListedC2s
    context: Context
    settings: MeasureSettings

    def statistics(self) -> score.Statistics:
        """Everything but the strangers."""
        asked = self._asked()
        candidates = asked.candidates.answer().sort_by("candidate")
        own = np.column_stack([_ints(candidates, "hi"), _ints(candidates, "lo")])
        totals, places = self._networks(own, asked)
        reach_asked = self._reach(totals, places)
        met = _in_order(asked.contacts.answer(), "candidate", "c2")
        return score.Statistics(
            c2s=self._c2s(totals, asked),
            candidates=self._candidates(candidates, met, totals),
            contacts=_contacts(met),
            exposure=self._exposure(totals, asked, reach_asked),
        )

    def _asked(self) -> "_Asked":
        """Everything that can be asked before an answer is needed, in the order in which it will be."""
        engine, gathered = self.engine, self.gathered
        talks, sample = gathered.talks, gathered.sample
        candidates = engine.ask(self._candidate_table(), purpose="reach and fan-out of the candidates")
        counted = self._host_edges()
        hosts = engine.ask(
            counted.select(hi="host_hi", lo="host_lo")
            .union(gathered.edges.select(hi="host_hi", lo="host_lo"))
            .distinct(),
            purpose="hosts whose networks are asked for",
        )
        keys = talks.filter(talks.met, ~talks.peer_is_c2).select("c2", *reach.KEY).distinct()
        return _Asked(
            candidates=candidates,
            host_edges=counted,
            hosts=hosts,
            contacts=engine.ask(contact_table(gathered), purpose="contacts of candidates with C2s"),
            keys_met=engine.ask(keys.group_by("c2").agg(n=keys.count()), purpose="keys each C2 met (d_i)"),
            fan_in=engine.ask(
                fan_in_of_c2s(gathered.visits, talks, gathered.own_ports),
                purpose="hosts that come to each C2's listening port",
            ),
            sampling=engine.ask(
                sample.group_by("sampling").agg(n=sample.count()), purpose="sampling intervals of the flows"
            ),
        )

    def _host_edges(self) -> Table:
        """Edges of each host of the sample, without what comes to its own service."""
        popular, rate = self.gathered.popularity, self.gathered.rate
        own_ports = reach.own_ports(popular, least=self.settings.own_port_hosts, rate=rate)
        return self.engine.keep(
            "host_edges",
            exposure.host_edges(exposure.without_own_service(self.gathered.sample_edges, own_ports)),
            purpose="edges of each host of the sample by slot",
        )

    def _candidate_table(self) -> Table:
        """One row a candidate, in order: KEY, hosts, hosts_sampled, estimated, bot_hosts, fan_out ..."""
        gathered, rate = self.gathered, self.gathered.rate
        chosen, visits, hubs = gathered.candidates, gathered.visits, gathered.hubs
        bots = visits.filter(visits.contact).select(bot_hi="hi", bot_lo="lo").distinct()
        sampled = gathered.sample_edges.semi_join(hubs, reach.KEY)
        parts = []
        for edges, scale in ((gathered.edges.anti_join(hubs, reach.KEY), 1.0), (sampled, 1 / rate)):
            known = edges.filter(edges.contact).inner_join(chosen, reach.KEY)
            mine = known.select("candidate", "host_hi", "host_lo").distinct()
            seen = mine.left_join(bots, [mine.host_lo == bots.bot_lo, mine.host_hi == bots.bot_hi])
            parts.append(
                seen.group_by("candidate").agg(
                    hosts=(seen.count() * scale).round().cast("int64"),
                    hosts_sampled=seen.count(),
                    bot_hosts=(seen.bot_lo.count() * scale).round().cast("int64"),
                )
            )
        counted = parts[0].union(parts[1])
        of_sample = reach.fan_out(gathered.sample_edges.semi_join(chosen, ["hi", "lo"]))
        every = gathered.fan_out.select("hi", "lo", "fan_out", "fan_out_ports").union(
            of_sample.select(
                "hi", "lo", fan_out=whole(of_sample.fan_out / rate), fan_out_ports="fan_out_ports"
            )
        )
        tried = every.group_by("hi", "lo").agg(
            fan_out=every.fan_out.max(), fan_out_ports=every.fan_out_ports.max()
        )
        cut = hubs.mutate(estimated=True)
        joined = chosen.left_join(counted, "candidate").drop("candidate_right")
        joined = joined.left_join(tried, ["hi", "lo"]).drop("hi_right", "lo_right")
        return joined.left_join(cut, reach.KEY).drop(*(f"{name}_right" for name in reach.KEY))

    def _networks(self, peers: Keys, asked: "_Asked") -> tuple["_Totals", Table]:
        """Totals by network class and slot, and the table of hosts with their class."""
        engine, gathered = self.engine, self.gathered
        listed = np.column_stack([self.listed.hi, self.listed.lo])
        hosts = asked.hosts.answer()
        addresses = np.vstack([np.column_stack([_ints(hosts, "hi"), _ints(hosts, "lo")]), listed, peers])
        addresses = distinct_keys(addresses)
        found = host_networks(addresses[:, 0], addresses[:, 1], known=self.context.networks)
        raw = engine.bring(
            "host_networks",
            pa.table({"hi": addresses[:, 0], "lo": addresses[:, 1], "network": found.network}),
        )
        by_slot = _in_order(
            engine.fetch(exposure.by_network(asked.host_edges, raw), purpose="edges by network and slot (M)"),
            "network",
            "slot_us",
        )
        network_of = _Lookup(addresses, found.network)
        wanted = np.zeros(len(found.names), np.bool_)
        wanted[network_of(listed)] = True
        wanted[network_of(peers)] = True
        edges = np.bincount(
            _ints(by_slot, "network"), weights=_ints(by_slot, "edges"), minlength=len(found.names)
        )
        put = classes(
            found.names,
            edges=edges / gathered.rate,
            wanted=wanted,
            least=self.settings.network_edges,
        )
        by_class = engine.bring(
            "network_classes",
            pa.table(
                {"network": np.arange(len(found.names), dtype=np.int32), "class_number": put.of_network}
            ),
        )
        places = raw.inner_join(by_class, "network").select("hi", "lo", network="class_number")
        return (
            _Totals(
                put,
                _ints(by_slot, "slot_us"),
                put.of_network[_ints(by_slot, "network")],
                _ints(by_slot, "edges") / gathered.rate,
                np.bincount(put.of_network[found.network], minlength=len(put.names)).astype(np.int64),
                put.of_network[network_of(listed)],
                put.of_network[network_of(peers)],
            ),
            places,
        )

    def _c2s(self, totals: "_Totals", asked: "_Asked") -> score.C2s:
        listed, count = self.listed, len(self.listed.hi)
        edges, fan_in = asked.keys_met.answer(), asked.fan_in.answer()
        start, end = np.full(count, OPEN_US, np.int64), np.full(count, -OPEN_US, np.int64)
        np.minimum.at(start, listed.window_c2, listed.window_from_us)
        np.maximum.at(end, listed.window_c2, listed.window_until_us)
        return score.C2s(
            hi=listed.hi, lo=listed.lo, family=listed.family, group=listed.group, network=totals.of_c2s,
            cluster=listed.cluster, start_us=start, end_us=end, edges=_scattered(edges, "c2", "n", count),
            port=listed.port, families=listed.families, groups=listed.groups,
            listed_us=listed.listed_us, fan_in=_scattered(fan_in, "c2", "n", count),
            feeds=listed.feeds if len(listed.sources) > 1 else None,
            weight=listed.weight if listed.accepted.any() else None,
        )  # fmt: skip

    def _candidates(self, table: pa.Table, met: pa.Table, totals: "_Totals") -> score.Candidates:
        count = table.num_rows
        hi, lo = _ints(table, "hi"), _ints(table, "lo")
        off_port = met.filter(pa.compute.invert(met["on_c2_port"]))
        owner = _ints(off_port, "candidate")
        first, last = np.full(count, OPEN_US, np.int64), np.full(count, -OPEN_US, np.int64)
        for rows in (met, off_port):  # keys with nothing off the C2s' ports show when they were seen at all
            who = _ints(rows, "candidate")
            if rows is off_port:
                first[who], last[who] = OPEN_US, -OPEN_US
            np.minimum.at(first, who, _ints(rows, "first_us"))
            np.maximum.at(last, who, _ints(rows, "last_us"))
        warning, warnings = self.context.warning_lists.match(hi, lo)
        role, roles = _roles(hi, lo, self.context.roles)
        return score.Candidates(
            hi=hi, lo=lo, role=_int32s(table, "role"), port=_int32s(table, "port"),
            proto=_int32s(table, "proto"), hosts=_ints(table, "hosts"),
            hosts_estimated=np.asarray(table["estimated"].combine_chunks().fill_null(False)),
            fan_out=_ints(table, "fan_out"), flows=_summed(off_port, owner, "flows", count),
            sessions=_summed(off_port, owner, "sessions", count), first_us=first, last_us=last,
            warning=warning.astype(np.int32), warnings=warnings, network=totals.of_peers,
            bot_hosts=_ints(table, "bot_hosts"), fan_out_ports=_ints(table, "fan_out_ports"),
            known_role=role, known_roles=roles, hosts_sampled=_ints(table, "hosts_sampled"),
        )  # fmt: skip

    def _reach(self, totals: "_Totals", places: Table) -> tuple[Asked, Asked, Asked]:
        """Asks for the reach of candidates by network and slot, that of hubs, and for the number of tests."""
        classes_of_c2s = sorted(set(totals.of_c2s.tolist()))
        of_c2s = places.filter(places.network.isin(classes_of_c2s)) if classes_of_c2s else places.limit(0)
        gathered, engine = self.gathered, self.engine
        hubs = gathered.candidates.semi_join(gathered.hubs, reach.KEY)
        near = gathered.candidates.anti_join(gathered.hubs, reach.KEY)
        return (
            engine.ask(
                exposure.reach_by_network(gathered.edges.filter(gathered.edges.slot_us > 0), near, places),
                purpose="reach by network and slot (d)",
            ),
            engine.ask(
                exposure.reach_by_network(gathered.sample_edges, hubs, places),
                purpose="reach of hubs by network and slot, in the sample",
            ),
            engine.ask(
                exposure.keys_by_hosts(gathered.sample_edges, of_c2s),
                purpose="keys observed (tests)",
            ),
        )

    def _exposure(
        self, totals: "_Totals", asked: "_Asked", reach_asked: tuple[Asked, Asked, Asked]
    ) -> score.Exposure:
        gathered = self.gathered
        read, guessed = (
            _in_order(one.answer(), "candidate", "network", "slot_us") for one in reach_asked[:2]
        )
        seen = reach_asked[2].answer()
        found = pa.concat_tables([read, guessed])
        scale = np.repeat([1.0, 1.0 / gathered.rate], [read.num_rows, guessed.num_rows])
        slots = np.unique(np.concatenate([totals.slot_us, _ints(found, "slot_us")]))
        edges = np.zeros((len(totals.put.names), len(slots)))
        np.add.at(edges, (totals.class_number, np.searchsorted(slots, totals.slot_us)), totals.edges)
        sampling, unknown = _sampling(asked.sampling.answer())
        return score.Exposure(
            networks=totals.put.names, slot_start_us=slots, slot_us=gathered.slot_us, edges=edges,
            hosts=totals.hosts, reach_candidate=_int32s(found, "candidate"),
            reach_network=_int32s(found, "network"),
            reach_slot=np.searchsorted(slots, _ints(found, "slot_us")).astype(np.int32),
            reach_hosts=_ints(found, "hosts") * scale, keys_observed=self._keys_observed(seen),
            sampling_unknown=unknown, sampling=sampling, pooled=POOLED,
        )  # fmt: skip

    def _keys_observed(self, found: pa.Table) -> int:
        """Keys that hosts of the C2s' networks met: an upper bound where there is only a sample.

        A key seen once in the sample stands for 1/rate keys at most, one seen more often for itself.
        """
        seen = dict(zip(found["hosts_seen"].to_pylist(), found["keys"].to_pylist(), strict=True))
        estimate: int = round(seen.get(1, 0) / self.gathered.rate) + seen.get(2, 0)
        return max(estimate, 1)


def _sampling(found: pa.Table) -> tuple[int, float]:
    """The sampling interval that most flows state, 0 for none, and the share of flows that state none."""
    counts = dict(zip(found["sampling"].to_pylist(), found["n"].to_pylist(), strict=True))
    unknown = counts.pop(None, 0)
    most = max(counts, key=lambda interval: (counts[interval], interval), default=0)
    return int(most), unknown / max(unknown + sum(counts.values()), 1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked, and the kept table `exposure.host_edges`."""

    candidates: Asked
    host_edges: Table
    hosts: Asked
    contacts: Asked
    keys_met: Asked
    fan_in: Asked
    sampling: Asked


@dataclass(frozen=True, slots=True)
class _Totals:
    """Edges by network class and slot, as rows, and the classes of C2s and candidates."""

    put: Classes
    slot_us: Int64s
    class_number: Int32s
    edges: npt.NDArray[np.float64]
    hosts: Int64s
    of_c2s: Int32s
    of_peers: Int32s


def distinct_keys(keys: Keys) -> Keys:
    """Address keys without repetition, in order: `np.unique` along an axis takes three times as long."""
    ordered = keys[np.lexsort((keys[:, 1], keys[:, 0]))]
    new = np.ones(len(ordered), np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[new]


class _Lookup:
    """Values by address, for addresses that are known."""

    def __init__(self, addresses: Keys, values: Int32s) -> None:
        self._keys = _packed(addresses)  # sorted, as np.unique sorts by column
        self._values = values

    def __call__(self, addresses: Keys) -> Int32s:
        return self._values[np.searchsorted(self._keys, _packed(addresses))]


def _packed(addresses: Keys) -> npt.NDArray[np.void]:
    rows = np.empty(len(addresses), dtype=[("hi", np.int64), ("lo", np.int64)])
    rows["hi"], rows["lo"] = addresses[:, 0], addresses[:, 1]
    return rows


def _in_order(table: pa.Table, *columns: str) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in columns])


def _ints(table: pa.Table, name: str) -> Int64s:
    """A column as 64-bit integers; null (no row joined) is 0."""
    column = table[name].combine_chunks().fill_null(0).cast(pa.int64())
    return np.asarray(column, dtype=np.int64)


def _int32s(table: pa.Table, name: str) -> Int32s:
    return _ints(table, name).astype(np.int32)


def _scattered(table: pa.Table, place: str, value: str, count: int) -> Int64s:
    out = np.zeros(count, np.int64)
    out[_ints(table, place)] = _ints(table, value)
    return out


def _summed(table: pa.Table, owner: Int64s, name: str, count: int) -> Int64s:
    return np.bincount(owner, weights=_ints(table, name), minlength=count).astype(np.int64)


def _contacts(met: pa.Table) -> score.Contacts:
    known, opened = _ints(met, "opened_known"), _ints(met, "opened")
    share = np.divide(opened, known, out=np.full(len(known), np.nan), where=known > 0)
    return score.Contacts(
        candidate=_int32s(met, "candidate"), c2=_int32s(met, "c2"), flows=_ints(met, "flows"),
        sessions=_ints(met, "sessions"), packets_out=_ints(met, "packets_out"),
        packets_in=_ints(met, "packets_in"), bytes_out=_ints(met, "bytes_out"),
        bytes_in=_ints(met, "bytes_in"), first_us=_ints(met, "first_us"), last_us=_ints(met, "last_us"),
        hours=_ints(met, "hours"), days=_ints(met, "days"), opened_by_c2=share,
        on_c2_port=np.asarray(met["on_c2_port"].combine_chunks(), dtype=np.bool_),
    )  # fmt: skip


def _roles(hi: Int64s, lo: Int64s, labels: pa.Table) -> tuple[Int32s, tuple[str, ...]]:
    """Which labelled role each address has, and the names of the roles; of several the first by name."""
    named = sorted(set(labels["role"].to_pylist()))
    number = {name: place for place, name in enumerate(named)}
    known: dict[tuple[int, int], int] = {}
    rows = zip(labels["hi"].to_pylist(), labels["lo"].to_pylist(), labels["role"].to_pylist(), strict=True)
    for high, low, role in rows:
        known[high, low] = min(known.get((high, low), len(named)), number[role])
    found = [known.get(key, -1) for key in zip(hi.tolist(), lo.tolist(), strict=True)]
    return np.array(found, np.int32), tuple(named)
