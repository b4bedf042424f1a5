"""The command `headwater`: one verb per file of this folder, read when it is called."""

import os
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from headwater import __version__
from headwater.cli.printable import printable
from headwater.cli.state import State, chosen_lake
from headwater.errors import HeadwaterError
from headwater.memory import VARIABLE, memory_setting

# Verbs in the order of the work, with the first sentence of what each says of itself. `hunt` lies in
# cli/hunt.py, whose `add_to` declares it. Importing all of them takes seconds (engines, statistics, feeds'
# libraries), which nobody should wait for who asks for one verb or for help.
VERBS = {
    "demo": "Plays the published case on SYNTHETIC records, from simulating to the conclusion.",
    "ingest": "Stores flow records in the lake, each file once; what cannot be read is counted and named.",
    "collect": "Listens for NetFlow, IPFIX and sFlow, stores what comes, and tells what was lost.",
    "compact": "Keeps a copy of the flows sorted by host, so that hunts read only what the C2s touched.",
    "labels": "Known C2s and other labelled addresses.",
    "context": "What is known about addresses beside labels.",
    "hunt": "Ranks the services and clients that several listed C2s have to do with, doubtful ones below.",
    "export": "Writes a case for other systems: STIX 2.1, MISP, CSV, Suricata rules, expiring block lists.",
    "investigate": (
        "Tells who talks to a service and when, what explains it, how sure that is, and what it rests on."
    ),
    "pivot": "Looks for C2s that nobody has listed among the other clients of a confirmed service.",
    "tiers": (
        "Walks upward from upstreams: what several of them share, and who manages them, each with its path."
    ),
    "watch": (
        "Hunts again where flows or labels are new, and tells what changed about upstreams, each change once."
    ),
    "changes": "Tells which upstreams moved, fell silent or changed hands, and what is new to a family.",
    "flows": "Prints the flow records of an address, oldest first: what stands behind the numbers.",
    "report": "Writes the report of a case: one HTML file that opens offline, and the same as Markdown.",
    "verify": "Computes the numbers of a report again, from the same version of the lake, and compares.",
    "vacuum": (
        "Removes files of the lake that no version in use needs: merged ones, and what killed runs left."
    ),
    "simulate": (
        "Writes synthetic flows, lists of C2s, networks and the truth: a world with upstreams, or a story."
    ),
    "evaluate": "Simulates worlds, hunts in them, and tells how well the upstreams were found.",
}


def declared(verb: str) -> Any:  # Any: Typer keeps the types of commands and contexts to itself
    """The verb as its file declares it: a command, or a group of them.

    Args:
        verb: one of VERBS.
    """
    alone = typer.Typer(callback=root)
    import_module(f"headwater.cli.{verb}").add_to(alone)
    group: Any = typer.main.get_command(alone)  # Any: as above
    return group.commands[verb]


class _Verbs(TyperGroup):
    """A group that lists its verbs without importing them."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Any: as in `declared`
        if args[0] in VERBS:
            self.commands[args[0]] = declared(args[0])
        return super().resolve_command(ctx, args)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"headwater {__version__}")
        raise typer.Exit


def root(
    context: typer.Context,
    lake: Annotated[
        Path | None,
        typer.Option(
            help="The lake's folder; else $HEADWATER_LAKE, else ./headwater.lake.",
            metavar="DIR",
            show_default=False,
        ),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            help="Memory it may take, such as 4GB; else $HEADWATER_MEMORY, else half of the machine's.",
            metavar="SIZE",
            show_default=False,
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - it has done its work when this runs
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Finds the servers behind a botnet's servers, from flow records."""
    if memory is not None:
        memory_setting(memory)
        os.environ[VARIABLE] = memory  # for all that runs here and below
    context.obj = State(lake=chosen_lake(lake))


def _listed() -> None:
    """Stands for a verb in the list of verbs."""


app = typer.Typer(
    name="headwater",
    cls=_Verbs,
    callback=root,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _verb, _said in VERBS.items():
    app.command(_verb, help=_said)(_listed)


def main() -> None:
    """Runs the command line; a refusal is one line on stderr and exit code 2."""
    try:
        app(prog_name="headwater")  # also where it was called as python -m headwater
    except HeadwaterError as why:
        typer.echo(printable(f"headwater: {why}"), err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
