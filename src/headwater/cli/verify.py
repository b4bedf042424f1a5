"""headwater verify: do the numbers of a report still hold?"""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from headwater.app.report_lists import change_text
from headwater.app.verify import Verified, verify
from headwater.cli.hunt import told
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import printable, shown
from headwater.cli.state import State
from headwater.lake.list_contents import ListChange

_ENTRIES = 5  # entries of a list told of each kind
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
    newest_lists: Annotated[
        bool,
        typer.Option(
            "--newest-lists", help="Take labels and context as they are now, not as the report read them."
        ),
    ] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Computes the numbers of a report again, from the same version of the lake, and compares."""
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    with told(out.talk) as say:
        found = verify(
            report, state.lake, template=template, evidence=evidence, newest_lists=newest_lists, say=say
        )
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
            "lists_changed": [_change(one) for one in found.lists.changes],
            "lists_unlike": [printable(text) for text in found.lists.unlike],
        }
        if as_json
        else None,
        table=lambda console: _draw(found, console),
        rows=differences if as_csv else None,
    )
    if not found.holds:
        raise typer.Exit(1)


def _change(one: ListChange) -> dict[str, object]:
    """A table that has changed, as JSON: every entry that came or went."""
    texts = {
        "added": one.added, "removed": one.removed, "files_added": one.files_added,
        "files_removed": one.files_removed,
    }  # fmt: skip
    told = {name: [printable(text) for text in found] for name, found in texts.items()}
    return {"table": one.table, "before": one.before, "after": one.after, **told}


def _draw(found: Verified, console: Console) -> None:
    _draw_answer(found, console)
    for text in found.lists.unlike:
        console.print(shown(text, style="bold red"), soft_wrap=True)
    for one in found.lists.changes:
        console.print(shown(f"Changed since: {change_text(one)}"), soft_wrap=True)
        for sign, texts in (("+", one.added), ("-", one.removed)):
            for text in texts[:_ENTRIES]:
                console.print(shown(f"  {sign} {text}"), soft_wrap=True)
            if len(texts) > _ENTRIES:
                console.print(f"  {sign} ... and {len(texts) - _ENTRIES:,} more; --json lists all")
    if found.lists.changes:
        console.print(
            "Labels and context were read as the report read them; --newest-lists takes them as they are."
        )


def _draw_answer(found: Verified, console: Console) -> None:
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
            f"The report was written by headwater {found.program}, this is {version('headwater')}."
            + (
                ""
                if found.lists.versions
                else " It names no versions of labels and context: what was added "
                "to them since shows here, too."
            )
        ),
        soft_wrap=True,
    )
