"""What do a service's unlisted clients serve, and to whom? A second, narrow look, beside ordinary hosts.

Ordinary hosts of the clients' own networks are read in the same way: only they can say how often an ordinary
host looks like a C2. headwater.app.strangers does the same for all candidates of a hunt, without them.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.case_arrays import int32s, ints
from headwater.app.case_gather import Around
from headwater.app.flow_source import FlowSource, Touching
from headwater.app.gather import Gathered
from headwater.app.hunt_settings import MeasureSettings
from headwater.app.stranger_choice import some_clients
from headwater.app.strangers import MOST_CLIENTS
from headwater.engine.connect import Engine
from headwater.measure import reach, strangers
from headwater.measure.dealings import affordable
from headwater.measure.scan import Span, of_left
from headwater.measure.telling_services import met, telling_services
from headwater.score.statistics import Strangers

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]

ORDINARY_OF_NETWORK = 60  # ordinary hosts of each class of network that a client lies in
ORDINARY = 2_000  # of all together; each costs reading all its flows


@dataclass(frozen=True, slots=True)
class Seen:
    """Hosts that were read, by row of `strangers`.

    Attributes:
        strangers: as the score reads them; ordinary hosts are among them, in contact with no candidate.
        ordinary: whether a row is there only to compare with, shape (h,).
        upstreams: other confirmed upstreams in contact with each, shape (h,).
        visited: address key of a host to the number of listed C2s on whose own port it calls.
    """

    strangers: Strangers
    ordinary: npt.NDArray[np.bool_]
    upstreams: Int64s
    visited: dict[tuple[int, int], int]

    def rows_of(self, hi: Int64s, lo: Int64s) -> Int32s:
        """The row of each address, -1 where it was not read."""
        read = self.strangers
        place = {key: row for row, key in enumerate(zip(read.hi.tolist(), read.lo.tolist(), strict=True))}
        return np.array([place.get(key, -1) for key in zip(hi.tolist(), lo.tolist(), strict=True)], np.int32)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to look at.

    Attributes:
        hi, lo: unlisted clients, those that matter most first, shape (n,).
        upstreams: address keys of other confirmed upstreams, shape (u, 2).
    """

    hi: Int64s
    lo: Int64s
    upstreams: Int64s


def pivot_strangers(
    engine: Engine,
    flows: Table | FlowSource,
    asked: Asked,
    *,
    around: Around,
    gathered: Gathered,
    span: Span,
    settings: MeasureSettings,
) -> Seen:
    """Reads the flows of a service's unlisted clients, and of ordinary hosts.

    Args:
        engine: where it runs; still holds `host_networks`, `network_classes` and `scanners`.
        flows: the lake's flows.
        asked: whom to look at.
        around: as from `CaseGathering.around`.
        gathered: as from `CaseGathering.gathered`.
        span: which flows to look at.
        settings: what is a hub, and how many flows are read.
    """
    hosts = _with_ordinary(engine, asked)
    hubs, left = _to_read(engine, around, hosts, settings)
    read = Touching(around.pass1, None)
    if around.rate < 1.0:
        read = FlowSource.of(engine, flows).touching(left, span=span, what="pass 2")
    visits = read.through(lambda flows: strangers.visits(of_left(flows, left=left, hubs=hubs), left))
    visited = engine.keep(
        "pivot_visits",
        visits.flows,
        purpose="pass 2: who is in contact with the clients",
        means=visits.means,
    )
    scanners = engine.kept("scanners").select(client_hi="hi", client_lo="lo")
    checkins = strangers.checkins(gathered.visits).anti_join(scanners, ["client_hi", "client_lo"])
    services = engine.keep(
        "pivot_services", telling_services(visited, checkins), purpose="the clients' own services"
    )
    known = _known(engine, left, services)
    everybody = engine.fetch(strangers.clients(visited, services), purpose="who comes to those services")
    chosen = some_clients(everybody, most=MOST_CLIENTS)
    came = engine.fetch(checkins, purpose="check-ins at listed C2s")
    came = came.sort_by([(name, "ascending") for name in ("c2", "client_hi", "client_lo")])
    others = engine.bring("pivot_upstreams", _keys_table(asked.upstreams, "client_"))
    contact = engine.fetch(met(visited, others), purpose="contact with other confirmed upstreams")
    return _assembled(known, chosen, came, contact, asked=asked)


def _to_read(
    engine: Engine, around: Around, hosts: pa.Table, settings: MeasureSettings
) -> tuple[Table, Table]:
    """Services too busy to be read whole, and the hosts whose flows can be read."""
    popular, rate = around.popularity, around.rate
    limit = settings.hub_hosts if rate < 1.0 else np.inf
    hubs = engine.keep(
        "pivot_hubs",
        popular.filter(popular.hosts_tried / rate > limit).select(*reach.KEY),
        purpose="services and clients too busy to be read whole",
    )
    left = engine.keep(
        "pivot_hosts",
        affordable(
            engine.bring("pivot_asked", hosts), around.sample_edges.anti_join(hubs, reach.KEY), rate=rate,
            budget=settings.read_flows,
        ),
        purpose="clients and ordinary hosts that can be read whole",
    )  # fmt: skip
    return hubs, left


def _with_ordinary(engine: Engine, asked: Asked) -> pa.Table:
    """hi, lo, place: the clients, then ordinary hosts of their networks, drawn at random."""
    own = pa.table({"hi": asked.hi, "lo": asked.lo})
    mine = engine.bring("pivot_clients", own)
    raw, classes = engine.kept("host_networks"), engine.kept("network_classes")
    named = raw.inner_join(classes, "network").select("hi", "lo", network="class_number")
    wanted = named.semi_join(mine, ["hi", "lo"]).select("network").distinct()
    pool = named.semi_join(wanted, "network").anti_join(mine, ["hi", "lo"])
    for other in ("c2s", "scanners", "address"):
        pool = pool.anti_join(engine.kept(other), ["hi", "lo"])
    found = engine.fetch(pool.order_by("hi", "lo"), purpose="ordinary hosts to compare with")
    rows = _drawn(ints(found, "network"))
    hi = np.concatenate([asked.hi, ints(found, "hi")[rows]])
    lo = np.concatenate([asked.lo, ints(found, "lo")[rows]])
    return pa.table({"hi": hi, "lo": lo, "place": np.arange(len(hi), dtype=np.int64)})


def _drawn(network: Int64s) -> npt.NDArray[np.intp]:
    """Rows of some hosts of each network, in random order; the same each time."""
    rng = np.random.default_rng(0)
    order = rng.permutation(len(network))
    sorted_order = order[np.argsort(network[order], kind="stable")]
    _, first, size = np.unique(network[sorted_order], return_index=True, return_counts=True)
    place = np.arange(len(network)) - np.repeat(first, size)
    kept = sorted_order[place < ORDINARY_OF_NETWORK]
    return rng.permutation(kept)[:ORDINARY]


def _known(engine: Engine, left: Table, services: Table) -> pa.Table:
    """hi, lo, network, port, proto, fan_in of each host read, in order of address."""
    raw, classes = engine.kept("host_networks"), engine.kept("network_classes")
    named = raw.inner_join(classes, "network").select("hi", "lo", network="class_number")
    placed = left.inner_join(named, ["hi", "lo"])
    told = placed.left_join(services, ["hi", "lo"]).drop("hi_right", "lo_right")
    return engine.fetch(
        told.order_by("hi", "lo"), purpose="clients with their own services, if they have any"
    )


def _assembled(known: pa.Table, chosen: pa.Table, came: pa.Table, contact: pa.Table, *, asked: Asked) -> Seen:
    keys = np.column_stack([ints(known, "hi"), ints(known, "lo")])
    row_of = {(hi, lo): row for row, (hi, lo) in enumerate(keys.tolist())}
    mine = set(zip(asked.hi.tolist(), asked.lo.tolist(), strict=True))
    ordinary = np.array([(hi, lo) not in mine for hi, lo in keys.tolist()], np.bool_)
    pairs = _rows(chosen, "hi", "lo")
    bots = np.unique(np.vstack([_rows(chosen), _rows(came)]), axis=0)
    number = {(hi, lo): place for place, (hi, lo) in enumerate(bots.tolist())}
    fan_in, network = ints(known, "fan_in"), int32s(known, "network")
    upstreams = np.zeros(len(keys), np.int64)
    for (hi, lo), n in zip(_rows(contact, "hi", "lo").tolist(), ints(contact, "n").tolist(), strict=True):
        upstreams[row_of[hi, lo]] = n
    clients = np.flatnonzero(~ordinary).astype(np.int32)
    read = Strangers(
        hi=keys[:, 0], lo=keys[:, 1], network=network, fan_in=fan_in, port=int32s(known, "port"),
        proto=int32s(known, "proto"), candidate=np.zeros(len(clients), np.int32), stranger=clients,
        bot_stranger=_numbers(pairs, row_of), bot=_numbers(_rows(chosen), number),
        checkin_bot=_numbers(_rows(came), number), checkin_c2=int32s(came, "c2"), bots=len(bots),
        ordinary_fan_in=fan_in[ordinary], ordinary_network=network[ordinary],
    )  # fmt: skip
    calls = np.unique(np.column_stack([_rows(came), ints(came, "c2")]), axis=0)[:, :2]
    return Seen(read, ordinary, upstreams, Counter((hi, lo) for hi, lo in calls.tolist()))


def _rows(table: pa.Table, hi: str = "client_hi", lo: str = "client_lo") -> Int64s:
    return np.column_stack([ints(table, hi), ints(table, lo)])


def _numbers(keys: Int64s, number: dict[tuple[int, int], int]) -> Int32s:
    return np.array([number[hi, lo] for hi, lo in keys.tolist()], np.int32)


def _keys_table(keys: Int64s, prefix: str) -> pa.Table:
    return pa.table({f"{prefix}hi": keys[:, 0], f"{prefix}lo": keys[:, 1]})
