"""headwater investigate: who runs this service, since when, and how do we know?"""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from headwater.app.case_files import case_text, write_case
from headwater.app.case_settings import CaseSettings
from headwater.app.hypothesis_template import edits_from, template_from
from headwater.app.investigate import Choices, investigate
from headwater.cli.hunt import told
from headwater.cli.moments import moment
from headwater.cli.named_service import named_service
from headwater.cli.options import AskedService, DefangFlag, EngineUrl, Families, ShowSqlFlag, Since, Until
from headwater.cli.output import JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import printable
from headwater.cli.state import State
from headwater.lake.cases import store_case
from headwater.lake.readers import reading
from headwater.lake.tables import open_lake
from headwater.present.case_document import document
from headwater.present.case_text import draw_case


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("investigate")(investigate_service)


def investigate_service(
    context: typer.Context,
    service: AskedService,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Also write case.json into this folder.", metavar="DIR", show_default=False
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    family: Families = None,
    template: Annotated[
        Path | None,
        typer.Option(
            help="Questions, hypotheses and rules of evidence (TOML) in place of the shipped ones.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            help="Your own items and changes to the ledger (TOML).", metavar="FILE", show_default=False
        ),
    ] = None,
    engine: EngineUrl = "duckdb://",
    show_sql: ShowSqlFlag = False,
    everything: Annotated[bool, typer.Option("--all", help="Print all lines of all tables.")] = False,
    defang: DefangFlag = False,
    allow_reserved: Annotated[
        bool, typer.Option("--allow-reserved", help="The service may lie in a private or reserved range.")
    ] = False,
    as_json: JsonFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Tells who talks to a service and when, what explains it, how sure that is, and what it rests on."""
    state: State = context.obj
    answer = Output(as_json, as_csv=False, file=output, quiet=quiet)
    wanted = named_service("SERVICE", service)
    settings = CaseSettings(
        since=moment("--since", since),
        until=moment("--until", until),
        families=tuple(family or ()),
        allow_reserved=allow_reserved,
        engine=engine,
    )
    chosen = template_from(template)
    choices = Choices(template=chosen, edits=edits_from(evidence, template=chosen))
    with reading(open_lake(state.lake)):  # the version stays until the case says that it stands on it
        with told(answer.talk) as say:
            found = investigate(state.lake, wanted, settings=settings, choices=choices, say=say)
        store_case(state.lake, found.case.service, case_text(found.case))
    if show_sql:
        typer.echo(found.trace.text(), err=True)
    if out is not None:
        where = write_case(found.case, out)
        answer.talk.print(Text(f"written: {printable(str(where))}"), soft_wrap=True)
    answer.write(
        document=document(found.case) if as_json else None,
        table=lambda console: draw_case(found.case, console, everything=everything, defanged=defang),
    )
