"""headwater ingest --follow: what is told while folders are followed."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from headwater.app.follow import FollowSummary, follow
from headwater.app.follow_files import Remark
from headwater.app.follow_settings import FollowSettings
from headwater.cli.ingest_report import remarks, report_document
from headwater.cli.json_lines import json_line
from headwater.cli.output import Output
from headwater.cli.printable import shown
from headwater.cli.stopping import stopped_by_signals
from headwater.errors import BadSetting
from headwater.ingest.reader import IngestReport, ReadOptions


def follow_folders(
    folders: list[Path],
    *,
    lake: Path,
    out: Output,
    settings: FollowSettings,
    format_name: str | None,
    options: ReadOptions,
) -> None:
    """Follows folders until a signal comes, and tells each batch as words or as a line of JSON.

    Args:
        folders: what to follow.
        lake: the lake's folder.
        out: --json and --quiet; the others are refused.
        settings: which files count.
        format_name: as `ingest`.
        options: as `ingest`.

    Raises:
        BadSetting: --csv or --output, or as `follow`.
        typer.Exit: 1 where something was left out.
    """
    if out.as_csv or out.file is not None:
        raise BadSetting("--follow has no end and so no table: use --json, which writes a line a batch")

    def tell(what: IngestReport | Remark) -> None:
        if out.as_json:
            sys.stdout.write(json_line(_document(what)))
            sys.stdout.flush()
        else:
            _say(what, out.talk)

    if not out.as_json:
        out.talk.print(Text.assemble("following ", shown(", ".join(map(str, folders))), "; Ctrl-C ends"))
    with stopped_by_signals() as stop:
        summary = follow(
            folders,
            lake=lake,
            stop=stop,
            tell=tell,
            settings=settings,
            format_name=format_name,
            options=options,
        )
    _finish(summary, out)
    if summary.rejected:
        raise typer.Exit(1)


def _document(what: IngestReport | Remark) -> dict[str, Any]:  # Any: what JSON can say
    at = datetime.now(UTC)
    if isinstance(what, Remark):
        return {"event": "problem", "at": at, "path": what.path or None, "why": what.why}
    return {"event": "stored", "at": at, **report_document(what)}


def _say(what: IngestReport | Remark, talk: Console) -> None:
    now = f"{datetime.now(UTC):%H:%M:%S} "
    if isinstance(what, Remark):
        named = f"{what.path}: " if what.path else ""
        talk.print(Text.assemble(now, shown(f"{named}{what.why}", style="yellow")))
        return
    left_out = f", {what.rejected:,} rejected" if what.rejected else ""
    talk.print(f"{now}{what.flows:,} flows stored from {len(what.files):,} files{left_out}")
    for file in what.files:
        if file.rejected:
            talk.print(Text("\n  ").join([shown(file.path, style="bold"), *map(shown, remarks(file))]))


def _finish(summary: FollowSummary, out: Output) -> None:
    if out.as_json:
        out.text(json_line({
            "event": "stopped", "at": datetime.now(UTC), "files": summary.files, "flows": summary.flows,
            "rejected": summary.rejected, "waiting": summary.waiting, "lake_version": summary.lake_version,
        }))  # fmt: skip
        return
    waiting = f"; {summary.waiting:,} files unfinished" if summary.waiting else ""
    typer.echo(
        f"{summary.flows:,} flows stored from {summary.files:,} files; {summary.rejected:,} rejected{waiting}"
    )
