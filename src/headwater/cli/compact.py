"""headwater compact: keep a second copy of the flows, by host, so that hunts read what the C2s touched."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from headwater.app.compact import Progress, compact
from headwater.app.compact_check import check
from headwater.app.compact_settings import CompactSettings
from headwater.cli.compact_report import check_document, document, draw, draw_check
from headwater.cli.moments import moment
from headwater.cli.options import EngineUrl
from headwater.cli.output import JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.state import State
from headwater.errors import BadSetting

_STOPPED = 130  # what a shell says of a program that Ctrl-C ended


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("compact")(compact_lake)


def compact_lake(
    context: typer.Context,
    *,
    since: Annotated[
        str | None, typer.Option(help="Only days that end after T.", metavar="T", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Only days that begin before T.", metavar="T", show_default=False)
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the copy of these days anew, as where it is damaged.")
    ] = False,
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing: compare the copy with the flows, row by row.")
    ] = False,
    vacuum: Annotated[
        bool,
        typer.Option(
            "--vacuum",
            help="Remove replaced files after each day, unless a case stands on them: for nearly full disks.",
        ),
    ] = False,
    engine: EngineUrl = "duckdb://",
    as_json: JsonFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Keeps a copy of the flows sorted by host, so that hunts read only what the C2s touched.

    Day by day; Ctrl-C ends it at any time, and the next run goes on. Flows may come meanwhile. Answers are
    the same with the copy, without it, and with half of it.
    """
    state: State = context.obj
    out = Output(as_json, file=output, quiet=quiet)
    if rebuild and check_only:
        raise BadSetting("--rebuild and --check exclude each other; check first, then rebuild what is wrong")
    if vacuum and check_only:
        raise BadSetting("--vacuum and --check exclude each other: a check changes nothing")
    settings = CompactSettings(moment("--since", since), moment("--until", until), rebuild, engine, vacuum)
    if check_only:
        with _progress(out.talk, "check") as tell:
            found = check(state.lake, settings=settings, on_progress=tell)
        out.write(document=check_document(found), table=lambda console: draw_check(found, console))
        if found.wrong:
            raise typer.Exit(1)
        return
    with _progress(out.talk, "compact") as tell:
        report = compact(state.lake, settings=settings, on_progress=tell)
    out.write(document=document(report), table=lambda console: draw(report, console))
    if report.stopped:
        raise typer.Exit(_STOPPED)


@contextmanager
def _progress(talk: Console, what: str) -> Iterator[Callable[[Progress], None] | None]:
    """Draws parts, flows, rate and size on a terminal; elsewhere nothing."""
    if not talk.is_terminal or talk.quiet:
        yield None
        return
    columns = (
        SpinnerColumn(),
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[told]}", markup=False),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=talk, transient=True) as bar:
        task = bar.add_task(what, total=None, told="")

        def tell(now: Progress) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = now.flows_done / elapsed if elapsed else 0.0
            told = f"{now.day}  {now.flows_done:,} of {now.flows:,} flows  {rate:,.0f}/s"
            if now.bytes:
                told += f"  {now.bytes / 1e6:,.0f} MB"
            bar.update(task, completed=now.parts_done, total=now.parts, told=told)

        yield tell
