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
from headwater.app.demo_live import LiveSettings
from headwater.cli.demo_live import show_live
from headwater.cli.output import JsonFlag, Output, OutputFile, QuietFlag
from headwater.errors import BadSetting
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
    as_it_comes: Annotated[
        bool,
        typer.Option(
            "--live",
            help="A month of it in minutes: real NetFlow packets to a real nfcapd, and a watch that tells.",
        ),
    ] = False,
    days: Annotated[
        int | None,
        typer.Option(
            help="With --live: play so many days; 31 if not given.", metavar="N", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Plays the published case on SYNTHETIC records, from simulating to the conclusion.

    With --live a month of it goes as NetFlow packets over the loopback interface into a collector, a watch
    looks at the end of each day, and what it tells is shown as it comes.
    """
    answer = Output(as_json, as_csv=False, file=output, quiet=quiet)
    if as_it_comes:
        if output is not None:
            raise BadSetting("--live tells as it goes: leave out --output; its events lie in DIR/live")
        show_live(out, LiveSettings() if days is None else LiveSettings(days=days), out=answer)
        return
    if days is not None:
        raise BadSetting("--days goes with --live only")
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
