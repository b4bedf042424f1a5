"""headwater ingest: which files of flows to store, and what became of each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from headwater.app.follow_settings import FollowSettings
from headwater.app.ingest import Progress, ingest
from headwater.cli.follow import follow_folders
from headwater.cli.ingest_report import draw, file_row, report_document
from headwater.cli.moments import moment
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import printable
from headwater.cli.state import State
from headwater.errors import BadSetting
from headwater.ingest.reader import ReadOptions

_FOLLOW = FollowSettings()


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("ingest")(ingest_files)


def ingest_files(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")
    ],
    *,
    format_name: Annotated[
        str | None,
        typer.Option("--format", help="Read all files as this; else by content.", show_default=False),
    ] = None,
    sensor: Annotated[
        str | None,
        typer.Option(
            help="Where it was observed, if the record does not say.", metavar="NAME", show_default=False
        ),
    ] = None,
    sampling: Annotated[
        int | None,
        typer.Option(
            help="The N of 1:N packet sampling, if the record does not say.", metavar="N", show_default=False
        ),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map", help="TOML map of column names, or a shipped one.", metavar="FILE", show_default=False
        ),
    ] = None,
    timezone: Annotated[str, typer.Option(help="Zone of times that name none.", metavar="TZ")] = "UTC",
    base_time: Annotated[
        str | None, typer.Option(help="What relative times count from.", metavar="T", show_default=False)
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on: store each file that comes into the folders, once whole.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="With --follow: only names like this.", metavar="PATTERN", show_default=False),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(help="With --follow: no names like this.", metavar="PATTERN", show_default=False),
    ] = None,
    settle: Annotated[
        float,
        typer.Option(help="With --follow: a file unchanged for so long is finished.", metavar="SECONDS"),
    ] = _FOLLOW.settle_s,
    patience: Annotated[
        float,
        typer.Option(help="With --follow: wait so long for the rest of half a file.", metavar="SECONDS"),
    ] = _FOLLOW.patience_s,
    commit: Annotated[
        float,
        typer.Option(help="With --follow: store finished files together so often.", metavar="SECONDS"),
    ] = _FOLLOW.commit_s,
    until_idle: Annotated[
        float | None,
        typer.Option(
            help="With --follow: end once nothing changed for so long.", metavar="SECONDS", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Stores flow records in the lake, each file once; what cannot be read is counted and named."""
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    options = ReadOptions(sensor, sampling, timezone, moment("--base-time", base_time), map_file)
    if follow:
        settings = replace(
            _FOLLOW, only=tuple(only or ()), skip=tuple(skip or ()), settle_s=settle, patience_s=patience,
            commit_s=commit, until_idle_s=until_idle,
        )  # fmt: skip
        follow_folders(
            [Path(path) for path in paths], lake=state.lake, out=out, settings=settings,
            format_name=format_name, options=options,
        )  # fmt: skip
        return
    if only or skip or until_idle is not None:
        raise BadSetting("--only, --skip and --until-idle are for --follow; give that, too")
    with _progress(out.talk) as tell:
        report = ingest(paths, lake=state.lake, format_name=format_name, options=options, on_progress=tell)
    if not report.files:
        out.talk.print("No files there: hidden files and lakes inside a folder are passed over.")
    out.write(
        document=report_document(report),
        table=lambda console: draw(report, console),
        rows=[file_row(file) for file in report.files],
    )
    if report.rejected:
        raise typer.Exit(1)


@contextmanager
def _progress(talk: Console) -> Iterator[Callable[[Progress], None] | None]:
    """Draws files, flows, rate and rejects on a terminal; elsewhere nothing."""
    if not talk.is_terminal or talk.quiet:
        yield None
        return
    columns = (
        SpinnerColumn(),
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[told]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[path]}", markup=False),
    )
    with Bar(*columns, console=talk, transient=True) as bar:
        task = bar.add_task("ingest", total=None, told="", path="")

        def tell(now: Progress) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = now.flows / elapsed if elapsed else 0.0
            bar.update(
                task,
                completed=now.files_done,
                total=now.files,
                told=f"{now.flows:,} flows  {rate:,.0f}/s  {now.rejected:,} rejected",
                path=printable(now.path),
            )

        yield tell
