"""How good is the hunt on labelled worlds? Worlds by seeds by sampling rates, the score beside its rivals."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from headwater.app.evaluation_seeds import refuse_mixed
from headwater.app.fake_sets import FakeSet, false_discoveries
from headwater.app.simulate import settings_named
from headwater.app.specimen import Specimen, specimen
from headwater.app.world_statistics import Measured, measured, records_of
from headwater.model.address import text_of
from headwater.score.calibration import UNCALIBRATED
from headwater.score.rank import Ranking, RankSettings, ranking
from headwater.score.reckoning import Choices
from headwater.score.tallies import tallies
from headwater.simulate.evaluate.baselines import BASELINES
from headwater.simulate.evaluate.metrics import Alerts, Ranked, alerts, confusion, kinds_of, oriented, ranked
from headwater.simulate.world import World

SCORE = "headwater"

ABLATIONS: dict[str, Choices] = {
    "without strata": Choices(strata=False),
    "without strangers": Choices(strangers=False),
    "without recall": Choices(recall=False),
    "without persistence": Choices(persistence=False),
    "without confounders": Choices(confounders=()),
    "without calibration": Choices(calibration=UNCALIBRATED),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to evaluate.

    Attributes:
        worlds: names of preset worlds.
        seeds: seeds of each; all below 1000 (tuning) or none of them (reporting).
        samplings: packet sampling rates N of 1:N.
        ablations: whether the score is also run with parts left out.
        fake_sets: hunts with fake C2 sets for each world, seed and rate; each costs as much as the hunt.

    Raises:
        BadSetting: no seed, or seeds for tuning and for reporting mixed.
    """

    worlds: tuple[str, ...] = ("reference",)
    seeds: tuple[int, ...] = (1000,)
    samplings: tuple[int, ...] = (100, 1000, 10_000)
    ablations: bool = False
    fake_sets: int = 0

    def __post_init__(self) -> None:
        refuse_mixed(self.seeds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One score on one world.

    Attributes:
        world, seed, sampling, flows: which world.
        score: SCORE, an ablation, or a baseline.
        upstreams: true ones.
        ranked: the order's figures.
        alerts: verdicts "upstream"; None for baselines, which give none.
    """

    world: str
    seed: int
    sampling: int
    flows: int
    score: str
    upstreams: int
    ranked: Ranked
    alerts: Alerts | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was found.

    Attributes:
        outcomes: one for each score on each world.
        forecasts: score, calibrated probability and truth of each peer's best key, by (world, sampling).
        confusion: (kind of peer, verdict) to count, by (world, sampling).
        oriented: contacts of upstreams on the right side and all, by (world, sampling).
        fake_sets: what hunts with fake C2 sets found, by (world, sampling).
        specimens: a true upstream of the first seed that had one, with that seed, by (world, sampling).
        plan: what was asked for; None where worlds were judged one by one.
    """

    outcomes: list[Outcome]
    forecasts: dict[tuple[str, int], list[tuple[float, float, bool]]]
    confusion: dict[tuple[str, int], Counter[tuple[str, str]]]
    oriented: dict[tuple[str, int], tuple[int, int]]
    fake_sets: dict[tuple[str, int], list[FakeSet]]
    specimens: dict[tuple[str, int], tuple[int, Specimen]] = field(default_factory=dict)
    plan: Plan | None = None


def evaluate(plan: Plan, *, told: Callable[[str], None] = lambda _: None) -> Evaluation:
    """Runs the plan, world after world.

    Args:
        plan: what to evaluate.
        told: called with a line before each world.

    Returns:
        What was found.

    Raises:
        BadSetting: a world has no such name.
    """
    found = Evaluation([], {}, {}, {}, {}, plan=plan)
    for name in plan.worlds:
        settings = settings_named(name)
        for seed in plan.seeds:
            world = World(settings, seed)
            for sampling in plan.samplings:
                told(f"{name}, seed {seed}, 1:{sampling}")
                with records_of(world, sampling=sampling) as records:
                    seen = measured(world, records, sampling=sampling)
                    if plan.fake_sets:
                        false = false_discoveries(world, records, sampling=sampling, sets=plan.fake_sets)
                        found.fake_sets.setdefault((name, sampling), []).extend(false)
                judge(seen, into=found, ablations=plan.ablations)
    return found


def judge(seen: Measured, *, into: Evaluation, ablations: bool = False) -> None:
    """Scores one measured world in every way and adds what comes out.

    Args:
        seen: the world.
        into: added to.
        ablations: whether parts are also left out.
    """
    key, kinds = (seen.world, seen.sampling), kinds_of(seen.truth)
    full = _ranking(seen, Choices())
    into.forecasts.setdefault(key, []).extend(_forecasts(full, kinds))
    into.confusion.setdefault(key, Counter()).update(confusion(full.candidates, kinds=kinds))
    right, every = oriented(full.candidates, truth=seen.truth)
    before = into.oriented.get(key, (0, 0))
    into.oriented[key] = (before[0] + right, before[1] + every)
    into.outcomes.append(_outcome(seen, SCORE, full, kinds))
    chosen = None if key in into.specimens else specimen(full, kinds=kinds)
    if chosen is not None:
        into.specimens[key] = seen.seed, chosen
    for name, choices in ABLATIONS.items() if ablations else ():
        into.outcomes.append(_outcome(seen, name, _ranking(seen, choices), kinds))
    into.outcomes.extend(_baselines(seen))


def _ranking(seen: Measured, choices: Choices) -> Ranking:
    return ranking(seen.statistics, settings=RankSettings(allow_reserved=True, choices=choices))


def _upstreams(seen: Measured) -> frozenset[str]:
    return frozenset(upstream.address for upstream in seen.truth.upstreams)


def _outcome(seen: Measured, name: str, order: Ranking, kinds: dict[str, str]) -> Outcome:
    peers = [candidate.address for candidate in order.candidates]
    return _told(seen, name, peers, alerts(order.candidates, kinds=kinds))


def _told(seen: Measured, name: str, peers: Sequence[str], alarms: Alerts | None) -> Outcome:
    upstreams = _upstreams(seen)
    return Outcome(
        seen.world, seen.seed, seen.sampling, seen.flows, name, len(upstreams),
        ranked(peers, upstreams=upstreams), alarms,
    )  # fmt: skip


def _baselines(seen: Measured) -> Iterator[Outcome]:
    keys, counted = seen.statistics.candidates, tallies(seen.statistics)
    for name, baseline in BASELINES.items():
        score = baseline(seen.statistics, counted)
        order = np.argsort(-score, kind="stable")
        order = order[np.isfinite(score[order])]
        peers = [
            text_of(hi, lo) for hi, lo in zip(keys.hi[order].tolist(), keys.lo[order].tolist(), strict=True)
        ]
        yield _told(seen, name, peers, None)


def _forecasts(order: Ranking, kinds: dict[str, str]) -> list[tuple[float, float, bool]]:
    """Score, calibrated probability and truth of each peer's best key."""
    best: dict[str, tuple[float, float, bool]] = {}
    for candidate, row in zip(order.candidates, order.rows, strict=True):
        told = float(order.reckoning.score[row]), float(order.reckoning.probability[row])
        best.setdefault(candidate.address, (*told, kinds.get(candidate.address) == "upstream"))
    return list(best.values())
