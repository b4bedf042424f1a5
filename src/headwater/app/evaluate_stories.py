"""Does each simulated story come out as itself? Every story and seed from files to the conclusion.

A story goes the whole way that a user's records go: files, lake, labels, context, investigation. Where the
story says so, the hunt has to find the service first without being told.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from headwater.app.case_settings import CaseSettings
from headwater.app.context import add_context
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.ingest import ingest
from headwater.app.investigate import Choices, investigate
from headwater.app.labels import add_labels
from headwater.app.simulate import simulate
from headwater.errors import BadSetting
from headwater.intel.labels.feed import Analyst
from headwater.model.case import Case
from headwater.model.hunt import Hunt
from headwater.model.service import Service
from headwater.simulate.evaluate.stories import STRONG_WORDS, Outcome, expected_of, outcome_of
from headwater.simulate.stories.catalogue import STORIES

MAIN = "dridex-emotet"  # the story in which the hunt has to find the service


@dataclass(frozen=True, slots=True)
class StoryPlan:
    """What to run.

    Attributes:
        stories: names of stories.
        seeds: of each.
        sampling: N of 1:N; None: each story's own.

    Raises:
        BadSetting: no seed, or a story that does not exist.
    """

    stories: tuple[str, ...]
    seeds: tuple[int, ...]
    sampling: int | None = None

    def __post_init__(self) -> None:
        if not self.seeds:
            raise BadSetting("no seed was given; use --seeds A:B with A below B")
        unknown = sorted(set(self.stories) - set(STORIES))
        if unknown:
            raise BadSetting(f"no story is called {unknown[0]!r}; there are: {', '.join(STORIES)}")


@dataclass(frozen=True, slots=True)
class StoryRun:
    """One story with one seed.

    Attributes:
        story, seed: which.
        flows: records.
        expected: the verdict that has to come out.
        outcome: what came out, and whether it is what had to.
        case: the whole case.
    """

    story: str
    seed: int
    flows: int
    expected: str
    outcome: Outcome
    case: Case


def evaluate_stories(
    plan: StoryPlan, *, choices: Choices | None = None, told: Callable[[str], None] = lambda _: None
) -> list[StoryRun]:
    """Runs the plan, as many stories at a time as there are processors.

    Args:
        plan: what to run.
        choices: what the reckoning assumes; the usual unless given.
        told: called with a line after each run.

    Returns:
        The runs in the plan's order.
    """
    places = [(name, seed) for name in plan.stories for seed in plan.seeds]
    runs: dict[tuple[str, int], StoryRun] = {}
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        waiting = [
            pool.submit(run_story, name, seed=seed, sampling=plan.sampling, choices=choices)
            for name, seed in places
        ]
        for done in as_completed(waiting):
            run = done.result()
            runs[run.story, run.seed] = run
            told(f"{run.story}, seed {run.seed}: {run.outcome.text}")
    return [runs[place] for place in places]


def run_story(
    name: str, *, seed: int, sampling: int | None = None, choices: Choices | None = None
) -> StoryRun:
    """Simulates a story, investigates its service, and says what came out.

    Args:
        name: of the story.
        seed: which one of its kind.
        sampling: N of 1:N; None: the story's own.
        choices: what the reckoning assumes; the usual unless given.
    """
    with tempfile.TemporaryDirectory(prefix="headwater-story-") as folder:
        files, lake = Path(folder) / "story", Path(folder) / "lake"
        written = simulate(name, out=files, seed=seed, sampling=sampling)
        store_story(files, lake)
        truth = files / "truth.json"
        expected = expected_of(truth)
        ranked: Hunt | None = None
        if name == MAIN:
            ranked = hunt(lake, settings=HuntSettings(allow_reserved=True)).hunt
        found = investigate(
            lake,
            Service.parse(expected.service),
            settings=CaseSettings(allow_reserved=True),
            choices=choices,
        )
    outcome = outcome_of(found.case, expected, ranked)
    return StoryRun(name, seed, written.records, expected.hypothesis, outcome, found.case)


def store_story(files: Path, lake: Path) -> None:
    """Puts a story's files into a new lake: flows, lists, networks, host keys, reports.

    Args:
        files: folder that `simulate` wrote.
        lake: absent or empty.
    """
    ingest([str(files / "flows")], lake=lake)
    feeds = [str(path) for path in sorted((files / "feeds").glob("*.csv"))]
    add_labels(feeds, lake=lake, analyst=Analyst(allow_reserved=True))
    known = [files / name for name in ("networks.csv", "host_keys.csv", "reports.csv")]
    add_context([str(path) for path in known if path.is_file()], lake=lake)


def tally(runs: Sequence[StoryRun]) -> list[dict[str, object]]:
    """One row a story: runs, how many came out as themselves, and what the others came out as."""
    rows: list[dict[str, object]] = []
    for name in dict.fromkeys(run.story for run in runs):
        mine = [run for run in runs if run.story == name]
        wrong = [run for run in mine if not run.outcome.right]
        rows.append(
            {
                "story": name,
                "runs": len(mine),
                "right": len(mine) - len(wrong),
                "wrong": "; ".join(f"seed {run.seed}: {run.outcome.text}" for run in wrong),
            }
        )
    return rows


def words_held(runs: Sequence[StoryRun]) -> tuple[int, int]:
    """How often an explanation was said to be at least "very likely", and how often of a wrong one.

    Every answer to the question "tie" whose words hold "very likely" or "almost certain" counts, for all C2s
    and for each group. A story that must come out "insufficient" has no right one.
    """
    strong = [
        one.id == run.expected
        for run in runs
        for one in run.case.hypotheses
        if one.question == "tie" and any(word in one.words for word in STRONG_WORDS)
    ]
    return len(strong), strong.count(False)
