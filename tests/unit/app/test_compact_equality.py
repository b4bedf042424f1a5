"""Every question is answered the same on a raw, a partly compacted and a compacted lake, to a digit.

The worlds are synthetic. So that the copy is used at all in lakes as small as these, reading it is made out
to cost nothing, its files and row groups are small, and samples are drawn from a few flows.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from headwater.app import compact as making
from headwater.app import flow_source
from headwater.app.case_settings import CaseSettings
from headwater.app.case_trail import ran_queries
from headwater.app.changes import Changed, changed
from headwater.app.compact import compact
from headwater.app.compact_check import check
from headwater.app.compact_settings import CompactSettings
from headwater.app.context import add_context
from headwater.app.hunt import Hunted, hunt
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.app.ingest import ingest
from headwater.app.investigate import investigate
from headwater.app.labels import add_labels
from headwater.app.pivot import pivot_service
from headwater.app.simulate import simulate
from headwater.app.tiers import walk_tiers
from headwater.intel.labels.feed import Analyst
from headwater.model.candidate import Candidate
from headwater.model.service import Service
from headwater.present.changes_document import document as changes_document
from headwater.present.hunt_table import document

pytestmark = pytest.mark.xdist_group("compact")  # what they share is made once

MEASURE = MeasureSettings(
    sample_flows=3_000, hub_hosts=60, read_flows=12_000, stranger_flows=8_000, scanner_hosts=100
)
HUNT = HuntSettings(allow_reserved=True, measure=MEASURE)
CASE = CaseSettings(allow_reserved=True, measure=MEASURE)


@dataclass(frozen=True)
class Lakes:
    """One lake in three states; `raw` is where flows were added last, and all have the same flows."""

    raw: Path
    partly: Path
    whole: Path


@pytest.fixture(scope="module", autouse=True)
def _small_files() -> Iterator[None]:
    """The copy in small files, which are always read rather than raw ones."""
    patch = pytest.MonkeyPatch()
    patch.setattr(flow_source, "ROW_COST", 0.0)
    patch.setattr(making, "GROUP_ROWS", 2_048)
    patch.setattr(making, "FILE_ROWS", 8_000)
    patch.setattr(making, "SAMPLE_SHARE", 2)
    yield
    patch.undo()


# "partly" reads both from raw flows and from the copy
_WHOLE = pytest.param("whole", marks=pytest.mark.slow)
# world, seed, records, sampling 1:N
SMALL = ("small", 3, 120_000, 100)
IPV6 = ("ipv6", 5, 60_000, 1_000)
SLOW = [
    ("small", 11, 300_000, 10),
    ("reference", 6, 400_000, 100),
    ("shared-port", 7, 60_000, 1_000),
    ("hard", 8, 90_000, 1_000),
]
_worlds = [SMALL, IPV6, *(pytest.param(world, marks=pytest.mark.slow) for world in SLOW)]


@pytest.fixture(scope="module", params=_worlds, ids=lambda world: f"{world[0]}-{world[1]}")
def lakes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lakes:
    """Flows come in two parts: of the first all days but three are compacted, then the rest comes."""
    name, seed, records, sampling = request.param
    folder = tmp_path_factory.mktemp(name)
    world, lake = folder / "world", folder / "raw"
    simulate(name, out=world, seed=seed, records=records, sampling=sampling)
    first, later = _in_two(world / "flows")
    ingest(first, lake=lake)
    feeds = [str(path) for path in sorted((world / "feeds").glob("*.csv"))]
    add_labels(feeds, lake=lake, analyst=Analyst(allow_reserved=True))
    add_context([str(world / "networks.csv")], lake=lake, kind="networks")
    first_day = min(lake.glob("flows/day=*")).name.removeprefix("day=")
    until = datetime.fromisoformat(f"{first_day}T00:00:00+00:00").replace(tzinfo=UTC)
    compact(lake, settings=CompactSettings(since=until.replace(day=until.day + 3)))
    ingest(later, lake=lake)
    made = Lakes(lake, folder / "partly", folder / "whole")
    shutil.copytree(lake, made.partly)
    shutil.copytree(lake, made.whole)
    shutil.rmtree(lake / "by_host")
    compact(made.whole)
    return made


def _in_two(flows: Path) -> tuple[list[str], list[str]]:
    """The files that come first and those that come later: some days now, some then, and some in halves."""
    parts: tuple[list[str], list[str]] = ([], [])
    for place, path in enumerate(sorted(flows.iterdir())):
        if place % 3:
            parts[place % 2].append(str(path))
            continue
        table = pq.read_table(path)
        for half in (0, 1):
            some = path.with_name(f"{path.stem}-{half}.parquet")
            pq.write_table(table.take(np.arange(half, table.num_rows, 2)), some)
            parts[half].append(str(some))
    return parts


@pytest.fixture(scope="module")
def hunts(lakes: Lakes) -> dict[str, Hunted]:
    """A hunt in each state."""
    return {state: hunt(getattr(lakes, state), settings=HUNT) for state in ("raw", "partly", "whole")}


def _said(found: Hunted) -> dict[str, Any]:  # Any: JSON
    """The answer without how it was read."""
    examined = replace(found.hunt.examined, flows_by_host=0)
    return document(replace(found.hunt, examined=examined))


def test_the_copy_is_what_the_flows_are(lakes: Lakes) -> None:
    """Counted again from raw flows, no part of the copies is wrong, and the whole one leaves nothing out."""
    whole = check(lakes.whole)
    assert [one.wrong for one in (*check(lakes.partly).parts, *whole.parts) if one.wrong] == []
    assert sum(one.part.flows for one in whole.parts) == whole.flows


def test_the_copy_is_used(hunts: dict[str, Hunted]) -> None:
    """Else the other tests would compare raw with raw: nothing, something, everything comes from the copy."""
    shares = [one.hunt.examined.flows_by_host / one.hunt.examined.flows for one in hunts.values()]
    assert (shares[0], 0.2 < shares[1] < 0.8, shares[2]) == (0.0, True, 1.0)


@pytest.mark.parametrize("state", ["partly", "whole"])
def test_a_hunt_answers_the_same(hunts: dict[str, Hunted], state: str) -> None:
    """The whole document: ranks, scores, p-values, counts, reasons, warnings."""
    raw = _said(hunts["raw"])
    assert len(raw["candidates"]) > 5
    assert _said(hunts[state]) == raw


@pytest.mark.parametrize("state", ["partly", _WHOLE])
def test_a_hunt_in_a_window_answers_the_same(lakes: Lakes, hunts: dict[str, Hunted], state: str) -> None:
    """A window that cuts two days."""
    seen = [one.first_seen for one in hunts["raw"].hunt.candidates if one.first_seen is not None]
    begin = min(seen).replace(hour=7, minute=11)
    settings = replace(HUNT, since=begin, until=begin.replace(day=begin.day + 9))
    raw, other = (hunt(lake, settings=settings) for lake in (lakes.raw, getattr(lakes, state)))
    assert other.hunt.examined.flows_by_host > 0
    assert _said(other) == _said(raw)


def _asked(hunts: dict[str, Hunted]) -> list[Service]:
    """The best candidate, and the one with most clients."""

    def named(one: Candidate) -> Service:
        return Service(one.address, one.port, one.proto)

    found = hunts["raw"].hunt.candidates
    return [named(found[0]), named(max(found, key=lambda one: (one.clients, -one.rank)))]


@pytest.mark.parametrize("state", ["partly", _WHOLE])
def test_a_case_says_the_same(lakes: Lakes, hunts: dict[str, Hunted], state: str) -> None:
    """Everything, with the queries that it names and their rows, for the best candidate and the busiest.

    Of hosts with IPv6 the best one is asked about: what a busy service adds does not depend on addresses.
    """
    asked = _asked(hunts)
    for service in asked[:1] if ":" in asked[0].address else asked:
        raw, other = (
            investigate(lake, service, settings=CASE).case for lake in (lakes.raw, getattr(lakes, state))
        )
        assert other == raw


@pytest.mark.parametrize("state", ["partly", _WHOLE])
def test_leads_are_the_same(lakes: Lakes, hunts: dict[str, Hunted], state: str) -> None:
    """What pivot says about the best candidate."""
    service = _asked(hunts)[0]
    raw, other = (
        pivot_service(lake, service, settings=CASE).leads for lake in (lakes.raw, getattr(lakes, state))
    )
    assert other == raw


@pytest.mark.parametrize("state", ["partly", _WHOLE])
def test_changes_are_the_same(lakes: Lakes, state: str) -> None:
    """What is told, and what became of every known upstream, told or not; with the queries behind it."""
    raw, other = (changed(lake, settings=HUNT) for lake in (lakes.raw, getattr(lakes, state)))
    assert other.hunted.hunt.examined.flows_by_host > 0
    assert len(raw.ended) > 0
    assert (other.changes, other.ended) == (raw.changes, raw.ended)
    assert ran_queries(other.trace.queries) == ran_queries(raw.trace.queries)
    assert not any("start_ms" in sql for sql in _queries(other))  # a column of the copy alone


def _queries(found: Changed) -> list[str]:
    """The text of the queries, as --json tells it."""
    told = changes_document(found.changes, queries=found.trace.queries)
    return [one["sql"] for one in told["queries"]]


@pytest.mark.slow  # each tier is gathered as a hunt is, which the tests above compare
@pytest.mark.parametrize("state", ["partly", "whole"])
def test_a_walk_is_the_same(lakes: Lakes, hunts: dict[str, Hunted], state: str) -> None:
    """The whole map above the two best candidates."""
    services = [Service(one.address, one.port, one.proto) for one in hunts["raw"].hunt.candidates[:2]]
    raw, other = (
        walk_tiers(lake, services, settings=HUNT).map for lake in (lakes.raw, getattr(lakes, state))
    )
    assert other == raw
