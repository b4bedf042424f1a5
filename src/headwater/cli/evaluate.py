"""headwater evaluate: how good is the hunt on labelled worlds, beside simpler scores?"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from headwater.app.evaluate import Plan, evaluate
from headwater.app.evaluate_changes import WORLD as CHANGES_WORLD
from headwater.app.evaluate_changes import ChangesPlan
from headwater.app.evaluate_leads import WORLDS as LEADS_WORLDS
from headwater.app.evaluate_leads import LeadsPlan
from headwater.app.evaluate_planted import PlantedPlan
from headwater.app.evaluate_stories import StoryPlan
from headwater.app.evaluate_tiers import WORLDS as TIERS_WORLDS
from headwater.app.evaluate_tiers import TiersPlan
from headwater.app.evaluate_timelines import TimelinePlan
from headwater.app.evaluation_table import Row, document_of, table_of
from headwater.cli.evaluate_changes import answer_changes
from headwater.cli.evaluate_leads import answer_leads
from headwater.cli.evaluate_planted import answer_planted
from headwater.cli.evaluate_stories import answer_stories
from headwater.cli.evaluate_tiers import answer_tiers
from headwater.cli.evaluate_timelines import answer_timelines
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.errors import BadSetting
from headwater.present.fitted_table import Column, fitted_table
from headwater.simulate.stories.catalogue import STORIES


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("evaluate")(evaluate_hunt)


def evaluate_hunt(
    *,
    worlds: Annotated[
        list[str] | None, typer.Option("--worlds", help="Preset world; may be repeated.", show_default=False)
    ] = None,
    seeds: Annotated[
        str, typer.Option(metavar="A:B", help="Seeds from A to below B; below 1000 they are for tuning.")
    ] = "1000:1003",
    sampling: Annotated[
        list[int] | None,
        typer.Option(
            help="N of 1:N; may be repeated; else 100, 1000 and 10000, with --planted 1 and 10.",
            show_default=False,
        ),
    ] = None,
    ablations: Annotated[
        bool, typer.Option("--ablations", help="Also with parts of the score left out.")
    ] = False,
    fake_sets: Annotated[
        int, typer.Option(min=0, help="Hunts with fake C2 sets for each world, seed and rate.")
    ] = 0,
    planted: Annotated[
        bool, typer.Option("--planted", help="Instead of worlds: upstreams planted into CTU-13 scenario 11.")
    ] = False,
    timelines: Annotated[
        bool,
        typer.Option(
            "--timelines", help="Instead of hunts: intervals, relations and stories of simulated C2s."
        ),
    ] = False,
    stories: Annotated[
        bool,
        typer.Option("--stories", help="Instead of worlds: simulated stories, from files to the conclusion."),
    ] = False,
    leads: Annotated[
        bool,
        typer.Option("--leads", help="Instead of hunts: pivots at the true upstreams, and their leads."),
    ] = False,
    tiers: Annotated[
        bool,
        typer.Option(
            "--tiers", help="Instead of hunts alone: walks up from upstreams to what stands behind them."
        ),
    ] = False,
    changes: Annotated[
        bool,
        typer.Option("--changes", help="Instead of hunts: upstreams that change at a known moment."),
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder with ctu13-s11/; else $HEADWATER_TEST_DATA, else ../shared/data.", show_default=False
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Also save everything as JSON here.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Simulates worlds, hunts in them, and tells how well the upstreams were found.

    With --planted real traffic takes the place of worlds; the upstreams in it are planted. With --timelines
    lives of C2s and their contact are simulated, and what an investigation makes of them is judged. With
    --stories whole cases are simulated (all, or those that --worlds names), each with another explanation.
    With --changes the world of that name (or changes-long) is asked what moved, fell silent or changed hands.
    With --leads the unlisted C2s among the clients of each true upstream are looked for. With --tiers walks
    begin with the true upstreams, and with those that a hunt finds, and are to find a planted second tier.
    """
    out = Output(as_json, as_csv, output, quiet)
    given = {
        "--tiers": tiers, "--changes": changes, "--leads": leads, "--stories": stories,
        "--timelines": timelines, "--planted": planted, "--ablations": ablations,
        "--fake-sets": bool(fake_sets), "--worlds": bool(worlds), "--sampling": bool(sampling),
        "--data": data is not None,
    }  # fmt: skip
    asked = _Asked(_seeds(seeds), tuple(worlds or ()), tuple(sampling or ()), data, out, save)
    for question, (answer, goes_with) in _INSTEAD.items():
        if given[question]:
            _refuse_others(question, goes_with, [option for option, there in given.items() if there])
            answer(asked)
            return
    if data is not None:
        raise BadSetting("--data is for --planted; worlds need no data")
    plan = Plan(
        worlds=asked.worlds or ("reference",),
        seeds=asked.seeds,
        samplings=asked.sampling or _RATES,
        ablations=ablations,
        fake_sets=fake_sets,
    )
    _answer_hunts(plan, out, save, wanted=as_json or save is not None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the options say, with nothing in place of what was not given."""

    seeds: tuple[int, ...]
    worlds: tuple[str, ...]
    sampling: tuple[int, ...]
    data: Path | None
    out: Output
    save: Path | None


def _refuse_others(question: str, goes_with: tuple[str, ...], given: list[str]) -> None:
    others = [option for option in given if option not in (question, *goes_with)]
    if others:
        raise BadSetting(
            f"{question} goes with {', '.join(('--seeds', *goes_with))} and --save only; leave out "
            f"{', '.join(others)}"
        )


def _tiers(asked: _Asked) -> None:
    plan = TiersPlan(asked.seeds, asked.worlds or TIERS_WORLDS, asked.sampling or _RATES)
    answer_tiers(plan, out=asked.out, save=asked.save)


def _changes(asked: _Asked) -> None:
    if len(asked.worlds) > 1:
        raise BadSetting("--changes takes one --worlds: changes, or changes-long")
    plan = ChangesPlan(asked.seeds, asked.sampling or _RATES, world=(*asked.worlds, CHANGES_WORLD)[0])
    answer_changes(plan, out=asked.out, save=asked.save)


def _leads(asked: _Asked) -> None:
    plan = LeadsPlan(asked.seeds, asked.worlds or LEADS_WORLDS, asked.sampling or _RATES)
    answer_leads(plan, out=asked.out, save=asked.save)


def _stories(asked: _Asked) -> None:
    if len(asked.sampling) > 1:
        raise BadSetting("--stories takes one --sampling, or none: then each story has its own")
    rate = asked.sampling[0] if asked.sampling else None
    answer_stories(
        StoryPlan(asked.worlds or tuple(STORIES), asked.seeds, rate), out=asked.out, save=asked.save
    )


def _timelines(asked: _Asked) -> None:
    plan = TimelinePlan(asked.seeds, asked.worlds) if asked.worlds else TimelinePlan(asked.seeds)
    answer_timelines(plan, out=asked.out, save=asked.save)


def _planted(asked: _Asked) -> None:
    plan = PlantedPlan(asked.seeds, asked.sampling or (1, 10))
    answer_planted(plan, out=asked.out, data=asked.data, save=asked.save)


_RATES = (100, 1_000, 10_000)
# What can be asked instead of hunts in worlds, with the options that go with it beside --seeds and --save.
_INSTEAD: dict[str, tuple[Callable[[_Asked], None], tuple[str, ...]]] = {
    "--tiers": (_tiers, ("--worlds", "--sampling")),
    "--changes": (_changes, ("--worlds", "--sampling")),
    "--leads": (_leads, ("--worlds", "--sampling")),
    "--stories": (_stories, ("--worlds", "--sampling")),
    "--timelines": (_timelines, ("--worlds",)),
    "--planted": (_planted, ("--sampling", "--data")),
}


def _answer_hunts(plan: Plan, out: Output, save: Path | None, *, wanted: bool) -> None:
    """Hunts in worlds; `wanted` tells whether anybody reads the document."""
    runs = len(plan.worlds) * len(plan.seeds) * len(plan.samplings)
    done = iter(range(1, runs + 1))
    found = evaluate(plan, told=lambda text: out.talk.print(f"{next(done)}/{runs}: {text}"))
    table = table_of(found)
    document = document_of(found) if wanted else None
    if save is not None:
        Output(as_json=True, file=save, quiet=out.quiet).write(document=document, table=lambda _: None)
    out.write(document=document, table=lambda console: _draw(table, console), rows=table)


def _seeds(text: str) -> tuple[int, ...]:
    first, colon, last = text.partition(":")
    if not (colon and first.isdecimal() and last.isdecimal() and int(first) < int(last)):
        raise BadSetting(f"--seeds {text!a}: write A:B with A below B, such as 1000:1006")
    return tuple(range(int(first), int(last)))


_COLUMNS = (  # title, key, digits
    ("AP", "average_precision", 2), ("+-", "standard_error", 2), ("MRR", "reciprocal_rank", 2),
    ("P@5", "precision_at_5", 2), ("told", "alerts", 0), ("chance", "false_by_chance", 0),
    ("real", "false_real", 0), ("ECE", "calibration_error", 3), ("side", "oriented", 2),
    ("fake", "fake_sets", 0), ("any", "fake_sets_with_discovery", 0),
)  # fmt: skip


def _draw(rows: list[Row], console: Console) -> None:
    columns = [
        Column(title, [Text(str(row[key])) for row in rows])
        for title, key in (("world", "world"), ("1:N", "sampling"), ("score", "score"))
    ]
    columns += [
        Column(title, [Text("" if row[key] is None else f"{row[key]:.{digits}f}") for row in rows], "right")
        for title, key, digits in _COLUMNS
    ]
    console.print(fitted_table(columns, width=console.width))
    console.print("AP, MRR, P@5: means over seeds. told: alerts, of which chance and real are false.")
    console.print("fake: hunts with fake C2 sets, of which any had a discovery. side: who serves, right.")
