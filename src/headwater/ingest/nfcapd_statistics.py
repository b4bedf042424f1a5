"""What did nfcapd count of each exporter while it wrote a file? Packets, flows, gaps, sampling, the clock.

nfcapd closes each file with a record of statistics per exporter. `nfdump -E` prints it, but of an exporter
without flows it says only that there were none; how many packets came all the same (templates not seen yet)
stands in the record itself, type 8 of layout 2: type, size, number of exporters, then for each its number,
sequence failures, packets and flows. Source: nfdump 1.7.1, src/libnfdump/nfx.h and exporter.h.
"""

import re
import statistics
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from headwater.errors import UnreadableSource
from headwater.ingest.nfcapd_blocks import Layout, layout_of
from headwater.ingest.nfcapd_exporters import exporters_in
from headwater.ingest.nfdump_words import moments_from_text
from headwater.ingest.outside_program import patience_for, run_program

SAMPLED_RECORDS = 2_000  # of a file, for the exporters' clocks; nfdump prints them in some milliseconds
_LISTED = re.compile(
    r"SysID: (?P<id>\d+), IP: +\S+, version: (?P<version>\d+), ID: +\d+"
    r"(?:, Sequence failures: (?P<failures>\d+), packets: (?P<packets>\d+), flows: (?P<flows>\d+))?"
)
_COMPRESSION_OFFSET = 16  # in the header of layout 2
_PLAIN, _LZ4 = 0, 3
_BLOCK_HEADER_BYTES = 12
_UNPACKED_MAX_BYTES = 5 << 20  # the largest block that nfdump writes
_RECORD, _STATISTICS_RECORD = struct.Struct("<HH"), 8
_COUNT, _COUNTS = struct.Struct("<I"), struct.Struct("<IIQQ")
_PRINTED = "fmt:%tr|%te|%exp"


@dataclass(frozen=True, slots=True)
class ExporterCount:
    """What nfcapd counted of one exporter in one file.

    Attributes:
        sensor: its address and, where not 0, its observation domain or engine, as the column `sensor`.
        version: 5, 9 or 10 (IPFIX); for sFlow what sfcapd writes there.
        packets: export packets; None where the file does not say (no flows, and not nfdump 1.7's layout).
        flows: flow records decoded from them.
        sequence_failures: how often the exporter's sequence number was not the next one. Lost packets and a
            restart of the exporter look the same, and one failure may stand for many packets.
        sampling: N of its 1:N sampling, as it announced itself; None where it announced none or several.
        clock_s: how far its clock is ahead of the collector's, in seconds: median over sampled records of
            end of flow less time of arrival. Some minutes below 0 are export delay. None where unknown.
    """

    sensor: str
    version: int
    packets: int | None
    flows: int
    sequence_failures: int
    sampling: int | None
    clock_s: float | None = None


def exporter_counts(nfdump: str, path: Path) -> tuple[ExporterCount, ...]:
    """What nfcapd counted in a file that it has closed, exporter by exporter.

    Args:
        nfdump: path of the program.
        path: the file. One that was never closed gives its exporters with nothing counted.
    """
    listing = run_program([nfdump, "-E", str(path)], patience_s=patience_for(path)).output
    exporters = exporters_in(listing)
    listed = {int(match["id"]): match for match in _LISTED.finditer(listing)}
    counted = _from_record(path)
    clocks = _clocks(nfdump, path) if any(match["flows"] for match in listed.values()) else {}
    found = []
    for number, exporter in exporters.items():
        match = listed[number]
        failures, packets, flows = counted.get(number) or (
            int(match["failures"] or 0), int(match["packets"]) if match["packets"] else None,
            int(match["flows"] or 0),
        )  # fmt: skip
        found.append(ExporterCount(
            exporter.sensor, int(match["version"]), packets, flows, failures, exporter.interval,
            clocks.get(number),
        ))  # fmt: skip
    return tuple(found)


def _from_record(path: Path) -> dict[int, tuple[int, int, int]]:
    """Failures, packets and flows by number of the exporter; empty where there is no such record."""
    try:
        layout = layout_of(path, name=path.name)
        if layout.version != 2 or not layout.sound or not layout.blocks:
            return {}
        last = replace(
            layout, blocks=layout.blocks[-1:]
        )  # the statistics are the last thing that nfcapd writes
        for content, records in unpacked_blocks(path, last):
            return dict(_counted(content, records=records))
    except (OSError, UnreadableSource, pa.ArrowException):
        pass
    return {}


def unpacked_blocks(path: Path, layout: Layout) -> Iterator[tuple[bytes, int]]:
    """The blocks of a file of layout 2, unpacked, each with its number of records.

    None where they are packed otherwise than by LZ4 or not at all, which are what `collect` writes.
    """
    with path.open("rb") as stream:
        stream.seek(_COMPRESSION_OFFSET)
        compression = stream.read(1)[0]
        if layout.version != 2 or compression not in {_PLAIN, _LZ4}:
            return
        for block in layout.blocks:
            stream.seek(block.offset + _BLOCK_HEADER_BYTES)
            content = stream.read(block.size - _BLOCK_HEADER_BYTES)
            if compression == _LZ4:
                content = pa.decompress(content, _UNPACKED_MAX_BYTES, codec="lz4_raw", asbytes=True)
            yield content, block.records


def _counted(content: bytes, *, records: int) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """The statistics among a block's records; what stands behind these is left over from other blocks."""
    place = 0
    for _ in range(records):
        if place + _RECORD.size > len(content):
            return
        kind, size = _RECORD.unpack_from(content, place)
        if size < _RECORD.size:
            return  # damage
        if kind == _STATISTICS_RECORD and place + size <= len(content):
            first = place + _RECORD.size + _COUNT.size
            (exporters,) = _COUNT.unpack_from(content, place + _RECORD.size)
            for number in range(min(exporters, (place + size - first) // _COUNTS.size)):
                which, failures, packets, flows = _COUNTS.unpack_from(content, first + number * _COUNTS.size)
                yield which, (failures, packets, flows)
        place += size


def _clocks(nfdump: str, path: Path) -> dict[int, float]:
    """How far each exporter's clock is ahead, in seconds, by its number."""
    printed = run_program(
        [nfdump, "-r", str(path), "-q", "-N", "-c", str(SAMPLED_RECORDS), "-o", _PRINTED],
        patience_s=patience_for(path),
    ).output
    rows = [[part.strip() for part in line.split("|")] for line in printed.splitlines()]
    rows = [row for row in rows if len(row) == 3 and row[2].isdigit()]
    if not rows:
        return {}
    arrived, ended = (
        moments_from_text(pa.array([row[place] for row in rows], pa.string()), zone="UTC") for place in (0, 1)
    )
    ahead = defaultdict[int, list[float]](list)
    for row, microseconds in zip(rows, pc.subtract(ended, arrived).to_pylist(), strict=True):
        if microseconds is not None:
            ahead[int(row[2])].append(microseconds / 1e6)
    return {number: statistics.median(values) for number, values in ahead.items()}
