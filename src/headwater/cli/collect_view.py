"""How is collecting shown? Events as they come, in words or as JSON lines, and the tables of loss."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from headwater.app.collect_events import CollectEvent, EventKind, Tell
from headwater.app.collect_losses import numbers_of
from headwater.app.collect_tally import ExporterTally, ListenerTally, Tally
from headwater.cli.json_lines import json_line
from headwater.cli.printable import shown
from headwater.present.fitted_table import Column, fitted_table

_STYLES = {EventKind.LOSS: "yellow", EventKind.ENDED: "red", EventKind.PROBLEM: "red"}
_SHOWN_EXPORTERS = 30  # a table longer than a screen hides what it has to say; --json has all
_REFRESHES_PER_S = 1


def as_document(event: CollectEvent) -> dict[str, Any]:  # Any: as above
    """An event for --json."""
    return {
        "event": event.kind.value,
        "at": event.at,
        "listener": event.listener or None,
        **event.numbers,
        "said": event.said,
    }


def stopped_document(tally: Tally, at: datetime) -> dict[str, Any]:  # Any: as above
    """The last line of --json: everything added up."""
    return {
        "event": EventKind.STOPPED.value,
        "at": at,
        "files": tally.files,
        "flows": tally.flows,
        "rejected": tally.rejected,
        "unreadable": tally.unreadable,
        "lake_version": tally.lake_version,
        "listeners": [
            {
                "listener": one.listener, "dropped": one.dropped, "malformed": one.malformed,
                "foreign": one.foreign, "restarts": one.restarts, "unheard": one.unheard,
            }
            for one in _listeners(tally)
        ],
        "exporters": [
            {
                "listener": one.listener, "exporter": one.sensor, "version": one.version,
                "packets": one.packets, "flows": one.flows, "sequence_failures": one.sequence_failures,
                "silent_packets": one.silent_packets, "sampling": one.sampling,
                "samplers_differ": one.samplers_differ, "clock_s": one.clock_s,
                **numbers_of(one.found, version=one.version),
            }
            for one in _exporters(tally)
        ],
    }  # fmt: skip


@contextmanager
def telling(console: Console, tally: Tally, *, as_json: bool) -> Iterator[Tell]:
    """Where events go: JSON lines on stdout, else words on the console, with live tables on a terminal."""
    lock = threading.Lock()  # two threads tell

    def write(event: CollectEvent) -> None:
        with lock:
            sys.stdout.write(json_line(as_document(event)))
            sys.stdout.flush()

    def say(event: CollectEvent) -> None:
        where = f"{event.listener}: " if event.listener else ""
        line = shown(f"{event.at:%H:%M:%S} {where}{event.said}", style=_STYLES.get(event.kind, ""))
        with lock:
            console.print(line)

    if as_json:
        yield write
    elif console.is_terminal and not console.quiet:
        with Live(
            get_renderable=lambda: tables(tally, width=console.width),
            console=console, transient=True, refresh_per_second=_REFRESHES_PER_S,
        ):  # fmt: skip
            yield say
    else:
        yield say


def tables(tally: Tally, *, width: int) -> Group:
    """The tables of ports and exporters, with the totals below."""
    parts: list[Any] = [_listener_table(_listeners(tally), width)]  # Any: what Rich renders
    exporters = _exporters(tally)
    if exporters:
        # those that lose something come first where not all can be shown
        ranked = sorted(exporters, key=_trouble, reverse=True)
        parts += [
            Text(),
            _exporter_table(ranked[:_SHOWN_EXPORTERS] if _long(exporters) else exporters, width),
        ]
        if _long(exporters):
            parts.append(
                Text(f"... and {len(exporters) - _SHOWN_EXPORTERS} more exporters; --json lists all")
            )
    rejected = "".join(f"; left out: {count:,} {reason}" for reason, count in sorted(tally.rejected.items()))
    version = f"; lake version {tally.lake_version}" if tally.lake_version >= 0 else ""
    parts += [Text(), shown(f"{tally.flows:,} flows stored from {tally.files:,} files{rejected}{version}")]
    return Group(*parts)


def _long(exporters: list[ExporterTally]) -> bool:
    return len(exporters) > _SHOWN_EXPORTERS


def _listeners(tally: Tally) -> list[ListenerTally]:
    return list(tally.listeners.values())


def _exporters(tally: Tally) -> list[ExporterTally]:
    return sorted(tally.exporters.copy().values(), key=lambda one: (one.listener, one.sensor, one.version))


def _listener_table(listeners: list[ListenerTally], width: int) -> Any:  # Any: what Rich renders
    def numbers(heading: str, values: list[int | None]) -> Column:
        return Column(heading, [_number(value) for value in values], "right")

    return fitted_table(
        [
            Column("listening for", [Text(one.listener) for one in listeners]),
            numbers("dropped", [one.dropped for one in listeners]),
            numbers("malformed", [one.malformed for one in listeners]),
            numbers("no flow export", [one.foreign for one in listeners]),
            numbers("restarts", [one.restarts for one in listeners]),
        ],
        width=width,
    )


def _exporter_table(exporters: list[ExporterTally], width: int) -> Any:  # Any: what Rich renders
    def column(heading: str, cells: list[Text]) -> Column:
        return Column(heading, cells, "right")

    return fitted_table(
        [
            Column("exporter", [shown(one.sensor) for one in exporters]),
            column("version", [Text(str(one.version)) for one in exporters]),
            column("flows", [Text(f"{one.flows:,}") for one in exporters]),
            column("gaps", [_number(one.sequence_failures) for one in exporters]),
            column("lost", [_lost(one) for one in exporters]),
            column("restarts", [_number(one.found.restarts if one.found else None) for one in exporters]),
            column("undecoded", [_number(_undecoded(one)) for one in exporters]),
            column("sampling", [_sampling(one) for one in exporters]),
            column("clock", [_clock(one) for one in exporters]),
            column("packets", [Text(f"{one.packets:,}") for one in exporters]),
        ],
        width=width,
    )


def _trouble(one: ExporterTally) -> int:
    found = one.found
    told = found.restarts + found.undecoded if found else 0
    return one.sequence_failures + one.silent_packets + told


def _lost(one: ExporterTally) -> Text:
    """Units that never came; `+` where there may be more."""
    if one.found is None or (one.found.unsure and one.found.lost <= 0):
        return Text("?")
    return Text(f"{max(one.found.lost, 0):,}", "yellow" if one.found.lost > 0 else "") + (
        "+" if one.found.unsure else ""
    )


def _undecoded(one: ExporterTally) -> int:
    """Data sets without a template; where nobody counted these, packets of intervals without a flow."""
    return one.found.undecoded if one.found else one.silent_packets


def _sampling(one: ExporterTally) -> Text:
    if one.samplers_differ:
        return Text("several", style="yellow")
    return Text(f"1:{one.sampling}" if one.sampling else "?")


def _number(value: int | None) -> Text:
    return Text("?" if value is None else f"{value:,}", style="yellow" if value else "")


def _clock(one: ExporterTally) -> Text:
    if one.clock_s is None:
        return Text("?")
    if not one.clock_wrong:
        return Text("ok")
    return Text(f"{one.clock_s / 86400:+,.1f} days", style="yellow")
