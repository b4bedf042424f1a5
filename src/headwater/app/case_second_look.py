"""Who comes to the service's unlisted clients, and to the services next to it? A second, narrow look.

What the first scan holds of these hosts is only what they had to do with the service and with listed C2s,
and a sample. Where the sample is everything, nothing is read again.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.case_arrays import ints
from headwater.app.case_gather import Around
from headwater.app.flow_source import FlowSource, Touching
from headwater.app.hunt_settings import MeasureSettings
from headwater.engine.connect import Engine
from headwater.measure import reach, strangers
from headwater.measure.dealings import affordable
from headwater.measure.scan import SERVER, Span, of_left

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]

ENDPOINT = ("hi", "lo", "port", "proto")


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What is known of the hosts asked about.

    Attributes:
        fan_in: address key to the distinct hosts that contact the host's main service; 0 where it has none.
            Hosts that could not be read are missing.
        hosts: endpoint (hi, lo, port, proto) to the distinct hosts that contact it, of those read.
    """

    fan_in: dict[tuple[int, int], int]
    hosts: dict[tuple[int, int, int, int], int]


def second_look(
    engine: Engine,
    flows: Table | FlowSource,
    around: Around,
    *,
    hosts: pa.Table,
    endpoints: pa.Table,
    span: Span,
    settings: MeasureSettings,
) -> SecondLook:
    """Reads the flows of some hosts, without those at hub services.

    Args:
        engine: where it runs.
        flows: the lake's flows.
        around: as from `CaseGathering.around`.
        hosts: hi, lo, place: whose main service is asked for, and in which order they are taken.
        endpoints: ENDPOINT, place: of which services it is asked who comes to them.
        span: which flows to look at.
        settings: what is a hub, and how many flows are read.
    """
    asked = pa.concat_tables([hosts, endpoints.select(hosts.column_names)])
    if not asked.num_rows:
        return SecondLook({}, {})
    popular, rate = around.popularity, around.rate
    limit = settings.hub_hosts if rate < 1.0 else np.inf
    hubs = engine.keep(
        "hubs",
        popular.filter(popular.hosts_tried / rate > limit).select(*reach.KEY),
        purpose="services and clients too busy to be read whole",
    )
    left = engine.keep(
        "asked",
        affordable(
            engine.bring("asked_in", asked), around.sample_edges.anti_join(hubs, reach.KEY),
            rate=rate, budget=settings.read_flows,
        ),
        purpose="hosts next to the service that can be read whole",
    )  # fmt: skip
    read = Touching(around.pass1, None)
    if rate < 1.0:
        read = FlowSource.of(engine, flows).touching(left, span=span, what="pass 2")
    visits = read.through(lambda flows: strangers.visits(of_left(flows, left=left, hubs=hubs), left))
    visited = engine.keep(
        "near_visits",
        visits.flows,
        purpose="pass 2: who is in contact with the service's clients and neighbours",
        means=visits.means,
    )
    return SecondLook(
        fan_in=_fan_in(engine, visited, left, hubs, hub_hosts=settings.hub_hosts),
        hosts=_hosts(engine, visited, hubs, endpoints),
    )


def _fan_in(
    engine: Engine, visited: Table, left: Table, hubs: Table, *, hub_hosts: int
) -> dict[tuple[int, int], int]:
    columns = ("hi", "lo", "fan_in")
    main = strangers.main_services(visited).select(*columns)
    popular = strangers.hub_services(hubs, left, fan_in=hub_hosts).select(*columns)
    both = main.anti_join(popular, ["hi", "lo"]).union(popular)
    told = left.left_join(both, ["hi", "lo"]).drop("hi_right", "lo_right")
    found = engine.fetch(told, purpose="how many come to each one's main service")
    keys = zip(ints(found, "hi").tolist(), ints(found, "lo").tolist(), strict=True)
    return dict(zip(keys, ints(found, "fan_in").tolist(), strict=True))


def _hosts(
    engine: Engine, visited: Table, hubs: Table, endpoints: pa.Table
) -> dict[tuple[int, int, int, int], int]:
    wanted = engine.bring("endpoints_in", endpoints)
    busy = hubs.filter(hubs.role == SERVER)
    mine = visited.semi_join(wanted, list(ENDPOINT)).anti_join(busy, list(ENDPOINT))
    found = engine.fetch(
        mine.group_by(*ENDPOINT).agg(hosts=mine.count()), purpose="how many come to each neighbour"
    )
    keys = zip(*(ints(found, name).tolist() for name in ENDPOINT), strict=True)
    return dict(zip(keys, ints(found, "hosts").tolist(), strict=True))
