"""How does a story become files? What a world writes, with host keys, reports and its own truth.

OUT/README.txt               what this is, and what of it is invented
OUT/flows/2019-11.parquet    one file a month
OUT/feeds/feed_a.csv, feed_b.csv
OUT/networks.csv, host_keys.csv, reports.csv, hosts.csv
OUT/truth.json
"""

import json
from collections.abc import Callable
from pathlib import Path

from headwater.errors import BadSetting
from headwater.simulate.context_files import time_text, write_labels, write_networks, write_rows
from headwater.simulate.flow_files import FlowFiles, Form, Written, write_flows
from headwater.simulate.listing import FEEDS
from headwater.simulate.stories.facts import Origin
from headwater.simulate.stories.story import Told
from headwater.simulate.stories.truth import labels_of, truth_of
from headwater.simulate.truth import moment
from headwater.simulate.write import write_hosts

_PART_ROWS = 5_000_000
_SCANNER = "synthetic scan"

_README = """SYNTHETIC DATA. Nothing in this folder was observed anywhere.

Story {name!r}: {note}.
Seed {seed}, packet sampling 1:{sampling}, {days} days from {start}.
Made by `headwater simulate {name}`.

{facts}
All hosts and all traffic are invented. Unless said otherwise above, addresses are from 240.0.0.0/4 (reserved,
RFC 1112), 198.18.0.0/15 (benchmarking, RFC 2544) and 2001:db8::/32 (documentation, RFC 3849), AS numbers from
4200000000 upward (private, RFC 6996): they belong to nobody. As such addresses are refused in feeds and
demoted in hunts of real data, say that they are meant here:

    headwater ingest {out}/flows
    headwater labels add --allow-reserved {out}/feeds/*.csv
    headwater context add {out}/networks.csv {out}/host_keys.csv {out}/reports.csv
    headwater hunt --allow-reserved
    headwater investigate {service}

flows/         one-way sampled flow records
feeds/         what two lists say about C2s: late, incomplete, wrong in places
networks.csv   who owns which addresses
host_keys.csv  by what hosts were recognised, and when
reports.csv    what open sources say
hosts.csv      what every host is
truth.json     what is true: the service, its C2s with their lives and contact, what must come out
"""


def write_story(
    told: Told,
    out: Path,
    *,
    sampling: int,
    form: Form = "parquet",
    say: Callable[[Written], None] = lambda _: None,
) -> Written:
    """Writes a story as files that `ingest`, `labels add` and `context add` read.

    Args:
        told: what to write.
        out: folder; made where it does not exist.
        sampling: N of packet sampling 1:N.
        form: parquet, or csv for people and other tools.
        say: called after each part.

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
        _write_context(told, out, sampling)
        files = FlowFiles(form, _PART_ROWS, text_addresses=True, stamp="%Y-%m")
        return write_flows(told.world, out / "flows", sampling, files, say)
    except OSError as why:
        raise BadSetting(
            f"{out}: {why.strerror or why}; choose a folder that can be written with --out"
        ) from None


def _write_context(told: Told, out: Path, sampling: int) -> None:
    labels = labels_of(told)
    for feed in FEEDS:
        write_labels((each for each in labels if each.source == feed), out / "feeds" / f"{feed}.csv")
    write_networks(told.world.networks(), out / "networks.csv")
    write_hosts(told.world, out / "hosts.csv")
    _write_keys(told, out / "host_keys.csv")
    _write_reports(told, out / "reports.csv")
    truth = truth_of(told, sampling=sampling)
    text = json.dumps(truth, indent=1, default=time_text) + "\n"
    (out / "truth.json").write_text(text, encoding="utf-8")
    (out / "README.txt").write_text(_readme(told, out, sampling), encoding="utf-8")


def _write_keys(told: Told, path: Path) -> None:
    hosts, settings = told.world.hosts, told.world.settings
    write_rows(
        path,
        ["address", "port", "kind", "fingerprint", "seen_at", "source"],
        (
            [
                hosts.address(each.host), each.port, each.kind, each.fingerprint,
                time_text(moment(settings, each.day)), _SCANNER,
            ]
            for each in sorted(told.stage.keys, key=lambda each: (each.day, each.host, each.kind))
        ),
    )  # fmt: skip


def _write_reports(told: Told, path: Path) -> None:
    write_rows(
        path,
        ["address", "date", "claim", "actor", "malware", "source", "grade", "url"],
        (
            [
                told.world.hosts.address(each.host) if each.host >= 0 else "", each.date, each.claim,
                each.actor, each.malware, each.source, each.grade, each.url,
            ]
            for each in told.stage.reports
        ),
    )  # fmt: skip


def _readme(told: Told, out: Path, sampling: int) -> str:
    settings, stage = told.world.settings, told.stage
    address = told.world.hosts.address(stage.service)
    lots = [
        (title, [fact.text for fact in stage.facts if fact.origin is origin])
        for title, origin in (("Stated by the source", Origin.SOURCE), ("Invented", Origin.INVENTED))
    ]
    facts = "\n".join(
        "\n".join([f"{title}:", *(f"  - {text}" for text in texts)]) + "\n" for title, texts in lots if texts
    )
    return _README.format(
        name=told.story.name,
        note=told.story.note,
        seed=told.world.seed,
        sampling=sampling,
        days=settings.days,
        start=time_text(settings.start),
        facts=facts,
        out=out.name,
        service=f"{address}:{stage.port}/tcp" if stage.port else address,
    )
