"""headwater labels add, labels list: known C2s and other labelled addresses."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from headwater.app.labels import LabelsReport, add_labels, address_history, listed_labels
from headwater.cli.moments import moment
from headwater.cli.output import CsvFlag, JsonFlag, Output, OutputFile, QuietFlag
from headwater.cli.printable import printable, shown
from headwater.cli.refusals import as_document, draw_remarks, remarks
from headwater.cli.state import State
from headwater.errors import BadSetting
from headwater.intel.labels.feed import Analyst, FeedReport
from headwater.lake.labels import Said
from headwater.model.address import defang
from headwater.model.label import Label
from headwater.present.fitted_table import Column, fitted_table


def add_to(app: typer.Typer) -> None:
    """Registers the verbs."""
    labels_app = typer.Typer(no_args_is_help=True, help="Known C2s and other labelled addresses.")
    labels_app.command("add")(add)
    labels_app.command("list")(show)
    app.add_typer(labels_app, name="labels")


def add(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")
    ],
    *,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format", help="feodo, threatfox, stix, misp or plain; else by content.", show_default=False
        ),
    ] = None,
    family: Annotated[
        str, typer.Option(help="Malware family, in place of the feed's.", show_default=False)
    ] = "",
    group: Annotated[
        str, typer.Option(help="Part of the family, in place of the feed's.", show_default=False)
    ] = "",
    role: Annotated[
        str,
        typer.Option(help="c2, loader, sinkhole, scanner, ..., in place of the feed's.", show_default=False),
    ] = "",
    since: Annotated[
        str | None,
        typer.Option(help="Start of the window that counts instead.", metavar="T", show_default=False),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="End of the window that counts instead, excluded.", metavar="T", show_default=False
        ),
    ] = None,
    source: Annotated[
        str,
        typer.Option(
            help="Name to keep the labels under: the same for each snapshot.",
            metavar="NAME",
            show_default=False,
        ),
    ] = "",
    grade: Annotated[
        str, typer.Option(help="Admiralty grade such as B2 for entries without one.", show_default=False)
    ] = "",
    tlp: Annotated[
        str,
        typer.Option(help="Share no further than this; a feed's stricter word stays.", show_default=False),
    ] = "",
    allow_reserved: Annotated[
        bool, typer.Option("--allow-reserved", help="Take private and reserved addresses too.")
    ] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Adds feeds of known C2s, each file as one snapshot; what cannot be a label is counted and named."""
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    analyst = Analyst(
        family=family,
        group=group,
        role=role,
        since=moment("--since", since),
        until=moment("--until", until),
        source=source,
        grade=grade,
        tlp=tlp,
        allow_reserved=allow_reserved,
    )
    report = add_labels(paths, lake=state.lake, format_name=format_name, analyst=analyst)
    out.write(
        document={
            "files": [_file_as_json(file) for file in report.files],
            "taken": report.taken,
            "added": report.added,
            "refused": report.refused,
            "withdrawn": report.withdrawn,
        },
        table=lambda console: _draw_report(report, console),
        rows=[_file_as_row(file) for file in report.files],
    )
    for file in report.files:
        if file.error:
            out.talk.print(Text("headwater: ") + shown(file.error), soft_wrap=True)
    if report.failed == len(report.files):
        raise typer.Exit(2)
    if report.failed or report.refused:
        raise typer.Exit(1)


def show(
    context: typer.Context,
    *,
    family: Annotated[
        list[str] | None, typer.Option(help="Only this family; may be repeated.", show_default=False)
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help="Only this role; may be repeated.", show_default=False)
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="Only labels that held at this moment.", metavar="T", show_default=False),
    ] = None,
    history: Annotated[
        str | None,
        typer.Option(
            help="Everything ever said of this address, instead.", metavar="ADDRESS", show_default=False
        ),
    ] = None,
    defanged: Annotated[
        bool, typer.Option("--defang", help="Show addresses so that nothing links to them.")
    ] = False,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
    output: OutputFile = None,
    quiet: QuietFlag = False,
) -> None:
    """Lists the labels that count now, or the history of one address."""
    state: State = context.obj
    out = Output(as_json, as_csv, output, quiet)
    if history is not None:
        if family or role or at:
            raise BadSetting("--history shows everything of one address; leave out --family, --role and --at")
        said = address_history(state.lake, history)
        rows = [_said(one, defanged=defanged) for one in said]
        out.write(
            document={"address": history, "history": rows},
            table=lambda console: _draw_history(said, console, defanged=defanged),
            rows=[_flat(row) for row in rows],
        )
        return
    labels = listed_labels(state.lake, families=family or (), roles=role or (), at=moment("--at", at))
    rows = [_label(label, defanged=defanged) for label in labels]
    out.write(
        document={"labels": rows},
        table=lambda console: _draw_labels(labels, console, defanged=defanged),
        rows=[_flat(row) for row in rows],
    )


def _file_as_json(file: FeedReport) -> dict[str, Any]:  # Any: what JSON can say
    return {
        "path": file.path,
        "format": file.format,
        "source": file.source,
        "taken": file.taken,
        "added": file.added,
        "already": file.already,
        "merged": file.merged,
        "withdrawn": file.withdrawn,
        "families": file.families,
        "refused": as_document(file.refused),
        "passed_over": file.passed_over,
        "notes": list(file.notes),
        "error": file.error or None,
    }


def _file_as_row(file: FeedReport) -> dict[str, Any]:  # Any: as `cli.output.Rows`
    return {
        "path": printable(file.path),
        "format": file.format,
        "source": printable(file.source),
        "taken": file.taken,
        "added": file.added,
        "already": file.already,
        "merged": file.merged,
        "withdrawn": file.withdrawn,
        "refused": file.refused_count,
        "reasons": {reason: refusal.count for reason, refusal in file.refused.items()},
        "error": printable(file.error),
    }


def _label(label: Label, *, defanged: bool) -> dict[str, Any]:  # Any: what JSON can say
    """A label; its CSV form can be added again: `start` and `end` are the window that counts."""
    return {
        "address": defang(label.address) if defanged else label.address,
        "port": label.port,
        "family": label.family,
        "group": label.group,
        "role": label.role.value,
        "start": label.window.start,
        "end": label.window.end,
        "overridden": label.override is not None,
        "feed_start": label.feed.start,
        "feed_end": label.feed.end,
        "source": label.source,
        "grade": label.grade,
        "tlp": label.tlp.value,
        "note": label.note,
    }


def _said(one: Said, *, defanged: bool) -> dict[str, Any]:  # Any: what JSON can say
    return {
        **_label(one.label, defanged=defanged),
        "current": one.current,
        "withdrawn_by": one.withdrawn_by or None,
        "made_at": one.made_at,
        "added_at": one.added_at,
        "path": one.path,
        "place": one.place,
    }


def _flat(row: dict[str, Any]) -> dict[str, Any]:  # Any: as `cli.output.Rows`
    return {name: printable(value) if isinstance(value, str) else value for name, value in row.items()}


def _draw_report(report: LabelsReport, console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "feed", "source", "families"):
        table.add_column(heading, overflow="fold")
    for heading in ("labels", "refused"):
        table.add_column(heading, justify="right")
    for file in report.files:
        count = "already" if file.already else "unusable" if file.error else f"{file.added:,}"
        families = ", ".join(f"{name} {number:,}" for name, number in list(file.families.items())[:5])
        more = f", {len(file.families) - 5} more" if len(file.families) > 5 else ""
        table.add_row(
            shown(file.path),
            shown(file.format or "?"),
            shown(file.source),
            shown(families + more),
            Text(count),
            Text(f"{file.refused_count:,}", style="yellow" if file.refused_count else ""),
        )
    console.print(table)
    for file in report.files:
        merged = (f"{file.merged:,} entries said the same as another",) if file.merged else ()
        draw_remarks(file.path, (*remarks(file.refused, file.passed_over, file.notes), *merged), console)


_HEADINGS = ("address", "port", "family", "from (UTC)", "until", "role", "source", "tlp")


def _draw_labels(labels: Sequence[Label], console: Console, *, defanged: bool) -> None:
    rows = [_cells(label, defanged=defanged) for label in labels]
    console.print(fitted_table(_columns(_HEADINGS, rows), width=console.width))
    console.print(
        f"{len(labels):,} labels; * marks a window set by an analyst; notes are in --json and --csv"
    )


def _draw_history(said: Sequence[Said], console: Console, *, defanged: bool) -> None:
    rows = []
    for one in said:
        address, *others = _cells(one.label, defanged=defanged)
        counts = "yes" if one.current else "withdrawn" if one.withdrawn_by else "no"
        rows.append((address, Text(counts), Text(_at(one.added_at)), *others))
    headings = (_HEADINGS[0], "counts", "added", *_HEADINGS[1:])
    console.print(fitted_table(_columns(headings, rows), width=console.width))
    console.print(f"said {len(said):,} times; --json and --csv add file, line and note")


def _columns(headings: Sequence[str], rows: Sequence[tuple[Text, ...]]) -> list[Column]:
    return [
        Column(heading, [row[place] for row in rows], free_text=heading in {"family", "source"})
        for place, heading in enumerate(headings)
    ]


def _cells(label: Label, *, defanged: bool) -> tuple[Text, ...]:
    name = f"{label.family}/{label.group}" if label.group else label.family
    return (
        shown(defang(label.address) if defanged else label.address),
        Text(str(label.port or "")),
        shown(name),
        Text(_at(label.window.start)),
        Text(_at(label.window.end) + ("*" if label.override is not None else "")),
        Text(label.role.value),
        shown(label.source),
        Text(f"{label.grade} {label.tlp.value}".strip()),
    )


def _at(moment: datetime | None) -> str:
    """A time to the minute, a midnight as its date: most feeds give dates."""
    if moment is None:
        return "open"
    return f"{moment:%Y-%m-%d}" if moment.time() == time.min else f"{moment:%Y-%m-%d %H:%M}"
