"""What stands above some upstreams, tier by tier? From the lake to a map, step by step until a stop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from headwater.app.flow_source import FlowSource
from headwater.app.gather import extent_of
from headwater.app.hunt import Hunted, Known, hunt_flows, known_of
from headwater.app.hunt_settings import HuntSettings
from headwater.app.statistics_of import Context
from headwater.app.synthetic import synthetic_said
from headwater.app.tiers_confirming import Below, confirmed
from headwater.app.tiers_measuring import Surroundings, TierMeasured, network_names, owners_of, tier_measured
from headwater.engine.connect import Engine, connect
from headwater.engine.trace import Trace
from headwater.errors import BadSetting
from headwater.investigate.tiers_begin import Beginning, Ground, begin, looked_at
from headwater.investigate.tiers_edges import sideways_links, upward_links
from headwater.investigate.tiers_nodes import Step, step
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_stop import after_step, before_step, may_carry, too_few_seeds
from headwater.investigate.tiers_tables import Seed
from headwater.lake.covered import covered
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.measure.scan import Span, spanned
from headwater.model.address import key_of
from headwater.model.candidate import Candidate, Verdict
from headwater.model.service import Service
from headwater.model.tier_map import TierAside, TierLink, TierMap, TierNode, TierStop
from headwater.model.window import Window

Table = Any  # an Ibis table; Ibis ships no types
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Walked:
    """A map with what it stands on.

    Attributes:
        map: the answer.
        trace: every query that ran.
    """

    map: TierMap
    trace: Trace


def walk_tiers(
    lake_root: Path,
    services: Sequence[Service],
    *,
    settings: HuntSettings | None = None,
    walk: TierSettings | None = None,
    say: Say | None = None,
) -> Walked:
    """Walks upward from upstreams in a lake.

    Args:
        lake_root: the lake's folder.
        services: upstreams that the user is sure of.
        settings: what to look at, as for a hunt.
        walk: what the walk assumes.
        say: told each step as it begins.

    Returns:
        The map, which has no nodes where too few independent listed C2s are in contact with the services.

    Raises:
        LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
        BadSetting: a setting is impossible, the engine refuses it, or no service was given.
    """
    settings = settings or HuntSettings()
    if not services:
        raise BadSetting("no service was given; name upstreams that you are sure of, as address:port/proto")
    known = known_of(lake_root, families=settings.families, leads=False)
    lake = open_lake(lake_root)
    found = snapshot(lake, window=Window(settings.since, settings.until))
    synthetic = synthetic_said(lake_root, lake_version=found.version, tables=())
    with connect(settings.engine) as engine:
        engine.trace.lake_version = found.version
        flows = FlowSource.in_lake(engine, found.files, covered(lake, found))
        hunted = hunt_flows(engine, flows, known=known, settings=settings, say=say)
        walker = Walker(engine, flows, hunted, known, settings, walk or TierSettings(), say or _silent)
        answer = walker.walk(services)
        warnings = (synthetic, *answer.warnings) if synthetic else answer.warnings
        return Walked(replace(answer, synthetic=synthetic, warnings=warnings), engine.trace)


_OPEN = frozenset({Verdict.UPSTREAM, Verdict.ASSOCIATED, Verdict.UNDECIDED})


def _posteriors(ranked: Sequence[tuple[Candidate, int]], verdicts: frozenset[Verdict]) -> dict[int, float]:
    """Row of each candidate of these verdicts to its probability."""
    return {
        row: one.posterior for one, row in ranked if one.verdict in verdicts and one.posterior is not None
    }


def _silent(text: str) -> None:
    """Says nothing."""


@dataclass(slots=True)
class Walker:
    """Walks that begin with one hunt; `walk` does one.

    Attributes:
        engine: where it runs; it holds what the hunt kept there until the first walk.
        flows: all flows, a table in LAKE_SCHEMA or the source of one.
        hunted: the hunt.
        known: labels and context.
        settings: of the hunt.
        rules: what a walk assumes.
        say: told each step as it begins.
    """

    engine: Engine
    flows: Table | FlowSource
    hunted: Hunted
    known: Known
    settings: HuntSettings
    rules: TierSettings
    say: Say
    _around: Surroundings | None = field(default=None, init=False)

    def walk(self, services: Sequence[Service]) -> TierMap:
        """One walk."""
        around = self._surroundings()
        start = begin(tuple(dict.fromkeys(services)), self._ground(), settings=self.rules)
        if not start.nodes:
            stop = too_few_seeds(len(start.c2s), start.independent, settings=self.rules)
            return self._map(services, start, _Way(stop=stop))
        way = _Way(nodes=list(start.nodes), links=self._first_links(start))
        seeds, tier = start.onward, 2
        while (stop_before := before_step(seeds, tier, settings=self.rules)) is None:
            self.say(f"looking for what {len(seeds)} nodes of tier {tier - 1} share")
            tiers = {key_of(node.address): node.tier for node in way.nodes}
            measured = tier_measured(self.engine, around, seeds, known=tiers, tier=tier)
            if tier == 2:
                sideways = confirmed(
                    self.engine,
                    around,
                    measured,
                    Below(self._ground(), start, seeds, tiers),
                    rules=self.rules,
                    say=self.say,
                )
                measured = sideways.measured
                way.nodes += sideways.nodes
                way.links += sideways.links
            found = step(measured.tables, settings=self.rules)
            way.add(measured, found)
            if (stopped := after_step(found.nodes, tier, settings=self.rules)) is not None:
                return self._map(services, start, way, stopped)
            seeds, tier = self._next(found), tier + 1
        return self._map(services, start, way, stop_before)

    def _surroundings(self) -> Surroundings:
        """What all walks share; the hunt's tables are asked before a step replaces them."""
        if self._around is None:
            listed = self.hunted.statistics.c2s
            span = Span(self.settings.since, self.settings.until)
            everything = FlowSource.of(self.engine, self.flows).table
            self._around = Surroundings(
                flows=self.flows, extent=extent_of(self.engine, spanned(everything, span)),
                context=Context(self.known.networks, self.known.warning_lists, self.known.roles),
                listed=frozenset(zip(listed.hi.tolist(), listed.lo.tolist(), strict=True)),
                visited=self._visited(), settings=self.settings,
            )  # fmt: skip
        return self._around

    def _visited(self) -> dict[tuple[int, int], int]:
        visits = self.engine.kept("visits")
        came = visits.filter(visits.contact, ~visits.peer_is_c2).select("hi", "lo", "c2").distinct()
        counted = came.group_by("hi", "lo").agg(n=came.count())
        found = self.engine.fetch(
            counted.filter(counted.n >= self.rules.follows), purpose="who calls on many listed C2s' own ports"
        )
        called = {(row["hi"], row["lo"]): int(row["n"]) for row in found.to_pylist()}
        for address, c2s in looked_at(self.hunted.statistics).items():
            called[address] = max(c2s, called.get(address, 0))
        return called

    def _ground(self) -> Ground:
        reckoning, context = self.hunted.ranking.reckoning, self.known.networks
        ranked = list(zip(self.hunted.hunt.candidates, self.hunted.ranking.rows, strict=True))
        c2s, keys = reckoning.statistics.c2s, reckoning.statistics.candidates
        return Ground(
            reckoning=reckoning,
            beside=_posteriors(ranked, frozenset({Verdict.UPSTREAM})),
            open=_posteriors(ranked, _OPEN),
            c2_owner=owners_of(c2s.hi, c2s.lo, context),
            peer_owner=owners_of(keys.hi, keys.lo, context),
            networks=network_names(keys, context),
        )

    def _first_links(self, start: Beginning) -> list[TierLink]:
        statistics = self.hunted.statistics
        upper = {row: seed.address for row, seed in zip(start.rows, start.seeds, strict=True)}
        below = {c2: node.address for c2, node in zip(start.c2s, start.nodes, strict=False)}
        talked = [(one.client, one.server, one.port, one.flows) for one in self.hunted.hunt.c2_to_c2]
        return [
            *upward_links(statistics, upper=upper, lower=below),
            *sideways_links(talked, nodes=frozenset(below.values())),
        ]

    def _next(self, found: Step) -> tuple[Seed, ...]:
        """The nodes of a step through which the walk may go on."""
        keys = found.tables.statistics.candidates
        best = np.array([rows[0] for rows in found.rows], np.intp)
        owner = owners_of(keys.hi[best], keys.lo[best], self.known.networks)
        return tuple(
            Seed(
                address=node.address, hi=int(keys.hi[row]), lo=int(keys.lo[row]), owner=own,
                weight=node.weight, behind=backing.behind, path=node.path, role=node.role, port=node.ports[0],
                first_us=int(keys.first_us[row]), last_us=int(keys.last_us[row]),
            )
            for node, backing, row, own in zip(found.nodes, found.backings, best.tolist(), owner, strict=True)
            if may_carry(node)
        )  # fmt: skip

    def _map(
        self, services: Sequence[Service], start: Beginning, way: "_Way", stop: TierStop | None = None
    ) -> TierMap:
        end = stop or way.stop
        if end is None:
            raise ValueError("a walk that never ended")
        return TierMap(
            services=tuple(dict.fromkeys(services)), lake_version=self.engine.trace.lake_version or 0,
            c2s=len(start.c2s), seeds=start.independent,
            nodes=tuple(sorted(way.nodes, key=lambda node: node.tier)), links=tuple(way.links),
            aside=tuple(way.aside), stop=end, unused=start.unused, warnings=self.hunted.hunt.warnings,
        )  # fmt: skip


@dataclass(slots=True)
class _Way:
    """A map in the making."""

    nodes: list[TierNode] = field(default_factory=list)
    links: list[TierLink] = field(default_factory=list)
    aside: list[TierAside] = field(default_factory=list)
    stop: TierStop | None = None

    def add(self, measured: TierMeasured, found: Step) -> None:
        """Takes up one step."""
        below = dict(enumerate(seed.address for seed in found.tables.seeds))
        upper = {
            int(row): node.address
            for node, rows in zip(found.nodes, found.rows, strict=True)
            for row in rows.tolist()
        }
        self.nodes += found.nodes
        self.links += upward_links(found.tables.statistics, upper=upper, lower=below)
        self.links += sideways_links(measured.seeds_talked, nodes=frozenset(below.values()))
        self.aside += found.aside
