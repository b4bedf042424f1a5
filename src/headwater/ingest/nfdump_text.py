"""What does text hold that nfdump printed? Its CSV, its line formats, and formats of the user's own.

Understood are `-o csv` of nfdump 1.6 to 1.7 (whose columns changed with 1.7.2 and 1.7.5), `-o line`, `long`,
`extended`, `biline` and any other format with its title line, and any `-o fmt:...` whose string stands in the
first line of the file as a comment: `# fmt:%ts,%te,%sa,%da,%sp,%dp,%pr,%pkt,%byt`.

What the text lost stays lost: counts such as `1.2 M` are rounded, `-o csv` of 1.6 to 1.7.1 gives whole
seconds, and counts that nfcapd multiplied by a sampling interval cannot be told from others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from headwater.ingest import nfdump_words as words
from headwater.ingest.addresses import keys_from_text
from headwater.ingest.answered import answered_from_flags
from headwater.ingest.columns import flow_batch
from headwater.ingest.nfdump_titles import (
    csv_columns,
    format_in,
    pattern_of_format,
    pattern_of_titles,
    tokens_of_titles,
)
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.two_way import both_ways
from headwater.ingest.written_times import check_zone, note_zone

_COUNTS = ("packets", "bytes", "packets_back", "bytes_back")
_FIRST_LINES = 5  # remarks such as "Aggregated flows 12" may stand before the titles
_SECONDS_DIGITS = 11  # seconds have 10 digits until the year 2286, milliseconds 13 since 2001
_SHORTENED = "IPv6 address shortened by nfdump"
# What nfdump prints around the records
_REMARK = re.compile(
    r"^(Summary|flows,bytes,packets|\d+(,\d+){5}$|Time window|Total flows processed|Sys:|Ident|No match"
    r"|Aggregated flows|Top \d+|Command line|#)"
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a file's lines are taken apart: by `columns` between commas, or by the expression `pattern`."""

    columns: tuple[str, ...] = ()
    pattern: str = ""


def _shape_of(line: str) -> _Shape | None:
    """The shape that a line announces, or None."""
    if (text := format_in(line)) is not None:
        return _Shape(pattern=pattern_of_format(text))
    if (columns := csv_columns(line)) is not None:
        return _Shape(columns=tuple(columns))
    if (tokens := tokens_of_titles(line)) is not None:
        return _Shape(pattern=pattern_of_titles(tokens))
    return None


class NfdumpTextReader:
    """Text that nfdump printed."""

    name = "nfdump"
    title = "nfdump text output"
    position_unit: PositionUnit = "line"
    rank = 1

    def sniff(self, source: SourceFile) -> bool:
        """Whether one of the first lines is a title line of nfdump's, or a `fmt:` line."""
        return _announced(source) is not None

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The file's records, as headwater.ingest.reader.Reader."""
        check_zone(options.timezone)
        shape = _announced(source) or _Shape()
        first = 1
        for block in source.blocks(rejects):
            text = block.decode("utf-8", "replace").replace("\r", "").replace("\0", "?")
            count = text.count("\n") + (not text.endswith("\n"))
            rows, positions = _rows(text, shape, first, rejects)
            first += count
            if len(positions):
                rows, positions = _whole_addresses(rows, positions, rejects)
                yield _flows(rows, positions, options.timezone, rejects)


def _announced(source: SourceFile) -> _Shape | None:
    for line in source.head.decode("utf-8", "replace").splitlines()[:_FIRST_LINES]:
        if shape := _shape_of(line.lstrip("\ufeff")):
            return shape
    return None


Int64s = npt.NDArray[np.int64]


def _rows(text: str, shape: _Shape, first: int, rejects: Rejects) -> tuple[dict[str, pa.Array], Int64s]:
    """The lines that are records as columns of text, and their line numbers; others are counted."""
    if shape.columns:
        return _split(text, shape.columns, first, rejects)
    lines = pa.array(text.removesuffix("\n").split("\n"), pa.string())
    parts = pc.extract_regex(lines, shape.pattern)
    matched = np.asarray(parts.is_valid())
    for place in np.flatnonzero(~matched):
        _count_odd(lines[int(place)].as_py(), first + int(place), rejects)
    parts = parts.filter(pa.array(matched))
    rows = {field.name: parts.field(place) for place, field in enumerate(parts.type)}
    for side in ("src", "dst"):  # of the two ways to write address and port, one matched
        if f"{side}_v4" in rows:
            for name in (side, f"{side}_port"):
                v4, v6 = rows.pop(f"{name}_v4"), rows.pop(f"{name}_v6")
                rows[name] = pc.if_else(pc.equal(v4, ""), v6, v4)
    return rows, np.flatnonzero(matched) + first


def _count_odd(line: str, number: int, rejects: Rejects) -> None:
    if line.strip() and not _REMARK.match(line.strip()) and _shape_of(line) is None:
        rejects.add("line not understood", offset=number, detail=line.strip()[:80])


def _split(
    text: str, columns: tuple[str, ...], first: int, rejects: Rejects
) -> tuple[dict[str, pa.Array], Int64s]:
    bad: list[int] = []

    def odd(row: csv.InvalidRow) -> str:
        bad.append(row.number - 1)
        _count_odd(row.text, first + row.number - 1, rejects)
        return "skip"

    block = text.encode()
    places = [str(place) for place in range(len(columns))]
    used = {name: place for name, place in zip(columns, places, strict=True) if name}
    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            # one thread: only then does the parser know the number of a bad line
            read_options=csv.ReadOptions(column_names=places, block_size=len(block) + 1, use_threads=False),
            parse_options=csv.ParseOptions(
                quote_char=False, ignore_empty_lines=False, invalid_row_handler=odd
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()),
                include_columns=list(used.values()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        if not bad:
            raise
        return {}, np.array([], np.int64)  # no line has the right number of fields; each has been counted
    total = text.count("\n") + (not text.endswith("\n"))
    positions = np.delete(np.arange(total), bad) + first
    rows = {name: pc.utf8_trim_whitespace(table[place].combine_chunks()) for name, place in used.items()}
    titles = np.asarray(pc.is_in(rows["src"], pa.array(["sa", "srcAddr"])))
    keep = pa.array(~titles)
    return {name: column.filter(keep) for name, column in rows.items()}, positions[~titles]


def _whole_addresses(
    rows: dict[str, pa.Array], positions: Int64s, rejects: Rejects
) -> tuple[dict[str, pa.Array], Int64s]:
    """The rows whose addresses are whole: without -6, nfdump prints `fd52:4e..c7d7::2`."""
    short = np.zeros(len(positions), np.bool_)
    for side in ("src", "dst"):
        if side in rows:
            short |= np.asarray(pc.match_substring(rows[side], ".."))
    if not short.any():
        return rows, positions
    rejects.add(
        _SHORTENED,
        offset=int(positions[short].min()),
        count=int(short.sum()),
        detail="print the file again with nfdump -6",
    )
    keep = pa.array(~short)
    return {name: column.filter(keep) for name, column in rows.items()}, positions[~short]


def _flows(rows: dict[str, pa.Array], positions: Int64s, zone: str, rejects: Rejects) -> Chunk:
    absent = pa.nulls(len(positions), pa.string())
    start, end = _times(rows, absent, zone, rejects)
    protos = words.protocols_from_text(rows.get("proto", absent))
    proto = np.asarray(protos.fill_null(-1)).astype(np.int64)
    columns: dict[str, Any] = {"start": start, "end": end, "proto": protos}  # Any: NumPy or Arrow alike
    for side in ("src", "dst"):
        columns[f"{side}_hi"], columns[f"{side}_lo"] = keys_from_text(rows.get(side, absent)).arrow()
        # the port of an ICMP record is its `type.code`
        whole = pc.replace_substring_regex(rows.get(f"{side}_port", absent), r"\..*$", "")
        columns[f"{side}_port"] = pc.if_else(np.isin(proto, (1, 58)), 0, words.counts_from_text(whole)[0])
    scaled = 0
    for name in (*_COUNTS, "flows"):
        columns[name], rounded = words.counts_from_text(rows.get(name, absent))
        scaled += rounded
    if scaled:
        rejects.note("counts such as 1.2 M are rounded; nfdump -N prints them plain")
    if pc.any(pc.greater(columns.pop("flows"), 1)).as_py():
        rejects.note("some lines sum up several flows (nfdump -a or -b)")
    columns |= words.own_counts({name: columns[name] for name in _COUNTS})
    back = {"packets": columns.pop("packets_back"), "bytes": columns.pop("bytes_back")}
    if "router" in rows:
        unknown = pc.is_in(rows["router"], pa.array(["0.0.0.0", "::", ""]))  # noqa: S104 - nfdump's word for unknown
        columns["sensor"] = pc.if_else(unknown, pa.scalar(None, pa.string()), rows["router"])
    flags = np.asarray(words.flags_from_text(rows.get("flags", absent)).fill_null(0)).astype(np.int64)
    columns["tcp_flags"] = words.tcp_flags_or_null(flags, proto)
    packets = np.asarray(columns["packets"].fill_null(0))
    returned = pc.fill_null(pc.greater(back["packets"], 0), pa.scalar(False))
    shown = answered_from_flags(flags, proto, packets)
    columns["answered"] = pc.if_else(returned, pa.scalar(True), shown)
    # nfdump has one set of flags for both ways
    back["tcp_flags"] = pa.nulls(len(positions), pa.int16())
    return both_ways(flow_batch(columns), back, positions)


def _times(
    rows: dict[str, pa.Array], absent: pa.Array, zone: str, rejects: Rejects
) -> tuple[pa.Array, pa.Array]:
    """Start and end in microseconds UTC.

    The end is start plus duration where there is one: `-o csv` of 1.6 to 1.7.1 cuts times to seconds, but
    not the duration. Lines with neither end nor duration tell of events, which end where they start.
    """
    start = _moments(rows.get("start", rows.get("start_s", absent)), zone)
    end = _moments(rows.get("end", rows.get("end_s", absent)), zone)
    if "duration" in rows:
        summed = pc.add(start, words.durations_from_text(rows["duration"]))
        backwards = pc.fill_null(pc.less(end, start), pa.scalar(False))  # left for `screen` to count
        end = pc.if_else(backwards, end, pc.coalesce(summed, end))
    elif "end" not in rows and "end_s" not in rows:
        end = start
        rejects.note("lines have no end and no duration: flows end where they start")
    if "start" in rows and not pc.any(pc.match_substring(rows["start"], ".")).as_py():
        rejects.note("times are whole seconds, as nfdump printed them")
    note_zone(rows.get("start", absent), zone=zone, rejects=rejects)
    return start, end


def _moments(texts: pa.Array, zone: str) -> pa.Array:
    """Microseconds UTC of calendar times, seconds or, in nfdump 1.7.2 to 1.7.4's CSV, milliseconds."""
    first = texts[0].as_py() or "" if len(texts) else ""
    if first.isdigit() and len(first) > _SECONDS_DIGITS:
        return pc.multiply(words.counts_from_text(pc.utf8_slice_codeunits(texts, 0, 15))[0], 1000)
    return words.moments_from_text(texts, zone=zone)


register(NfdumpTextReader())
