"""headwater changes: what changed about the servers behind the C2s?"""

from typing import Annotated

import typer

from headwater.app.changes import changed
from headwater.app.hunt_settings import HuntSettings
from headwater.cli.hunt import told
from headwater.cli.moments import moment
from headwater.cli.named_service import named_service
from headwater.cli.options import DefangFlag, EngineUrl, Families, ShowSqlFlag, Since, Until
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.state import State
from headwater.present.changes_document import document, rows
from headwater.present.changes_table import draw


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("changes")(changes)


def changes(
    context: typer.Context,
    *,
    upstream: Annotated[
        list[str] | None,
        typer.Option(
            help="A known upstream, as SERVICE; may be repeated. Else those that a hunt takes for one.",
            metavar="SERVICE",
            show_default=False,
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    family: Families = None,
    engine: EngineUrl = "duckdb://",
    show_sql: ShowSqlFlag = False,
    defang: DefangFlag = False,
    allow_reserved: Annotated[
        bool, typer.Option("--allow-reserved", help="Services may lie in a private or reserved range.")
    ] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Tells which upstreams moved, fell silent or changed hands, and what is new to a family.

    A silence that lost coverage or the end of its C2s explains is none. Nothing is stored.
    """
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    settings = HuntSettings(
        since=moment("--since", since),
        until=moment("--until", until),
        families=tuple(family or ()),
        allow_reserved=allow_reserved,
        engine=engine,
    )
    known = None if upstream is None else tuple(named_service("--upstream", text) for text in upstream)
    with told(out.talk) as say:
        found = changed(state.lake, settings=settings, upstreams=known, say=say)
    if show_sql:
        typer.echo(found.trace.text(), err=True)
    out.write(
        document=document(found.changes, defanged=defang, queries=found.trace.queries) if as_json else None,
        table=lambda console: draw(found.changes, console, defanged=defang),
        rows=rows(found.changes, defanged=defang),
    )
