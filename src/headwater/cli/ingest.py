"""headwater ingest: which files of flows to store, and what became of each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from headwater.app.ingest import Progress, ingest
from headwater.cli.moments import moment
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import printable, shown
from headwater.cli.state import State
from headwater.ingest.reader import FileReport, IngestReport, ReadOptions, readers

_SHOWN_FILES = 50  # a table longer than this hides what it has to say; --json has every file


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
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Stores flow records in the lake, each file once; what cannot be read is counted and named."""
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    options = ReadOptions(sensor, sampling, timezone, moment("--base-time", base_time), map_file)
    with _progress(out.talk) as tell:
        report = ingest(paths, lake=state.lake, format_name=format_name, options=options, on_progress=tell)
    if not report.files:
        out.talk.print("No files there: hidden files and lakes inside a folder are passed over.")
    rows = [_as_json(file) for file in report.files]
    out.write(
        document={
            "files": rows,
            "flows": report.flows,
            "rejected": report.rejected,
            "lake_version": report.lake_version,
        },
        table=lambda console: _draw(report, console),
        rows=[_as_row(file) for file in report.files],
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


def _as_json(file: FileReport) -> dict[str, Any]:  # Any: what JSON can say
    bad = file.first_bad
    return {
        "path": file.path,
        "format": file.format,
        "flows": file.flows,
        "rejected": file.rejected or {},
        "first_bad": None if bad is None else {"offset": bad.offset, "why": bad.why},
        "already": file.already,
        "start": file.start,
        "end": file.end,
        "notes": list(file.notes),
    }


def _as_row(file: FileReport) -> dict[str, Any]:  # Any: as `cli.output.Rows`
    bad = file.first_bad
    return {
        "path": printable(file.path),
        "format": file.format,
        "flows": file.flows,
        "rejected": sum((file.rejected or {}).values()),
        "reasons": {printable(reason): count for reason, count in (file.rejected or {}).items()},
        "first_bad_offset": None if bad is None else bad.offset,
        "first_bad_why": None if bad is None else printable(bad.why),
        "already": file.already,
        "start": file.start,
        "end": file.end,
        "notes": [printable(note) for note in file.notes],
    }


def _draw(report: IngestReport, console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading, justify in (("file", "left"), ("format", "left"), ("flows", "right"), ("rejected", "right")):
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]  # Rich's literals
    table.add_column("from .. to (UTC)")
    # those with something to say come first where not all can be shown
    files = sorted(report.files, key=lambda file: not file.rejected) if _long(report) else list(report.files)
    for file in files[:_SHOWN_FILES]:
        table.add_row(*_cells(file))
    console.print(table)
    if _long(report):
        console.print(f"... and {len(files) - _SHOWN_FILES} more files; --json lists them all")
    for file in files[:_SHOWN_FILES]:
        if remarks := list(_remarks(file)):
            console.print(Text("\n  ").join([shown(file.path, style="bold"), *map(shown, remarks)]))
    already = sum(file.already for file in report.files)
    stored = f"{report.flows:,} flows stored from {len(report.files):,} files"
    known = f", {already:,} of them already in the lake" if already else ""
    console.print(f"{stored}{known}; {report.rejected:,} rejected; lake version {report.lake_version}")


def _long(report: IngestReport) -> bool:
    return len(report.files) > _SHOWN_FILES


def _cells(file: FileReport) -> tuple[Text, ...]:
    rejected = sum((file.rejected or {}).values())
    span = (
        f"{file.start:%Y-%m-%d %H:%M:%S} .. {file.end:%Y-%m-%d %H:%M:%S}" if file.start and file.end else ""
    )
    return (
        shown(file.path),
        shown(file.format or "?"),
        Text("already" if file.already else f"{file.flows:,}"),
        Text(f"{rejected:,}", style="yellow" if rejected else ""),
        Text(span),
    )


def _remarks(file: FileReport) -> Iterator[str]:
    yield from (f"{count:,} {reason}" for reason, count in (file.rejected or {}).items())
    if (bad := file.first_bad) is not None:
        yield f"first at {_unit(file)} {bad.offset:,}: {bad.why}" if file.flows else bad.why
    yield from file.notes


def _unit(file: FileReport) -> str:
    """What the file's format counts positions in."""
    return next((reader.position_unit for reader in readers() if reader.name == file.format), "position")
