"""headwater export: a case for other systems."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from headwater.app.export import Wanted, export
from headwater.cli.moments import moment
from headwater.cli.output import Output, OutputFile, QuietFlag
from headwater.cli.printable import shown
from headwater.cli.state import State
from headwater.errors import BadSetting
from headwater.intel.labels.names import tlp_of
from headwater.model.label import Tlp
from headwater.present.export.settings import ExportSettings, ListSettings, Pap, SidRange
from headwater.present.export.web_address import is_url

_SIDS = re.compile(r"(\d{1,10})[-:](\d{1,10})")
_LARGEST_SID = 2**32 - 1  # Suricata keeps them in 32 bits
_LONGEST_VALIDITY_DAYS = 3650


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("export")(export_case)


def export_case(
    context: typer.Context,
    case: Annotated[
        str,
        typer.Argument(
            metavar="CASE",
            help="A case.json, a folder that holds one, or a service investigated in the lake.",
        ),
    ],
    *,
    to: Annotated[
        str,
        typer.Option(help="stix, stix-opencti, misp, csv, suricata or blocklist.", metavar="FORMAT"),
    ],
    tlp: Annotated[
        str,
        typer.Option(help="Whom it is for; what is marked above stays out, and is counted.", metavar="T"),
    ] = "amber",
    pap: Annotated[
        str, typer.Option(help="What recipients may do: clear, green, amber or red.", metavar="P")
    ] = "green",
    producer: Annotated[str, typer.Option(help="Who signs it.", metavar="NAME")] = "headwater",
    reference: Annotated[
        str, typer.Option(help="Where the report can be read.", metavar="URL", show_default=False)
    ] = "",
    valid_for: Annotated[
        int, typer.Option(help="Days behind the last contact that an indicator holds.", metavar="DAYS")
    ] = 30,
    with_c2s: Annotated[
        bool, typer.Option("--with-c2s", help="Indicators for the listed C2s as well.")
    ] = False,
    name_others: Annotated[
        bool, typer.Option("--name-others", help="Name clients that are no listed C2s, not their networks.")
    ] = False,
    access_node: Annotated[
        bool,
        typer.Option(
            "--access-node",
            help="Export a case about a host that connects to C2s, which may be a person's connection.",
        ),
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            help="Rules and lists: the moment they are for, else now; what has expired by then stays out.",
            metavar="T",
            show_default=False,
        ),
    ] = None,
    action: Annotated[str, typer.Option(help="Rules: alert or drop.")] = "alert",
    sids: Annotated[
        str, typer.Option(help="Rules: the signature ids they may take.", metavar="FIRST-LAST")
    ] = "1700000-1799999",
    form: Annotated[str, typer.Option(help="Block list: plain, cidr, nftables or ipset.")] = "plain",
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Writes a case for other systems: STIX 2.1, MISP, CSV, Suricata rules, expiring block lists."""
    state: State = context.obj
    out = Output(file=output, quiet=quiet)
    wanted = Wanted(
        to=to,
        settings=ExportSettings(
            tlp=_tlp(tlp),
            pap=_pap(pap),
            producer=_name(producer),
            valid_for=_days(valid_for),
            name_others=name_others,
            access_node=access_node,
            with_c2s=with_c2s,
            reference=_reference(reference),
        ),
        rules=ListSettings(at=moment("--at", at) or datetime.now(UTC), action=action, sids=_sid_range(sids)),
        form=form,
    )
    found = export(case, lake_root=state.lake, wanted=wanted)
    out.text(found.text)
    for remark in found.remarks:
        out.talk.print(Text("headwater: ") + shown(remark), soft_wrap=True)


def _tlp(text: str) -> Tlp:
    try:
        return tlp_of(text)
    except ValueError as why:
        raise BadSetting(f"--tlp: {why}") from None


def _pap(text: str) -> Pap:
    word = text.strip().lower().removeprefix("pap:")
    try:
        return Pap("clear" if word == "white" else word)
    except ValueError:
        raise BadSetting(f"--pap {text}: there are {', '.join(one.value for one in Pap)}") from None


def _name(text: str) -> str:
    if not text.strip():
        raise BadSetting("--producer: give a name, such as that of your organisation")
    return text.strip()


def _reference(text: str) -> str:
    if text and not is_url(text):
        raise BadSetting(f"--reference {text}: write a web address, such as https://example.org/case")
    return text


def _days(number: int) -> timedelta:
    if not 0 <= number <= _LONGEST_VALIDITY_DAYS:
        raise BadSetting(f"--valid-for {number}: give days from 0 to {_LONGEST_VALIDITY_DAYS}")
    return timedelta(days=number)


def _sid_range(text: str) -> SidRange:
    found = _SIDS.fullmatch(text.strip())
    if found is None or not 1 <= int(found[1]) <= int(found[2]) <= _LARGEST_SID:
        raise BadSetting(
            f"--sids {text}: write two numbers such as 1700000-1799999, from 1 to {_LARGEST_SID}"
        )
    return SidRange(int(found[1]), int(found[2]))
