"""headwater flows: which records stand behind a number?"""

from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from headwater.app.flows import FlowsWanted, FoundFlows, found_flows
from headwater.cli.moments import moment
from headwater.cli.named_service import named_service
from headwater.cli.options import DefangFlag, EngineUrl, ShowSqlFlag
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.state import State
from headwater.model.candidate import PeerRole
from headwater.present.flow_rows import csv_lines, json_lines
from headwater.present.flow_table import draw

_SHOWN = 50  # records in the table where --limit says nothing; JSON and CSV then hold all
_JSON_LINES = (
    "--json writes JSON lines, not one document: an object a record. It and --csv use the canonical names of "
    "columns, so that what was written can be ingested again, unless it was defanged. kind is "
    '"contact", or why a hunt takes the record for none.'
)


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("flows", epilog=_JSON_LINES)(print_flows)


def print_flows(
    context: typer.Context,
    service: Annotated[
        str, typer.Argument(metavar="ADDRESS|SERVICE", help="192.0.2.1, or 192.0.2.1:443/tcp for one port.")
    ],
    *,
    peer: Annotated[
        str | None, typer.Option(help="Only records with this address at the other end.", metavar="ADDRESS")
    ] = None,
    role: Annotated[
        PeerRole | None,
        typer.Option(
            help="With a port: whose it is, the address's (server) or its peer's (client). Else either's.",
            metavar="ROLE",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Only records that start at or after T.", metavar="T", show_default=False),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Only records that start before T.", metavar="T", show_default=False)
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            help=f"Only the N earliest records; else {_SHOWN} in the table, all in JSON and CSV.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    lake_version: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="The flows as they were at version N, which cases and reports name; else the newest.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    engine: EngineUrl = "duckdb://",
    show_sql: ShowSqlFlag = False,
    defang: DefangFlag = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Prints the flow records of an address, oldest first: what stands behind the numbers."""
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    wanted = FlowsWanted(
        service=named_service("ADDRESS|SERVICE", service),
        peer=named_service("--peer", peer).address if peer else "",
        role=role,
        since=moment("--since", since),
        until=moment("--until", until),
        limit=limit if limit is not None or as_json or as_csv else _SHOWN,
        engine=engine,
        lake_version=lake_version,
    )
    with found_flows(state.lake, wanted) as found:
        if as_json:
            out.stream(json_lines(found.batches, defanged=defang))
        elif as_csv:
            out.stream(csv_lines(found.batches, defanged=defang))
        else:
            out.write(document=None, table=lambda console: _draw(found, wanted, console, defanged=defang))
        if (as_json or as_csv) and limit is not None and found.records > limit:
            out.talk.print(f"{found.records - limit:,} more records are left out by --limit", soft_wrap=True)
        if show_sql:
            typer.echo(found.trace.text(), err=True)


def _draw(found: FoundFlows, wanted: FlowsWanted, console: Console, *, defanged: bool) -> None:
    batches = list(found.batches)
    draw(
        pa.Table.from_batches(batches) if batches else pa.table({}),
        console,
        service=wanted.service,
        total=found.records,
        contact=found.contact,
        lake_version=found.lake_version,
        defanged=defanged,
    )
