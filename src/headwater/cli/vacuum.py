"""headwater vacuum: give back the space of versions that nobody needs."""

from typing import Annotated

import typer
from rich.console import Console

from headwater.app.vacuum import DAYS, vacuum_lake
from headwater.cli.output import JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.state import State
from headwater.lake.vacuum import Vacuumed


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("vacuum")(remove)


def remove(
    context: typer.Context,
    *,
    days: Annotated[
        int, typer.Option(help="Files that went out of use less than N days ago stay.", metavar="N")
    ] = DAYS,
    keep: Annotated[
        list[int] | None,
        typer.Option(
            help="Keep this version of the flows, such as a report's; may be repeated.",
            metavar="VERSION",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Remove nothing; tell what would go.")] = False,
    as_json: JsonFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Removes files of the lake that no version in use needs: merged ones, and what killed runs left.

    The newest version stays, those that cases of the lake stand on, and those named by --keep. Others become
    unreadable, and a report that was computed on one can no longer be verified.
    """
    state: State = context.obj
    out = Output(as_json, as_csv=False, file=output, quiet=quiet)
    found = vacuum_lake(state.lake, days=days, keep=keep or (), dry_run=dry_run)
    out.write(
        document={
            "files": found.files,
            "bytes": found.size_bytes,
            "kept_versions": list(found.kept_versions),
            "removed": not dry_run,
        },
        table=lambda console: _draw(found, console, dry_run=dry_run),
    )


def _draw(found: Vacuumed, console: Console, *, dry_run: bool) -> None:
    what = "would be removed" if dry_run else "removed"
    console.print(f"{found.files:,} files, {found.size_bytes / 1e6:,.1f} MB, {what}", soft_wrap=True)
    if found.kept_versions:
        kept = ", ".join(str(version) for version in found.kept_versions)
        console.print(f"older versions kept, as something refers to them: {kept}", soft_wrap=True)
