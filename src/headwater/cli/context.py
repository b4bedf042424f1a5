"""headwater context add: warning lists, networks, host keys and reports for the lake."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from headwater.app.context import ContextFile, add_context
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import printable, shown
from headwater.cli.refusals import as_document, draw_remarks, remarks
from headwater.cli.state import State


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    context_app = typer.Typer(no_args_is_help=True, help="What is known about addresses beside labels.")
    context_app.command("add")(add)
    app.add_typer(context_app, name="context")


def add(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")
    ],
    *,
    kind: Annotated[
        str | None,
        typer.Option(
            help="warninglist, networks, host-keys or reports; else by content.", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Adds MISP warning lists; networks from CSV (prefix,asn,name) or a MaxMind database; host keys from CSV,
    Shodan or passive SSH; and reports (claims of open sources) from CSV, MISP events or STIX bundles.
    """
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    files = add_context(paths, lake=state.lake, kind=kind)
    out.write(
        document={"files": [_as_json(file) for file in files], "entries": sum(f.entries for f in files)},
        table=lambda console: _draw(files, console),
        rows=[_as_row(file) for file in files],
    )
    failed = [file for file in files if file.error]
    for file in failed:
        out.talk.print(Text("headwater: ") + shown(file.error), soft_wrap=True)
    if len(failed) == len(files):
        raise typer.Exit(2)
    if failed or any(file.refused for file in files):
        raise typer.Exit(1)


def _as_json(file: ContextFile) -> dict[str, Any]:  # Any: what JSON can say
    return {
        "path": file.path,
        "kind": file.kind,
        "name": file.name,
        "entries": file.entries,
        "already": file.already,
        "refused": as_document(file.refused),
        "passed_over": file.passed_over,
        "notes": list(file.notes),
        "error": file.error or None,
    }


def _as_row(file: ContextFile) -> dict[str, Any]:  # Any: as `cli.output.Rows`
    return {
        "path": printable(file.path),
        "kind": file.kind,
        "name": printable(file.name),
        "entries": file.entries,
        "already": file.already,
        "refused": sum(refusal.count for refusal in file.refused.values()),
        "error": printable(file.error),
    }


def _draw(files: Sequence[ContextFile], console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "kind", "name"):
        table.add_column(heading, overflow="fold")
    table.add_column("entries", justify="right")
    for file in files:
        count = "already" if file.already else "unusable" if file.error else f"{file.entries:,}"
        table.add_row(shown(file.path), shown(file.kind), shown(file.name), Text(count))
    console.print(table)
    for file in files:
        draw_remarks(file.path, tuple(remarks(file.refused, file.passed_over, file.notes)), console)
