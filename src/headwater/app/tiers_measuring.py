"""What do the nodes of one tier share? A hunt's measuring with these nodes in place of listed C2s.

Two scans of all flows where the sample is not everything, as for a hunt; memory is bounded by its settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.case_arrays import ints, placed
from headwater.app.flow_source import FlowSource
from headwater.app.gather import Extent, Gathered, Gathering
from headwater.app.hunt_settings import HuntSettings
from headwater.app.listed_c2s import ListedC2s
from headwater.app.statistics_of import Assembly, Context
from headwater.engine.connect import Engine
from headwater.intel.context.networks import Networks
from headwater.investigate.tiers_links import owners
from headwater.investigate.tiers_tables import Comings, Seed, TierTables
from headwater.measure import connections
from headwater.measure.scan import Span
from headwater.model.address import is_ipv4, text_of
from headwater.model.candidate import PeerRole
from headwater.model.special_use import special_use
from headwater.model.window import OPEN_US
from headwater.score.statistics import Candidates

Table = Any  # an Ibis table; Ibis ships no types
Int64s = npt.NDArray[np.int64]
Talk = tuple[str, str, int, int]  # client, server, service port, flows


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the seeds, for all steps of one walk.

    Attributes:
        flows: all flows, a table in LAKE_SCHEMA or the source of one.
        extent: how many there are, from when to when.
        context: networks, warning lists, labels of telling roles.
        listed: address keys of all listed C2s.
        visited: address keys of who calls on listed C2s' own ports, or on several others, to how many; those
            of few are missing.
        settings: of the hunt.
    """

    flows: Table | FlowSource
    extent: Extent
    context: Context
    listed: frozenset[tuple[int, int]]
    visited: dict[tuple[int, int], int]
    settings: HuntSettings

    @property
    def span(self) -> Span:
        """Which flows are looked at."""
        return Span(self.settings.since, self.settings.until)


@dataclass(frozen=True, slots=True)
class TierMeasured:
    """One step, measured.

    Attributes:
        tables: what the reckoning reads.
        seeds_talked: contact among the seeds.
    """

    tables: TierTables
    seeds_talked: tuple[Talk, ...]


def tier_measured(
    engine: Engine,
    around: Surroundings,
    seeds: Sequence[Seed],
    *,
    known: dict[tuple[int, int], int],
    tier: int,
) -> TierMeasured:
    """Measures what several seeds share.

    Args:
        engine: where it runs.
        around: what is known beside.
        seeds: nodes of the tier below.
        known: address keys of nodes of the map to their tier.
        tier: in which what they share would stand.
    """
    ordered = tuple(sorted(seeds, key=lambda seed: (seed.hi, seed.lo)))
    listed = _listed(ordered, around.settings)
    measure = replace(around.settings.measure, least_c2s=2)
    gathered = Gathering(
        engine, around.flows, around.extent.flows, listed=listed, span=around.span, settings=measure,
        extent_us=around.extent.start_us,
    ).run()  # fmt: skip
    statistics = Assembly(engine, gathered, listed, around.context, measure).statistics()
    keys = statistics.candidates
    each = list(zip(keys.hi.tolist(), keys.lo.tolist(), strict=True))
    tables = TierTables(
        seeds=ordered, statistics=statistics, comings=_comings(engine, gathered, len(keys.hi)),
        networks=network_names(keys, around.context.networks),
        visited=np.array([around.visited.get(key, 0) for key in each], np.int64),
        listed=np.array([key in around.listed for key in each], np.bool_),
        reserved=tuple(
            "" if around.settings.allow_reserved else special_use(text_of(hi, lo)) for hi, lo in each
        ),
        known=known, tier=tier,
    )  # fmt: skip
    return TierMeasured(tables, _talked(engine, gathered))


def _listed(seeds: Sequence[Seed], settings: HuntSettings) -> ListedC2s:
    """The seeds as a hunt takes listed C2s: those of one /24 or /64 are one, each within its time."""
    count = len(seeds)
    nothing, numbers = np.zeros(count, np.int32), np.arange(count, dtype=np.int32)
    serving = [seed.port if seed.role is PeerRole.SERVER else 0 for seed in seeds]
    port = np.array(serving, np.int32)
    hi, lo = (np.array([getattr(seed, name) for seed in seeds], np.int64) for name in ("hi", "lo"))
    before, after = (
        int(slack / timedelta(microseconds=1)) for slack in (settings.slack_before, settings.slack_after)
    )
    return ListedC2s(
        hi=hi, lo=lo, family=nothing, group=nothing,
        cluster=np.array(owners_of(hi, lo, Networks()), np.int32), port=port,
        listed_us=np.full(count, -OPEN_US, np.int64), window_c2=numbers,
        window_from_us=np.array([seed.first_us - before for seed in seeds], np.int64),
        window_until_us=np.array([seed.last_us + after for seed in seeds], np.int64),
        port_c2=numbers[port > 0], port_number=port[port > 0], families=("",), groups=("",),
        sources=("walk",), feeds=np.ones((count, 1), np.bool_), weight=np.ones(count),
    )  # fmt: skip


def _comings(engine: Engine, gathered: Gathered, count: int) -> Comings:
    connected = engine.keep(
        "connections",
        connections.connections(gathered.talks, gathered.candidates),
        purpose="connections of candidates with the nodes of a tier",
    )
    manners = engine.fetch(connections.manners(connected), purpose="how each candidate comes")
    hours = engine.fetch(connections.hours(connected), purpose="in which hours each candidate comes")
    owner, begun = ints(hours, "candidate"), ints(hours, "hour_us")
    order = np.lexsort((begun, owner))
    cuts = np.searchsorted(owner[order], np.arange(1, count))
    return Comings(
        **{
            name: placed(manners, "candidate", name, count=count)
            for name in ("connections", "pair_days", "told", "long", "mirrored")
        },
        hours=tuple(np.split(begun[order], cuts)) if count else (),
    )


def _talked(engine: Engine, gathered: Gathered) -> tuple[Talk, ...]:
    talks = gathered.talks
    among = talks.filter(talks.met, talks.peer_is_c2, talks.b_serves)
    counted = among.group_by("a_hi", "a_lo", "hi", "lo", "port").agg(flows=among.count())
    found: pa.Table = engine.fetch(counted, purpose="contact among the nodes of a tier")
    return tuple(
        (text_of(row["a_hi"], row["a_lo"]), text_of(row["hi"], row["lo"]), row["port"], row["flows"])
        for row in found.to_pylist()
    )


def network_names(keys: Candidates, known: Networks) -> tuple[str, ...]:
    """The network of each candidate as people write it, "" where the lake's context does not know it."""
    if not len(known) or not len(keys.hi):
        return ("",) * len(keys.hi)
    asns, names = known.lookup(keys.hi, keys.lo)
    told = zip(asns.tolist(), names, strict=True)
    return tuple(f"AS{asn} {name}".rstrip() if asn >= 0 else "" for asn, name in told)


def owners_of(hi: Int64s, lo: Int64s, known: Networks) -> list[int]:
    """A number for the owner of each address: its AS where it is known, else its /24 or /64."""
    asns = known.lookup(hi, lo)[0] if len(known) and len(hi) else np.full(len(hi), -1, np.int64)
    v4 = [is_ipv4(high, low) for high, low in zip(hi.tolist(), lo.tolist(), strict=True)]
    return owners(asns, hi=hi, lo=lo, v4=v4)
