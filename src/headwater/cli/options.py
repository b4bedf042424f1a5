"""Which options do the verbs that read flows share? Each is declared once and means the same everywhere."""

from typing import Annotated

import typer

Since = Annotated[
    str | None, typer.Option(help="Only flows that start at or after T.", metavar="T", show_default=False)
]
Until = Annotated[
    str | None, typer.Option(help="Only flows that start before T.", metavar="T", show_default=False)
]
Families = Annotated[
    list[str] | None, typer.Option(help="Only C2s of this family; may be repeated.", show_default=False)
]
EngineUrl = Annotated[
    str,
    typer.Option(
        help="duckdb://, with ?memory=4GB&threads=2&spill=DIR; or a Spark cluster, spark://HOST:7077.",
        metavar="URL",
    ),
]
ShowSqlFlag = Annotated[bool, typer.Option("--show-sql", help="Print every query that ran on stderr.")]
DefangFlag = Annotated[bool, typer.Option("--defang", help="Write addresses as 192.0.2[.]1.")]
AskedService = Annotated[
    str,
    typer.Argument(metavar="SERVICE", help="192.0.2.1:443/tcp, [2001:db8::1]:443/tcp, or an address."),
]
