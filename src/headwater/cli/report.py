"""headwater report: one file that shows a case to a sceptical colleague."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from headwater.app.case_files import found_case, read_case
from headwater.app.report import Reported, write_report
from headwater.cli.hunt import told
from headwater.cli.output import JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import shown
from headwater.cli.state import State
from headwater.model.label import Tlp
from headwater.present.report.frame import ReportSettings


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("report")(report_case)


def report_case(
    context: typer.Context,
    *,
    case: Annotated[
        str,
        typer.Argument(
            help="A case.json, a folder that holds one, or a service investigated in the lake.",
            metavar="CASE",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the report.", metavar="DIR")] = Path(
        "report"
    ),
    tlp: Annotated[
        Tlp, typer.Option(help="Whom it is for (TLP 2.0): what is marked above stays out.", metavar="TLP")
    ] = Tlp.AMBER,
    name_others: Annotated[
        bool,
        typer.Option(
            "--name-others",
            help="Name hosts that are neither listed nor under suspicion, not their networks alone.",
        ),
    ] = False,
    as_json: JsonFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Writes the report of a case: one HTML file that opens offline, and the same as Markdown."""
    state: State = context.obj
    answer = Output(as_json=as_json, file=output, quiet=quiet)
    found = read_case(found_case(case, lake_root=state.lake))
    with told(answer.talk) as say:
        written = write_report(found, out, settings=ReportSettings(tlp=tlp, name_others=name_others), say=say)
    answer.write(
        document={
            "html": written.html,
            "markdown": written.markdown,
            "figures": list(written.figures),
            "tlp": tlp,
            "left_out": written.left_out,
        }
        if as_json
        else None,
        table=lambda console: _draw(written, tlp, console),
    )


def _draw(written: Reported, tlp: Tlp, console: Console) -> None:
    console.print(shown(f"Report, for every browser, offline: {written.html}"), soft_wrap=True)
    console.print(shown(f"The same as Markdown: {written.markdown}"), soft_wrap=True)
    console.print(shown(f"{len(written.figures)} files of figures beside it"), soft_wrap=True)
    console.print(shown(f"Left out above TLP:{tlp.value.upper()}: {written.left_out}"), soft_wrap=True)
