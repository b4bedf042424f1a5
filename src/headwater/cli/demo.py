"""headwater demo: the main job on a small synthetic world."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from headwater.app.demo import Demo, demo
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.present.hunt_table import document, draw, rows
from headwater.present.printable import printable

_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("demo")(show_demo)


def show_demo(
    *,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the world and its lake.", metavar="DIR")
    ] = Path("demo"),
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Simulates a small labelled world (SYNTHETIC), ingests it, hunts, and prints the ranked list."""
    answer = Output(as_json, as_csv, output, quiet)
    talk = answer.talk
    made = demo(out, say=lambda step: talk.print(Text(f"- {printable(step)}"), soft_wrap=True))
    answer.write(
        document={"synthetic": True, **document(made.hunt)} if as_json else None,
        table=lambda console: _draw(made, console),
        rows=rows(made.hunt) if as_csv else None,
    )


def _draw(made: Demo, console: Console) -> None:
    console.print(Text("SYNTHETIC: nothing below was observed anywhere.", style="bold"))
    console.print()
    draw(made.hunt, console, top=_SHOWN)
    console.print()
    console.print(Text("What was planted in this world, and the rank it got:", style="bold"))
    for one in made.planted:
        rank = "not found" if one.rank is None else f"rank {one.rank}"
        console.print(
            Text(f"  {one.service} ({one.role} role, {one.c2s} C2s, {one.listed} of them listed): {rank}"),
            soft_wrap=True,
        )
    console.print()
    lake = printable(str(made.folder / "lake"))
    again = f"Look on: {_command()} --lake {lake} hunt --allow-reserved"
    console.print(Text(again), soft_wrap=True)


def _command() -> str:
    """How the user can call headwater from here: by its name where that is on the search path."""
    if shutil.which("headwater"):
        return "headwater"
    beside = Path(sys.executable).with_name("headwater")
    return printable(os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside))
