"""How does nfdump print records for us, and how do its columns become FLOW?

Two of its outputs are read. `pipe` is all plain numbers, the cheapest that nfdump has (measured with 1.7.1 on
1.02 M flows: 0.46 s, where `csv` took 3.1 s), but it has no exporter and no counts of the way back. Where
records have those, or nfdump has no `pipe` (it went with 1.7.5), a `fmt:` line is read instead (1.1 s).
`%tsr` and `%ter` would be cheaper than `%ts`, but 1.7.1 prints wrong milliseconds there (.036 for .336).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from headwater.ingest import nfdump_words as words
from headwater.ingest.addresses import keys_from_text
from headwater.ingest.answered import answered_from_flags
from headwater.ingest.columns import flow_batch
from headwater.ingest.nfcapd_exporters import UNHEARD, Exporter
from headwater.ingest.outside_program import run_program
from headwater.ingest.reader import Chunk
from headwater.ingest.two_way import both_ways
from headwater.model.address import IPV4_PREFIX

_PIPE = [
    "af", "first", "last", "proto", "src0", "src1", "src2", "src3", "src_port", "dst0", "dst1", "dst2",
    "dst3", "dst_port", "src_as", "dst_as", "input", "output", "flags", "tos", "packets", "bytes",
]  # fmt: skip
_FMT = {"start": "%ts", "end": "%te", "proto": "%pr", "src": "%sa", "src_port": "%sp", "dst": "%da",
        "dst_port": "%dp", "flags": "%flg", "packets": "%ipkt", "bytes": "%ibyt", "packets_back": "%opkt",
        "bytes_back": "%obyt", "exporter": "%exp"}  # fmt: skip
_BLOCK_BYTES = 1 << 22  # of nfdump's output: some 45,000 records
_INT64_MAX = (1 << 63) - 1
_AF_INET = 2

_VERSION = re.compile(r"Version: (?:[A-Z-]*)(?P<major>\d+)\.(?P<minor>\d+)")


@cache
def has_pipe(nfdump: str) -> bool:
    """Whether this nfdump has the output `pipe` in the form of 1.7 (1.6 splits seconds and milliseconds)."""
    version = _VERSION.search(run_program([nfdump, "-V"]).output)
    usage = run_program([nfdump, "-h"])
    new = version is not None and (int(version["major"]), int(version["minor"])) >= (1, 7)
    return new and re.search(r"^\s*pipe\b", usage.output + usage.complaint, re.MULTILINE) is not None


def command(nfdump: str, path: Path, *, pipe: bool) -> list[str]:
    """The command that prints a file's records as `rows` reads them."""
    output = "pipe" if pipe else "fmt:" + "|".join(_FMT.values())
    return [nfdump, "-q", "-6", "-N", "-r", str(path), "-o", output]


def rows(
    output: IO[bytes], exporters: Mapping[int, Exporter], *, pipe: bool, first_record: int
) -> Iterator[tuple[Chunk, int]]:
    """What nfdump prints, as chunks.

    Args:
        output: what `command` prints.
        exporters: as `exporters_of`.
        pipe: as given to `command`.
        first_record: number of the first record.

    Yields:
        A chunk, and how many of nfdump's records it was made from. A record with counts of the way back
        gives a second row at the chunk's end.
    """
    names = _PIPE if pipe else list(_FMT)
    kinds = dict.fromkeys(names, pa.uint64() if pipe else pa.string())
    wanted = [name for name in names if name not in {"src_as", "dst_as", "input", "output", "tos"}]
    done = first_record
    for block in _whole_lines(output):
        batch = _columns(block, names, kinds, wanted)
        if batch is None:
            continue
        positions = np.arange(done, done + batch.num_rows)
        done += batch.num_rows
        if pipe:
            yield Chunk(_from_pipe(batch, exporters, positions), positions), batch.num_rows
        else:
            yield _from_fmt(batch, exporters, positions), batch.num_rows


def _whole_lines(output: IO[bytes]) -> Iterator[bytes]:
    tail = b""
    while block := output.read(_BLOCK_BYTES):
        cut = block.rfind(b"\n") + 1
        if cut:
            yield tail + block[:cut]
        tail = block[cut:] if cut else tail + block
    if tail:
        yield tail


def _columns(
    block: bytes, names: Sequence[str], kinds: Mapping[str, pa.DataType], wanted: Sequence[str]
) -> pa.RecordBatch | None:
    """The wanted columns of some lines; None where there are no records among them.

    Not `csv.open_csv`: its threads read ahead without a bound that we set, and may outlive the reader.
    """
    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            read_options=csv.ReadOptions(column_names=list(names)),
            # "No matching flows" is said on standard output, -q or not
            parse_options=csv.ParseOptions(
                delimiter="|", quote_char=False, invalid_row_handler=lambda _: "skip"
            ),
            convert_options=csv.ConvertOptions(
                column_types=kinds, include_columns=list(wanted), strings_can_be_null=False, null_values=[]
            ),
        )
    except pa.ArrowInvalid:
        return None  # a damaged record printed as what is no number, or nothing but that remark
    return table.combine_chunks().to_batches()[0] if table.num_rows else None


def _int64(column: pa.Array) -> words.Int64s:
    """64-bit counters as signed integers; what does not fit is the largest, which `screen` refuses."""
    values: words.Int64s = np.minimum(np.asarray(column), np.uint64(_INT64_MAX)).astype(np.int64)
    return values


def _from_pipe(
    batch: pa.RecordBatch, exporters: Mapping[int, Exporter], positions: words.Int64s
) -> pa.RecordBatch:
    v4 = np.where(np.asarray(batch["af"]) == _AF_INET, IPV4_PREFIX, 0)
    proto = _int64(batch["proto"])
    columns: dict[str, Any] = {  # Any: NumPy or Arrow arrays alike
        "proto": proto,
        # milliseconds beyond the year 294,000 exist in hostile records; they stay in the future
        "start": np.minimum(_int64(batch["first"]), _INT64_MAX // 1000) * 1000,
        "end": np.minimum(_int64(batch["last"]), _INT64_MAX // 1000) * 1000,
    }
    for side in ("src", "dst"):
        word = [np.asarray(batch[f"{side}{place}"]) for place in range(4)]
        columns[f"{side}_hi"] = (word[0] << np.uint64(32) | word[1]).view(np.int64)
        columns[f"{side}_lo"] = (word[2] << np.uint64(32) | word[3]).view(np.int64) | v4
        columns[f"{side}_port"] = words.without_icmp_ports(_int64(batch[f"{side}_port"]), proto)
    only = next(iter(exporters.values()), None)
    count = batch.num_rows
    whose = [(slice(None), only)] if only else []
    columns |= _counts(_int64(batch["packets"]), _int64(batch["bytes"]), whose, positions)
    if only:
        columns["sensor"] = pa.repeat(only.sensor, count)
    flags = _int64(batch["flags"])
    columns["tcp_flags"] = words.tcp_flags_or_null(flags, proto)
    columns["answered"] = answered_from_flags(flags, proto, np.asarray(columns["packets"]))
    return flow_batch(columns)


def _counts(
    packets: words.Int64s, size: words.Int64s, whose: Sequence[tuple[Any, Exporter]], at: words.Int64s
) -> dict[str, Any]:  # Any: rows as NumPy takes them; NumPy or Arrow arrays alike
    """Counts as exported. nfcapd multiplies both by the sampling interval; this divides them again.

    A record whose counts are no multiples came before the exporter told its interval, and was left alone.
    Where nfcapd knew several and not from which record on (`at`: the records' numbers), the largest that
    divides both counts is taken: none is then counted too large.
    """
    divisor, sampling = np.ones(len(packets), np.int64), np.zeros(len(packets), np.int64)
    for rows, exporter in whose:
        by = _multiplied(packets[rows], size[rows], exporter, at[rows])
        divisor[rows] = np.maximum(by, 1)
        if exporter.heard != UNHEARD:
            sampling[rows] = np.where((by == 0) | (by == (exporter.heard or 0)), exporter.heard or 0, 0)
        elif exporter.interval or exporter.changes:
            sampling[rows] = by
    return {
        "packets": packets // divisor,
        "bytes": size // divisor,
        "sampling": pa.array(sampling, mask=sampling == 0),
    }


def _multiplied(
    packets: words.Int64s, size: words.Int64s, exporter: Exporter, at: words.Int64s
) -> words.Int64s:  # fmt: skip
    """By which interval nfcapd had multiplied each record; 0 where by none."""
    by = np.zeros(len(packets), np.int64)
    if exporter.changes:
        begins, intervals = (np.array(each, np.int64) for each in zip(*exporter.changes, strict=True))
        place = np.searchsorted(begins, at, side="right")
        by = np.concatenate([np.zeros(1, np.int64), intervals])[place]
        return np.where((packets % np.maximum(by, 1) == 0) & (size % np.maximum(by, 1) == 0), by, 0)
    for interval in exporter.multiplied:
        by[(by == 0) & (packets % interval == 0) & (size % interval == 0)] = interval
    return by


def _from_fmt(batch: pa.RecordBatch, exporters: Mapping[int, Exporter], positions: words.Int64s) -> Chunk:
    text = {name: pc.utf8_trim_whitespace(batch[name]) for name in batch.schema.names}
    protos = words.protocols_from_text(text["proto"])
    proto = np.asarray(protos.fill_null(-1)).astype(np.int64)
    columns: dict[str, Any] = {  # Any: NumPy or Arrow arrays alike
        "start": words.moments_from_text(text["start"], zone="UTC"),
        "end": words.moments_from_text(text["end"], zone="UTC"),
        "proto": protos,
    }
    for side in ("src", "dst"):
        columns[f"{side}_hi"], columns[f"{side}_lo"] = keys_from_text(text[side]).arrow()
        # the port of an ICMP record is its `type.code`
        ports = words.counts_from_text(pc.replace_substring_regex(text[f"{side}_port"], r"\..*$", ""))[0]
        columns[f"{side}_port"] = pc.if_else(np.isin(proto, (1, 58)), 0, ports)
    number = words.counts_from_text(text["exporter"])[0]
    whose = []
    sensor = pa.nulls(batch.num_rows, pa.string())
    for sysid, exporter in exporters.items():
        its = pc.equal(number, sysid)
        whose.append((np.asarray(its.fill_null(False)), exporter))
        sensor = pc.if_else(its, exporter.sensor, sensor)
    columns["sensor"] = sensor
    printed = {
        name: words.counts_from_text(text[name])[0]
        for name in ("packets", "bytes", "packets_back", "bytes_back")
    }
    count = {
        name: np.asarray(column.fill_null(_INT64_MAX)) for name, column in words.own_counts(printed).items()
    }
    back = _counts(count["packets_back"], count["bytes_back"], whose, positions)
    columns |= _counts(count["packets"], count["bytes"], whose, positions)
    flags = np.asarray(words.flags_from_text(text["flags"]).fill_null(0)).astype(np.int64)
    columns["tcp_flags"] = words.tcp_flags_or_null(flags, proto)
    columns["answered"] = answered_from_flags(flags, proto, np.asarray(columns["packets"]))
    returned = np.asarray(back["packets"]) > 0
    columns["answered"] = pc.if_else(pa.array(returned), pa.scalar(True), columns["answered"])
    # nfdump has one set of flags for both ways
    back["tcp_flags"] = pa.nulls(batch.num_rows, pa.int16())
    return both_ways(flow_batch(columns), back, positions)
