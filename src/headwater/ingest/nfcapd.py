"""What does an nfcapd file hold? Read by nfdump, which knows every layout, compression and extension.

The reader looks at no record itself: it checks that the blocks are whole (nfcapd_blocks), lets nfdump print
the records (nfcapd_rows), and takes what a damaged file still has, block by block.
"""

import re
import shutil
import tempfile
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from headwater.ingest.nfcapd_blocks import (
    MAGIC,
    MAGIC_SWAPPED,
    Block,
    Layout,
    copy_blocks,
    layout_of,
    unpacks,
)
from headwater.ingest.nfcapd_exporters import Exporter, as_announced, exporters_of
from headwater.ingest.nfcapd_rows import command, has_pipe, rows
from headwater.ingest.nfcapd_samplers import with_changes
from headwater.ingest.outside_program import find_program, patience_for, run_program, streaming
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

_WAY_BACK = "out packets > 0 or out bytes > 0"
_SUMMARY = re.compile(r"processed: (\d+), passed: (\d+), Blocks skipped: (\d+)")
_HARMLESS = re.compile(r"Time error|^$")  # nfdump remarks on end before start, which `screen` counts


@dataclass(frozen=True, slots=True)
class _Part:
    """Blocks that nfdump is given at once: the file `path`, with the number of its first record."""

    path: Path
    blocks: tuple[Block, ...]
    first_record: int


@dataclass(frozen=True, slots=True)
class _Survey:
    """What nfdump says of a file that it reads without printing."""

    sound: bool
    two_way: bool
    processed: int
    skipped: int
    complaint: str
    silent: bool


@dataclass(slots=True)
class _Run:
    """One file being read."""

    nfdump: str
    folder: Path
    layout: Layout
    exporters: dict[int, Exporter]
    rejects: Rejects
    files: int = 0


class NfcapdReader:
    """nfcapd files, layouts 1 and 2, whatever their compression."""

    name = "nfcapd"
    title = "nfcapd file"
    position_unit: PositionUnit = "record"
    rank = 0

    def sniff(self, source: SourceFile) -> bool:
        """Whether the file starts with nfdump's magic number, in either byte order."""
        layout = source.head[2:4]
        return (source.head.startswith(MAGIC) and layout in {b"\1\0", b"\2\0"}) or (
            source.head.startswith(MAGIC_SWAPPED) and layout in {b"\0\1", b"\0\2"}
        )

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The file's records, as headwater.ingest.reader.Reader."""
        nfdump = find_program("nfdump", package="nfdump", purpose=f"reading the nfcapd file {source.name}")
        with tempfile.TemporaryDirectory(prefix="headwater-") as folder:
            path = source.path
            if source.compression:  # nfdump opens no archives
                path = Path(folder) / "unpacked"
                with source.open(rejects) as stream, path.open("wb") as out:
                    shutil.copyfileobj(stream, out)
            yield from read_nfcapd(
                path, name=source.name, nfdump=nfdump, folder=Path(folder), rejects=rejects,
                announced=options.announced,
            )  # fmt: skip


def read_nfcapd(
    path: Path, *, name: str, nfdump: str, folder: Path, rejects: Rejects,
    announced: Mapping[str, int | None] = MappingProxyType({}),
) -> Iterator[Chunk]:  # fmt: skip
    """The records of an nfcapd file.

    Args:
        path: the file, decompressed.
        name: what the user called it, for messages.
        nfdump: path of the program.
        folder: an empty place for copies of the sound parts of a damaged file.
        rejects: told blocks that are cut off or damaged, with the number of the first record lost.
        announced: ReadOptions.announced.

    Raises:
        UnreadableSource: not an nfcapd file that nfdump reads.
    """
    layout = layout_of(path, name=name)
    whole, blocks = path, layout.blocks
    if layout.bzip2:
        # nfdump passes over a block that it cannot unpack without a word, or never ends on it
        blocks = tuple(block for block in blocks if unpacks(path, block))
        _count_packed(layout, blocks, rejects)
    if not layout.sound or blocks != layout.blocks:
        whole = folder / "whole"
        blocks = copy_blocks(path, whole, version=layout.version, blocks=blocks)
    if not layout.appendix:
        rejects.note("ident and statistics at the file's end are damaged; they hold no flows")
    if not layout.expected and layout.blocks:
        rejects.note("the collector had not closed the file; its whole blocks were read")
    run = _Run(nfdump, folder, layout, {}, rejects)
    if blocks:
        part = _Part(whole, blocks, 0)
        survey = _survey(run, part)
        run.exporters = {} if survey.silent else as_announced(exporters_of(nfdump, whole), announced)
        if survey.sound and whole == path:
            run.exporters = with_changes(run.exporters, path, layout)
        yield from _read_part(run, part, survey)
    if layout.damage:
        rejects.add(
            layout.damage,
            offset=sum(block.records for block in layout.blocks),
            count=layout.records_lost,
            detail=f"at byte {layout.damage_offset}, after {len(layout.blocks)} whole blocks"
            + (f" of {layout.expected}" if layout.expected else ""),
        )
    _remark(run)


def _count_packed(layout: Layout, sound: tuple[Block, ...], rejects: Rejects) -> None:
    """Counts the records of the bzip2 blocks that are not `sound`."""
    first = 0
    for block in layout.blocks:
        if block not in sound:
            where = f"at byte {block.origin}: bzip2 data corrupt"
            rejects.add("block damaged", offset=first, count=max(block.records, 1), detail=where)
        first += block.records


def _remark(run: _Run) -> None:
    intervals = sorted({interval for each in run.exporters.values() for interval in each.multiplied})
    if intervals:
        ratios = ", ".join(f"1:{interval}" for interval in intervals)
        run.rejects.note(
            f"nfcapd had multiplied counts by the sampling interval ({ratios}); they were divided again"
        )


def _survey(run: _Run, part: _Part) -> _Survey:
    finished = run_program(
        [run.nfdump, "-r", str(part.path), "-o", "null", _WAY_BACK], patience_s=patience_for(part.path)
    )
    found = _SUMMARY.search(finished.output)
    processed, passed, skipped = (int(number) for number in found.groups()) if found else (0, 0, 0)
    complaints = [line for line in finished.complaint.splitlines() if not _HARMLESS.search(line)]
    if finished.code or not found:
        complaints.append(f"nfdump ended with status {finished.code}")
    if finished.silent:
        complaints = ["nfdump does not come to an end on it"]
    complaint = complaints[0] if complaints else ""
    return _Survey(not complaints, passed > 0, processed, skipped, complaint, finished.silent)


def _read_part(run: _Run, part: _Part, survey: _Survey) -> Iterator[Chunk]:
    """The records of a part; one with damage is halved until the damaged blocks stand alone."""
    # blocks of layout 1 need the extension maps of the blocks before them, so that file stays in one part
    if not survey.sound and len(part.blocks) > 1 and run.layout.version != 1:
        middle = len(part.blocks) // 2
        first = part.first_record + sum(block.records for block in part.blocks[:middle])
        for blocks, record in ((part.blocks[:middle], part.first_record), (part.blocks[middle:], first)):
            run.files += 1
            half = run.folder / f"part{run.files}"
            moved = copy_blocks(part.path, half, version=run.layout.version, blocks=blocks)
            piece = _Part(half, moved, record)
            yield from _read_part(run, piece, _survey(run, piece))
            half.unlink()
        return
    printed = 0
    if not survey.silent:
        printed = yield from _print(run, part, two_way=survey.two_way)
    declared = sum(block.records for block in part.blocks)
    lost = max(declared - printed, 1) if not survey.sound else survey.processed - printed
    run.rejects.add(
        "block damaged",
        offset=part.first_record + printed,
        count=lost,
        detail=f"at byte {part.blocks[0].origin}: {survey.complaint or 'nfdump stopped within it'}",
    )
    run.rejects.add("block of an unknown type", offset=part.first_record, count=survey.skipped)


def _print(run: _Run, part: _Part, *, two_way: bool) -> Generator[Chunk, None, int]:
    """The records that nfdump prints; returns how many there were."""
    pipe = has_pipe(run.nfdump) and not two_way and len(run.exporters) <= 1
    printed = 0
    with streaming(command(run.nfdump, part.path, pipe=pipe)) as running:
        first = part.first_record
        for chunk, count in rows(running.output, run.exporters, pipe=pipe, first_record=first):
            yield chunk
            printed += count
    return printed


register(NfcapdReader())
