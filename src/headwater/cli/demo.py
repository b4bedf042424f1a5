"""headwater demo: the published case on synthetic records."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from headwater.app.demo import Demo, demo
from headwater.cli.output import JsonFlag, Output, OutputFile, QuietFlag
from headwater.present.case_document import document as case_document
from headwater.present.case_text import draw_conclusion, draw_timelines
from headwater.present.hunt_table import document, draw
from headwater.present.printable import printable

_SHOWN = 3


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("demo")(show_demo)


def show_demo(
    *,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the story, its lake and the case.", metavar="DIR")
    ] = Path("demo"),
    as_json: JsonFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Plays the published case on SYNTHETIC records, from simulating to the conclusion."""
    answer = Output(as_json, as_csv=False, file=output, quiet=quiet)
    talk = answer.talk
    made = demo(out, say=lambda step: talk.print(Text(f"- {printable(step)}"), soft_wrap=True))
    answer.write(
        document={"synthetic": True, "hunt": document(made.hunt), "case": case_document(made.case)}
        if as_json
        else None,
        table=lambda console: _draw(made, console),
    )


def _draw(made: Demo, console: Console) -> None:
    console.print(Text("SYNTHETIC: nothing below was observed anywhere.", style="bold"))
    console.print()
    draw(made.hunt, console, top=_SHOWN)
    console.print()
    draw_timelines(made.case, console)
    console.print()
    draw_conclusion(made.case, console)
    console.print()
    lake = printable(str(made.folder / "lake"))
    console.print(Text(f"The case: {printable(str(made.case_file))}"), soft_wrap=True)
    console.print(Text(f"Its report, for a browser: {printable(str(made.report))}"), soft_wrap=True)
    again = f"Look on: {_command()} --lake {lake} investigate {made.case.service} --all"
    console.print(Text(again), soft_wrap=True)


def _command() -> str:
    """How the user can call headwater from here: by its name where that is on the search path."""
    if shutil.which("headwater"):
        return "headwater"
    beside = Path(sys.executable).with_name("headwater")
    return printable(os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside))
