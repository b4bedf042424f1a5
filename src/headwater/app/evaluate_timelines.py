"""How right are timelines and what follows from them? Services by world, burstiness, sampling."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from headwater.errors import BadSetting
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.simulate.evaluate.lives import STORIES, draw_service
from headwater.simulate.evaluate.timeline_figures import (
    Figure,
    bound_figures,
    calibration_figures,
    life_figures,
    relation_figures,
    story_figures,
)
from headwater.simulate.evaluate.timeline_worlds import BURSTINESS, STORIES_OF, USUAL, WORLDS
from headwater.simulate.evaluate.timelines import Judged, judged
from headwater.simulate.knobs import knobs
from headwater.simulate.randomness import stream

SAMPLINGS = (100, 1_000, 10_000)
BOUND_SAMPLINGS = (1, 100, 1_000, 10_000)
C2S = 16  # of each service; how many of them are seen is up to sampling


@dataclass(frozen=True, slots=True)
class TimelinePlan:
    """What to measure.

    Attributes:
        seeds: each stands for one service of every kind.
        worlds: names in WORLDS.
        bounds: whether coverage is measured for every burstiness, too.

    Raises:
        BadSetting: no seed, or no such world.
    """

    seeds: tuple[int, ...]
    worlds: tuple[str, ...] = tuple(WORLDS)
    bounds: bool = True

    def __post_init__(self) -> None:
        if not self.seeds:
            raise BadSetting("no seed was given; use --seeds A:B with A below B")
        for world in self.worlds:
            if world not in WORLDS:
                raise BadSetting(f"no world of timelines is called {world!a}; there are {', '.join(WORLDS)}")


def evaluate_timelines(
    plan: TimelinePlan,
    *,
    settings: TimelineSettings | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> list[Figure]:
    """Measures everything that the plan asks for.

    Args:
        plan: what to measure.
        settings: of timelines; None for the shipped ones.
        told: called with a line before each part.
    """
    chosen = settings or TimelineSettings()
    figures: list[Figure] = []
    for world in plan.worlds:
        told(f"world {world}")
        found = _services(plan, world, USUAL, SAMPLINGS, chosen)
        figures += relation_figures(world, found) + calibration_figures(world, found)
        figures += life_figures(world, found)
        if world not in STORIES_OF:
            figures += story_figures(world, found, seed=plan.seeds[0])
    for process, burstiness, _ in BURSTINESS if plan.bounds else ():
        told(f"bounds, {process} {burstiness:g}")
        found = _services(plan, "season", ((process, burstiness),), BOUND_SAMPLINGS, chosen)
        for sampling in BOUND_SAMPLINGS:
            mine = [one for one in found if one.sampling == sampling]
            if mine:
                figures += bound_figures("season", f"{process} {burstiness:g}, 1:{sampling}", mine)
    return figures


def _services(
    plan: TimelinePlan,
    world: str,
    processes: tuple[tuple[str, float], ...],
    samplings: tuple[int, ...],
    settings: TimelineSettings,
) -> list[Judged]:
    """Every service of one world that has a C2 in contact, judged."""
    found = []
    for seed in plan.seeds:
        for process, burstiness in processes:
            lives = replace(WORLDS[world][1], process=process, burstiness=burstiness)
            for sampling in samplings:
                for place, story in enumerate(STORIES_OF.get(world, STORIES)):
                    named = story if story in STORIES else f"{story} {place}"
                    rng = stream(seed, "timelines", world, process, int(burstiness * 100), sampling, named)
                    service = draw_service(rng, story=story, c2s=C2S, sampling=sampling, settings=lives)
                    found.append(judged(service, settings=settings))
    return [one for one in found if one is not None]


def timelines_document(plan: TimelinePlan, figures: list[Figure]) -> dict[str, Any]:  # Any: JSON
    """Everything for JSON: the worlds with all their numbers, and the figures."""
    return {
        "format": 1,
        "synthetic": True,
        "seeds": [plan.seeds[0], plan.seeds[-1] + 1],
        "worlds": {
            name: {
                "about": WORLDS[name][0],
                "settings": {each.name: each.default for each in knobs(WORLDS[name][1])},
            }
            for name in plan.worlds
        },
        "assumed": asdict(TimelineSettings()),
        "figures": [asdict(figure) for figure in figures],
    }
