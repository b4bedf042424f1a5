"""How good are walks up the tiers on labelled worlds? From true upstreams, and from those a hunt found."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from headwater.app.evaluation_seeds import refuse_mixed
from headwater.app.hunt import hunt_flows
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.app.simulate import settings_named
from headwater.app.tiers import Walker
from headwater.app.world_statistics import known_of_world, records_of
from headwater.engine.connect import connect
from headwater.investigate.tiers_settings import TierSettings
from headwater.model.candidate import Verdict
from headwater.model.service import Service
from headwater.simulate.evaluate.tiers import JudgedWalk, TierFigures, judged_walk, tier_figures
from headwater.simulate.world import World

WORLDS = ("two-tiers",)
SAMPLE_FLOWS = 250_000  # a quarter of the usual, for time; of a large lake the sample is a smaller part yet


@dataclass(frozen=True, slots=True)
class TiersPlan:
    """What to measure.

    Attributes:
        seeds: of each world; all below 1000 (tuning) or none of them.
        worlds: names of preset worlds.
        samplings: packet sampling rates N of 1:N.

    Raises:
        BadSetting: no seed, seeds for tuning and for reporting mixed, or a world that does not exist.
    """

    seeds: tuple[int, ...]
    worlds: tuple[str, ...] = WORLDS
    samplings: tuple[int, ...] = (100, 1_000, 10_000)

    def __post_init__(self) -> None:
        refuse_mixed(self.seeds)
        for world in self.worlds:
            settings_named(world)


@dataclass(frozen=True, slots=True)
class TiersFound:
    """Everything that was measured.

    Attributes:
        plan: what was asked for.
        walks: every walk.
        figures: one for each world, sampling rate and beginning.
    """

    plan: TiersPlan
    walks: list[JudgedWalk]
    figures: list[TierFigures]


def evaluate_tiers(plan: TiersPlan, *, told: Callable[[str], None] = lambda _: None) -> TiersFound:
    """Runs the plan, world after world.

    Args:
        plan: what to measure.
        told: called with a line before each world.
    """
    walks: list[JudgedWalk] = []
    for name in plan.worlds:
        for seed in plan.seeds:
            world = World(settings_named(name), seed)
            for sampling in plan.samplings:
                told(f"{name}, seed {seed}, 1:{sampling}")
                walks += _of_world(world, sampling)
    figures = []
    for name in plan.worlds:
        for sampling in plan.samplings:
            for begins in ("truth", "hunt"):
                mine = [
                    one for one in walks if (one.world, one.sampling, one.begins) == (name, sampling, begins)
                ]
                figures += [tier_figures(mine)] if mine else []
    return TiersFound(plan, walks, figures)


def _of_world(world: World, sampling: int) -> Iterator[JudgedWalk]:
    """One hunt, and a walk from each of two beginnings; a beginning without a service is no walk."""
    truth, known = world.truth(), known_of_world(world)
    settings = HuntSettings(allow_reserved=True, measure=MeasureSettings(sample_flows=SAMPLE_FLOWS))
    with records_of(world, sampling=sampling) as (file, _), connect(settings.engine) as engine:
        flows = engine.flows([str(file)])
        hunted = hunt_flows(engine, flows, known=known, settings=settings)
        walker = Walker(engine, flows, hunted, known, settings, TierSettings(), lambda _: None)
        true = [Service(each.address, each.port, each.proto) for each in truth.upstreams]
        taken = [
            Service(one.address, one.port, one.proto)
            for one in hunted.hunt.candidates
            if one.verdict is Verdict.UPSTREAM
        ]
        for begins, services in (("truth", true), ("hunt", taken)):
            yield judged_walk(walker.walk(services), truth, sampling=sampling, begins=begins)


def tiers_document(found: TiersFound) -> dict[str, Any]:  # Any: JSON
    """Everything for JSON."""
    return {
        "format": 1,
        "synthetic": True,
        "plan": asdict(found.plan),
        "figures": [row_of(one) for one in found.figures],
        "walks": [asdict(one) | {"found": one.found} for one in found.walks],
    }


def row_of(figures: TierFigures) -> dict[str, Any]:  # Any: numbers, texts or None
    """A row of the answer as a table."""
    return asdict(figures) | {"false_share": figures.false_share}
