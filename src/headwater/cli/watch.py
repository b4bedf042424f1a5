"""headwater watch: what changed about upstreams, told as it happens."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from headwater.app.watch.cycle import Cycle
from headwater.app.watch.parsing import example_text, settings_in
from headwater.app.watch.run import Talk, watch
from headwater.app.watch.settings import WatchSettings
from headwater.cli.moments import moment
from headwater.cli.output import Output, QuietFlag
from headwater.cli.printable import shown
from headwater.cli.state import State
from headwater.cli.stopping import stopped_by_signals
from headwater.errors import BadSetting


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("watch")(watch_lake)


def watch_lake(
    context: typer.Context,
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            help="Settings in TOML; without them events go to stdout as JSON lines.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="Print commented settings, and end.")] = False,
    once: Annotated[bool, typer.Option("--once", help="End after one cycle.")] = False,
    now: Annotated[
        str | None,
        typer.Option(help="Take T for now, for replays; with --once only.", metavar="T", show_default=False),
    ] = None,
    quiet: QuietFlag = False,
) -> None:
    """Hunts again where flows or labels are new, and tells what changed about upstreams, each change once.

    Events go to the sinks of the settings: JSON lines, syslog, webhooks, mail. Talk of its own work goes to
    stderr.
    """
    state: State = context.obj
    if example:
        typer.echo(example_text(), nl=False)
        return
    if now is not None and not once:
        raise BadSetting("--now stands still, so a second cycle would see nothing new; add --once")
    settings = WatchSettings() if config is None else settings_in(config)
    out = Output(as_json=False, quiet=quiet)
    with stopped_by_signals() as stop:
        owed = watch(
            state.lake, settings, stop=stop, once=once, now=moment("--now", now), talk=_talk(out.talk)
        )
    for one in owed:
        why = f" ({one.why})" if one.why else ""
        out.talk.print(shown(f"{one.sink} has not got {one.events:,} events yet{why}; they wait in the lake"))
    if owed:
        raise typer.Exit(1)


def _talk(console: Console) -> Talk:
    lock = threading.Lock()  # sinks tell from threads of their own

    def say(text: str, style: str = "") -> None:
        with lock:
            console.print(shown(f"{datetime.now(UTC):%H:%M:%S} {text}", style=style), soft_wrap=True)

    def told(one: Cycle) -> None:
        events = "1 new event" if len(one.found) == 1 else f"{len(one.found)} new events"
        what = events if one.hunted else "nothing new"
        over = f", {one.over} exceed today's budget" if one.over else ""
        say(
            f"now {one.now:%Y-%m-%d %H:%M} UTC, lake version {one.lake_version}: {what}, "
            f"{len(one.leaving)} leave{over}; {one.upstreams} known upstreams"
        )

    return Talk(cycle=told, trouble=lambda place, why: say(f"{place}: {why}", style="yellow"))
