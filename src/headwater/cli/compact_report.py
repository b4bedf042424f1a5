"""How is it told what `compact` did, and what its check found? As a table, and as JSON."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from headwater.app.compact import CompactReport
from headwater.app.compact_check import CheckReport
from headwater.cli.printable import shown
from headwater.lake.by_host import Part

FORMAT = 1  # of the JSON
Row = dict[str, Any]  # Any: what JSON can say
_SHOWN_DAYS = 40  # a longer table hides what it has to say; --json has every part


def document(report: CompactReport) -> Row:
    """What was done, for --json."""
    made = {one.part.folder: one.seconds for one in report.made}
    parts = sorted(
        (*(one.part for one in report.made), *report.kept), key=lambda part: (part.day, part.made_ns)
    )
    return {
        "format": FORMAT,
        "lake_version": report.lake_version,
        "flows": report.flows,
        "flows_compacted": report.compacted,
        "bytes": report.bytes,
        "stopped": report.stopped,
        "merged": {
            "days": len(report.merged.days),
            "files": report.merged.before,
            "into": report.merged.after,
        },
        "vacuumed": _vacuumed(report),
        "parts": [_part(part) | {"seconds": made.get(part.folder)} for part in parts],
    }


def _vacuumed(report: CompactReport) -> Row | None:
    if report.vacuumed is None:
        return None
    return {
        "files": report.vacuumed.files,
        "bytes": report.vacuumed.size_bytes,
        "kept_versions": list(report.vacuumed.kept_versions),
        "in_use": report.in_use,
    }


def check_document(report: CheckReport) -> Row:
    """What was found, for --json."""
    return {
        "format": FORMAT,
        "lake_version": report.lake_version,
        "flows": report.flows,
        "flows_compacted": sum(one.part.flows for one in report.parts),
        "wrong": len(report.wrong),
        "parts": [_part(one.part) | {"wrong": one.wrong or None} for one in report.parts],
    }


def _part(part: Part) -> Row:
    return {
        "day": part.day.isoformat(),
        "folder": str(part.folder),
        "flows": part.flows,
        "bytes": part.bytes,
        "files_covered": len(part.covers),
    }


def draw(report: CompactReport, console: Console) -> None:
    """What was done, for people."""
    if report.made:
        table = _table(("day", "flows", "MB", "bytes a flow", "flows/s"))
        for one in report.made[-_SHOWN_DAYS:]:
            part = one.part
            table.add_row(
                part.day.isoformat(), f"{part.flows:,}", f"{part.bytes / 1e6:,.0f}",
                f"{part.bytes / part.flows:.1f}", f"{part.flows / one.seconds:,.0f}",
            )  # fmt: skip
        console.print(table)
    if report.merged.days:
        became = f"{report.merged.before:,} files of {len(report.merged.days):,} days became"
        console.print(f"{became} {report.merged.after:,}.{_given_back(report)}", soft_wrap=True)
    elif report.vacuumed is not None:
        console.print(_given_back(report).strip(), soft_wrap=True)
    share = f"{report.compacted:,} of {report.flows:,} flows have the copy by host"
    size = f", {report.bytes / report.compacted:.1f} bytes a flow" if report.compacted else ""
    console.print(shown(f"{share}{size}; lake version {report.lake_version}."), soft_wrap=True)
    if report.stopped:
        console.print("Stopped; what was made stays, and the next run goes on.")
    elif not report.made:
        console.print("Nothing was missing.")


def _given_back(report: CompactReport) -> str:
    """What became of the space of files that were replaced."""
    found = report.vacuumed
    if found is None:
        return " `headwater vacuum` gives the space of the old ones back."
    said = f" {found.files:,} replaced files, {found.size_bytes / 1e6:,.1f} MB, were removed."
    if found.kept_versions:
        kept = ", ".join(str(version) for version in found.kept_versions)
        said += f" Versions that cases stand on keep theirs: {kept}."
    if report.in_use:
        said += " Others stay, as somebody is reading: repeat it later."
    return said


def draw_check(report: CheckReport, console: Console) -> None:
    """What was found, for people."""
    for one in report.wrong:
        console.print(shown(f"{one.part.folder}: {one.wrong}"), soft_wrap=True)
    held = sum(one.part.flows for one in report.parts)
    console.print(
        f"{len(report.parts):,} parts with {held:,} of {report.flows:,} flows were compared row by row: "
        + (f"{len(report.wrong):,} are wrong." if report.wrong else "each holds exactly its flows."),
        soft_wrap=True,
    )
    if report.wrong:
        console.print(
            "The flows themselves are whole: `headwater compact --rebuild` makes the copy anew.",
            soft_wrap=True,
        )


def _table(headings: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "day" else "right")
    return table
