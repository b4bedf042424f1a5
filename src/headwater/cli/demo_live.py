"""headwater demo --live: the story as it happens, and what the watch tells of it."""

import threading
from pathlib import Path

from rich.console import Console
from rich.text import Text

from headwater.app.demo_live import Day, Live, LiveSettings, live
from headwater.cli.json_lines import json_line
from headwater.cli.output import Answers, Output
from headwater.cli.printable import shown
from headwater.cli.stopping import stopped_by_signals
from headwater.model.label import Tlp
from headwater.present.events.document import document
from headwater.present.events.sharing import shared
from headwater.present.events.words import said


def show_live(folder: Path, settings: LiveSettings, *, out: Output) -> None:
    """Plays it, each event on stdout as it comes: in words, or as JSON lines.

    Args:
        folder: where everything goes.
        settings: what is played.
        out: --json and --quiet.
    """
    answer, lock = Answers(soft_wrap=True, highlight=False), threading.Lock()

    def say(step: str) -> None:
        with lock:
            out.talk.print(shown(f"- {step}"), soft_wrap=True)

    def done(day: Day) -> None:
        with lock:
            lost = f", {day.sent - day.stored:,} lost" if day.stored < day.sent else ""
            known = f"{day.cycle.upstreams} known upstream{'s' * (day.cycle.upstreams != 1)}"
            line = f"{day.at:%Y-%m-%d}  {day.stored:,} flows of the day before stored{lost}; {known}"
            out.talk.print(shown(line, style="dim"), soft_wrap=True)
            for event in day.cycle.leaving:
                found = shared(event, Tlp.RED)
                if out.as_json:
                    out.text(json_line(document(found)))
                else:
                    answer.print(Text(f"{day.at:%Y-%m-%d}  {said(found)}", style="bold"))

    if not out.as_json:
        answer.print(
            Text("SYNTHETIC: nothing below was observed anywhere; all packets stay on this machine.")
        )
    with stopped_by_signals() as stop:
        made = live(folder, settings, stop=stop, say=say, day_done=done)
    if not out.as_json:
        _ends(made, answer)


def _ends(made: Live, answer: Console) -> None:
    flows = sum(day.stored for day in made.days)
    lost = sum(day.sent for day in made.days) - flows
    answer.print(
        Text(
            f"SYNTHETIC: {len(made.days)} days, {flows:,} flows through nfcapd, {lost:,} lost; "
            f"{len(made.events)} events"
        )
    )
    answer.print(shown(f"The events: {made.events_file}"))
    answer.print(shown(f"Look on: headwater --lake {made.lake} hunt --allow-reserved"))
