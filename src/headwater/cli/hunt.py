"""headwater hunt: which servers do the listed C2s have in common?"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from headwater.app.hunt import Hunted, Say, hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.picture_files import picture_file, write_picture
from headwater.cli.moments import moment
from headwater.cli.options import DefangFlag, EngineUrl, Families, ShowSqlFlag, Since, Until
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import shown
from headwater.cli.state import State
from headwater.errors import BadSetting
from headwater.present.explanation import draw_explanation, explained_document
from headwater.present.hunt_table import document, draw, rows
from headwater.score.explain import explain

_SHOWN = 20  # candidates in the table where --top says nothing; JSON and CSV then hold all


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("hunt")(hunt_upstreams)


def hunt_upstreams(
    context: typer.Context,
    *,
    since: Since = None,
    until: Until = None,
    family: Families = None,
    top: Annotated[
        int | None,
        typer.Option(
            help="Only the N best candidates; else 20 in the table, all in JSON and CSV.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    engine: EngineUrl = "duckdb://",
    show_sql: ShowSqlFlag = False,
    explain_rank: Annotated[
        int | None,
        typer.Option(
            "--explain",
            help="The whole reckoning of the candidate with this rank.",
            metavar="RANK",
            show_default=False,
        ),
    ] = None,
    chart: Annotated[
        Path | None,
        typer.Option(
            help="Draw the best candidates, with bounds, into FILE.svg or FILE.png, too.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    defang: DefangFlag = False,
    allow_reserved: Annotated[
        bool,
        typer.Option("--allow-reserved", help="Rank private and reserved addresses like others."),
    ] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Ranks the services and clients that several listed C2s have to do with, doubtful ones below."""
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    if top is not None and top < 1:
        raise BadSetting(f"--top {top}: a positive number is needed")
    if chart is not None:
        picture_file("--chart", chart)  # before the hunt, which takes its time
    settings = HuntSettings(
        since=moment("--since", since),
        until=moment("--until", until),
        families=tuple(family or ()),
        allow_reserved=allow_reserved,
        engine=engine,
    )
    with told(out.talk) as say:
        found = hunt(state.lake, settings=settings, say=say)
    if show_sql:
        typer.echo(found.trace.text(), err=True)
    if chart is not None:
        _draw_into(chart, found, out)
    if explain_rank is not None:
        _explain(found, explain_rank, out, defanged=defang)
        return
    answer = found.hunt
    out.write(
        document=document(answer, top=top, defanged=defang) if as_json else None,
        table=lambda console: draw(answer, console, top=top or _SHOWN, defanged=defang),
        rows=rows(answer, top=top, defanged=defang) if as_csv else None,
    )


def _draw_into(file: Path, found: Hunted, out: Output) -> None:
    from headwater.present.charts.candidates import candidates_chart  # noqa: PLC0415  # slow to import

    write_picture(candidates_chart(found.hunt), file, option="--chart")
    out.talk.print(shown(f"The best candidates as a picture: {file}"), soft_wrap=True)


def _explain(found: Hunted, rank: int, out: Output, *, defanged: bool) -> None:
    try:
        told = explain(found.ranking, rank)
    except IndexError as why:
        raise BadSetting(f"--explain {rank}: {why}") from None
    out.write(
        document=explained_document(told, defanged=defanged),
        table=lambda console: draw_explanation(told, console, defanged=defanged),
    )


@contextmanager
def told(talk: Console) -> Iterator[Say | None]:
    """Shows what is being done, on a terminal; elsewhere nothing."""
    if not talk.is_terminal or talk.quiet:
        yield None
        return
    with talk.status("beginning") as status:
        yield status.update
