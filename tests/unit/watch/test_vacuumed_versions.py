"""An event outlives the version that it was found in: its command prints the same records after a vacuum."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from hand_made_flows import Flow, add_flows, lake_of
from headwater.app.flows import FlowsWanted, found_flows
from headwater.lake.merging import merge_small_files
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.lake.vacuum import vacuum
from headwater.lake.watch_book import opened
from headwater.model.event import Basis
from headwater.model.remembered import Memory
from headwater.model.service import Service
from watching import NOW, UPSTREAM, event


def _records(lake: Path) -> pa.Table:
    with found_flows(lake, FlowsWanted(Service(UPSTREAM, 8443, 6))) as found:
        return pa.Table.from_batches(found.batches)


def test_a_vacuum_does_not_keep_the_versions_of_events(tmp_path: Path) -> None:
    """Each cycle has a version of its own, and a watch goes on for years: keeping them all would give nothing
    back. No record is lost: the newest version has all that an older one had.
    """
    lake = lake_of(tmp_path, [Flow("5.0.0.1", 40_000, UPSTREAM, 8443)], labels="address,family\n5.0.0.1,e\n")
    told = replace(event(), basis=Basis(snapshot(open_lake(lake)).version, None, NOW))
    with opened(open_lake(lake)) as book:
        book.record(Memory(), [told], day="2024-05-20")
    add_flows(lake, [Flow("5.0.0.1", 40_001, UPSTREAM, 8443, at=60.0)], digest="1")
    merge_small_files(open_lake(lake))
    before = _records(lake)
    found = vacuum(open_lake(lake), hours=0)
    assert (found.files, found.kept_versions) == (2, ())
    assert (before.num_rows, _records(lake).equals(before)) == (2, True)
