"""headwater simulate: write a labelled synthetic world, or a story, as files to try things on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from headwater.app.simulate import SAMPLING, sampling_named, simulate
from headwater.cli.output import JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import printable
from headwater.simulate.flow_files import Written
from headwater.simulate.presets import PRESET_NOTES
from headwater.simulate.stories.catalogue import STORIES

_NOTES = {name: story.note for name, story in STORIES.items()} | PRESET_NOTES
_WORLDS = "\n\n".join(f"{name}: {note}" for name, note in _NOTES.items())
_NAMES = f"A story ({', '.join(STORIES)}) or a world ({', '.join(PRESET_NOTES)})."


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("simulate", epilog=_WORLDS)(simulate_world)


def simulate_world(
    name: Annotated[str, typer.Argument(metavar="STORY|WORLD", help=_NAMES)],
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files; absent or empty.", metavar="DIR")],
    seed: Annotated[int, typer.Option(min=0, help="Which of that name.", metavar="N")] = 1,
    sampling: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            show_default=False,
            help=f"The N of 1:N packet sampling. Default: {SAMPLING}; for a story its own.",
        ),
    ] = None,
    form: Annotated[str, typer.Option(help="parquet or csv.")] = "parquet",
    records: Annotated[
        int | None,
        typer.Option(
            help="About so many records, by a busier or quieter background. Worlds only.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    as_json: JsonFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Writes synthetic flows, lists of C2s, networks and the truth: a world with upstreams, or a story."""
    answer = Output(as_json, as_csv=False, file=output, quiet=quiet)
    with _progress(answer.talk) as told:
        done = simulate(name, out=out, seed=seed, sampling=sampling, form=form, records=records, told=told)
    where = f"{done.records:,} records in {done.files:,} files under {printable(str(out))}"
    kind = "story" if name in STORIES else "world"
    text = f"SYNTHETIC {kind} {name}, seed {seed}: {where}"
    answer.write(
        document={
            kind: name,
            "seed": seed,
            "sampling": sampling_named(name, seed=seed) if sampling is None else sampling,
            "out": str(out),
            "files": done.files,
            "records": done.records,
        },
        table=lambda console: console.print(Text(text), soft_wrap=True),
    )


@contextmanager
def _progress(talk: Console) -> Iterator[Callable[[Written], None]]:
    """Draws days, files and records on a terminal; elsewhere nothing."""
    columns = (
        TextColumn("day {task.completed}/{task.total}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[told]}"),
    )
    shown = talk.is_terminal and not talk.quiet
    with Progress(*columns, TimeElapsedColumn(), console=talk, transient=True, disable=not shown) as bar:
        task = bar.add_task("simulate", total=None, told="")

        def told(now: Written) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = now.records / elapsed if elapsed else 0.0
            bar.update(
                task, completed=now.day, total=now.days, told=f"{now.records:,} records  {rate:,.0f}/s"
            )

        yield told
