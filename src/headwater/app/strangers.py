"""What do the unlisted clients of the candidates look like? One more pass over their own flows."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.gather import Gathered
from headwater.engine.connect import Engine
from headwater.measure import strangers
from headwater.measure.scan import Span, second_pass
from headwater.score.statistics import Strangers

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]

MOST_HOSTS = 400  # hosts of a candidate whose clients are looked at; bigger crowds are told by their size
MOST_CLIENTS = 300  # clients of a stranger; more add nothing to the share of bots among them


def strangers_of(
    engine: Engine, flows: Table, *, gathered: Gathered, span: Span, hub_hosts: int
) -> Strangers:
    """Measures the unlisted clients of the candidates.

    Args:
        engine: where it runs; still holds the tables `host_networks` and `network_classes`.
        flows: all flows, columns of LAKE_SCHEMA.
        gathered: what the hunt measured before.
        span: which flows to look at.
        hub_hosts: clients from which a service counts as a hub.

    Returns:
        The tables that the score reads. Empty ones where the candidates have no unlisted clients.
    """
    pairs = engine.keep(
        "strangers_met",
        strangers.unlisted(
            gathered.edges, candidates=gathered.candidates, c2s=gathered.c2s, most_hosts=MOST_HOSTS
        ),
        purpose="unlisted clients of candidates",
    )
    hosts = engine.keep(
        "strangers", pairs.select("hi", "lo").distinct(), purpose="the same without candidates"
    )
    met = engine.fetch(pairs, purpose="which candidate met which unlisted client")
    wanted = flows if met.num_rows else flows.limit(0)  # nobody to look for: no third scan of everything
    services, chosen = _services(engine, wanted, hosts, gathered=gathered, span=span, hub_hosts=hub_hosts)
    numbers = _Numbers(_keys(services))
    checkins = engine.fetch(strangers.checkins(gathered.visits), purpose="check-ins at listed C2s")
    clients = np.vstack([_keys(chosen, "client_"), _keys(checkins, "client_")])
    bots = _Numbers(np.unique(clients, axis=0))
    return Strangers(
        hi=_ints(services, "hi"), lo=_ints(services, "lo"), network=_int32s(services, "network"),
        fan_in=_ints(services, "fan_in"), port=_int32s(services, "port"), proto=_int32s(services, "proto"),
        candidate=_int32s(met, "candidate"), stranger=numbers(_keys(met)),
        bot_stranger=numbers(_keys(chosen)), bot=bots(_keys(chosen, "client_")),
        checkin_bot=bots(_keys(checkins, "client_")), checkin_c2=_int32s(checkins, "c2"), bots=len(bots),
    )  # fmt: skip


def services_table(engine: Engine) -> Table:
    """The kept table of strangers with their main services."""
    return engine.kept("stranger_services")


def _services(
    engine: Engine, flows: Table, hosts: Table, *, gathered: Gathered, span: Span, hub_hosts: int
) -> tuple[pa.Table, pa.Table]:
    """Strangers with main service and network, in order of address; and their clients."""
    hubs = gathered.hubs
    visited = engine.keep(
        "stranger_visits",
        strangers.visits(second_pass(flows, left=hosts, hubs=hubs, span=span), hosts),
        purpose="pass 3: who is in contact with the unlisted clients",
    )
    read = engine.keep("stranger_read", strangers.main_services(visited), purpose="their main services")
    popular = strangers.hub_services(hubs, hosts, fan_in=hub_hosts)
    columns = ("hi", "lo", "port", "proto", "fan_in")
    shape = {"port": "int32", "proto": "int16", "fan_in": "int64"}
    both = read.anti_join(popular, ["hi", "lo"]).select(*columns).cast(shape)
    engine.keep("stranger_services", both.union(popular.select(*columns)), purpose="with hubs'")
    raw, classes = (engine.kept(name) for name in ("host_networks", "network_classes"))
    named = raw.inner_join(classes, "network").select("hi", "lo", network="class_number")
    placed = hosts.inner_join(named, ["hi", "lo"])
    known = engine.fetch(
        placed.left_join(services_table(engine), ["hi", "lo"])
        .drop("hi_right", "lo_right")
        .order_by("hi", "lo"),
        purpose="unlisted clients by main service, if they have one",
    )
    chosen = engine.fetch(
        strangers.clients(visited, read.anti_join(popular, ["hi", "lo"]), most=MOST_CLIENTS),
        purpose="the clients of the unlisted clients",
    )
    return known, chosen


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
