"""headwater verify: do the numbers of a report still hold?"""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from headwater.app.verify import Verified, verify
from headwater.cli.hunt import told
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import printable, shown
from headwater.cli.state import State

_SHOWN = 20  # differences told where nobody asks for all; JSON and CSV hold all


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("verify")(verify_report)


def verify_report(
    context: typer.Context,
    report: Annotated[
        Path, typer.Argument(help="A report.html, or a folder that holds one.", metavar="REPORT")
    ],
    *,
    template: Annotated[
        Path | None,
        typer.Option(
            help="The template that was used, if not the shipped one.", metavar="FILE", show_default=False
        ),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            help="The changes to the ledger that were used, if any.", metavar="FILE", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Computes the numbers of a report again, from the same version of the lake, and compares."""
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    with told(out.talk) as say:
        found = verify(report, state.lake, template=template, evidence=evidence, say=say)
    differences = [
        {"where": printable(one.where), "stated": one.stated, "found": one.found} for one in found.differences
    ]
    out.write(
        document={
            "service": found.service,
            "lake_version": found.lake_version,
            "holds": found.holds,
            "statements": found.statements,
            "cells": found.cells,
            "sentences": found.sentences,
            "differences": differences,
            "other_settings": list(found.settings),
            "written_by": found.program,
        }
        if as_json
        else None,
        table=lambda console: _draw(found, console),
        rows=differences if as_csv else None,
    )
    if not found.holds:
        raise typer.Exit(1)


def _draw(found: Verified, console: Console) -> None:
    compared = f"{found.statements:,} numbers, {found.cells:,} cells and {found.sentences:,} sentences"
    if found.holds:
        text = f"All of it holds: {compared}, computed again on lake version {found.lake_version}."
        console.print(Text(text, style="bold green"), soft_wrap=True)
        return
    for one in found.differences[:_SHOWN]:
        line = f"{one.where}: the report says {one.stated}, computed now {one.found}"
        console.print(shown(line), soft_wrap=True)
    left = len(found.differences) - _SHOWN
    if left > 0:
        console.print(f"... and {left:,} more; --json and --csv list all")
    if found.settings:
        names = ", ".join(found.settings)
        console.print(shown(f"Settings that could not be made the same: {names}"), soft_wrap=True)
    told_all = f"{len(found.differences):,} differences, of {compared}, on lake version {found.lake_version}."
    console.print(Text(told_all, style="bold red"), soft_wrap=True)
    console.print(
        shown(
            f"The report was written by headwater {found.program}, this is {version('headwater')}. Flows "
            "have versions; labels and context have none: what was added to them since shows here, too."
        ),
        soft_wrap=True,
    )
