"""From which record on had nfcapd multiplied by which interval? Looked up where it learned more than one.

nfcapd 1.7 writes a record of a sampler between the flows where it learned it: type 15, size, the exporter's
number, algorithm, sampler (-1: for all its flows), packets taken, packets left out. Seen in files of nfcapd
1.7.1; where a file holds anything else, nothing is said.
"""

import struct
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from headwater.ingest.nfcapd_blocks import Layout
from headwater.ingest.nfcapd_exporters import Exporter
from headwater.ingest.nfcapd_statistics import unpacked_blocks

_RECORD, _SAMPLER = struct.Struct("<HH"), struct.Struct("<HHHHqII")
_FLOW, _OF_A_SAMPLER = 11, 15
_OF_EXPORTERS = frozenset({7, 8})  # information and statistics
_FOR_ALL = -1

Changes = dict[int, tuple[tuple[int, int], ...]]


def with_changes(exporters: dict[int, Exporter], path: Path, layout: Layout) -> dict[int, Exporter]:
    """The exporters; those of which nfcapd knew several intervals with the records where each begins.

    Args:
        exporters: by nfdump's number for them.
        path: the file; sound.
        layout: its blocks.
    """
    if all(len(each.multiplied) < 2 for each in exporters.values()):
        return exporters
    changes = _changes(path, layout)
    return {
        number: replace(each, changes=changes.get(number, ())) if len(each.multiplied) > 1 else each
        for number, each in exporters.items()
    }


def _changes(path: Path, layout: Layout) -> Changes:
    """By exporter's number: first flow record and interval of each; empty where that is not known."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    flows = 0
    try:
        for content, records in unpacked_blocks(path, layout):
            place = 0
            for _ in range(records):
                kind, size = _RECORD.unpack_from(content, place)
                if kind == _FLOW:
                    flows += 1
                elif kind == _OF_A_SAMPLER:
                    _, _, number, _, which, taken, left = _SAMPLER.unpack_from(content, place)
                    if which != _FOR_ALL or not taken:
                        return {}
                    found[number].append((flows, (taken + left) // taken))
                elif kind not in _OF_EXPORTERS:
                    return {}
                if size < _RECORD.size:
                    return {}
                place += size
    except (OSError, struct.error, pa.ArrowException):
        return {}
    return {number: tuple(each) for number, each in found.items()}
