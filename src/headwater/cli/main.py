"""The command `headwater`: one verb per file of this folder."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated

import typer

from headwater import cli
from headwater.cli.printable import printable
from headwater.cli.state import State, chosen_lake
from headwater.errors import HeadwaterError

app = typer.Typer(
    name="headwater",
    help="Finds the servers behind a botnet's servers, from flow records.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(
    context: typer.Context,
    lake: Annotated[
        Path | None,
        typer.Option(
            help="The lake's folder; else $HEADWATER_LAKE, else ./headwater.lake.", show_default=False
        ),
    ] = None,
) -> None:
    """Finds the servers behind a botnet's servers, from flow records."""
    context.obj = State(lake=chosen_lake(lake))


def _add_verbs() -> None:
    """Registers every verb: each module of this folder that has a function `add_to`."""
    for found in iter_modules(cli.__path__):
        module = import_module(f"headwater.cli.{found.name}")
        if hasattr(module, "add_to"):
            module.add_to(app)


def main() -> None:
    """Runs the command line; a refusal is one line on stderr and exit code 2."""
    _add_verbs()
    try:
        app()
    except HeadwaterError as why:
        typer.echo(printable(f"headwater: {why}"), err=True)
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise SystemExit(0) from None  # the reader of our output (head, less) has seen enough


if __name__ == "__main__":
    main()
