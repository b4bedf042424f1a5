"""headwater collect: which ports to listen on, and what came and what was lost."""

import ipaddress
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from headwater.app.collect import collect
from headwater.app.collect_settings import CollectSettings, Kind, Listener, settings_from
from headwater.app.collect_tally import Tally
from headwater.cli.collect_view import stopped_document, tables, telling
from headwater.cli.json_lines import json_line
from headwater.cli.output import JsonFlag, Output, QuietFlag
from headwater.cli.state import State
from headwater.cli.stopping import stopped_by_signals
from headwater.errors import BadSetting


def add_to(app: typer.Typer) -> None:
    """Registers the verb."""
    app.command("collect")(collect_flows)


def collect_flows(
    context: typer.Context,
    *,
    netflow: Annotated[
        list[str] | None,
        typer.Option(
            help="Listen here for NetFlow v1 to v9 and IPFIX; may be repeated. 9995 if nothing is given.",
            metavar="[ADDRESS:]PORT", show_default=False,
        ),
    ] = None,
    sflow: Annotated[
        list[str] | None,
        typer.Option(
            help="Listen here for sFlow; may be repeated. ADDRESS is 127.0.0.1 unless given, 0.0.0.0 is all.",
            metavar="[ADDRESS:]PORT", show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Settings in TOML; options win over it.", metavar="FILE", show_default=False),
    ] = None,
    spool: Annotated[
        Path | None,
        typer.Option(
            help="Folder for files on their way; else the folder spool of the lake.",
            metavar="DIR", show_default=False,
        ),
    ] = None,
    interval: Annotated[
        int | None,
        typer.Option(
            help="Store what came every so many seconds (2 to 3600); 60 if not given.",
            metavar="SECONDS", show_default=False,
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            help="Keep stored files so many days in the spool's folder done; 1 if not given, 0 deletes them.",
            metavar="DAYS", show_default=False,
        ),
    ] = None,
    buffer: Annotated[
        int | None,
        typer.Option(
            help="Socket buffer of each collector; 4194304 if not given.", metavar="BYTES", show_default=False
        ),
    ] = None,
    sampling: Annotated[
        int | None,
        typer.Option(
            help="The N of 1:N packet sampling of exporters that announce none.",
            metavar="N", show_default=False,
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--for", help="End after so many seconds.", metavar="SECONDS", show_default=False),
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:  # fmt: skip
    """Listens for NetFlow, IPFIX and sFlow, stores what comes, and tells what was lost."""
    state: State = context.obj
    if seconds is not None and not seconds > 0:
        raise BadSetting(f"--for {seconds}: give seconds, more than 0")
    settings = settings_from(config) if config else CollectSettings()
    listeners = [_listener("netflow", one) for one in netflow or ()]
    listeners += [_listener("sflow", one) for one in sflow or ()]
    chosen: dict[str, Any] = {  # Any: the settings' own types
        "listeners": tuple(listeners) or None, "spool": spool, "interval_s": interval, "keep_days": keep,
        "buffer_bytes": buffer,
    }  # fmt: skip
    settings = replace(settings, **{name: value for name, value in chosen.items() if value is not None})
    if sampling is not None:
        settings = replace(
            settings, listeners=tuple(replace(one, sampling=sampling) for one in settings.listeners)
        )
    out, tally = Output(as_json, quiet=quiet), Tally()
    with stopped_by_signals(seconds) as stop, telling(out.talk, tally, as_json=as_json) as tell:
        collect(settings, lake=state.lake, tell=tell, stop=stop, tally=tally)
    if as_json:
        out.text(json_line(stopped_document(tally, datetime.now(UTC))))
    else:
        console = Console(file=sys.stdout)
        console.print(tables(tally, width=console.width))
    if tally.rejected:
        raise typer.Exit(1)


def _listener(kind: Kind, text: str) -> Listener:
    """`9995`, `192.0.2.1:9995` or `[::1]:9995`."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if not (port.isascii() and port.isdigit()) or (":" in host and not text.startswith("[")):
        raise BadSetting(f"--{kind} {text!a}: write a port, or address:port, such as 9995 or 192.0.2.1:9995")
    if host:
        try:
            host = str(ipaddress.ip_address(host))
        except ValueError:
            raise BadSetting(f"--{kind} {text!a}: {host!a} is no IP address") from None
        return Listener(kind, int(port), host)
    return Listener(kind, int(port))
