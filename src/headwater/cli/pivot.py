"""headwater pivot: which other clients of a confirmed service may be C2s?"""

from typing import Annotated

import typer

from headwater.app.case_settings import CaseSettings
from headwater.app.pivot import labels_of, pivot_service
from headwater.cli.hunt import told
from headwater.cli.moments import moment
from headwater.cli.named_service import named_service
from headwater.cli.options import AskedService, DefangFlag, EngineUrl, Families, ShowSqlFlag, Since, Until
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag, csv_text
from headwater.cli.state import State
from headwater.errors import BadSetting
from headwater.model.address import refang
from headwater.present.leads_document import document, rows
from headwater.present.leads_table import draw


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("pivot")(pivot)


def pivot(
    context: typer.Context,
    service: AskedService,
    *,
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Only the N likeliest; else up to 20 with some chance in the table, all in JSON and CSV.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            help="Answer with a file for `labels add` that takes this lead for a C2; may be repeated.",
            metavar="ADDRESS",
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
        bool, typer.Option("--allow-reserved", help="Leads may lie in a private or reserved range.")
    ] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Looks for C2s that nobody has listed among the other clients of a confirmed service.

    Nothing is stored. A lead becomes a label only on your word: --accept answers with a file in which it is
    one, and `headwater labels add FILE` stores that.
    """
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    if accept and (as_json or as_csv or defang or top is not None):
        raise BadSetting(
            "--accept answers with a file of labels; leave out --json, --csv, --defang and --top"
        )
    wanted = named_service("SERVICE", service)
    settings = CaseSettings(
        since=moment("--since", since),
        until=moment("--until", until),
        families=tuple(family or ()),
        allow_reserved=allow_reserved,
        engine=engine,
    )
    with told(out.talk) as say:
        found = pivot_service(state.lake, wanted, settings=settings, say=say)
    if show_sql:
        typer.echo(found.trace.text(), err=True)
    if accept:
        out.text(csv_text(labels_of(found.leads, [refang(address) for address in accept])))
        return
    out.write(
        document=document(found.leads, top=top, defanged=defang) if as_json else None,
        table=lambda console: draw(found.leads, console, top=top, defanged=defang),
        rows=rows(found.leads, top=top, defanged=defang),
    )
