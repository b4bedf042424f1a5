"""How does a world become files? Flows, feeds, networks and truth in a folder that says it is synthetic.

OUT/README.txt               what this is
OUT/flows/2025-03-03.parquet one file a day, or -000, -001, ... where a day is cut
OUT/feeds/feed_a.csv, feed_b.csv
OUT/networks.csv
OUT/host_keys.csv            what scans saw, in worlds whose upstreams change
OUT/truth.json
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from headwater.errors import BadSetting
from headwater.ingest.addresses import text_from_keys
from headwater.simulate.changing import changes_truth, key_rows
from headwater.simulate.context_files import time_text, write_labels, write_networks, write_rows
from headwater.simulate.flow_files import FlowFiles, Form, Written, write_flows
from headwater.simulate.hosts import HostKind
from headwater.simulate.listing import FEEDS
from headwater.simulate.world import World

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
        return write_flows(world, out / "flows", sampling, FlowFiles(form, part_rows, text_addresses), told)
    except OSError as why:
        raise BadSetting(
            f"{out}: {why.strerror or why}; choose a folder that can be written with --out"
        ) from None


def _write_context(world: World, out: Path, sampling: int) -> None:
    settings = world.settings
    for feed in FEEDS:
        write_labels((each for each in world.labels() if each.source == feed), out / "feeds" / f"{feed}.csv")
    write_networks(world.networks(), out / "networks.csv")
    write_hosts(world, out / "hosts.csv")
    keys = key_rows(world.planting, hosts=world.hosts, settings=settings)
    if keys:
        header = ["address", "port", "kind", "fingerprint", "seen_at", "source"]
        write_rows(out / "host_keys.csv", header, keys)
    truth = world.truth().document() | {"sampling": sampling}
    truth |= changes_truth(
        world.planting, world.outages, hosts=world.hosts, botnet=world.botnet, settings=settings
    )
    (out / "truth.json").write_text(json.dumps(truth, indent=1, default=time_text) + "\n", encoding="utf-8")
    text = _README.format(
        name=settings.name,
        seed=world.seed,
        sampling=sampling,
        days=settings.days,
        start=time_text(settings.start),
        out=out.name,
    )
    (out / "README.txt").write_text(text, encoding="utf-8")


def write_hosts(world: World, path: Path) -> None:
    """Writes address, kind and AS number of every host."""
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
