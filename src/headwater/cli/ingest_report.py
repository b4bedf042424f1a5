"""How is it told what became of files? As a table, as JSON, as CSV."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from headwater.cli.printable import printable, shown
from headwater.ingest.reader import FileReport, IngestReport, readers

_SHOWN_FILES = 50  # a table longer than this hides what it has to say; --json has every file


def file_document(file: FileReport) -> dict[str, Any]:  # Any: what JSON can say
    """What became of one file, for --json."""
    bad = file.first_bad
    return {
        "path": file.path,
        "format": file.format,
        "flows": file.flows,
        "rejected": file.rejected or {},
        "first_bad": None if bad is None else {"offset": bad.offset, "why": bad.why},
        "already": file.already,
        "start": file.start,
        "end": file.end,
        "notes": list(file.notes),
    }


def report_document(report: IngestReport) -> dict[str, Any]:  # Any: as above
    """What became of all files, for --json."""
    return {
        "files": [file_document(file) for file in report.files],
        "flows": report.flows,
        "rejected": report.rejected,
        "lake_version": report.lake_version,
    }


def file_row(file: FileReport) -> dict[str, Any]:  # Any: as `cli.output.Rows`
    """The same for --csv."""
    bad = file.first_bad
    return {
        "path": printable(file.path),
        "format": file.format,
        "flows": file.flows,
        "rejected": sum((file.rejected or {}).values()),
        "reasons": {printable(reason): count for reason, count in (file.rejected or {}).items()},
        "first_bad_offset": None if bad is None else bad.offset,
        "first_bad_why": None if bad is None else printable(bad.why),
        "already": file.already,
        "start": file.start,
        "end": file.end,
        "notes": [printable(note) for note in file.notes],
    }


def draw(report: IngestReport, console: Console) -> None:
    """The table for people; those files that have something to say come first where not all are shown."""
    table = Table(box=None, pad_edge=False)
    for heading, justify in (("file", "left"), ("format", "left"), ("flows", "right"), ("rejected", "right")):
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]  # Rich's literals
    table.add_column("from .. to (UTC)")
    # those with something to say come first where not all can be shown
    files = sorted(report.files, key=lambda file: not file.rejected) if _long(report) else list(report.files)
    for file in files[:_SHOWN_FILES]:
        table.add_row(*_cells(file))
    console.print(table)
    if _long(report):
        console.print(f"... and {len(files) - _SHOWN_FILES} more files; --json lists them all")
    for file in files[:_SHOWN_FILES]:
        if said := list(remarks(file)):
            console.print(Text("\n  ").join([shown(file.path, style="bold"), *map(shown, said)]))
    already = sum(file.already for file in report.files)
    stored = f"{report.flows:,} flows stored from {len(report.files):,} files"
    known = f", {already:,} of them already in the lake" if already else ""
    console.print(f"{stored}{known}; {report.rejected:,} rejected; lake version {report.lake_version}")


def _long(report: IngestReport) -> bool:
    return len(report.files) > _SHOWN_FILES


def _cells(file: FileReport) -> tuple[Text, ...]:
    rejected = sum((file.rejected or {}).values())
    span = (
        f"{file.start:%Y-%m-%d %H:%M:%S} .. {file.end:%Y-%m-%d %H:%M:%S}" if file.start and file.end else ""
    )
    return (
        shown(file.path),
        shown(file.format or "?"),
        Text("already" if file.already else f"{file.flows:,}"),
        Text(f"{rejected:,}", style="yellow" if rejected else ""),
        Text(span),
    )


def remarks(file: FileReport) -> Iterator[str]:
    """What there is to say of a file; hostile until printable."""
    yield from (f"{count:,} {reason}" for reason, count in (file.rejected or {}).items())
    if (bad := file.first_bad) is not None:
        yield f"first at {_unit(file)} {bad.offset:,}: {bad.why}" if file.flows else bad.why
    yield from file.notes


def _unit(file: FileReport) -> str:
    """What the file's format counts positions in."""
    return next((reader.position_unit for reader in readers() if reader.name == file.format), "position")
