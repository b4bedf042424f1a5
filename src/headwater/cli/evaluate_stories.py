"""headwater evaluate --stories: how is its answer shown?"""

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from headwater.app.evaluate_stories import StoryPlan, StoryRun, evaluate_stories, tally, words_held
from headwater.cli.output import Output
from headwater.present.fitted_table import Column, fitted_table
from headwater.present.printable import shown


def answer_stories(plan: StoryPlan, *, out: Output, save: Path | None) -> None:
    """Runs the plan and writes the answer.

    Args:
        plan: what to run.
        out: in which form.
        save: file for everything as JSON, or None.
    """
    count = len(plan.stories) * len(plan.seeds)
    done = iter(range(1, count + 1))
    runs = evaluate_stories(plan, told=lambda text: out.talk.print(Text(f"{next(done)}/{count}: {text}")))
    document = _document(plan, runs)
    if save is not None:
        replace(out, as_json=True, as_csv=False, file=save).write(document=document, table=lambda _: None)
    rows = tally(runs)
    out.write(document=document, table=lambda console: _draw(runs, console), rows=rows)


def _document(plan: StoryPlan, runs: list[StoryRun]) -> dict[str, object]:
    strong, wrong = words_held(runs)
    return {
        "format": 1,
        "synthetic": True,
        "seeds": list(plan.seeds),
        "stories": tally(runs),
        "strong_words": strong,
        "strong_words_wrong": wrong,
        "runs": [
            {
                "story": run.story,
                "seed": run.seed,
                "flows": run.flows,
                "right": run.outcome.right,
                "points": [
                    {"name": point.name, "right": point.right, "found": point.found, "wanted": point.wanted}
                    for point in run.outcome.points
                ],
                "verdict": run.case.conclusion.verdict,
                "wanted": f"tie.{run.expected}",
                "posteriors": {
                    f"{one.question}.{one.id}": {
                        "posterior": one.posterior,
                        "low": one.low,
                        "high": one.high,
                        "words": one.words,
                    }
                    for one in run.case.hypotheses
                    if one.scope == "all"
                },
            }
            for run in runs
        ],
    }


def _draw(runs: list[StoryRun], console: Console) -> None:
    console.print("SYNTHETIC: every story below is simulated.")
    rows = tally(runs)
    console.print(
        fitted_table(
            [
                Column("story", [Text(str(row["story"])) for row in rows]),
                Column("runs", [Text(str(row["runs"])) for row in rows], "right"),
                Column("as itself", [Text(str(row["right"])) for row in rows], "right"),
            ],
            width=console.width,
        )
    )
    for run in runs:
        if not run.outcome.right:
            console.print(shown(f"{run.story}, seed {run.seed}: {run.outcome.text}"), soft_wrap=True)
    strong, wrong = words_held(runs)
    console.print(f'"Very likely" or more was said {strong} times of an explanation, {wrong} times wrongly.')
