"""headwater evaluate: how good is the hunt on labelled worlds, beside simpler scores?"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from headwater.app.evaluate import Plan, evaluate
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
    With --changes the world of that name is asked what moved, fell silent or changed hands.
    With --leads the unlisted C2s among the clients of each true upstream are looked for. With --tiers walks
    begin with the true upstreams, and with those that a hunt finds, and are to find a planted second tier.
    """
    out = Output(as_json, as_csv, output, quiet)
    for asked, answer in ((tiers, _answer_tiers), (changes, _answer_changes), (leads, _answer_leads)):
        if asked:
            instead = (tiers, changes, leads, stories, planted, timelines)
            others = sum(instead) > 1 or ablations or bool(fake_sets) or data is not None
            answer(_seeds(seeds), worlds, sampling, others=others, out=out, save=save)
            return
    if stories:
        others = planted or timelines or ablations or bool(fake_sets) or data is not None
        _answer_stories(_seeds(seeds), worlds, sampling, others=others, out=out, save=save)
        return
    if timelines:
        if planted or ablations or fake_sets or sampling or data is not None:
            raise BadSetting("--timelines goes with --worlds, --seeds and --save only; leave out the rest")
        plan_of = TimelinePlan(_seeds(seeds), tuple(worlds)) if worlds else TimelinePlan(_seeds(seeds))
        answer_timelines(plan_of, out=out, save=save)
        return
    if planted:
        if worlds or ablations or fake_sets:
            raise BadSetting(
                "--planted hunts in real traffic: leave out --worlds, --ablations and --fake-sets"
            )
        answer_planted(PlantedPlan(_seeds(seeds), tuple(sampling or (1, 10))), out=out, data=data, save=save)
        return
    if data is not None:
        raise BadSetting("--data is for --planted; worlds need no data")
    plan = Plan(
        worlds=tuple(worlds or ("reference",)),
        seeds=_seeds(seeds),
        samplings=tuple(sampling or (100, 1000, 10_000)),
        ablations=ablations,
        fake_sets=fake_sets,
    )
    runs = len(plan.worlds) * len(plan.seeds) * len(plan.samplings)
    done = iter(range(1, runs + 1))
    found = evaluate(plan, told=lambda text: out.talk.print(f"{next(done)}/{runs}: {text}"))
    table = table_of(found)
    document = document_of(found) if as_json or save is not None else None
    if save is not None:
        Output(as_json=True, file=save, quiet=quiet).write(document=document, table=lambda _: None)
    out.write(document=document, table=lambda console: _draw(table, console), rows=table)


def _answer_changes(
    seeds: tuple[int, ...],
    worlds: list[str] | None,
    sampling: list[int] | None,
    *,
    others: bool,
    out: Output,
    save: Path | None,
) -> None:
    """Changes; `others` tells whether an option was given that does not go with them."""
    if others or worlds:
        raise BadSetting("--changes goes with --seeds, --sampling and --save only")
    answer_changes(ChangesPlan(seeds, tuple(sampling or (100, 1_000, 10_000))), out=out, save=save)


def _answer_leads(
    seeds: tuple[int, ...],
    worlds: list[str] | None,
    sampling: list[int] | None,
    *,
    others: bool,
    out: Output,
    save: Path | None,
) -> None:
    """Leads; `others` tells whether an option was given that does not go with them."""
    if others:
        raise BadSetting("--leads goes with --worlds, --seeds, --sampling and --save only")
    plan = LeadsPlan(seeds, tuple(worlds or LEADS_WORLDS), tuple(sampling or (100, 1_000, 10_000)))
    answer_leads(plan, out=out, save=save)


def _answer_tiers(
    seeds: tuple[int, ...],
    worlds: list[str] | None,
    sampling: list[int] | None,
    *,
    others: bool,
    out: Output,
    save: Path | None,
) -> None:
    """Tiers; `others` as in `_answer_leads`."""
    if others:
        raise BadSetting("--tiers goes with --worlds, --seeds, --sampling and --save only")
    plan = TiersPlan(seeds, tuple(worlds or TIERS_WORLDS), tuple(sampling or (100, 1_000, 10_000)))
    answer_tiers(plan, out=out, save=save)


def _answer_stories(
    seeds: tuple[int, ...],
    worlds: list[str] | None,
    sampling: list[int] | None,
    *,
    others: bool,
    out: Output,
    save: Path | None,
) -> None:
    """Stories; `others` as in `_answer_leads`."""
    if others:
        raise BadSetting("--stories goes with --worlds, --seeds, --sampling and --save only")
    if sampling and len(sampling) > 1:
        raise BadSetting("--stories takes one --sampling, or none: then each story has its own")
    rate = sampling[0] if sampling else None
    answer_stories(StoryPlan(tuple(worlds or STORIES), seeds, rate), out=out, save=save)


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
