"""headwater tiers: what stands above some upstreams, tier by tier?"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from headwater.app.hunt_settings import HuntSettings
from headwater.app.picture_files import picture_file, write_picture
from headwater.app.tiers import walk_tiers
from headwater.cli.hunt import told
from headwater.cli.moments import moment
from headwater.cli.named_service import named_service
from headwater.cli.options import DefangFlag, EngineUrl, Families, ShowSqlFlag, Since, Until
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import shown
from headwater.cli.state import State
from headwater.investigate.tiers_settings import TierSettings
from headwater.model.tier_map import TierMap
from headwater.present.charts.tiers import tiers_chart
from headwater.present.tiers_document import document, rows
from headwater.present.tiers_sharing import withheld, withholds
from headwater.present.tiers_table import draw


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("tiers")(tiers)


def tiers(
    context: typer.Context,
    services: Annotated[
        list[str],
        typer.Argument(
            metavar="SERVICE...",
            help="Upstreams that you are sure of: 192.0.2.1:443/tcp, [2001:db8::1]:443/tcp, or an address.",
        ),
    ],
    *,
    most_tiers: Annotated[
        int, typer.Option("--most-tiers", min=1, metavar="N", help="Look no higher than tier N.")
    ] = TierSettings().most_tiers,
    access_nodes: Annotated[
        bool,
        typer.Option(
            "--access-nodes",
            help="Tell the addresses of those that may be people in JSON, CSV, files and pictures, too.",
        ),
    ] = False,
    chart: Annotated[
        Path | None,
        typer.Option(help="Also draw the map: a file .svg or .png.", metavar="FILE", show_default=False),
    ] = None,
    since: Since = None,
    until: Until = None,
    family: Families = None,
    engine: EngineUrl = "duckdb://",
    show_sql: ShowSqlFlag = False,
    defang: DefangFlag = False,
    allow_reserved: Annotated[
        bool, typer.Option("--allow-reserved", help="Nodes may lie in a private or reserved range.")
    ] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Walks upward from upstreams: what several of them share, and who manages them, each with its path.

    A node needs at least three independent listed C2s behind it. Hubs are named and not crossed. Whoever
    connects to upstreams may be a person: on the screen they are named, in what is handed on only with
    --access-nodes.
    """
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    if chart is not None:
        picture_file("--chart", chart)  # before the walk, which takes its time
    wanted = [named_service("SERVICE", text) for text in services]
    settings = HuntSettings(
        since=moment("--since", since), until=moment("--until", until), families=tuple(family or ()),
        allow_reserved=allow_reserved, engine=engine,
    )  # fmt: skip
    with told(out.talk) as say:
        walked = walk_tiers(
            state.lake, wanted, settings=settings, walk=TierSettings(most_tiers=most_tiers), say=say
        )
    if show_sql:
        typer.echo(walked.trace.text(), err=True)
    found = walked.map
    leaves = found if access_nodes else withheld(found)
    stays = on_screen() and not output  # what a shell puts into a file or a pipe is handed on, too
    if chart is not None:
        write_picture(tiers_chart(leaves), chart, option="--chart")
        out.talk.print(shown(f"The map as a picture: {chart}"), soft_wrap=True)
    out.write(
        document=document(found, access_nodes=access_nodes, defanged=defang) if as_json else None,
        table=lambda console: draw(found if stays else leaves, console, defanged=defang),
        rows=rows(found, access_nodes=access_nodes, defanged=defang),
    )
    _remark(found, out, told_all=access_nodes, leaves=bool(as_json or as_csv or chart) or not stays)


def on_screen() -> bool:
    """Whether people see the answer as it is written, and no file or pipe gets it."""
    return sys.stdout.isatty()


def _remark(found: TierMap, out: Output, *, told_all: bool, leaves: bool) -> None:
    count = withholds(found)
    if count and leaves and not told_all:
        out.talk.print(
            shown(
                f"headwater: {count} address{'es' * (count != 1)} that may be people's stayed out; "
                "--access-nodes tells them"
            ),
            soft_wrap=True,
        )
