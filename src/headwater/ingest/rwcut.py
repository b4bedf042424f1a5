"""Which flows does text hold that SiLK's `rwcut` printed? Any columns in any order, under their titles.

rwcut(1) prints fields between `|` (or the character of --column-separator or --delimited), padded with
blanks, with titles cut to the column's width: `pro` for protocol, `sen` for sensor. Needed are sIP, dIP,
sPort, dPort, protocol, sTime, and duration or eTime. Times may be dates or Unix seconds; they are UTC unless
rwcut was told `--timestamp-format=local`. SiLK's records are one-way. Binary files are read by silk.py.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from headwater.errors import UnreadableSource
from headwater.ingest.addresses import keys_from_text
from headwater.ingest.answered import told_by_flags
from headwater.ingest.columns import flow_batch
from headwater.ingest.delimited import Lines, first_line, lines
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.written_times import check_zone, microseconds, note_zone, seconds_to_microseconds

# rwcut(1), --fields: field's name, and the titles it is printed under (cut, or of older versions).
_TITLES = {
    "sIP": ("sIP",), "dIP": ("dIP",), "sPort": ("sPort",), "dPort": ("dPort",),
    "protocol": ("pro", "protocol"), "packets": ("packets", "pkts"), "bytes": ("bytes",), "flags": ("flags",),
    "sTime": ("sTime", "sTime+msec"), "duration": ("duration", "dur", "durat", "dur+msec", "durmsec"),
    "eTime": ("eTime", "eTime+msec"), "sensor": ("sen", "sensor"),
}  # fmt: skip
_NAMES = {title: name for name, titles in _TITLES.items() for title in titles}
_ALWAYS = ("sIP", "dIP", "sPort", "dPort", "protocol", "sTime")
_DELIMITERS = ("|", ",", "\t", ";")
_REMEDY = (
    "print it with: rwcut --fields=sIP,dIP,sPort,dPort,protocol,packets,bytes,flags,sTime,duration,sensor"
)
_FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32, "E": 64, "C": 128}  # rwcut(1), "flags"
_ICMP, _TCP = (1, 58), 6


def _name_of(title: str) -> str:
    return _NAMES.get(title, title)


def _missing(titles: str, delimiter: str) -> list[str]:
    """The needed fields that a line of titles lacks."""
    present = {_name_of(title.strip()) for title in titles.split(delimiter)}
    lacking = [name for name in _ALWAYS if name not in present]
    return lacking if {"duration", "eTime"} & present else [*lacking, "duration or eTime"]


def _delimiter(titles: str) -> str:
    return next((mark for mark in _DELIMITERS if titles.count(mark) >= len(_ALWAYS)), "|")


class RwcutReader:
    """Text printed by SiLK's rwcut, with titles."""

    name = "rwcut"
    title = "SiLK rwcut text"
    position_unit: PositionUnit = "line"
    rank = 1

    def sniff(self, source: SourceFile) -> bool:
        """Whether the first line holds rwcut's titles of the needed fields."""
        titles = first_line(source.head)
        return not _missing(titles, _delimiter(titles))

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The file's flows, about a megabyte of text at a time.

        Raises:
            UnreadableSource: titles are missing.
            BadSetting: the time zone does not exist.
        """
        titles = first_line(source.head)
        delimiter = _delimiter(titles)
        if lacking := _missing(titles, delimiter):
            raise UnreadableSource(
                f"{source.name}: its first line has no title {', '.join(lacking)}; "
                f"{_REMEDY}, without --no-titles"
            )
        check_zone(options.timezone)
        for found in lines(source, rejects, delimiter=delimiter, name_of=_name_of):
            note_zone(found.columns["sTime"], zone=options.timezone, rejects=rejects)
            yield Chunk(_flows(found, options), found.positions)


def _flows(found: Lines, options: ReadOptions) -> pa.RecordBatch:
    columns = found.columns
    src_hi, src_lo = keys_from_text(columns["sIP"]).arrow()
    dst_hi, dst_lo = keys_from_text(columns["dIP"]).arrow()
    proto = _numbers(columns["protocol"])
    start = microseconds(columns["sTime"], zone=options.timezone)
    if "eTime" in columns:
        end = microseconds(columns["eTime"], zone=options.timezone)
    else:
        end = pc.add(start, seconds_to_microseconds(columns["duration"]))
    portless = pc.is_in(proto, pa.array(_ICMP, pa.int64()))  # SiLK keeps ICMP type and code in dPort
    batch = flow_batch(
        {
            "start": start,
            "end": end,
            "src_hi": src_hi,
            "src_lo": src_lo,
            "dst_hi": dst_hi,
            "dst_lo": dst_lo,
            "src_port": pc.if_else(portless, 0, _numbers(columns["sPort"])),
            "dst_port": pc.if_else(portless, 0, _numbers(columns["dPort"])),
            "proto": proto,
            "sampling": pa.array([options.sampling] * len(found), pa.int32()),
            "sensor": _sensor(found, options),
        }
        | {name: _numbers(columns[name]) for name in ("packets", "bytes") if name in columns}
        | ({"tcp_flags": _tcp_flags(columns["flags"], proto)} if "flags" in columns else {})
    )
    return told_by_flags(batch)


def _numbers(texts: pa.Array) -> pa.Array:
    """Arrow int64; null where the text is no number."""
    plain = pc.match_substring_regex(texts, r"^\d{1,18}$")
    return pc.if_else(plain, texts, pa.scalar(None, pa.string())).cast(pa.int64())


def _tcp_flags(texts: pa.Array, proto: pa.Array) -> pa.Array:
    """Flags written as letters (` S  A   `) or, with --integer-tcp-flags, as a number; null where not TCP."""
    coded = texts.dictionary_encode()
    known = pa.array([_flags(text) for text in coded.dictionary.to_pylist()], pa.int16())
    tcp = pc.fill_null(pc.equal(proto, _TCP), False)
    return pc.if_else(tcp, known.take(coded.indices), pa.scalar(None, pa.int16()))


def _flags(text: str) -> int | None:
    letters = text.replace(" ", "")
    if letters.isascii() and letters.isdigit():
        return int(letters) & 0xFF
    return sum(_FLAGS[letter] for letter in set(letters)) if set(letters) <= set(_FLAGS) else None


def _sensor(found: Lines, options: ReadOptions) -> pa.Array:
    if "sensor" not in found.columns:
        return pa.array([options.sensor] * len(found), pa.string())
    named = found.columns["sensor"]
    return pc.if_else(pc.equal(named, ""), pa.scalar(options.sensor, pa.string()), named)


register(RwcutReader())
