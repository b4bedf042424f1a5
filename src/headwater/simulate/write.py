"""How does a world become files? Flows, feeds, networks and truth in a folder that says it is synthetic.

OUT/README.txt               what this is
OUT/flows/2025-03-03.parquet one file a day, or -000, -001, ... where a day is cut
OUT/feeds/feed_a.csv, feed_b.csv
OUT/networks.csv
OUT/truth.json
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from headwater.errors import BadSetting
from headwater.ingest.addresses import text_from_keys
from headwater.simulate.hosts import HostKind
from headwater.simulate.listing import FEEDS
from headwater.simulate.world import World

Form = Literal["parquet", "csv"]
_CANONICAL = ("src_port", "dst_port", "proto", "packets", "bytes", "tcp_flags", "sensor", "sampling")
_LABEL_COLUMNS = [
    "address", "port", "family", "group", "role", "first_seen", "last_seen", "source", "grade", "tlp", "note",
]  # fmt: skip
_KEYS = ("src_hi", "src_lo", "dst_hi", "dst_lo")

_README = """SYNTHETIC DATA. Nothing in this folder was observed anywhere.

World {name!r}, seed {seed}, packet sampling 1:{sampling}, {days} days from {start}.
Made by `headwater simulate`.
Addresses are from 240.0.0.0/4 (reserved, RFC 1112) and 2001:db8::/32 (documentation, RFC 3849), AS numbers
from 4200000000 upward (private, RFC 6996): they belong to nobody. As such addresses are refused in feeds
and demoted in hunts of real data, say that they are meant here:

    headwater ingest {out}/flows
    headwater labels add --allow-reserved {out}/feeds/*.csv
    headwater context add {out}/networks.csv
    headwater hunt --allow-reserved

flows/        one-way sampled flow records
feeds/        what two lists say about C2s: late, incomplete, wrong in places
networks.csv  who owns which addresses
hosts.csv     what every host is
truth.json    what is true: upstreams, all C2s, decoys, wrong entries of the lists, every setting
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written so far.

    Attributes:
        day: days done.
        days: days in all.
        files: flow files so far.
        records: records so far.
    """

    day: int
    days: int
    files: int
    records: int


def write_world(
    world: World,
    out: Path,
    *,
    sampling: int = 100,
    form: Form = "parquet",
    part_rows: int = 5_000_000,
    text_addresses: bool = True,
    told: Callable[[Written], None] = lambda _: None,
) -> Written:
    """Writes a world as files that `ingest`, `labels add` and `context add` read.

    Args:
        world: what to write.
        out: folder; made where it does not exist.
        sampling: N of packet sampling 1:N.
        form: parquet, or csv for people and other tools.
        part_rows: a file is closed after this many records and the day goes on in another.
        text_addresses: addresses as text in columns src and dst; else, in parquet, as the lake's key columns
            src_hi, src_lo, dst_hi, dst_lo, which are about three times as fast to write and to read.
        told: called after each part.

    Returns:
        What was written in all.

    Raises:
        BadSetting: the folder is not empty or cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadSetting(f"{out} exists and is not an empty folder; choose another with --out")
    try:
        (out / "flows").mkdir(parents=True)
        (out / "feeds").mkdir()
        _write_context(world, out, sampling)
        return _write_flows(world, out / "flows", sampling, _Files(form, part_rows, text_addresses), told)
    except OSError as why:
        raise BadSetting(
            f"{out}: {why.strerror or why}; choose a folder that can be written with --out"
        ) from None


@dataclass(frozen=True, slots=True)
class _Files:
    """How flow files look."""

    form: Form
    part_rows: int
    text_addresses: bool

    def table(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with canonical names, without the columns that say nothing."""
        columns = {"start": batch["start"], "end": batch["end"]}
        if self.text_addresses or self.form == "csv":
            columns["src"] = text_from_keys(batch["src_hi"], batch["src_lo"])
            columns["dst"] = text_from_keys(batch["dst_hi"], batch["dst_lo"])
        else:
            columns |= {name: batch[name] for name in _KEYS}
        columns |= {name: batch[name] for name in _CANONICAL}
        if self.form == "csv":
            columns["start"], columns["end"] = _iso(batch["start"]), _iso(batch["end"])
        return pa.record_batch(columns)

    def writer(self, path: Path, schema: pa.Schema) -> Any:  # Any: two writers of Arrow without types
        """An open writer."""
        if self.form == "csv":
            options = pyarrow.csv.WriteOptions(quoting_style="needed")
            return pyarrow.csv.CSVWriter(path, schema, write_options=options)
        # Dictionaries pay for columns with few values; for addresses and ports they only cost time
        few = ["proto", "tcp_flags", "sensor", "sampling", "packets"]
        return pyarrow.parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=few)


def _iso(times: pa.Array) -> pa.Array:
    return pc.strftime(times.cast(pa.timestamp("ms", tz="UTC")), format="%Y-%m-%dT%H:%M:%SZ")


def _write_flows(
    world: World, folder: Path, sampling: int, files: _Files, told: Callable[[Written], None]
) -> Written:
    days, count, records = world.settings.days, 0, 0
    several = world.parts_per_day(sampling) > 1
    writer: Any = None  # Any: as _Files.writer
    day, number, rows = -1, 0, 0
    try:
        for part in world.parts(sampling):
            batch = files.table(part.batch)
            if writer is None or part.day != day or rows >= files.part_rows:
                if writer is not None:
                    writer.close()
                number = number + 1 if part.day == day else 0
                day, rows = part.day, 0
                name = (world.settings.start + timedelta(days=day)).strftime("%Y-%m-%d")
                suffix = f"-{number:03d}" if several else ""
                writer = files.writer(folder / f"{name}{suffix}.{files.form}", batch.schema)
                count += 1
            writer.write_batch(batch)
            rows += batch.num_rows
            records += batch.num_rows
            told(Written(day + 1, days, count, records))
    finally:
        if writer is not None:
            writer.close()
    return Written(days, days, count, records)


def _write_context(world: World, out: Path, sampling: int) -> None:
    settings = world.settings
    for feed in FEEDS:
        rows = [label for label in world.labels() if label.source == feed]
        _write_csv(
            out / "feeds" / f"{feed}.csv",
            _LABEL_COLUMNS,
            (
                [
                    row.address, row.port or "", row.family, row.group, row.role.value, _time(row.feed.start),
                    _time(row.feed.end), row.source, row.grade, row.tlp.value, row.note,
                ]
                for row in rows
            ),
        )  # fmt: skip
    networks = world.networks()
    _write_csv(
        out / "networks.csv",
        ["prefix", "asn", "name"],
        ([prefix, each.asn, each.name] for each in networks for prefix in (each.prefix, each.prefix_v6)),
    )
    _write_hosts(world, out / "hosts.csv")
    truth = world.truth().document() | {"sampling": sampling}
    (out / "truth.json").write_text(json.dumps(truth, indent=1, default=_time) + "\n", encoding="utf-8")
    text = _README.format(
        name=settings.name,
        seed=world.seed,
        sampling=sampling,
        days=settings.days,
        start=_time(settings.start),
        out=out.name,
    )
    (out / "README.txt").write_text(text, encoding="utf-8")


def _write_hosts(world: World, path: Path) -> None:
    hosts = world.hosts
    names = pa.array([kind.name.lower() for kind in HostKind])
    hi, lo = np.where(hosts.v6_only, hosts.v6_hi, 0), np.where(hosts.v6_only, hosts.v6_lo, hosts.v4)
    table = pa.table(
        {
            "address": text_from_keys(hi, lo),
            "kind": names.take(pa.array(hosts.kind)),
            "asn": np.array([each.asn for each in hosts.described])[hosts.network],
        }
    )
    pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(quoting_style="needed"))


def _write_csv(path: Path, header: list[str], rows: Iterator[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
